"""Pipeline: its steps one after the other."""

from typing import Any

from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model, Parts
from modelport.frontends.sklearn._scope import Prediction, Scope

__all__ = ["MODEL"]


def _parts(estimator: Any) -> Parts:
    return [(name, step) for name, step in estimator.steps if step is not None and step != "passthrough"]


def _convert(scope: Scope, estimator: Any, table: Columns, convert_part: Any) -> Columns | Prediction:
    """Shapes: [N, F] -> what the last step gives."""
    result: Columns | Prediction = table
    for _, step in _parts(estimator):
        if isinstance(result, Prediction):
            raise TypeError("a predictor stands before the last step")
        result = convert_part(scope, step, result)
    return result


MODEL = Model(
    classes=["sklearn.pipeline.Pipeline"],
    convert=_convert,
    parts=_parts,
    source="sklearn/pipeline.py of 1.9, Pipeline.predict",
)
