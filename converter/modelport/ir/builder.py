"""Builds an onnx_ir graph node by node; every value knows its element type."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.ir.graph_proto import TREES
from modelport.ir.opsets import IR_VERSION, OPSETS
from modelport.ir.tree_tables import TreeTables

__all__ = ["Attribute", "GraphBuilder", "LoopBody"]

Attribute: TypeAlias = int | float | str | Sequence[int] | Sequence[float] | Sequence[str] | ir.TensorProtocol

LoopBody: TypeAlias = "Callable[[GraphBuilder, list[ir.Value]], tuple[ir.Value, list[ir.Value]]]"


class GraphBuilder:
    """Collects inputs, constants and nodes; ``build`` makes the model.

    Node and value names come from a counter, so the same calls give the same bytes; those of a graph within a graph
    begin with ``prefix``.
    """

    def __init__(self, prefix: str = "") -> None:
        self._prefix = prefix
        self._nodes: list[ir.Node] = []
        self._inputs: list[ir.Value] = []
        self._outputs: list[ir.Value] = []
        self._constants: dict[tuple[str, tuple[int, ...], bytes | tuple[bytes, ...]], ir.Value] = {}
        self._initializers: list[ir.Value] = []
        self._taken: set[str] = set()
        self._count = 0
        self._trees: dict[str, TreeTables] = {}

    def name(self, hint: str) -> str:
        """Returns a name that no value or node has yet."""
        self._count += 1
        while f"{self._prefix}{hint}_{self._count}" in self._taken:
            self._count += 1
        return f"{self._prefix}{hint}_{self._count}"

    def input(self, name: str, dtype: ir.DataType, width: int | str) -> ir.Value:
        """Adds a graph input [N, width]; a text names a width that only rows decide."""
        self._taken.add(name)
        value = ir.Value(name=name, type=ir.TensorType(dtype), shape=ir.Shape(["N", width]))
        self._inputs.append(value)
        return value

    def constant(self, data: npt.ArrayLike, dtype: ir.DataType | None = None) -> ir.Value:
        """Returns an initializer; equal constants are stored once. Lists of str become string tensors."""
        array = np.asarray(data)
        if array.dtype.kind == "U" and not isinstance(data, np.ndarray):
            array = np.asarray(data, dtype=object)  # NumPy's own text type drops a NUL at the end
        tensor: ir.TensorProtocol
        key: tuple[str, tuple[int, ...], bytes | tuple[bytes, ...]]
        if array.dtype.kind in "UO":
            texts = [str(item).encode() for item in array.ravel()]
            key = ("string", array.shape, tuple(texts))
            if key in self._constants:
                return self._constants[key]
            tensor = ir.StringTensor(texts, shape=ir.Shape(array.shape))
        else:
            if dtype is not None:
                array = array.astype(dtype.numpy())
            key = (str(array.dtype), array.shape, array.tobytes())
            if key in self._constants:
                return self._constants[key]
            tensor = ir.tensor(np.ascontiguousarray(array).reshape(array.shape))
        name = self.name("const")
        value = ir.Value(name=name, type=ir.TensorType(tensor.dtype), shape=ir.Shape(array.shape), const_value=tensor)
        self._constants[key] = value
        self._initializers.append(value)
        return value

    def texts(self) -> set[str]:
        """Every text that stands in a constant."""
        return {
            text.decode()
            for value in self._initializers
            if isinstance(value.const_value, ir.StringTensor)
            for text in value.const_value.string_data()
        }

    def op(
        self,
        op_type: str,
        *inputs: ir.Value | None,
        dtype: ir.DataType | None = None,
        domain: str = "",
        name: str | None = None,
        **attributes: Attribute,
    ) -> ir.Value:
        """Adds a node with one output, of the first input's type unless ``dtype`` says otherwise."""
        label = name or self.name(op_type)
        first = next((value for value in inputs if value is not None), None)
        element = dtype if dtype is not None else (first.dtype if first is not None else None)
        output = ir.Value(name=label, type=None if element is None else ir.TensorType(element))
        node = ir.Node(
            domain,
            op_type,
            list(inputs),
            [_attribute(key, value) for key, value in sorted(attributes.items())],
            outputs=[output],
            name=label,
        )
        self._nodes.append(node)
        return output

    def trees(self, hint: str, rows: ir.Value, tables: TreeTables) -> ir.Value:
        """Adds a forest over rows [N, F]: in the graph stands a small node of the same type, its arrays beside it."""
        label = self.name(hint)
        self._trees[label] = tables
        dtype = ir.DataType.from_numpy(tables.dtype)
        stand_in = tables.stand_in(len(self._trees))
        return self.op("TreeEnsemble", rows, domain="ai.onnx.ml", dtype=dtype, name=label, **stand_in)

    def as_in(self, source: str, value: ir.Value) -> ir.Value:
        """Notes on the node behind a value that the source computes it by a function of its own; returns the value.

        ``evidence.deviation`` knows how exact these functions are, by name.
        """
        node = value.producer()
        if node is not None:
            node.metadata_props["modelport.source"] = source
        return value

    def top_k(self, value: ir.Value, count: int, *, largest: bool = False) -> tuple[ir.Value, ir.Value]:
        """[N, M] -> values [N, count] in order and their positions int64 [N, count]; the first of equals comes first.

        The value must hold no NaN: releases of onnxruntime put it in different places.
        """
        label = self.name("TopK")
        outputs = [
            ir.Value(name=label, type=None if value.dtype is None else ir.TensorType(value.dtype)),
            ir.Value(name=f"{label}_index", type=ir.TensorType(ir.DataType.INT64)),
        ]
        self._taken.add(f"{label}_index")
        attributes = [_attribute("axis", -1), _attribute("largest", int(largest)), _attribute("sorted", 1)]
        inputs = [value, self.constant(np.array([count], dtype=np.int64))]
        self._nodes.append(ir.Node("", "TopK", inputs, attributes, outputs=outputs, name=label))
        return outputs[0], outputs[1]

    def loop(self, most: int, go: ir.Value, states: Sequence[ir.Value], body: LoopBody) -> list[ir.Value]:
        """Repeats ``body`` while it says so, at most ``most`` times; returns the last states, each [N, its width].

        ``body`` gets a builder of its own and the states, and returns whether to go on and the next states. It reads
        nothing else: what it needs of outside is a state.
        """
        label = self.name("Loop")
        inner = GraphBuilder(f"{label}_")
        turn = ir.Value(name=inner.name("turn"), type=ir.TensorType(ir.DataType.INT64), shape=ir.Shape([]))
        asked = ir.Value(name=inner.name("go"), type=ir.TensorType(ir.DataType.BOOL), shape=ir.Shape([]))
        given = [
            inner.input(inner.name("state"), state.dtype or ir.DataType.DOUBLE, f"width_{i}")
            for i, state in enumerate(states)
        ]
        more, following = body(inner, given)
        graph = inner.graph(f"{label}_body", [turn, asked, *given], [more, *following])
        outputs = [ir.Value(name=f"{label}_{i}", type=state.type) for i, state in enumerate(states)]
        self._taken.update(str(value.name) for value in outputs)
        inputs = [self.constant(np.asarray(most, dtype=np.int64)), go, *states]
        self._nodes.append(ir.Node("", "Loop", inputs, [ir.AttrGraph("body", graph)], outputs=outputs, name=label))
        return outputs

    def append(self, node: ir.Node) -> None:
        """Adds a node made elsewhere, its inputs already values of this graph."""
        self._nodes.append(node)

    def adopt_initializer(self, value: ir.Value) -> None:
        """Adds an initializer made elsewhere, under a name that is free here."""
        self._initializers.append(value)

    def cast(self, value: ir.Value, dtype: ir.DataType) -> ir.Value:
        """Casts, or returns the value itself when it has that type already."""
        if value.dtype == dtype:
            return value
        return self.op("Cast", value, dtype=dtype, to=int(dtype))

    def output(self, value: ir.Value, name: str) -> None:
        """Makes the value a graph output of that name."""
        self._outputs.append(self.op("Identity", value, name=name))

    def build(self, graph_name: str) -> ir.Model:
        """Returns the model; nodes are in the order in which they were added."""
        graph = self.graph(graph_name, self._inputs, self._outputs)
        graph.opset_imports.update(OPSETS)
        model = ir.Model(graph, ir_version=IR_VERSION, producer_name="modelport")
        model.meta[TREES] = dict(self._trees)
        return model

    def graph(self, name: str, inputs: Sequence[ir.Value], outputs: Sequence[ir.Value]) -> ir.Graph:
        """Returns the nodes as a graph, with the constants that they use."""
        used = {id(value) for node in self._nodes for value in node.inputs if value is not None}
        initializers = [value for value in self._initializers if id(value) in used]
        return ir.Graph(inputs, outputs, nodes=self._nodes, initializers=initializers, name=name)


def _attribute(name: str, value: Attribute) -> ir.Attr:
    if isinstance(value, ir.TensorProtocol):
        return ir.AttrTensor(name, value)
    if isinstance(value, str):
        return ir.AttrString(name, value)
    if isinstance(value, int):
        return ir.AttrInt64(name, value)
    if isinstance(value, float):
        return ir.AttrFloat32(name, value)
    items = list(value)
    if all(isinstance(item, str) for item in items):
        return ir.AttrStrings(name, [str(item) for item in items])
    numbers = [item for item in items if isinstance(item, int | float)]
    if all(isinstance(item, int) for item in numbers):
        return ir.AttrInt64s(name, [int(item) for item in numbers])
    return ir.AttrFloat32s(name, [float(item) for item in numbers])
