"""Group normalization by ONNX's own definition, which loses the variance of values that lie close together.

**Before** (onnxscript 0.7, aten.native_group_norm): GroupNormalization, for which ONNX Runtime has no kernel: it runs the body that
the standard gives, and that takes the variance as the mean of squares less the square of the mean. Two values 1.3 and 1.301 lose
all digits of it; torch takes deviations from the mean (aten/src/ATen/native/cpu/group_norm_kernel.cpp, RowwiseMoments).

**After**::

    d = Reshape(x, [N, G, -1]) - mean        over the last axis
    y = Reshape(d / Sqrt(mean(d * d) + epsilon), Shape(x)) * scale + bias
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.frontends.torch._repair import Repair

__all__ = ["REPAIR"]


class _Nodes:
    """Nodes put before another, named after its output as no exporter names any: 'group_norm_1' is that of the next."""

    def __init__(self, node: ir.Node) -> None:
        self._name = str(node.outputs[0].name)
        self.made: list[ir.Node] = []

    def constant(self, array: Any) -> ir.Value:
        return self("Constant", [], kind=ir.DataType.from_numpy(array.dtype), value=ir.tensor(array))

    def __call__(self, op: str, inputs: Sequence[ir.Value | None], kind: ir.DataType, **attributes: Any) -> ir.Value:
        name = f"{self._name}.part_{len(self.made)}"
        result = ir.Value(name=name, type=ir.TensorType(kind))
        told = ir.convenience.convert_attributes(attributes)
        self.made.append(ir.Node("", op, inputs, told, outputs=[result], name=f"{name}_node"))
        return result


def _apply(model: ir.Model) -> int:
    changed = 0
    for node in list(model.graph.all_nodes()):
        x = node.inputs[0] if node.inputs else None
        if node.op_type == "GroupNormalization" and x is not None and x.dtype is not None and x.shape is not None:
            _rewrite(node, x, x.dtype, x.shape)
            changed += 1
    return changed


def _rewrite(node: ir.Node, x: ir.Value, kind: ir.DataType, shape: ir.Shape) -> None:
    nodes, graph, result = _Nodes(node), node.graph, node.outputs[0]
    assert graph is not None
    groups = node.attributes.get_int("num_groups", 1)
    epsilon = np.array(node.attributes.get_float("epsilon", 1e-5), dtype=kind.numpy())
    rest = [length for length in shape.dims[1:] if isinstance(length, int)]
    # An empty batch has no length that -1 could stand for.
    width = math.prod(rest) // groups if len(rest) == len(shape) - 1 else -1
    grouped = nodes("Reshape", [x, nodes.constant(np.array([0, groups, width], dtype=np.int64))], kind)
    last = nodes.constant(np.array([-1], dtype=np.int64))
    apart = nodes("Sub", [grouped, nodes("ReduceMean", [grouped, last], kind, keepdims=1)], kind)
    variance = nodes("ReduceMean", [nodes("Mul", [apart, apart], kind), last], kind, keepdims=1)
    deviation = nodes("Sqrt", [nodes("Add", [variance, nodes.constant(epsilon)], kind)], kind)
    even = nodes("Div", [apart, deviation], kind)
    back = nodes("Reshape", [even, nodes("Shape", [x], ir.DataType.INT64)], kind)
    each = nodes.constant(np.array([1, -1, *[1] * (len(shape) - 2)], dtype=np.int64))
    scaled = nodes("Mul", [back, nodes("Reshape", [node.inputs[1], each], kind)], kind)
    moved = nodes("Reshape", [node.inputs[2], each], kind)
    graph.insert_before(node, nodes.made)
    added = ir.Node("", "Add", [scaled, moved], outputs=[_like(result)], name=f"{result.name}_node")
    ir.convenience.replace_nodes_and_values(graph, node, [node], [added], [result], added.outputs)


def _like(value: ir.Value) -> ir.Value:
    return ir.Value(name=value.name, type=value.type, shape=value.shape)


REPAIR = Repair("variance of group normalization", _apply)
