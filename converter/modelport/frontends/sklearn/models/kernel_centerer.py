"""KernelCenterer: takes the means of rows and columns off a kernel matrix."""

from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._arithmetic import in_place
from modelport.frontends.sklearn.models._mixed import mixed

__all__ = ["MODEL", "centred"]


def centred(scope: Scope, estimator: Any, kernel: ir.Value) -> ir.Value:
    """Shapes: K [N, M] -> [N, M]. Numerics: M eps Σ|k| of a row's sum, then one rounding a step."""
    b = scope.builder
    total = b.op("ReduceSum", kernel, b.constant(np.array([1], dtype=np.int64)), keepdims=1)
    mean = b.op("Div", total, b.constant(np.asarray(float(estimator.K_fit_rows_.shape[0])), kernel.dtype))
    value = in_place(scope, "Sub", kernel, estimator.K_fit_rows_)
    return in_place(scope, "Add", b.op("Sub", value, mean), estimator.K_fit_all_)


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Columns:
    """Shapes: [N, M] -> [N, M]."""
    scope.passed(table, "KernelCenterer")
    scope.read_whole(table)
    return mixed(table, centred(scope, estimator, table.matrix(scope.builder)), table.width)


MODEL = Model(
    classes=["sklearn.preprocessing.KernelCenterer"],
    convert=_convert,
    source="sklearn/preprocessing/_data.py of 1.9, KernelCenterer.transform",
)
