"""Makes one Concat of nested ones along the same axis.

Before: c = Concat(a, b); d = Concat(c, e)    After: d = Concat(a, b, e)
Refuses when: 1. the inner result has another reader. 2. the axes differ. 3. the inner result is a graph output.
"""

import onnx_ir as ir

from modelport.passes._pass import GraphPass

__all__ = ["PASS"]


def _axis(node: ir.Node) -> int | None:
    attribute = node.attributes.get("axis")
    return None if attribute is None else attribute.as_int()


def _inner(node: ir.Node, outputs: set[ir.Value]) -> ir.Node | None:
    """The first input of a Concat that is a Concat to be merged into it."""
    for value in node.inputs:
        producer = None if value is None else value.producer()
        if producer is None or producer.op_type != "Concat" or producer.domain != "":
            continue
        result = producer.outputs[0]
        if result in outputs or len(list(result.uses())) != 1 or _axis(producer) != _axis(node):
            continue
        return producer
    return None


def _apply(model: ir.Model) -> bool:
    modified = False
    outputs = set(model.graph.outputs)
    for node in list(model.graph):
        if node.op_type != "Concat" or node.domain != "" or node.graph is None:
            continue
        while (inner := _inner(node, outputs)) is not None:
            inputs: list[ir.Value | None] = []
            for value in node.inputs:
                inputs += list(inner.inputs) if value is inner.outputs[0] else [value]
            merged = ir.Node(
                "", "Concat", inputs, list(node.attributes.values()), outputs=list(_renamed(node)), name=node.name
            )
            model.graph.insert_before(node, merged)
            ir.convenience.replace_all_uses_with(node.outputs, merged.outputs, replace_graph_outputs=True)
            model.graph.remove([node, inner], safe=True)
            node, modified = merged, True
    return modified


def _renamed(node: ir.Node) -> list[ir.Value]:
    """Fresh values that carry the names, types and shapes of the node's outputs."""
    return [ir.Value(name=value.name, type=value.type, shape=value.shape) for value in node.outputs]


PASS = GraphPass("merge_concats", _apply)
