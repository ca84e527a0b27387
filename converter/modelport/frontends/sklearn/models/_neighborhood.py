"""What the estimators of sklearn.neighbors share: distances by the path that the source takes, neighbours and weights."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._metrics import METRICS, Distances, direct_distances
from modelport.frontends.sklearn.models._neighbor_order import Visits, by_index, by_tree, kept
from modelport.frontends.sklearn.models._pairwise import cosine_distances, squared_euclidean

__all__ = ["counted_by_pair", "distances", "fitted_rows", "nearest", "refused", "weights_of"]

# No metrics in the sense of a tree: the way by a third row can be the shorter one.
_BENT = frozenset(("braycurtis", "dice"))
# Training rows that the pairwise search takes at once.
_CHUNK = 256
_BOOL, _DOUBLE, _FLOAT = ir.DataType.BOOL, ir.DataType.DOUBLE, ir.DataType.FLOAT
# Compared pair by pair in Cython where nothing is indexed; the rest goes through scikit-learn's or scipy's matrices.
_BY_PAIR = frozenset(
    "braycurtis canberra chebyshev cityblock haversine infinity l1 l2 manhattan minkowski p seuclidean".split()
)
# scipy's formula of these is another one than DistanceMetric's.
_ONLY_BY_PAIR = frozenset(("braycurtis", "dice", "jaccard", "matching", "rogerstanimoto", "russellrao", "sokalsneath"))


def refused(estimator: Any) -> list[str]:
    """Why metric or weights cannot be converted."""
    reasons = []
    metric = estimator.metric
    if metric == "precomputed":
        reasons.append("metric='precomputed': its input is no table of features but distances to the training rows")
    elif not isinstance(metric, str):
        reasons.append("metric is a Python function, which cannot be read; name a metric of scikit-learn")
    else:
        effective = getattr(estimator, "effective_metric_", metric)
        brute = getattr(estimator, "_fit_method", "") == "brute"
        known = effective in METRICS or (brute and effective in ("cosine", "sqeuclidean"))
        if not known or (brute and effective in _ONLY_BY_PAIR - _BY_PAIR):
            reasons.append(f"metric={metric!r} with algorithm={estimator.algorithm!r}")
        if effective in _BENT and not brute and len(np.asarray(estimator._tree.get_arrays()[2])) > 1:
            reasons.append(
                f"metric={metric!r} with algorithm={estimator.algorithm!r}: the search leaves out nodes by the triangle "
                "inequality, which this metric does not keep; use algorithm='brute', or as leaf_size the number of rows"
            )
    if callable(getattr(estimator, "weights", None)):
        reasons.append("weights is a Python function, which cannot be read; use 'uniform' or 'distance'")
    return reasons


def fitted_rows(estimator: Any) -> npt.NDArray[np.floating]:
    """The training rows, dense, in the type they were kept in."""
    rows = estimator._fit_X
    return np.asarray(rows.toarray() if hasattr(rows, "toarray") else rows)


def distances(scope: Scope, estimator: Any, table: Columns) -> Distances:
    """[N, F] -> [N, M]: as the trees compute them, as pairs, or as matrices, whichever the fitted estimator uses.

    A tree computes in float64; pairs and matrices of float32 give float32 distances.
    """
    b = scope.builder
    rows, fitted = table.matrix(b), fitted_rows(estimator)
    metric, options = str(estimator.effective_metric_), _options(estimator)
    if estimator._fit_method != "brute":
        return direct_distances(scope, b.cast(rows, _DOUBLE), fitted.astype(np.float64), metric, options)
    single = rows.dtype == _FLOAT and fitted.dtype == np.float32
    double = rows.dtype == _DOUBLE and fitted.dtype == np.float64
    if metric in ("euclidean", "sqeuclidean"):
        return _by_matrix(scope, rows, fitted, squared=metric == "sqeuclidean", single=single)
    if metric == "cosine":
        matrix = cosine_distances(scope, rows, fitted)
        return Distances(b.cast(matrix, _DOUBLE), lambda value: value, lambda radius: radius)
    if metric in _BY_PAIR and single:
        return direct_distances(scope, rows, fitted.astype(np.float64), metric, options, narrow=True)
    if metric == "l2" and not double:
        return _by_matrix(scope, rows, fitted, squared=False, single=False)
    return direct_distances(scope, b.cast(rows, _DOUBLE), fitted.astype(np.float64), metric, options)


def counted_by_pair(estimator: Any, rows_type: ir.DataType | None) -> bool:
    """Whether the source counts classes while it compares arrays pair by pair (ClassMode), not from their distances.

    It does not for DataFrames, nor for Euclidean distances.
    """
    metric = "euclidean" if estimator.metric == "minkowski" and estimator.p == 2 else estimator.metric
    fitted = {np.dtype(np.float32): _FLOAT, np.dtype(np.float64): _DOUBLE}.get(fitted_rows(estimator).dtype)
    return (
        estimator._fit_method == "brute"
        and metric in _BY_PAIR
        and fitted == rows_type
        and not hasattr(estimator, "feature_names_in_")
    )


def _options(estimator: Any) -> Mapping[str, Any]:
    options = {"p": 2, **(estimator.effective_metric_params_ or {})}
    if "V" not in options and estimator.effective_metric_ in ("seuclidean", "mahalanobis"):
        # scipy takes the variances of the training rows where none are given.
        rows = fitted_rows(estimator).astype(np.float64)
        options["V"] = np.var(rows, axis=0, ddof=1) if estimator.effective_metric_ == "seuclidean" else np.cov(rows.T)
    return options


def _by_matrix(scope: Scope, rows: ir.Value, fitted: Any, *, squared: bool, single: bool) -> Distances:
    """Squares by products, whose cancellation is the source's own; float32 pairs are sorted before they are rounded."""
    b = scope.builder
    wide = squared_euclidean(scope, b.cast(rows, _DOUBLE), fitted.astype(np.float64))

    def root(value: ir.Value) -> ir.Value:
        if squared:
            return value
        narrow = b.cast(value, _FLOAT) if single else value
        return b.cast(b.op("Sqrt", narrow), _DOUBLE)

    return Distances(wide, root, lambda radius: radius if squared else radius * radius)


