"""Takes Identity nodes away; names of graph inputs and outputs stay.

Before: y = Identity(x); z = Op(y)    After: z = Op(x)
Refuses when: 1. a graph input or a constant goes straight to a graph output (both names must stay); 2. a value is a
graph output already (one value cannot have the names of two outputs).
"""

import onnx_ir as ir

from modelport.passes._pass import GraphPass

__all__ = ["PASS"]


def _apply(model: ir.Model) -> bool:
    graph = model.graph
    modified = False
    for node in [node for node in graph if node.op_type == "Identity" and node.domain == ""]:
        source, result = node.inputs[0], node.outputs[0]
        if source is None:
            continue
        if result.is_graph_output():
            if source.producer() is None or source.is_graph_output():
                continue
            graph.outputs[[value is result for value in graph.outputs].index(True)] = source
            source.shape, source.type = result.shape, result.type
            name, result.name = result.name, None
            source.name = name
        ir.convenience.replace_all_uses_with(result, source)
        graph.remove(node, safe=True)
        modified = True
    return modified


PASS = GraphPass("eliminate_identity", _apply)
