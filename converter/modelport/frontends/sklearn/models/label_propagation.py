"""LabelPropagation and LabelSpreading: label distributions of the training rows, weighted by a kernel, or those of the nearest."""

from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.frontends._scores import argmax, row_sum
from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model, qualified_name
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._arithmetic import with_array
from modelport.frontends.sklearn.models._kernels import pairwise_kernel
from modelport.frontends.sklearn.models._neighborhood import nearest
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _refuse(estimator: Any) -> list[str]:
    if estimator.kernel not in ("rbf", "knn"):
        return [f"kernel={getattr(estimator.kernel, '__name__', estimator.kernel)!r}: use kernel='rbf' or 'knn'"]
    return []


def _weighed(scope: Scope, estimator: Any, table: Columns) -> ir.Value:
    """[N, F] -> [N, C]: the distributions by the kernel's weights, or those of the nearest rows alike."""
    b = scope.builder
    distributions = np.asarray(estimator.label_distributions_)
    if estimator.kernel == "knn":
        _, _, places = nearest(scope, estimator.nn_fit, table, int(estimator.nn_fit.n_neighbors))
        return row_sum(scope, b.op("Gather", b.constant(distributions), places, axis=0))
    kernel = pairwise_kernel(scope, table.matrix(b), estimator.X_, "rbf", {"gamma": estimator.gamma})
    return with_array(scope, "MatMul", kernel, distributions)


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Prediction:
    """Shapes: [N, F] -> label [N], probability [N, C].

    Numerics: M eps Σ|k·p| of M training rows. Far from all of them the kernel underflows, and 0/0 is NaN there as here.
    """
    scope.passed(table, qualified_name(estimator).rsplit(".", 1)[-1])
    scope.read_whole(table)
    b = scope.builder
    weighed = _weighed(scope, estimator, table)
    probability = b.op("Div", weighed, row_sum(scope, weighed, keep=True))
    return Prediction(index=argmax(scope, probability), scores=probability, rule="argmax", probability=probability)


MODEL = Model(
    classes=["sklearn.semi_supervised.LabelPropagation", "sklearn.semi_supervised.LabelSpreading"],
    convert=_convert,
    refuse=_refuse,
    source="sklearn/semi_supervised/_label_propagation.py of 1.9, predict_proba",
)
