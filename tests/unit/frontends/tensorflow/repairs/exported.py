"""From a function of TensorFlow to its graph by both stages of the front end, without a sample, a contract or a proof."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import onnx_ir as ir

from modelport.frontends.tensorflow.export import finished
from modelport.frontends.tensorflow.graph.write import written

__all__ = ["Exported", "export"]


@dataclass(frozen=True)
class Exported:
    """The graph, its tensors' layers as the source calls them, and what was done on the way.

    ``model``: inputs in the order of the function's own, without captures; outputs in the order of its flattened results.
    """

    model: ir.Model
    layers: Mapping[str, str]
    notes: tuple[str, ...]


# Any: tensorflow's ConcreteFunction.
def export(function: Any, where: str) -> Exported:
    """Exports a concrete function.

    Raises: UnsupportedModelError that names every operator that is left, and the layer it stands in.
    """
    found = written(function, where)
    model = ir.serde.deserialize_model(found.model)
    return Exported(model, finished(model, where), tuple(f"repaired: {name}" for name in found.repaired))
