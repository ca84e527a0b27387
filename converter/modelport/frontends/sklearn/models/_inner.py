"""What an estimator asks of those inside: class numbers, probabilities, scores, transformed columns; and sums in order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.errors import UnsupportedModelError
from modelport.frontends._scores import column, flat
from modelport.frontends.sklearn._columns import Columns, Part
from modelport.frontends.sklearn._model import qualified_name
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.oracle import plain
from modelport.ir.contract import Label
from modelport.ir.prediction import Prediction
from modelport.remote import Remote

__all__ = [
    "Ask",
    "Inner",
    "add_up",
    "as_table",
    "by_name",
    "common_type",
    "concat_columns",
    "decides_by_score",
    "filled",
    "handed_on",
    "is_classifier",
    "mean_of",
    "numbered",
    "numeric",
    "of_axis",
    "predicted",
    "row_sum",
    "spread",
    "table_of",
    "two_sided",
    "weighted",
]

# From eight numbers on, numpy adds a contiguous row in eight parts.
_PAIRWISE = 8

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

    def places(self, scope: Scope, classes: Sequence[Label]) -> ir.Value:
        """int64 [N]: where its label stands among ``classes``, which hold all of its own."""
        own = np.array([list(classes).index(label) for label in self.classes], dtype=np.int64)
        if self.prediction.index is None:
            raise TypeError(f"{qualified_name(self.estimator)} gives no label")
        return scope.builder.op("Gather", scope.builder.constant(own), self.prediction.index, axis=0)

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


def numeric(scope: Scope, table: Columns) -> Columns:
    """The columns after check_array: one type, and no names any more."""
    return Columns(table.stacked(scope.builder).parts)


def two_sided(scope: Scope, inner: Inner) -> ir.Value:
    """[N]: what tells the second class from the first: a value, a decision, else the second probability."""
    # An estimator that says nothing of its kind is asked as a classifier.
    if not is_classifier(inner.estimator) and inner.prediction.index is None:
        return inner.need("value", "predict")
    if hasattr(inner.estimator, "decision_function"):
        score = inner.score
        return score if scope.shapes.width(score) is None else flat(scope, score)
    return of_axis(scope, inner.probability, 1)


def is_classifier(estimator: Any) -> bool:
    """scikit-learn's own word for it; of an estimator in another Python, whether it has classes."""
    from sklearn.base import is_classifier as ask

    return hasattr(estimator, "classes_") if isinstance(estimator, Remote) else bool(ask(estimator))


def decides_by_score(estimator: Any) -> bool:
    """Whether two classes are told apart by a decision at 0, else by a probability or value at 0.5."""
    return is_classifier(estimator) and hasattr(estimator, "decision_function")


def filled(scope: Scope, table: Columns, value: float, dtype: ir.DataType = ir.DataType.DOUBLE) -> ir.Value:
    """[N]: the same number in every row of the table."""
    b = scope.builder
    first = table.select(b, [0]).whole(b).parts[0].value
    same = flat(scope, b.op("Equal", first, first, dtype=ir.DataType.BOOL))
    constant = b.constant(np.asarray(value), dtype)
    return b.op("Where", same, constant, constant, dtype=dtype)


def spread(scope: Scope, values: ir.Value, places: Sequence[int], count: int) -> ir.Value:
    """[N, K] -> [N, count]: its columns at these places, 0 elsewhere."""
    if list(places) == list(range(count)):
        return values
    b = scope.builder
    first = b.op("Gather", values, b.constant(np.array([0], dtype=np.int64)), axis=1)
    nothing = b.op("Mul", first, b.constant(np.asarray(0.0), values.dtype))
    order = np.full(count, len(places), dtype=np.int64)
    order[list(places)] = np.arange(len(places))
    return b.op("Gather", b.op("Concat", values, nothing, axis=1), b.constant(order), axis=1)


def row_sum(scope: Scope, values: ir.Value) -> ir.Value:
    """[N, C] -> [N, 1]: numpy's sum of a row.

    Numerics: exact up to seven columns, which numpy adds from left to right; beyond, in its own order: C eps Σ|x|.
    """
    b = scope.builder
    width = scope.shapes.width(values) or 1
    if width >= _PAIRWISE:
        return b.op("ReduceSum", values, b.constant(np.array([1], dtype=np.int64)), keepdims=1)
    each = [b.op("Gather", values, b.constant(np.array([i], dtype=np.int64)), axis=1) for i in range(width)]
    return add_up(scope, each)


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
    if isinstance(result.table, Columns):
        return result.table
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


def by_name(estimator: Any) -> list[tuple[str, Any]]:
    """The fitted estimators of a vote or a stack with the names that they were given; those dropped are not fitted."""
    names = [name for name, given in estimator.estimators if given is not None and not isinstance(given, str)]
    if len(names) != len(estimator.estimators_):
        return numbered("estimators_", estimator.estimators_)
    return list(zip(names, estimator.estimators_, strict=True))


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