def nearest(scope: Scope, estimator: Any, table: Columns, count: int) -> tuple[Distances, ir.Value, ir.Value]:
    """All distances; those of the ``count`` nearest [N, K], nearest first, and the places of their rows int64 [N, K]."""
    found = distances(scope, estimator, table)
    size = len(fitted_rows(estimator))
    rank, places = kept(scope, found.rank, count, size, _visits(scope, estimator, table, size))
    return found, found.of_rank(rank), places


def _visits(scope: Scope, estimator: Any, table: Columns, size: int) -> Visits:
    """The order in which the source looks at training rows.

    Without a tree they come in their own order, on one heap where they are one chunk; more chunks go to several
    threads, each with a heap of its own, and whole matrices through NumPy's partition: both differ between machines.
    """
    rows, metric = table.matrix(scope.builder), str(estimator.effective_metric_)
    if estimator._fit_method != "brute":
        return by_tree(scope, estimator._tree, rows, metric, dict(_options(estimator)))
    fitted = {np.dtype(np.float32): _FLOAT, np.dtype(np.float64): _DOUBLE}.get(fitted_rows(estimator).dtype)
    by_pair = metric in _BY_PAIR | {"euclidean", "sqeuclidean"} and fitted == rows.dtype
    return by_index(scope, size, settled=by_pair and size <= _CHUNK)


def weights_of(scope: Scope, away: ir.Value) -> ir.Value:
    """[N, K] -> 1 / distance; in a row with a distance of 0, 1 for these and 0 for all others."""
    b = scope.builder
    inverse = b.op("Div", b.constant(np.asarray(1.0)), away)
    infinite = b.cast(b.op("IsInf", inverse, dtype=_BOOL), _DOUBLE)
    axis = b.constant(np.array([1], dtype=np.int64))
    some = b.op("Greater", b.op("ReduceMax", infinite, axis, keepdims=1), b.constant(np.asarray(0.5)), dtype=_BOOL)
    return b.op("Where", some, infinite, inverse, dtype=_DOUBLE)
