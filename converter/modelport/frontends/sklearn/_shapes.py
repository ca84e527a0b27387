"""Tells how wide a value of the graph will be, while the graph is still being emitted."""

import onnx
import onnx_ir as ir

from modelport.ir.opsets import IR_VERSION, OPSETS

__all__ = ["Shapes"]

# Constants up to this size may say something about shapes (axes, a target shape); larger ones are weights.
_SMALL = 1024


class Shapes:
    """Shapes by name of value, inferred by onnx as far as asked for; every node is looked at once."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[int | None, ...]] = {}

    def note(self, value: ir.Value, width: int) -> None:
        """States that a value is [N, width]."""
        self._known[str(value.name)] = (None, width)

    def width(self, value: ir.Value) -> int | None:
        """K for a value [N, K], None for a value [N]. Raises: TypeError where onnx cannot tell: a fault of a converter."""
        if str(value.name) not in self._known:
            self._infer(value)
        shape = self._known.get(str(value.name))
        if shape is None or len(shape) not in (1, 2) or (len(shape) == 2 and shape[1] is None):
            raise TypeError(f"the shape of {value.name} cannot be told: {shape}")
        return None if len(shape) == 1 else shape[1]

    def _infer(self, value: ir.Value) -> None:
        nodes, leaves = self._ancestors(value)
        inputs = []
        constants = []
        for leaf in leaves.values():
            if leaf.const_value is not None and leaf.const_value.size <= _SMALL:
                constants.append(ir.serde.serialize_tensor(leaf.const_value))
                constants[-1].name = str(leaf.name)
                continue
            if leaf.const_value is not None:
                shape: tuple[int | None, ...] = tuple(leaf.const_value.shape.numpy())
            elif str(leaf.name) in self._known:
                shape = self._known[str(leaf.name)]
            else:
                shape = tuple(size if isinstance(size, int) else None for size in leaf.shape or ())
            inputs.append(onnx.helper.make_tensor_value_info(str(leaf.name), _element(leaf), list(shape)))
        graph = onnx.helper.make_graph(
            [ir.serde.serialize_node(node) for node in nodes],
            "part",
            inputs,
            [onnx.helper.make_tensor_value_info(str(value.name), _element(value), None)],
            initializer=constants,
        )
        opsets = [onnx.helper.make_opsetid(domain, number) for domain, number in OPSETS.items()]
        model = onnx.helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)
        inferred = onnx.shape_inference.infer_shapes(model, data_prop=True).graph
        for info in [*inferred.value_info, *inferred.output]:
            if info.type.tensor_type.HasField("shape"):
                sizes = info.type.tensor_type.shape.dim
                self._known[info.name] = tuple(d.dim_value if d.HasField("dim_value") else None for d in sizes)

    def _ancestors(self, value: ir.Value) -> tuple[list[ir.Node], dict[str, ir.Value]]:
        """The nodes that compute a value, in order, and the values of known shape that they start from."""
        order: list[ir.Node] = []
        leaves: dict[str, ir.Value] = {}
        seen: set[int] = set()
        stack: list[tuple[ir.Value, bool]] = [(value, False)]
        while stack:
            current, done = stack.pop()
            node = current.producer()
            if node is None or (str(current.name) in self._known and current is not value):
                leaves[str(current.name)] = current
            elif done:
                order.append(node)
            elif id(node) not in seen:
                seen.add(id(node))
                stack.append((current, True))
                stack += [(source, False) for source in node.inputs if source is not None]
        return order, leaves


def _element(value: ir.Value) -> int:
    return int(value.dtype) if value.dtype is not None else int(onnx.TensorProto.UNDEFINED)
