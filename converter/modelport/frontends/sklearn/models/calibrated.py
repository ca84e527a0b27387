"""CalibratedClassifierCV: the mean of classifiers, each behind a sigmoid, an isotonic function or a temperature."""

from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.frontends._scores import argmax, both_classes, column, expit, softmax
from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model, Parts, Readers
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._inner import Inner, add_up, of_axis, predicted, row_sum, table_of
from modelport.frontends.sklearn.oracle import plain
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]

# Added to a probability before its logarithm is taken.
_EPS = 1e-12
# A probability above 1 by no more than this becomes 1.
_ROUNDED = 1.0 + 1e-5


def _parts(estimator: Any) -> Parts:
    found: Parts = []
    for number, one in enumerate(estimator.calibrated_classifiers_):
        found.append((f"calibrated_classifiers_[{number}].estimator", one.estimator))
        if one.method == "isotonic":
            found += [(f"calibrated_classifiers_[{number}].calibrators[{k}]", c) for k, c in enumerate(one.calibrators)]
    return found


def _readers(estimator: Any) -> Readers:
    return [(one.estimator, None) for one in estimator.calibrated_classifiers_]


def _convert(scope: Scope, estimator: Any, table: Columns, convert_part: Any) -> Prediction:
    """Shapes: [N, F] -> label [N], probability [N, C].

    Numerics: the calibrated probabilities are added from zero in order, then divided: exact but for what they deviate.
    """
    b = scope.builder
    classes = tuple(plain(label) for label in estimator.classes_)
    each = [_one(scope, one, classes, table, convert_part) for one in estimator.calibrated_classifiers_]
    mean = b.op("Div", add_up(scope, each), b.constant(np.asarray(float(len(each)))))
    return Prediction(index=argmax(scope, mean), scores=mean, rule="argmax", probability=mean, classes=classes)


def _one(scope: Scope, calibrated: Any, classes: tuple[Any, ...], table: Columns, convert_part: Any) -> ir.Value:
    """float64 [N, C] of one classifier."""
    b = scope.builder
    inner = predicted(scope, calibrated.estimator, table, convert_part)
    if calibrated.method == "temperature":
        beta = np.asarray(calibrated.calibrators[0].beta_)
        logits = _logits(scope, inner, len(classes))
        if beta.dtype == np.float64:
            logits = b.cast(logits, ir.DataType.DOUBLE)
        shares = softmax(scope, b.op("Mul", b.constant(beta, logits.dtype), logits))
    else:
        shares = _shares(scope, calibrated, inner, classes, table, convert_part)
    one = b.constant(np.asarray(1.0), shares.dtype)
    above = b.op("Greater", shares, one, dtype=ir.DataType.BOOL)
    near = b.op("LessOrEqual", shares, b.constant(np.asarray(_ROUNDED), shares.dtype), dtype=ir.DataType.BOOL)
    shares = b.op("Where", b.op("And", above, near), one, shares, dtype=shares.dtype)
    return b.cast(shares, ir.DataType.DOUBLE)


def _shares(
    scope: Scope, calibrated: Any, inner: Inner, classes: tuple[Any, ...], table: Columns, convert_part: Any
) -> ir.Value:
    """One function a class; of two classes only the second, of more each divided by their sum, alike where that is 0."""
    b = scope.builder
    predictions = _predictions(scope, inner)
    found: dict[int, ir.Value] = {}
    places = [classes.index(label) for label in inner.classes]
    # As in the source: of two classes there is one function, whatever the number of places.
    for number, (place, calibrator) in enumerate(zip(places, calibrated.calibrators, strict=False)):
        value = column(scope, of_axis(scope, predictions, number))
        found[place + 1 if len(classes) == 2 else place] = _calibrate(
            scope, calibrated, calibrator, value, table, convert_part
        )
    if len(classes) == 2:
        return both_classes(scope, found[1])
    nothing = b.op("Mul", next(iter(found.values())), b.constant(np.asarray(0.0)))
    joined = b.op("Concat", *(found.get(place, nothing) for place in range(len(classes))), axis=1)
    total = row_sum(scope, joined)
    empty = b.op("Equal", total, b.constant(np.asarray(0.0)), dtype=ir.DataType.BOOL)
    alike = b.constant(np.asarray(1 / len(classes)))
    return b.op("Where", empty, alike, b.op("Div", joined, total), dtype=ir.DataType.DOUBLE)


def _calibrate(
    scope: Scope, calibrated: Any, calibrator: Any, value: ir.Value, table: Columns, convert_part: Any
) -> ir.Value:
    """[N, 1] -> float64 [N, 1]."""
    b = scope.builder
    if calibrated.method == "isotonic":
        fitted = predicted(scope, calibrator, table_of(scope, value, table), convert_part)
        return column(scope, b.cast(fitted.need("value", "predict"), ir.DataType.DOUBLE))
    value = b.cast(value, ir.DataType.DOUBLE)
    slope, intercept = (b.constant(np.asarray(float(number))) for number in (calibrator.a_, calibrator.b_))
    return expit(scope, b.op("Neg", b.op("Add", b.op("Mul", slope, value), intercept)))


def _predictions(scope: Scope, inner: Inner) -> ir.Value:
    """[N, 1] of two classes, else [N, C]: decisions where the classifier gives some, else probabilities."""
    if hasattr(inner.estimator, "decision_function"):
        value = inner.score
        return value if scope.shapes.width(value) is not None else column(scope, value)
    if len(inner.classes) == 2:
        return column(scope, of_axis(scope, inner.probability, 1))
    return inner.probability


def _logits(scope: Scope, inner: Inner, count: int) -> ir.Value:
    """[N, C]: -x and x of one decision, the logarithm of probabilities, or decisions as they are.

    The source looks at the whole batch to tell probabilities from decisions; a batch of decisions that all lie in [0, 1] and
    add up to 1 row by row does not occur.
    """
    b = scope.builder
    values = _predictions(scope, inner)
    if hasattr(inner.estimator, "decision_function"):
        return values if count > 2 else b.op("Concat", b.op("Neg", values), values, axis=1)
    if count == 2:
        values = both_classes(scope, values)
    return b.op("Log", b.op("Add", values, b.constant(np.asarray(_EPS), values.dtype)))


MODEL = Model(
    classes=["sklearn.calibration.CalibratedClassifierCV"],
    convert=_convert,
    parts=_parts,
    readers=_readers,
    source="sklearn/calibration.py of 1.9, _CalibratedClassifier.predict_proba and the calibrators' predict",
    terms=True,
)
