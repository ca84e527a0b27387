"""Makes ONNX nodes, constants and graphs within graphs; knows nothing of TensorFlow."""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.ir.builder import Attribute
from modelport.ir.opsets import IR_VERSION, OPSETS

__all__ = ["Emitter", "Value"]

Value: TypeAlias = ir.Value


class Emitter:
    """Collects the nodes of one graph; ``inner`` makes one for a branch or a loop, which may read values of this one."""

    def __init__(self, counter: list[int] | None = None) -> None:
        self._counter = [0] if counter is None else counter
        self.nodes: list[ir.Node] = []
        self._initializers: list[ir.Value] = []
        self._constants: dict[tuple[str, tuple[int, ...], bytes], ir.Value] = {}

    def name(self, hint: str) -> str:
        """A name that nothing has yet."""
        self._counter[0] += 1
        return f"{hint}_{self._counter[0]}"

    def inner(self) -> "Emitter":
        """An emitter for a graph within this one."""
        return Emitter(self._counter)

    def constant(self, data: npt.ArrayLike, dtype: npt.DTypeLike | None = None) -> Value:
        """An initializer; equal ones of up to some hundred bytes are stored once."""
        array = np.asarray(data, dtype=dtype)
        key = (str(array.dtype), array.shape, array.tobytes() if array.nbytes < 512 and array.dtype != object else b"")
        if key[2] and key in self._constants:
            return self._constants[key]
        if array.dtype == object:
            texts = [str(item).encode() for item in array.ravel()]
            tensor: ir.TensorProtocol = ir.StringTensor(texts, shape=ir.Shape(array.shape))
        else:
            tensor = ir.tensor(np.ascontiguousarray(array).reshape(array.shape))
        value = ir.Value(
            name=self.name("const"),
            type=ir.TensorType(tensor.dtype),
            shape=ir.Shape(array.shape),
            const_value=tensor,
        )
        self._constants[key] = value
        self._initializers.append(value)
        return value

    def ints(self, *numbers: int) -> Value:
        """int64[n]."""
        return self.constant(np.array(numbers, dtype=np.int64))

    def op(
        self, op_type: str, *inputs: Value | None, dtype: ir.DataType | None = None, **attributes: Attribute
    ) -> Value:
        """A node with one output, of the first input's type unless ``dtype`` says otherwise."""
        return self.ops(op_type, *inputs, outputs=1, dtypes=None if dtype is None else [dtype], **attributes)[0]

    def ops(
        self,
        op_type: str,
        *inputs: Value | None,
        outputs: int,
        dtypes: Sequence[ir.DataType] | None = None,
        **attributes: Attribute | ir.Graph,
    ) -> list[Value]:
        """A node with several outputs."""
        first = next((value.dtype for value in inputs if value is not None), None)
        kinds = list(dtypes) if dtypes is not None else [first] * outputs
        label = self.name(op_type)
        values = [
            ir.Value(
                name=label if not place else f"{label}_{place}", type=None if kind is None else ir.TensorType(kind)
            )
            for place, kind in enumerate(kinds)
        ]
        made = [
            ir.AttrGraph(key, item) if isinstance(item, ir.Graph) else _attribute(key, item)
            for key, item in sorted(attributes.items())
        ]
        self.nodes.append(ir.Node("", op_type, list(inputs), made, outputs=values, name=label))
        return values

    def cast(self, value: Value, dtype: ir.DataType) -> Value:
        """The value in another element type, itself where it has that."""
        return value if value.dtype == dtype else self.op("Cast", value, dtype=dtype, to=int(dtype))

    def graph(self, inputs: Sequence[Value], outputs: Sequence[Value], name: str) -> ir.Graph:
        """Closes this graph. A value of an outer graph, or one given twice, gets a node of its own as an output."""
        own = {id(value) for node in self.nodes for value in node.outputs}
        given: list[Value] = []
        for value in outputs:
            if id(value) not in own or any(value is one for one in given):
                value = self.op("Identity", value)
                own.add(id(value))
            given.append(value)
        needed: set[int] = {id(value) for value in given}
        kept: list[ir.Node] = []
        for node in reversed(self.nodes):
            if any(id(value) in needed for value in node.outputs):
                kept.append(node)
                needed |= _reads(node)
        staying = {id(node) for node in kept}
        for node in self.nodes:
            if id(node) not in staying:
                for place in range(len(node.inputs)):
                    node.replace_input_with(place, None)
        return ir.Graph(
            list(inputs),
            given,
            nodes=kept[::-1],
            initializers=[value for value in self._initializers if id(value) in needed],
            opset_imports={"": OPSETS[""]},
            name=name,
        )

    def model(self, inputs: Sequence[Value], outputs: Sequence[Value]) -> ir.Model:
        """Closes the outermost graph."""
        return ir.Model(self.graph(inputs, outputs, "model"), ir_version=IR_VERSION)


def _reads(node: ir.Node) -> set[int]:
    """What a node reads, the graphs in it too."""
    found = {id(value) for value in node.inputs if value is not None}
    for attribute in node.attributes.values():
        if attribute.type == ir.AttributeType.GRAPH:
            graph = attribute.as_graph()
            found |= {id(value) for value in graph.outputs}
            for inner in graph:
                found |= _reads(inner)
    return found


def _attribute(key: str, item: object) -> ir.Attr:
    made: ir.Attr = ir.convenience.convert_attribute(key, item)
    return made
