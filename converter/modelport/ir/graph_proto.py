"""From onnx_ir to ONNX and back: forests stand beside the graph as arrays and go into it only here."""

import onnx
import onnx_ir as ir

from modelport.ir.forest import Forest
from modelport.ir.tree_tables import TreeTables

__all__ = ["TREES", "copy_model", "forests_of", "to_proto"]

# Key of ir.Model.meta: {name of a TreeEnsemble node: TreeTables}. meta is not part of the model that is written.
TREES = "modelport.trees"
_SETTINGS = frozenset(("n_targets", "aggregate_function", "post_transform"))


def to_proto(model: ir.Model) -> onnx.ModelProto:
    """Returns the whole model, each forest in its node."""
    proto = ir.to_proto(model)
    trees = _trees(model)
    for node in proto.graph.node if trees else ():
        tables = trees.get(node.name)
        if tables is not None:
            kept = [attribute for attribute in node.attribute if attribute.name in _SETTINGS]
            del node.attribute[:]
            node.attribute.extend(kept)
            node.MergeFromString(tables.wire)
    return proto


def copy_model(model: ir.Model) -> ir.Model:
    """Returns a copy for a rewrite; the forests, which no rewrite looks into, are shared."""
    copy: ir.Model = ir.from_proto(ir.to_proto(model))
    copy.meta.update(model.meta)
    return copy


def forests_of(model: ir.Model) -> dict[str, Forest]:
    """The forest of each TreeEnsemble node by the node's name."""
    return {name: tables.forest for name, tables in _trees(model).items()}


def _trees(model: ir.Model) -> dict[str, TreeTables]:
    found: dict[str, TreeTables] = model.meta.get(TREES, {})
    return found
