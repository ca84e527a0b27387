"""Element types for which ONNX Runtime has no kernel: the node is computed in a wider type, or written in other operators.

**Before**: ``y = Elu(x)`` of float64; ``y = Max(a, b)`` of int16.

**After**: ``y = Where(x > 0, x, alpha * (Exp(Min(x, 0)) - 1))``; ``y = Cast(Max(Cast(a), Cast(b)))`` with int32 in between.

A wider type holds every number of the narrower one, and casting back wraps as arithmetic in the narrower type does; float64 has
none. Whether there is a kernel is asked of ONNX Runtime itself, once for each operator and types.

**Refuses when** (1) neither helps: each operator is named with its layer.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

import numpy as np
import onnx_ir as ir

from modelport.errors import UnsupportedModelError
from modelport.frontends._double_functions import atan, erf, expm1, log1p
from modelport.ir.graph_proto import to_bytes
from modelport.ir.session import has_kernel

__all__ = ["give_kernels"]

_Type = ir.DataType
_WIDER: dict[_Type, tuple[_Type, ...]] = {
    _Type.FLOAT16: (_Type.FLOAT,),
    _Type.BFLOAT16: (_Type.FLOAT,),
    _Type.BOOL: (_Type.UINT8, _Type.INT32, _Type.INT64, _Type.FLOAT),
    _Type.INT8: (_Type.INT32, _Type.INT64, _Type.FLOAT),
    _Type.UINT8: (_Type.INT32, _Type.INT64, _Type.FLOAT),
    _Type.INT16: (_Type.INT32, _Type.INT64, _Type.FLOAT),
    _Type.UINT16: (_Type.INT32, _Type.INT64, _Type.FLOAT),
    _Type.INT32: (_Type.INT64, _Type.DOUBLE),
    _Type.UINT32: (_Type.INT64, _Type.DOUBLE),
}
# Without a kernel of their own, computed by their definition in ONNX, whose constants are of float32 whatever the type.
_FUNCTIONS = frozenset(("Gelu",))


def give_kernels(model: ir.Model, layers: Mapping[str, str], where: str) -> int:
    """Changes the graph in place, within branches and loops too; returns how many nodes it changed.

    ``layers`` maps tensors to the layers that made them. Raises: UnsupportedModelError.
    """
    version = model.opset_imports.get("", 1)
    known: dict[tuple[object, ...], bool] = {}

    def runs(node: ir.Node, dtypes: Mapping[_Type, _Type]) -> bool:
        inputs = [_mapped(value, {} if _decides(node, place) else dtypes) for place, value in enumerate(node.inputs)]
        types = [inputs, [_mapped(value, dtypes) for value in node.outputs]]
        if any(None in one for one in types) or node.domain not in ("", "ai.onnx") or _has_graphs(node):
            return True
        if "Sequence" in node.op_type and node.op_type != "ReverseSequence":
            return True  # lists of tensors: a value of the type alone does not stand for one
        if node.op_type in _FUNCTIONS and types[0][0] == _Type.DOUBLE:
            return False
        key = (node.op_type, *map(tuple, types), *sorted(node.attributes))
        if key not in known:
            known[key] = has_kernel(to_bytes(_alone(node, types, version)))
        return known[key]

    changed = 0
    missing: dict[str, None] = {}
    for node in list(model.graph.all_nodes()):
        if runs(node, {}):
            continue
        wider = _wider(node, runs)
        if wider is not None:
            _widen(node, wider)
        elif node.op_type in _WRITTEN and _of(node) == _Type.DOUBLE:
            _replace(node, _WRITTEN[node.op_type])
        else:
            kind = _of(node)
            layer = next((layers[str(out.name)] for out in node.outputs if out.name in layers), "")
            missing[f"{node.op_type} of {kind.name.lower() if kind else '?'}{f' in {layer}' if layer else ''}"] = None
            continue
        changed += 1
    if missing:
        raise UnsupportedModelError(
            f"ONNX Runtime cannot compute {len(missing)} operator(s) with these element types: {'; '.join(missing)}",
            where=where,
            fix="convert to float32 before these layers, or write them with other operators",
        )
    return changed


def _mapped(value: ir.Value | None, dtypes: Mapping[_Type, _Type]) -> _Type | str | None:
    if value is None:
        return ""
    return None if value.dtype is None else dtypes.get(value.dtype, value.dtype)


def _decides(node: ir.Node, place: int) -> bool:
    """Whether an input is a condition, which is of truth values whatever the others are."""
    return node.op_type in ("Where", "Compress") and place == (node.op_type == "Compress")


def _has_graphs(node: ir.Node) -> bool:
    return any(attribute.type == ir.AttributeType.GRAPH for attribute in node.attributes.values())


def _of(node: ir.Node) -> _Type | None:
    return next((value.dtype for value in node.inputs if value is not None), None)


def _alone(node: ir.Node, types: Sequence[Sequence[_Type | str | None]], version: int) -> ir.Model:
    """A model of the one node, its inputs those of the model."""
    inputs = [
        ir.Value(name=f"input_{place}", type=ir.TensorType(kind)) if isinstance(kind, ir.DataType) else None
        for place, kind in enumerate(types[0])
    ]
    outputs = [
        ir.Value(name=f"output_{place}", type=ir.TensorType(kind))
        for place, kind in enumerate(types[1])
        if isinstance(kind, ir.DataType)
    ]
    copy = ir.Node("", node.op_type, inputs, _with_to(node, types[1][0]), outputs=outputs, name="node")
    given = [value for value in inputs if value is not None]
    graph = ir.Graph(given, outputs, nodes=[copy], opset_imports={"": version}, name="one")
    return ir.Model(graph, ir_version=10)


def _with_to(node: ir.Node, kind: _Type | str | None) -> dict[str, ir.Attr]:
    """A cast says itself what it makes."""
    attributes = dict(node.attributes)
    if node.op_type == "Cast" and isinstance(kind, ir.DataType):
        attributes["to"] = ir.AttrInt64("to", int(kind))
    return attributes


def _wider(node: ir.Node, runs: Callable[[ir.Node, Mapping[_Type, _Type]], bool]) -> dict[_Type, _Type] | None:
    if node.op_type == "Cast":
        return None
    for narrow in dict.fromkeys(value.dtype for value in [*node.inputs, *node.outputs] if value is not None):
        for wide in _WIDER.get(narrow, ()) if narrow is not None else ():
            assert narrow is not None
            if runs(node, {narrow: wide}):
                return {narrow: wide}
    return None


def _widen(node: ir.Node, dtypes: Mapping[_Type, _Type]) -> None:
    made: list[ir.Node] = []
    for place, value in enumerate(node.inputs):
        if value is not None and value.dtype is not None and value.dtype in dtypes and not _decides(node, place):
            # After the node and the place: other nodes may take the same value.
            made.append(_cast(value, dtypes[value.dtype], f"{node.outputs[0].name}.input_{place}"))
            node.replace_input_with(place, made[-1].outputs[0])
    graph = node.graph
    assert graph is not None
    graph.insert_before(node, made)
    for value in node.outputs:
        narrow = value.dtype
        if narrow in dtypes and narrow is not None:
            value.dtype = dtypes[narrow]
            back = _cast(value, narrow, f"{value.name}.{narrow.name.lower()}")
            _stand_in(value, back.outputs[0], keep=back)
            graph.insert_after(node, [back])


def _cast(value: ir.Value, kind: _Type, name: str) -> ir.Node:
    result = ir.Value(name=name, type=ir.TensorType(kind), shape=value.shape)
    return ir.Node("", "Cast", [value], [ir.AttrInt64("to", int(kind))], outputs=[result], name=f"{name}_cast")


def _stand_in(value: ir.Value, other: ir.Value, keep: ir.Node | None = None) -> None:
    """Lets everything that took ``value``, but ``keep``, take ``other``, which takes its name if the graph gives it."""
    name = value.name
    users = [use for use in value.uses() if use.node is not keep]
    graph = value.graph
    given = value.is_graph_output()
    for use in users:
        use.node.replace_input_with(use.idx, other)
    if given and graph is not None:
        value.name = f"{name}_before"
        other.name = name
        graph.outputs[:] = [other if one is value else one for one in graph.outputs]


class _Writer:
    """Nodes of one element type, each a call; the names of what they give begin with that of the value they make."""

    def __init__(self, node: ir.Node) -> None:
        value = node.inputs[0]
        assert value is not None and value.dtype is not None
        self.x = value
        self._node = node
        self._dtype = value.dtype
        self.nodes: list[ir.Node] = []

    def attribute(self, name: str, usual: float) -> float:
        return _written(self._node.attributes.get_float(name, usual) or 0.0)

    def text(self, name: str, usual: str) -> str:
        return self._node.attributes.get_string(name, usual) or usual

    def __call__(self, op: str, *inputs: ir.Value | float, kind: _Type | None = None) -> ir.Value:
        values = [item if isinstance(item, ir.Value) else self._number(item) for item in inputs]
        if op in ("Greater", "Less", "Equal"):
            kind = _Type.BOOL
        return self._add(op, values, (), kind or self._dtype)

    def axes(self, op: str, value: ir.Value, axes: Sequence[int]) -> ir.Value:
        tensor = ir.tensor(np.array(axes, dtype=np.int64))
        places = self._add("Constant", [], [ir.AttrTensor("value", tensor)], _Type.INT64)
        return self._add(op, [value, places], [ir.AttrInt64("keepdims", 1)], self._dtype)

    def _number(self, number: float) -> ir.Value:
        tensor = ir.tensor(np.array(number, dtype=self._dtype.numpy()))
        return self._add("Constant", [], [ir.AttrTensor("value", tensor)], self._dtype)

    def _add(self, op: str, inputs: Sequence[ir.Value], attributes: Sequence[ir.Attr], kind: _Type) -> ir.Value:
        name = f"{self._node.outputs[0].name}.part_{len(self.nodes)}"
        result = ir.Value(name=name, type=ir.TensorType(kind))
        self.nodes.append(ir.Node("", op, inputs, attributes, outputs=[result], name=f"{name}_node"))
        return result


def _replace(node: ir.Node, write: Callable[[_Writer], ir.Value]) -> None:
    writer = _Writer(node)
    result = write(writer)
    value, graph = node.outputs[0], node.graph
    assert graph is not None
    result.shape = value.shape
    graph.insert_before(node, writer.nodes)
    _stand_in(value, result)
    graph.remove(node, safe=True)


def _written(number: float) -> float:
    """The number that was written before it became an attribute, which holds float32: 0.01 or 1/6 in all their digits."""
    short = float(Fraction(number).limit_denominator(10_000))
    return short if np.float32(short) == np.float32(number) else number


def _elu(w: _Writer) -> ir.Value:
    return w("Where", w("Greater", w.x, 0.0), w.x, w("Mul", expm1(w, w("Min", w.x, 0.0)), w.attribute("alpha", 1.0)))


def _selu(w: _Writer) -> ir.Value:
    # Klambauer et al., Self-Normalizing Neural Networks, 2017, to all digits.
    below = w("Mul", expm1(w, w("Min", w.x, 0.0)), 1.6732632423543772)
    return w("Mul", w("Where", w("Greater", w.x, 0.0), w.x, below), 1.0507009873554805)


def _leaky_relu(w: _Writer) -> ir.Value:
    return w("Where", w("Less", w.x, 0.0), w("Mul", w.x, w.attribute("alpha", 0.01)), w.x)


def _hard_sigmoid(w: _Writer, alpha: float | None = None, beta: float = 0.5) -> ir.Value:
    slope = w.attribute("alpha", 0.2) if alpha is None else alpha
    return w("Clip", w("Add", w("Mul", w.x, slope), w.attribute("beta", beta)), 0.0, 1.0)


def _softplus(w: _Writer) -> ir.Value:
    return w("Add", w("Max", w.x, 0.0), log1p(w, w("Exp", w("Neg", w("Abs", w.x)))))


def _mean_of_places(w: _Writer) -> ir.Value:
    rank = len(w.x.shape) if w.x.shape is not None else 4
    return w.axes("ReduceMean", w.x, range(2, rank))


def _gelu(w: _Writer) -> ir.Value:
    if w.text("approximate", "none") == "tanh":
        cube = w("Mul", w("Mul", w("Mul", w.x, w.x), w.x), 0.044715)
        curve = w("Tanh", w("Mul", w("Add", w.x, cube), math.sqrt(2 / math.pi)))
    else:
        curve = erf(w, w("Mul", w.x, math.sqrt(0.5)))
    return w("Mul", w("Mul", w.x, 0.5), w("Add", curve, 1.0))


def _asin(w: _Writer) -> ir.Value:
    # Not 1 - x², which has no digits left near 1.
    cosine = w("Sqrt", w("Mul", w("Sub", 1.0, w.x), w("Add", w.x, 1.0)))
    angle: ir.Value = atan(w, w("Div", w.x, cosine))
    return angle


def _acos(w: _Writer) -> ir.Value:
    return w("Mul", atan(w, w("Sqrt", w("Div", w("Sub", 1.0, w.x), w("Add", w.x, 1.0)))), 2.0)


# float64 alone.
_WRITTEN: dict[str, Callable[[_Writer], ir.Value]] = {
    "Acos": _acos,
    "Asin": _asin,
    "Atan": lambda w: atan(w, w.x),
    "Elu": _elu,
    "Erf": lambda w: erf(w, w.x),
    "Gelu": _gelu,
    "Selu": _selu,
    "LeakyRelu": _leaky_relu,
    "HardSigmoid": _hard_sigmoid,
    "HardSwish": lambda w: w("Mul", w.x, _hard_sigmoid(w, 1 / 6)),
    "Softplus": _softplus,
    "Mish": lambda w: w("Mul", w.x, w("Tanh", _softplus(w))),
    "ThresholdedRelu": lambda w: w("Where", w("Greater", w.x, w.attribute("alpha", 1.0)), w.x, 0.0),
    "Softsign": lambda w: w("Div", w.x, w("Add", w("Abs", w.x), 1.0)),
    "Sinh": lambda w: w("Div", w("Sub", w("Exp", w.x), w("Exp", w("Neg", w.x))), 2.0),
    "Cosh": lambda w: w("Div", w("Add", w("Exp", w.x), w("Exp", w("Neg", w.x))), 2.0),
    "Tan": lambda w: w("Div", w("Sin", w.x), w("Cos", w.x)),
    "GlobalAveragePool": _mean_of_places,
}
