"""The two-class estimators inside the multi-class strategies; one fitted on a single class always says that one."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Parts, Readers, qualified_name
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._inner import (
    decides_by_score,
    filled,
    numbered,
    of_axis,
    predicted,
    two_sided,
)

__all__ = ["OneOfTwo", "binary_parts", "binary_readers", "border_of", "is_constant", "one_of_two"]


@dataclass(frozen=True)
class OneOfTwo:
    """[N] each: ``value`` what decides, ``label`` what predict() gives as a float64, and what else there is."""

    value: ir.Value
    label: ir.Value
    probability: ir.Value | None
    score: ir.Value | None


def is_constant(estimator: Any) -> bool:
    """True for what stands in for an estimator that would have been fitted on one class."""
    return qualified_name(estimator).endswith("._ConstantPredictor")


def binary_parts(estimator: Any) -> Parts:
    """The estimators inside, those that are constant apart."""
    return [(name, part) for name, part in numbered("estimators_", estimator.estimators_) if not is_constant(part)]


def binary_readers(estimator: Any) -> Readers:
    """All of them read all columns."""
    return [(part, None) for _, part in binary_parts(estimator)]


def border_of(estimator: Any) -> float:
    """The value above which the second class is chosen; the source asks the first estimator for all of them."""
    return 0.0 if not is_constant(estimator) and decides_by_score(estimator) else 0.5


def one_of_two(scope: Scope, estimator: Any, table: Columns, convert_part: Any) -> OneOfTwo:
    """Converts one estimator."""
    if is_constant(estimator):
        value = filled(scope, table, float(np.ravel(estimator.y_)[0]))
        return OneOfTwo(value, value, value, value)
    inner = predicted(scope, estimator, table, convert_part)
    probability = inner.prediction.probability
    return OneOfTwo(
        value=two_sided(scope, inner),
        label=inner.labels(scope),
        probability=None if probability is None else of_axis(scope, probability, 1),
        score=two_sided(scope, inner) if inner.prediction.score is not None and decides_by_score(estimator) else None,
    )
