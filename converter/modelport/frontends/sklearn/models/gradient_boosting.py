"""GradientBoosting: initial prediction plus learning_rate times each tree, stage by stage.

The initial prediction is a constant, which becomes the base of the forest, or that of another estimator.
"""

from dataclasses import replace
from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.frontends._scores import column, flat
from modelport.frontends.sklearn._columns import Columns, Part
from modelport.frontends.sklearn._model import Model, Parts, qualified_name
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._boosted import boosted_classes
from modelport.frontends.sklearn.models._functions import log1p
from modelport.frontends.sklearn.models._trees import concatenate_trees, float32_rows, moved, narrowed
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]

_RANDOM = ("stratified", "uniform")
_DUMMIES = ("sklearn.dummy.DummyClassifier", "sklearn.dummy.DummyRegressor")


def _constant_init(estimator: Any) -> bool:
    return isinstance(estimator.init_, str) or qualified_name(estimator.init_) in _DUMMIES


def _parts(estimator: Any) -> Parts:
    return [] if _constant_init(estimator) else [("init_", estimator.init_)]


def _refuse(estimator: Any) -> list[str]:
    strategy = getattr(estimator.init_, "strategy", None)
    if _constant_init(estimator) and strategy in _RANDOM:
        return [f"init with strategy={strategy!r}: its predictions are drawn at random; use 'prior'"]
    return []


def _raw(scope: Scope, estimator: Any, table: Columns, convert_part: Any) -> ir.Value:
    """[N, F] -> [N, K]: base, then the stages in order, class after class in each."""
    stages = estimator.estimators_
    trees = [tree.tree_ for stage in stages for tree in stage]
    some, place = narrowed(scope, table, trees)
    rows = float32_rows(scope, some)
    count, width = stages.shape
    # The source computes scale * leaf in float64 at every row; done once here, it is the same product.
    values = [estimator.learning_rate * tree.value.reshape(tree.node_count, 1) for tree in trees]
    kind = qualified_name(estimator).rsplit(".", 1)[-1]
    if _constant_init(estimator):
        forest = moved(concatenate_trees(kind, str(rows.name), trees, values, width), place)
        base = estimator._raw_predict_init(np.zeros((1, estimator.n_features_in_), dtype=np.float32))
        target = np.tile(np.arange(width, dtype=np.int32), count)
        return scope.forest(replace(forest, base=base.ravel().astype(np.float64), target=target), rows, some)
    b = scope.builder
    # The base differs from row to row, and the sum starts with it: each tree is a target of its own, added in order.
    forest = moved(concatenate_trees(kind, str(rows.name), trees, values, len(trees)), place)
    leaves = scope.forest(replace(forest, target=np.arange(len(trees), dtype=np.int32)), rows, some)
    raw = _initial(scope, estimator, table, convert_part)
    for stage in range(count):
        own = b.constant(np.arange(width, dtype=np.int64) + stage * width)
        raw = b.op("Add", raw, b.op("Gather", leaves, own, axis=1))
    return raw


def _initial(scope: Scope, estimator: Any, table: Columns, convert_part: Any) -> ir.Value:
    """[N, F] -> [N, K] float64: the link of what the initial estimator predicts of the float32 rows."""
    b = scope.builder
    rows = Columns((Part(b.cast(table.matrix(b), ir.DataType.FLOAT), table.origins),))
    given: Prediction = convert_part(scope, estimator.init_, rows)
    if given.value is not None:
        return column(scope, b.cast(given.value, ir.DataType.DOUBLE))
    if given.probability is None:
        raise TypeError("an initial classifier gives probabilities")
    eps = float(np.finfo(np.float64).eps)
    wide = b.cast(given.probability, ir.DataType.DOUBLE)
    if estimator.estimators_.shape[1] > 1:
        return _centered_logs(scope, _clipped(scope, wide, eps), estimator.estimators_.shape[1])
    share = _clipped(scope, b.op("Gather", wide, b.constant(np.array([1])), axis=1), eps)
    logit = _logit(scope, share)
    return b.op("Mul", logit, b.constant(np.asarray(0.5))) if estimator.loss == "exponential" else logit


def _clipped(scope: Scope, value: ir.Value, eps: float) -> ir.Value:
    b = scope.builder
    return b.op("Min", b.op("Max", value, b.constant(np.asarray(eps))), b.constant(np.asarray(1.0 - eps)))


def _logit(scope: Scope, p: ir.Value) -> ir.Value:
    """log(p / (1 - p)); from 0.3 to 0.65 log1p(s) - log1p(-s), s = 2(p - 0.5), as scipy has it."""
    b = scope.builder
    far = b.op("Log", b.op("Div", p, b.op("Sub", b.constant(np.asarray(1.0)), p)))
    s = b.op("Mul", b.constant(np.asarray(2.0)), b.op("Sub", p, b.constant(np.asarray(0.5))))
    near = b.op("Sub", log1p(scope, s), log1p(scope, b.op("Neg", s)))
    low = b.op("Less", p, b.constant(np.asarray(0.3)), dtype=ir.DataType.BOOL)
    high = b.op("Greater", p, b.constant(np.asarray(0.65)), dtype=ir.DataType.BOOL)
    return b.op("Where", b.op("Or", low, high), far, near, dtype=p.dtype)


def _centered_logs(scope: Scope, p: ir.Value, count: int) -> ir.Value:
    """log(p / geometric mean of p), the link of several classes; scipy's mean is exp of the mean logarithm."""
    b = scope.builder
    axis = b.constant(np.array([1], dtype=np.int64))
    total = b.op("ReduceSum", b.op("Log", p), axis, keepdims=1)
    mean = b.op("Exp", b.op("Div", total, b.constant(np.asarray(float(count)))))
    return b.op("Log", b.op("Div", p, mean))


def _convert(scope: Scope, estimator: Any, table: Columns, convert_part: Any) -> Prediction:
    """Shapes: [N, F] -> label [N], probability [N, C], score; or value [N]. Sums exact, links by their bound."""
    kind = qualified_name(estimator).rsplit(".", 1)[-1]
    scope.passed(table, kind)
    scope.read_whole(table)
    raw = _raw(scope, estimator, table, convert_part)
    if kind.endswith("Regressor"):
        return Prediction(value=flat(scope, raw))
    # GradientBoosting takes class 1 at a raw sum of exactly 0, HistGradientBoosting does not.
    binary = estimator.estimators_.shape[1] == 1
    return boosted_classes(scope, raw, binary=binary, at_zero=True, half_logit=estimator.loss == "exponential")


MODEL = Model(
    classes=["sklearn.ensemble.GradientBoostingClassifier", "sklearn.ensemble.GradientBoostingRegressor"],
    convert=_convert,
    parts=_parts,
    refuse=_refuse,
    source="sklearn/ensemble/_gb.py and _gradient_boosting.pyx of 1.9, _raw_predict, predict_stages",
    terms=True,
)
