"""Joins transpositions that follow one another: between two convolutions the layout changes there and back.

**Before**: Transpose(Transpose(x, p), q). **After**: Transpose(x, p[q]), or x itself where the two undo each other. Bodies too.
tf2onnx has this in an optimizer that also takes casts out, which changes numbers; so it is made here.
"""

import onnx_ir as ir

__all__ = ["join_transposes"]


def join_transposes(model: ir.Model) -> None:
    """Changes the graph in place; the names of its inputs and outputs stay."""
    nodes = [node for node in model.graph.all_nodes() if node.op_type == "Transpose"]
    outputs = {value for graph in _graphs(model, nodes) for value in graph.outputs}
    for node in nodes:
        _join(node, outputs)
    for node in reversed(nodes):
        if node.graph is not None and not node.outputs[0].uses() and node.outputs[0] not in outputs:
            node.graph.remove(node, safe=True)


def _join(node: ir.Node, outputs: set[ir.Value]) -> None:
    given = node.inputs[0]
    first = given.producer() if given is not None else None
    if first is None or first.op_type != "Transpose" or first.graph is not node.graph:
        return
    one, two = (part.attributes.get_ints("perm") for part in (first, node))
    if one is None or two is None:
        return
    order = [one[place] for place in two]
    node.replace_input_with(0, first.inputs[0])
    node.attributes["perm"] = ir.AttrInt64s("perm", order)
    result, source = node.outputs[0], first.inputs[0]
    if order == sorted(order) and result not in outputs and source is not None:
        for user, place in result.uses():
            user.replace_input_with(place, source)


def _graphs(model: ir.Model, nodes: list[ir.Node]) -> list[ir.Graph]:
    return [model.graph, *{node.graph for node in nodes if isinstance(node.graph, ir.Graph)}]
