"""Pipeline: its steps one after the other; samplers of imbalanced-learn among them only work while fitting."""

from typing import Any

from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model, Parts
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._inner import as_table, handed_on
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _parts(estimator: Any) -> Parts:
    steps = [(name, step) for name, step in estimator.steps if step is not None and not isinstance(step, str)]
    # A nested pipeline has fit_resample too, and predicts.
    return [(name, step) for name, step in steps if hasattr(step, "steps") or not hasattr(step, "fit_resample")]


def _convert(scope: Scope, estimator: Any, table: Columns, convert_part: Any) -> Columns | Prediction:
    """Shapes: [N, F] -> what the last step gives; of a predictor before it, what its transform() gives."""
    steps = [step for _, step in _parts(estimator)]
    # A pipeline that ends in 'passthrough' transforms, whatever its steps before can do besides.
    last = steps.pop() if steps and steps[-1] is estimator.steps[-1][1] else None
    for step in steps:
        table = as_table(scope, step, convert_part(scope, step, table), table)
    if last is not None:
        return handed_on(scope, last, table, convert_part)
    scope.read_whole(table)
    return table


MODEL = Model(
    classes=["imblearn.pipeline.Pipeline", "sklearn.pipeline.Pipeline"],
    convert=_convert,
    parts=_parts,
    source="sklearn/pipeline.py of 1.9, Pipeline.predict, transform; imblearn/pipeline.py of 0.14",
    terms=True,
)
