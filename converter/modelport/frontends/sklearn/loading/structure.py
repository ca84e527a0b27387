"""Looks over a loaded model for parts whose own numbers point outside their arrays, before any of it predicts.

scikit-learn's and scipy's compiled code follows a tree's children and a matrix's indices without a look: a model made
by hand could read or write memory that is not its own. The checks cover trees and forests, histogram boosting,
neighbour trees, neighbours, k-means, support vectors and sparse matrices. They say nothing about sense.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping
from typing import Any  # fitted objects have no types

import numpy as np

from modelport.frontends.sklearn.loading.machine import StreamError

__all__ = ["check_structure"]

_PLAIN = (str, bytes, int, float, complex, bool, type(None), type, np.generic, np.dtype)


def check_structure(model: object) -> None:
    """Checks every part that ``model`` reaches through attributes, containers and arrays of objects.

    Raises: StreamError naming the first part that points outside itself.
    """
    seen: set[int] = set()
    waiting = [model]
    while waiting:
        part = waiting.pop()
        if isinstance(part, _PLAIN) or id(part) in seen:
            continue
        seen.add(id(part))
        waiting.extend(_inside(part))
        try:
            _check(part)
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as err:
            raise StreamError(f"a {type(part).__name__} is not whole: {err}") from err


def _inside(part: object) -> Iterator[object]:
    if isinstance(part, np.ndarray):
        return iter(part.ravel().tolist() if part.dtype == object else ())
    if isinstance(part, dict):
        return iter(part.values())
    if isinstance(part, list | tuple):
        return iter(part)
    attributes = getattr(part, "__dict__", None)
    return iter(attributes.values() if type(attributes) is dict else ())


def _check(part: Any) -> None:
    kind = type(part)
    check = _BY_TYPE.get((kind.__module__, kind.__name__))
    if check is not None:
        check(part)
    attributes = getattr(part, "__dict__", None)
    if type(attributes) is dict:
        for name, look in _BY_ATTRIBUTE.items():
            if name in attributes:
                look(part, attributes)


def _need(true: bool, what: str) -> None:
    if not true:
        raise StreamError(f"{what}: the file was damaged or made by hand")


# -- trees -----------------------------------------------------------------------------------------------------------


def _tree(tree: Any) -> None:
    count = tree.node_count
    _need(0 < count <= tree.capacity, "a tree has more nodes than it holds")
    left, right, feature = tree.children_left, tree.children_right, tree.feature
    _need(bool(((left == -1) == (right == -1)).all()), "a node of a tree has one child")
    own = np.arange(count)
    inner = left != -1
    # Children come after their parents, so every walk ends.
    for child in (left, right):
        _need(bool(((child > own) & (child < count))[inner].all()), "a node of a tree has no later node for a child")
    _need(bool(((feature >= 0) & (feature < tree.n_features))[inner].all()), "a tree splits a feature that is none")


def _tree_of(estimator: Any, attributes: Mapping[str, Any]) -> None:
    tree = attributes["tree_"]
    if type(tree).__name__ == "Tree":
        _need(tree.n_features == _width(estimator), "a tree has other features than its estimator")


def _gradient_boosting(estimator: Any, attributes: Mapping[str, Any]) -> None:
    trees = attributes.get("estimators_")
    if trees is not None:
        known = isinstance(trees, np.ndarray) and trees.ndim == 2
        _need(
            known and trees.shape[1] == attributes["n_trees_per_iteration_"], "a boosting has other trees than it says"
        )
        for one in trees.ravel():
            _need(one.tree_.n_features == _width(estimator), "a tree has other features than its boosting")


def _predictor(predictor: Any) -> None:
    nodes, bits = predictor.nodes, predictor.raw_left_cat_bitsets
    _need(nodes.ndim == 1 and len(nodes) > 0, "a boosted tree has no nodes")
    inner = nodes[nodes["is_leaf"] == 0]
    own = np.flatnonzero(nodes["is_leaf"] == 0)
    for side in ("left", "right"):
        child = inner[side].astype(np.int64)
        _need(bool(((child > own) & (child < len(nodes))).all()), "a boosted tree has a child that is no later node")
    categorical = inner[inner["is_categorical"] != 0]
    _need(bool((categorical["bitset_idx"] < len(bits)).all()), "a boosted tree names categories that are none")
    _need(bits.ndim == 2 and bits.shape[1] == 8, "a boosted tree has categories of another size")


def _histogram_boosting(estimator: Any, attributes: Mapping[str, Any]) -> None:
    width = _width(estimator)
    mapper = attributes.get("_bin_mapper")
    categorical = np.asarray(mapper.is_categorical_) if mapper is not None else np.zeros(width, np.uint8)
    for predictor in itertools.chain.from_iterable(attributes["_predictors"]):
        inner = predictor.nodes[predictor.nodes["is_leaf"] == 0]
        feature = inner["feature_idx"]
        _need(bool(((feature >= 0) & (feature < width)).all()), "a boosted tree splits a feature that is none")
        sets = feature[inner["is_categorical"] != 0]
        known = categorical.shape == (width,) and bool(categorical[sets].all())
        _need(known or not len(sets), "a boosted tree splits categories of a number")


# -- neighbours and centres ------------------------------------------------------------------------------------------


def _neighbour_tree(tree: Any) -> None:
    state = tree.__getstate__()
    data, index, nodes, bounds = (np.asarray(array) for array in state[:4])
    levels, count, metric, weights = state[5], state[6], state[11], state[12]
    _need(data.ndim == 2 and index.shape == (len(data),), "a neighbours tree has other rows than it says")
    _need(0 < levels < 63 and count == len(nodes) == 2**levels - 1, "a neighbours tree has other nodes than it says")
    _need(bool(((index >= 0) & (index < len(data))).all()), "a neighbours tree names rows that are none")
    start, end = nodes["idx_start"], nodes["idx_end"]
    _need(bool(((start >= 0) & (start <= end) & (end <= len(data))).all()), "a node of a neighbours tree has no rows")
    _need(bool((nodes["is_leaf"][count // 2 :] != 0).all()), "a neighbours tree goes deeper than it says")
    sides = 2 if type(tree).__name__.startswith("KD") else 1
    _need(bounds.shape == (sides, count, data.shape[1]), "a neighbours tree has bounds of another size")
    _need(weights is None or np.shape(weights) == (len(data),), "a neighbours tree has other weights")
    _metric(metric, data.shape[1])


def _metric(metric: Any, width: int) -> None:
    name = type(metric).__name__
    vector, matrix = (np.asarray(part) for part in metric.__getstate__()[1:3])
    if name.startswith("SEuclidean"):
        _need(vector.shape == (width,), "a distance has weights of another size")
    elif name.startswith(("Minkowski", "WMinkowski")):
        _need(vector.size in (0, width), "a distance has weights of another size")
    elif name.startswith("Mahalanobis"):
        _need(matrix.shape == (width, width), "a distance has a matrix of another size")
    elif name.startswith("Haversine"):
        _need(width == 2, "a distance on the globe has other than two columns")


def _neighbours(estimator: Any, attributes: Mapping[str, Any]) -> None:
    rows = attributes["_fit_X"]
    _need(len(rows.shape) == 2 and rows.shape[1] == _width(estimator), "neighbours have other features")
    for key in ("metric", "effective_metric_"):
        if type(attributes.get(key)).__module__ == "sklearn.metrics._dist_metrics":
            _metric(attributes[key], rows.shape[1])
    labels, classes = attributes.get("_y"), attributes.get("classes_")
    if classes is not None and isinstance(labels, np.ndarray) and labels.ndim == 1:
        known = labels.dtype.kind in "iu" and len(labels) == rows.shape[0]
        _need(known and bool(((labels >= 0) & (labels < len(classes))).all()), "a neighbour has a class that is none")


def _centres(estimator: Any, attributes: Mapping[str, Any]) -> None:
    centres = attributes["cluster_centers_"]
    if isinstance(centres, np.ndarray) and "n_features_in_" in attributes:
        _need(centres.ndim == 2 and centres.shape[1] == _width(estimator), "centres have other features")


# -- support vectors -------------------------------------------------------------------------------------------------


def _support_vectors(estimator: Any, attributes: Mapping[str, Any]) -> None:
    counts, support, vectors = attributes["_n_support"], attributes["support_"], attributes["support_vectors_"]
    classes, total = len(counts), len(support)
    pairs = classes * (classes - 1) // 2
    coefficients = attributes["_dual_coef_"]
    size = coefficients.data.size if attributes.get("_sparse") else coefficients.size
    _need(classes >= 2 and bool((counts >= 0).all()), "support vectors belong to no class")
    _need(counts.sum() == total or counts[0] == total, "support vectors have other counts")
    _need(size == (classes - 1) * total, "support vectors have other coefficients")
    _need(attributes["_intercept_"].size == pairs, "support vectors have other intercepts")
    _need(all(attributes[key].size in (0, pairs) for key in ("_probA", "_probB")), "support vectors: probabilities")
    if vectors.shape[0]:
        _need(vectors.shape == (total, _width(estimator)), "support vectors have other features")
    fitted = attributes["shape_fit_"][0]
    _need(bool(((support >= 0) & (support < fitted)).all()), "support vectors name rows that are none")


# -- sparse matrices -------------------------------------------------------------------------------------------------


def _compressed(matrix: Any) -> None:
    matrix.check_format(full_check=True)


def _coordinates(matrix: Any) -> None:
    for axis, size in zip(matrix.coords, matrix.shape, strict=True):
        _need(axis.shape == matrix.data.shape, "a sparse matrix has other values than places")
        _need(bool(((axis >= 0) & (axis < size)).all()), "a sparse matrix has values outside itself")


def _diagonals(matrix: Any) -> None:
    _need(matrix.data.ndim == 2 and matrix.offsets.shape == (len(matrix.data),), "a sparse matrix has other diagonals")


# -- splines and random states ---------------------------------------------------------------------------------------


def _spline(spline: Any) -> None:
    knots, degree = spline.t, spline.k
    _need(type(degree) is int and degree >= 0, "a spline has no degree")
    count = len(knots) - degree - 1
    _need(knots.ndim == 1 and knots.dtype == np.float64 and count > degree, "a spline has other knots")
    _need(bool((np.diff(knots) >= 0).all()), "a spline's knots are not in order")
    _need(len(spline.c) >= count, "a spline has fewer coefficients than knots")


def _random_state(state: Any) -> None:
    inner = state.get_state(legacy=False)
    _need(0 <= inner["state"].get("pos", 0) <= 624, "a random state stands outside its numbers")


def _generator(generator: Any) -> None:
    state = generator.bit_generator.state
    _need(0 <= state["state"].get("pos", 0) <= 624, "a random generator stands outside its numbers")
    _need(0 <= state.get("buffer_pos", 0) <= 4, "a random generator stands outside its numbers")


def _width(estimator: Any) -> int:
    width = vars(estimator).get("n_features_in_")
    if width is None or not isinstance(width, int | np.integer):
        raise StreamError(f"a {type(estimator).__name__} does not say how many features it has")
    return int(width)


_BY_TYPE: Mapping[tuple[str, str], Callable[[Any], None]] = {
    ("sklearn.tree._tree", "Tree"): _tree,
    ("sklearn.ensemble._hist_gradient_boosting.predictor", "TreePredictor"): _predictor,
    **{("sklearn.neighbors._kd_tree", name): _neighbour_tree for name in ("KDTree", "KDTree64", "KDTree32")},
    **{("sklearn.neighbors._ball_tree", name): _neighbour_tree for name in ("BallTree", "BallTree64", "BallTree32")},
    **{(f"scipy.sparse._{k}", f"{k}_{f}"): _compressed for k in ("csr", "csc", "bsr") for f in ("matrix", "array")},
    ("scipy.interpolate._bsplines", "BSpline"): _spline,
    ("numpy.random.mtrand", "RandomState"): _random_state,
    ("numpy.random._generator", "Generator"): _generator,
    **{("scipy.sparse._coo", f"coo_{form}"): _coordinates for form in ("matrix", "array")},
    **{("scipy.sparse._dia", f"dia_{form}"): _diagonals for form in ("matrix", "array")},
}
_BY_ATTRIBUTE: Mapping[str, Callable[[Any, Mapping[str, Any]], None]] = {
    "tree_": _tree_of,
    "n_trees_per_iteration_": _gradient_boosting,
    "_predictors": _histogram_boosting,
    "_fit_X": _neighbours,
    "cluster_centers_": _centres,
    "_n_support": _support_vectors,
}
