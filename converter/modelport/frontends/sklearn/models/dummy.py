"""DummyClassifier and DummyRegressor: the same answer for every row."""

from typing import Any

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends._scores import flat
from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model, qualified_name
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.oracle import plain
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _refuse(estimator: Any) -> list[str]:
    # 'stratified' and 'uniform' draw labels; with a seed they depend on the place of the row in its batch.
    strategy = getattr(estimator, "strategy", "")
    return (
        [f"strategy={strategy!r} draws labels at random: use 'prior'"] if strategy in ("stratified", "uniform") else []
    )


def _repeated(scope: Scope, table: Columns, values: npt.ArrayLike) -> ir.Value:
    """[K] -> [N, K]: once a row, whatever stands in it."""
    b = scope.builder
    first = table.select(b, [0]).parts[0].value
    constant = b.constant(np.asarray(values).reshape(1, -1))
    return b.op("Where", b.op("Equal", first, first, dtype=ir.DataType.BOOL), constant, constant, dtype=constant.dtype)


def _one(scope: Scope, table: Columns, estimator: Any, labels: Any, prior: Any, constant: Any) -> Prediction:
    place = int(np.argmax(prior))
    if estimator.strategy == "constant":
        place = [plain(label) for label in labels].index(plain(np.asarray(constant).ravel()[0]))
    shares = np.asarray(prior, dtype=np.float64) if estimator.strategy == "prior" else np.eye(len(labels))[place]
    return Prediction(
        index=flat(scope, _repeated(scope, table, np.array([place], dtype=np.int64))),
        probability=_repeated(scope, table, shares),
        classes=tuple(plain(label) for label in labels),
    )


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Prediction:
    """Shapes: [N, F] -> label [N] and probability [N, C], of K outputs label [N, K] and probability_<k>; value [N] or [N, K]."""
    kind = qualified_name(estimator).rsplit(".", 1)[-1]
    scope.passed(table, kind)
    if kind == "DummyRegressor":
        value = _repeated(scope, table, np.asarray(estimator.constant_, dtype=np.float64))
        return Prediction(value=flat(scope, value) if estimator.n_outputs_ == 1 else value)
    if estimator.n_outputs_ == 1:
        return _one(scope, table, estimator, estimator.classes_, estimator.class_prior_, estimator.constant)
    constants = np.ravel(estimator.constant) if estimator.constant is not None else [None] * estimator.n_outputs_
    parts = zip(estimator.classes_, estimator.class_prior_, constants, strict=True)
    return Prediction(several=tuple(_one(scope, table, estimator, *part) for part in parts))


MODEL = Model(
    classes=["sklearn.dummy.DummyClassifier", "sklearn.dummy.DummyRegressor"],
    convert=_convert,
    refuse=_refuse,
    source="sklearn/dummy.py of 1.9, predict and predict_proba",
)
