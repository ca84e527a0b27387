"""SparseCoder and dictionary learning: codes by thresholds, or by one step of orthogonal matching pursuit.

With one atom a row, matching pursuit is an argmax and two divisions; more atoms, and the lasso's ways, iterate.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends._scores import argmax
from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model, qualified_name
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._arithmetic import clip
from modelport.frontends.sklearn.models._mixed import mixed
from modelport.frontends.sklearn.models._pairwise import float_pair

__all__ = ["MODEL"]

_BOOL = ir.DataType.BOOL


def _dictionary(estimator: Any) -> npt.NDArray[np.floating]:
    found = getattr(estimator, "components_", None)
    return np.asarray(estimator.dictionary if found is None else found)


def _atoms(estimator: Any) -> int:
    """How many atoms a row's code may have."""
    wanted = estimator.transform_n_nonzero_coefs
    count, width = _dictionary(estimator).shape
    return int(min(max(width / 10, 1), count) if wanted is None else wanted)


def _refuse(estimator: Any) -> list[str]:
    way = estimator.transform_algorithm
    if way == "threshold" or (way == "omp" and _atoms(estimator) == 1):
        return []
    how = f"transform_algorithm={way!r}" + (f" with {_atoms(estimator)} atoms a row" if way == "omp" else "")
    return [f"{how} iterates until nothing changes; use 'threshold', or 'omp' with transform_n_nonzero_coefs=1"]


def _by_threshold(scope: Scope, estimator: Any, products: ir.Value) -> ir.Value:
    """sign(p)·max(|p| - alpha, 0)."""
    b = scope.builder
    alpha = estimator.transform_alpha
    if alpha is None:
        alpha = getattr(estimator, "alpha", None)
    border = b.constant(np.asarray(1.0 if alpha is None else float(alpha)), products.dtype)
    zero = b.constant(np.asarray(0.0), products.dtype)
    above = b.op("Max", b.op("Sub", products, border), zero)
    code = b.op("Sub", above, b.op("Max", b.op("Sub", b.op("Neg", products), border), zero))
    return clip(scope, code, 0.0, None) if estimator.positive_code else code


def _by_pursuit(scope: Scope, products: ir.Value, dictionary: npt.NDArray[np.floating]) -> ir.Value:
    """p over the atom's squared norm, at the atom of the greatest |p|; nothing where p² is below eps."""
    b = scope.builder
    norms = np.sqrt(np.einsum("ij,ij->i", dictionary, dictionary))
    best = b.op("Unsqueeze", argmax(scope, b.op("Abs", products)), b.constant(np.array([1])))
    chosen = b.op("Equal", best, b.constant(np.arange(len(dictionary))), dtype=_BOOL)
    least = b.constant(np.asarray(np.finfo(dictionary.dtype).eps), products.dtype)
    enough = b.op("GreaterOrEqual", b.op("Mul", products, products), least, dtype=_BOOL)
    scaled = b.op("Div", b.op("Div", products, b.constant(norms, products.dtype)), b.constant(norms, products.dtype))
    none = b.constant(np.asarray(0.0), products.dtype)
    return b.op("Where", b.op("And", chosen, enough), scaled, none, dtype=products.dtype)


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Columns:
    """Shapes: [N, F] -> [N, K], or [N, 2K] with split signs. Numerics: F eps Σ|x·w| of the products with the atoms."""
    b = scope.builder
    scope.passed(table, qualified_name(estimator).rsplit(".", 1)[-1])
    scope.read_whole(table)
    rows, dictionary = float_pair(scope, table.matrix(b), _dictionary(estimator))
    products = b.op("MatMul", rows, b.constant(np.ascontiguousarray(dictionary.T), rows.dtype))
    if estimator.transform_algorithm == "threshold":
        code = _by_threshold(scope, estimator, products)
    else:
        code = _by_pursuit(scope, products, dictionary)
    if not estimator.split_sign:
        return mixed(table, code, len(dictionary))
    zero = b.constant(np.asarray(0.0), code.dtype)
    halves = [b.op("Max", code, zero), b.op("Neg", b.op("Min", code, zero))]
    return mixed(table, b.cast(b.op("Concat", *halves, axis=1), ir.DataType.DOUBLE), 2 * len(dictionary))


MODEL = Model(
    classes=[
        "sklearn.decomposition.SparseCoder",
        "sklearn.decomposition.DictionaryLearning",
        "sklearn.decomposition.MiniBatchDictionaryLearning",
    ],
    convert=_convert,
    refuse=_refuse,
    source="sklearn/decomposition/_dict_learning.py and linear_model/_omp.py of 1.9, sparse_encode, _gram_omp",
)
