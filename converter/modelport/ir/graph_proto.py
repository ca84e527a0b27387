"""From onnx_ir to ONNX and back: forests stand beside the graph as arrays and go into it only here."""

import onnx
import onnx_ir as ir

from modelport.ir.forest import Forest
from modelport.ir.tree_tables import TreeTables
from modelport.ir.wire import model_bytes

__all__ = ["TREES", "copy_model", "forests_of", "small_proto", "to_bytes", "to_proto", "with_forests"]

# Key of ir.Model.meta: {name of a TreeEnsemble node: TreeTables}. meta is not part of the model that is written.
TREES = "modelport.trees"
_SETTINGS = frozenset(("n_targets", "aggregate_function", "post_transform"))


def small_proto(model: ir.Model) -> onnx.ModelProto:
    """Returns the model with a small stand-in in the place of each forest."""
    proto: onnx.ModelProto = ir.to_proto(model)
    return proto


def with_forests(proto: onnx.ModelProto, model: ir.Model) -> bytes:
    """Returns the file of a proto made from ``small_proto(model)``, each forest in its node.

    Forests are copied once, into the file; as a ModelProto they would take several times its size.
    """
    trees = _trees(model)
    if not trees:
        return bytes(proto.SerializeToString(deterministic=True))
    return model_bytes(proto, {name: tables.wire for name, tables in trees.items()}, _SETTINGS)


def to_bytes(model: ir.Model) -> bytes:
    """Returns the whole model as a file has it, each forest in its node."""
    return with_forests(small_proto(model), model)


def to_proto(model: ir.Model) -> onnx.ModelProto:
    """Returns the whole model, each forest in its node."""
    return onnx.ModelProto.FromString(to_bytes(model)) if _trees(model) else small_proto(model)


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
