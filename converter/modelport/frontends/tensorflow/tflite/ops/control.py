"""Branches and loops, whose bodies are other graphs of the file."""

import numpy as np
import onnx_ir as ir

from modelport.frontends.tensorflow.tflite.emit import Emitter, Value
from modelport.frontends.tensorflow.tflite.lowering import inlined
from modelport.frontends.tensorflow.tflite.node import Handler, Node

__all__ = ["OPS"]

_BOOL = ir.DataType.BOOL


def _if(node: Node) -> None:
    given = [node.raw(place) for place in range(1, len(node.operator.inputs))]
    branches: list[ir.Graph] = []
    kinds: list[ir.DataType] = []
    for name, graph in (("then", node.options.thenSubgraphIndex), ("else", node.options.elseSubgraphIndex)):
        emit = node.emit.inner()
        results = inlined(node.scope, int(graph), emit, given)
        if node.scope.setting.refused:
            return
        branches.append(emit.graph([], results, node.emit.name(name)))
        kinds = [value.dtype or ir.DataType.FLOAT for value in results]
    outputs = node.emit.ops(
        "If",
        _scalar(node.emit, node.raw(0)),
        outputs=len(kinds),
        dtypes=kinds,
        then_branch=branches[0],
        else_branch=branches[1],
    )
    for place, value in enumerate(outputs):
        node.put(value, place)


def _while(node: Node) -> None:
    condition, body = int(node.options.condSubgraphIndex), int(node.options.bodySubgraphIndex)
    start = [node.raw(place) for place in range(len(node.operator.inputs))]
    first = inlined(node.scope, condition, node.emit, start)
    emit = node.emit.inner()
    kinds = [value.dtype or ir.DataType.FLOAT for value in start]
    states = [ir.Value(name=node.emit.name("state"), type=ir.TensorType(kind)) for kind in kinds]
    turn = ir.Value(name=node.emit.name("turn"), type=ir.TensorType(ir.DataType.INT64), shape=ir.Shape([]))
    asked = ir.Value(name=node.emit.name("go"), type=ir.TensorType(_BOOL), shape=ir.Shape([]))
    after = inlined(node.scope, body, emit, states)
    again = inlined(node.scope, condition, emit, after) if not node.scope.setting.refused else []
    if node.scope.setting.refused:
        return
    graph = emit.graph([turn, asked, *states], [_scalar(emit, again[0]), *after], node.emit.name("body"))
    outputs = node.emit.ops(
        "Loop", None, _scalar(node.emit, first[0]), *start, outputs=len(start), dtypes=kinds, body=graph
    )
    for place, value in enumerate(outputs):
        node.put(value, place)


def _scalar(emit: Emitter, value: Value) -> Value:
    return emit.op("Reshape", value, emit.constant(np.zeros(0, dtype=np.int64)))


OPS: dict[str, Handler] = {"IF": _if, "WHILE": _while}
