"""Writes the nodes of ONNX that take the place of one node of TensorFlow, within tf2onnx's graph."""

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from onnx import TensorProto, helper

from modelport.frontends.tensorflow.graph.tables import Table

__all__ = ["Operand", "Writer", "integers"]

Operand = str | npt.NDArray[Any]


class Writer:
    """Removes a node and writes others that give its outputs. An operand is the name of a tensor, or an array."""

    # Any: tf2onnx's Graph and Node; it has no types of its own.
    def __init__(self, graph: Any, node: Any, tables: Mapping[str, Table]) -> None:
        self._graph = graph
        self.node = node
        self._tables = tables
        self.inputs: list[str] = list(node.input)
        self._outputs: list[str] = list(node.output)
        self._types = list(node.output_dtypes)
        self._shapes = list(node.output_shapes)
        self._values = [self._constant_of(place) for place in range(len(self.inputs))]
        graph.remove_node(node.name)

    def __call__(self, operator: str, *operands: Operand | None, domain: str = "", **attributes: Any) -> str:
        """Writes a node with one output and returns the name of that."""
        return self.several(operator, 1, *operands, domain=domain, **attributes)[0]

    def several(
        self, operator: str, count: int, *operands: Operand | None, domain: str = "", **attributes: Any
    ) -> list[str]:
        """Writes a node with several outputs."""
        names = self._names(operands)
        made = self._graph.make_node(
            operator, names, attr=attributes, output_count=count, domain=domain, name=self._name(operator)
        )
        return list(made.output)

    def result(
        self, operator: str, *operands: Operand | None, place: int = 0, domain: str = "", **attributes: Any
    ) -> None:
        """Writes the node that gives an output of the one replaced."""
        self._graph.make_node(
            operator,
            self._names(operands),
            attr=attributes,
            outputs=[self._outputs[place]],
            shapes=[self._shapes[place]],
            dtypes=[self._types[place]],
            domain=domain,
            name=self._name(operator),
        )

    def loop(self, count: str, start: str, kind: int, body: Callable[["Writer", str, str], str]) -> str:
        """Writes a loop that carries one tensor: ``body`` is given a writer, the number of the turn, and what was carried."""
        inner = self._graph.create_new_graph_with_same_config()
        inner.parent_graph = self._graph
        turn, going, carried = (self._name(hint) for hint in ("turn", "going", "carried"))
        for name, type_, shape in ((turn, 7, []), (going, 9, []), (carried, kind, [-1])):
            inner.add_graph_input(name, type_, shape)
        made = body(self._within(inner), turn, carried)
        still, result = self._name("still"), self._name("made")
        inner.make_node("Identity", [going], outputs=[still], name=still, dtypes=[9], shapes=[[]])
        inner.make_node("Identity", [made], outputs=[result], name=result, dtypes=[kind], shapes=[[-1]])
        inner.add_graph_output(still, 9, [])
        inner.add_graph_output(result, kind, [-1])
        outer = self._graph.make_node(
            "Loop", [count, "", start], branches={"body": inner}, dtypes=[kind], shapes=[[-1]], name=self._name("Loop")
        )
        return str(outer.output[0])

    def _within(self, graph: Any) -> "Writer":
        """The same writer, for a graph inside a loop."""
        inner = copy.copy(self)
        inner._graph = graph
        return inner

    def abandon(self) -> None:
        """Leaves the outputs to a node that nothing knows, so that what follows can still be looked at."""
        left = [name for name in self._outputs if self._graph.get_node_by_output(name) is None]
        if left:
            self._graph.make_node("Failed", [], outputs=left, domain="modelport", name=self._name("Failed"))

    def used(self, place: int) -> bool:
        """Whether anything reads this output of the node replaced."""
        name = self._outputs[place]
        return name in self._graph.outputs or bool(self._graph.find_output_consumers(name))

    def users(self, place: int) -> list[Any]:
        """The nodes that read an output of the node replaced."""
        return list(self._graph.find_output_consumers(self._outputs[place]))

    def type_of(self, tensor: str) -> int:
        """The element type, as ONNX numbers them.

        Raises: ValueError where tf2onnx does not know it.
        """
        found = self._graph.get_dtype(tensor)
        if found is None:
            raise ValueError(f"the element type of {tensor} is not known")
        return int(found)

    def result_type(self, place: int = 0) -> int:
        return int(self._types[place])

    def result_shape(self, place: int = 0) -> list[int] | None:
        """The shape of an output, -1 for a length that is not known, None for an unknown rank."""
        shape = self._shapes[place]
        return None if shape is None else [int(length) for length in shape]

    def shape_of(self, tensor: str) -> list[int] | None:
        shape = self._graph.get_shape(tensor)
        return None if shape is None else [int(length) for length in shape]

    def rank_of(self, tensor: str) -> int:
        """Raises: ValueError where the number of axes is not known."""
        shape = self.shape_of(tensor)
        if shape is None:
            raise ValueError(f"the number of axes of {tensor} is not known")
        return len(shape)

    def constant_of(self, place: int) -> npt.NDArray[Any] | None:
        """The value of an input of the node replaced, None where it depends on the model's inputs."""
        return self._values[place]

    def source_of(self, tensor: str) -> Any:
        """The node that gives a tensor, None for one from outside the loop or branch."""
        return self._graph.get_node_by_output(tensor, search_in_parent_graphs=False)

    def needed(self, place: int, what: str) -> npt.NDArray[Any]:
        """The value of an input that must be known.

        Raises: ValueError.
        """
        found = self._values[place]
        if found is None:
            raise ValueError(f"{what} depends on the model's inputs")
        return found

    def table(self, place: int) -> Table:
        """The table of lookups that an input stands for.

        Raises: ValueError where it is handed on through a loop or a branch.
        """
        source = self.inputs[place]
        # Calls that were inlined leave a node that hands their argument on.
        while (node := self._graph.get_node_by_output(source)) is not None and node.type == "Identity":
            source = node.input[0]
        name = source.split(":")[0]
        if name not in self._tables:
            raise ValueError("its table is not known here")
        return self._tables[name]

    def attribute(self, name: str, default: Any = None) -> Any:
        """An attribute of the node replaced: a number, text, or a list of them."""
        found = self.node.attr.get(name)
        if found is None:
            return default
        value = helper.get_attribute_value(found)
        return value.decode() if isinstance(value, bytes) else list(value) if isinstance(value, list) else value

    def like(self, value: float | Sequence[float], tensor: str) -> npt.NDArray[Any]:
        """A constant of the element type of a tensor."""
        return np.asarray(value).astype(helper.tensor_dtype_to_np_dtype(self.type_of(tensor)))

    def choose(self, condition: str, x: Operand, y: Operand) -> None:
        """Gives x where the condition holds and y elsewhere; ONNX Runtime chooses between few types, the others pass as these."""
        kind = self.result_type()
        if kind == TensorProto.BOOL:
            kept = self("And", condition, x)
            self.result("Or", kept, self("And", self("Not", condition), y))
        elif kind in (TensorProto.INT8, TensorProto.INT16, TensorProto.UINT16, TensorProto.UINT32):
            wide = [self("Cast", one, to=TensorProto.INT64) for one in (x, y)]
            self.result("Cast", self("Where", condition, *wide), to=kind)
        else:
            self.result("Where", condition, x, y)

    def cast(self, tensor: str, kind: int) -> str:
        """The tensor in another element type, or as it is."""
        return tensor if self.type_of(tensor) == kind else self("Cast", tensor, to=kind)

    def _constant_of(self, place: int) -> npt.NDArray[Any] | None:
        found = self.node.inputs[place]
        if found is None or not found.is_const():
            return None
        return np.asarray(found.get_tensor_value(as_list=False))

    def _names(self, operands: Sequence[Operand | None]) -> list[str]:
        names = ["" if one is None else one if isinstance(one, str) else self._constant(one) for one in operands]
        while names and not names[-1]:
            names.pop()
        return names

    def _constant(self, value: npt.NDArray[Any]) -> str:
        return str(self._graph.make_const(self._name("const"), np.asarray(value)).output[0])

    def _name(self, hint: str) -> str:
        from tf2onnx import utils

        return str(utils.make_name(f"{self.node.name}/{hint}"))


def integers(values: object) -> npt.NDArray[np.int64]:
    """Shapes, axes and places as ONNX takes them."""
    return np.array(values, dtype=np.int64)
