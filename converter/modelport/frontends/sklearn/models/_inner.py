"""What an estimator asks of those inside: class numbers, probabilities, scores, transformed columns; and sums in order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.errors import UnsupportedModelError
from modelport.frontends.sklearn._columns import Columns, Part
from modelport.frontends.sklearn._model import qualified_name
from modelport.frontends.sklearn._scope import Prediction, Scope
from modelport.frontends.sklearn.models._scores import column
from modelport.frontends.sklearn.oracle import plain
from modelport.ir.contract import Label

__all__ = [
    "Ask",
    "Inner",
    "add_up",
    "as_table",
    "common_type",
    "concat_columns",
    "handed_on",
    "mean_of",
    "numbered",
    "of_axis",
    "predicted",
    "table_of",
    "weighted",
]

Ask = Callable[[Scope, Any, Columns], Columns | Prediction]


@dataclass(frozen=True)
class Inner:
    """A converted estimator inside another."""

    estimator: Any
    prediction: Prediction

    @property
    def classes(self) -> tuple[Label, ...]:
        """Its own labels, which need not be those of the estimator around it."""
        if self.prediction.classes is not None:
            return self.prediction.classes
        return tuple(plain(label) for label in self.estimator.classes_)

    def labels(self, scope: Scope, dtype: ir.DataType = ir.DataType.DOUBLE) -> ir.Value:
        """[N] or [N, K]: what predict() gives, as numbers of this type; class labels must be numbers."""
        p, b = self.prediction, scope.builder
        if p.several:
            own = [Inner(self.estimator, one).labels(scope, dtype) for one in p.several]
            return concat_columns(scope, own)
        if p.index is not None:
            return b.op("Gather", b.constant(np.array(self.classes, dtype=np.float64), dtype), p.index, axis=0)
        return b.cast(self.need("value", "predict"), dtype)

    def need(self, name: str, method: str) -> ir.Value:
        """One value of the prediction. Raises: UnsupportedModelError when its converter does not give it."""
        value: ir.Value | None = getattr(self.prediction, name)
        if value is None:
            raise UnsupportedModelError(
                f"the converter of {qualified_name(self.estimator)} does not give {method}",
                where=f"estimator {type(self.estimator).__name__}",
                fix="choose another estimator, or a method that it gives",
            )
        return value

    @property
    def probability(self) -> ir.Value:
        """[N, C]."""
        return self.need("probability", "predict_proba")

    @property
    def score(self) -> ir.Value:
        """[N] or [N, C]."""
        return self.need("score", "decision_function")


def predicted(scope: Scope, estimator: Any, table: Columns, ask: Ask) -> Inner:
    """Converts an estimator that predicts. Raises: UnsupportedModelError when its converter only transforms."""
    result = ask(scope, estimator, table)
    if isinstance(result, Columns):
        raise UnsupportedModelError(
            f"the converter of {qualified_name(estimator)} does not give predict",
            where=f"estimator {type(estimator).__name__}",
            fix="choose another estimator",
        )
    return Inner(estimator, result)


def handed_on(scope: Scope, estimator: Any, table: Columns, ask: Ask) -> Columns | Prediction:
    """What an estimator inside gives, as that of the one around it, whose classes are the same."""
    result = ask(scope, estimator, table)
    if isinstance(result, Prediction) and result.index is not None:
        return replace(result, classes=Inner(estimator, result).classes)
    return result


def as_table(scope: Scope, estimator: Any, result: Columns | Prediction, table: Columns) -> Columns:
    """What transform() gives, of an estimator that may predict as well. Raises: UnsupportedModelError when nothing."""
    if isinstance(result, Columns):
        return result
    value = Inner(estimator, result).need("transformed", "transform")
    return table_of(scope, value, table)


def table_of(scope: Scope, value: ir.Value, table: Columns) -> Columns:
    """[N] or [N, K] as columns, each computed of all columns of ``table``."""
    width = scope.shapes.width(value)
    if width is None:
        return Columns((Part(column(scope, value), (table.blend(),)),))
    return Columns((Part(value, (table.blend(),) * width),))


def common_type(values: Sequence[ir.Value]) -> ir.DataType:
    """The type of numpy's array of these: float32 when every one is, else float64."""
    return ir.DataType.FLOAT if all(v.dtype == ir.DataType.FLOAT for v in values) else ir.DataType.DOUBLE


def concat_columns(scope: Scope, values: Sequence[ir.Value]) -> ir.Value:
    """Values [N] as the columns of [N, K], and values [N, M] side by side; in numpy's common type."""
    dtype = common_type(values)
    wide = [value if scope.shapes.width(value) is not None else column(scope, value) for value in values]
    cast = [scope.builder.cast(value, dtype) for value in wide]
    return cast[0] if len(cast) == 1 else scope.builder.op("Concat", *cast, axis=1)


def add_up(scope: Scope, values: Sequence[ir.Value]) -> ir.Value:
    """((a + b) + c) …: the order in which numpy adds the slices of an array along its slowest axis."""
    total = values[0]
    for value in values[1:]:
        total = scope.builder.op("Add", total, value)
    return total


def mean_of(scope: Scope, values: Sequence[ir.Value], weights: Sequence[float] | None = None) -> ir.Value:
    """numpy.average over estimators of values of one shape.

    Numerics: products, sums in order, one division, in numpy's type: exact.
    """
    b = scope.builder
    dtype = common_type(values)
    if weights is None:
        total = add_up(scope, [b.cast(value, dtype) for value in values])
        return b.op("Div", total, b.constant(np.asarray(float(len(values))), dtype))
    numbers = np.asanyarray(weights)
    kind = np.result_type(dtype.numpy(), numbers.dtype)
    dtype = ir.DataType.FLOAT if kind == np.float32 else ir.DataType.DOUBLE
    products = [
        b.op("Mul", b.cast(value, dtype), b.constant(np.asarray(weight), dtype))
        for value, weight in zip(values, numbers, strict=True)
    ]
    # The sum of the weights is numpy's own: pairwise from eight on.
    return b.op("Div", add_up(scope, products), b.constant(np.asarray(numbers.sum(dtype=kind)), dtype))


def of_axis(scope: Scope, value: ir.Value, place: int) -> ir.Value:
    """[N, C] -> [N]: one column."""
    return scope.builder.op("Gather", value, scope.builder.constant(np.asarray(place, dtype=np.int64)), axis=1)


def numbered(name: str, estimators: Sequence[Any]) -> list[tuple[str, Any]]:
    """Parts of an attribute that is a list: estimators_[0], estimators_[1] …"""
    return [(f"{name}[{number}]", estimator) for number, estimator in enumerate(estimators)]


def weighted(scope: Scope, table: Columns, weight: Any) -> Columns:
    """Columns times a number. Numerics: one product; float32 times a Python number stays float32, as in numpy."""
    b = scope.builder
    part = table.parts[0] if len(table.parts) == 1 else Part(table.matrix(b), table.origins)
    value = part.value
    if getattr(weight, "dtype", None) == np.float64:
        value = b.cast(value, ir.DataType.DOUBLE)
    product = b.op("Mul", value, b.constant(np.asarray(weight), value.dtype))
    return Columns((replace(part, value=product),), table.names)
