"""scikit-learn's compiled parts, and the classes of it (and of scipy) that restore themselves in a way of their own.

Compiled code trusts its arguments: sizes are checked here before it sees them. What a part says about its own inside
(children of a tree's nodes, indices of a sparse matrix) is checked on the whole model afterwards, by structure.py.
"""

import importlib
from collections.abc import Callable
from typing import Any  # compiled classes without stubs

import numpy as np

from modelport.frontends.sklearn.loading._guard import Blank, Call, Pair, State
from modelport.frontends.sklearn.loading.machine import StreamError, shown
from modelport.frontends.sklearn.loading.numpy_parts import plain_values

__all__ = ["CALLS", "STAND_INS", "STATES", "RemainderColumns", "set_attributes", "unpickle_call"]

_LOSSES = "sklearn._loss._loss"
_SGD = "sklearn.linear_model._sgd_fast"
_NUMBERS = (int, float, bool)
_MAX_CLASSES = 1 << 24


def _tree(_: Blank, args: tuple[object, ...]) -> object:
    """``Tree(n_features, n_classes, n_outputs)``: reads ``n_outputs`` elements of ``n_classes``, unchecked."""
    from sklearn.tree._tree import Tree

    classes = args[1] if len(args) == 3 else None
    if (
        isinstance(classes, np.ndarray)
        and plain_values((args[0], args[2]), (int,))
        and classes.dtype == np.intp
        and classes.shape == (args[2],)
        and classes.size
        and classes.min() > 0
        and int(classes.max()) * classes.size <= _MAX_CLASSES
    ):
        made: object = Tree(*args)
        return made
    raise StreamError(f"a tree is to be made from {shown(args)}")


def _set_tree(target: object, state: object) -> None:
    """{max_depth, node_count, nodes, values}: the arrays have a place for each node; sklearn checks their types."""
    if type(state) is dict and plain_values((state.get("max_depth"), state.get("node_count")), (int,)):
        shapes = [a.shape if isinstance(a, np.ndarray) else () for a in (state.get("nodes"), state.get("values"))]
        if shapes[0] == (state["node_count"],) and shapes[0] != (0,) and shapes[1][:1] == shapes[0]:
            target.__setstate__(state)  # type: ignore[attr-defined]  # compiled: no stubs
            return
    raise StreamError("the state of a tree is damaged")


def _blank_of(cls: Any) -> object:
    made: object = cls.__new__(cls)
    return made


def _new_obj(module: str, ending: str) -> Callable[[Blank, tuple[object, ...]], object]:
    """``newObj(cls)`` of a compiled module calls ``cls.__new__(cls)``; only for that module's own classes."""

    def run(_: Blank, args: tuple[object, ...]) -> object:
        cls = args[0] if len(args) == 1 else None
        if isinstance(cls, type) and cls.__module__ == module and ending in cls.__name__:
            return _blank_of(cls)
        raise StreamError(f"{module}.newObj is called with {shown(args)}")

    return run


def _set_distance(target: object, state: object) -> None:
    """(p, vector, matrix): typed memory; a metric that is a Python function has it and its keywords besides."""
    known = type(state) is tuple and len(state) in (3, 5) and type(state[0]) is float
    if known and all(isinstance(array, np.ndarray) for array in state[1:3]):  # type: ignore[index]  # a tuple
        target.__setstate__(state)  # type: ignore[attr-defined]  # compiled: no stubs
        return
    raise StreamError("the state of a distance is damaged")


def _set_neighbour_tree(target: object, state: object) -> None:
    """Four arrays, seven counts, the metric, the weights: typed memory; structure.py looks at what they say."""
    from sklearn.metrics._dist_metrics import DistanceMetric

    if (
        type(state) is tuple
        and len(state) in (12, 13)
        and plain_values(state[4:11], (int,))
        and all(isinstance(array, np.ndarray) for array in state[:4])
        and isinstance(state[11], DistanceMetric)
    ):
        target.__setstate__(state)  # type: ignore[attr-defined]  # compiled: no stubs
        return
    raise StreamError("the state of a neighbours tree is damaged")


def _loss(module: str, name: str) -> Callable[[Blank, tuple[object, ...]], object]:
    """A compiled loss: its constructor stores at most two numbers."""

    def run(_: Blank, args: tuple[object, ...]) -> object:
        if len(args) > 2 or not plain_values(args, _NUMBERS):
            raise StreamError(f"{name} is made from {shown(args)}")
        made: object = getattr(importlib.import_module(module), name)(*args)
        return made

    return run


def unpickle_call(pair: Pair) -> Call | None:
    """The guard of ``__pyx_unpickle_X(X, checksum, state)`` for a compiled loss X; None for other names."""
    module, name = pair
    cls_name = name.removeprefix("__pyx_unpickle_")
    if module != _LOSSES or cls_name == name:
        return None

    def run(blank: Blank, args: tuple[object, ...]) -> object:
        cls: Any = getattr(importlib.import_module(module), cls_name)
        numbers: Any = args[2] if len(args) == 3 else ()
        if len(args) != 3 or cls is not args[0] or type(args[1]) is not int:
            raise StreamError(f"{name} is called with {shown(args)}")
        if numbers is None:
            return _blank_of(cls)
        if type(numbers) is tuple and len(numbers) <= 2 and plain_values(numbers, _NUMBERS):
            return _loss(module, cls_name)(blank, numbers)
        raise StreamError(f"{name} is called with {shown(args)}")

    return Call(run, takes_state=True)


def _set_numbers(target: object, state: object) -> None:
    if type(state) is not tuple or not plain_values(state, _NUMBERS):
        raise StreamError(f"the state of a {type(target).__name__} is damaged")
    if state:
        target.__setstate__(state)  # type: ignore[attr-defined]  # compiled: no stubs


def set_attributes(target: object, state: object) -> None:
    """Sets a dict of attributes past any property or ``__setattr__``; the state of nearly every object."""
    if type(state) is not dict or not plain_values(list(state), (str,)):
        raise StreamError(f"the state of a {type(target).__name__} is {shown(state)}")
    attributes = getattr(target, "__dict__", None)
    if type(attributes) is not dict:
        raise StreamError(f"a {type(target).__name__} has no attributes to be set")
    attributes.update(state)


def _through_own(target: object, state: object) -> None:
    """For classes whose ``__setstate__`` is Python, was read, and takes a dict of attributes."""
    if type(state) is not dict or not plain_values(list(state), (str,)):
        raise StreamError(f"the state of a {type(target).__name__} is {shown(state)}")
    target.__setstate__(state)  # type: ignore[attr-defined]  # found on its class


class RemainderColumns(list[object]):
    """Stands for the list that a ColumnTransformer of 1.5 to 1.7 kept of its remaining columns."""


def _set_columns(target: object, state: object) -> None:
    """{'data': [columns], …}: the rest was about warnings."""
    columns = state.get("data") if type(state) is dict else None
    if not isinstance(target, RemainderColumns) or type(columns) is not list:
        raise StreamError("the remaining columns of a ColumnTransformer are damaged")
    target[:] = columns


def _set_spline(target: object, state: object) -> None:
    """{t, c, k, extrapolate, axis}, or _t and _c since scipy 1.15: made anew, so that older ones work as well."""
    from scipy.interpolate import BSpline

    given = state if type(state) is dict else {}
    knots, coefficients = given.get("t", given.get("_t")), given.get("c", given.get("_c"))
    known = isinstance(knots, np.ndarray) and isinstance(coefficients, np.ndarray)
    if not known or not plain_values((given.get("k"), given.get("axis", 0)), (int,)):
        raise StreamError("the state of a BSpline is damaged")
    extrapolate = given.get("extrapolate", True)
    if extrapolate != "periodic" and type(extrapolate) is not bool:
        raise StreamError("the state of a BSpline is damaged")
    fast: Any = BSpline.construct_fast  # takes what was checked above
    made = fast(knots, coefficients, given["k"], extrapolate, given.get("axis", 0))
    set_attributes(target, vars(made))


def _nothing(_: object, __: object) -> None:
    """sklearn's Bunch ignores its state; its content came as items."""


CALLS: dict[Pair, Call] = {
    ("sklearn.tree._tree", "Tree"): Call(_tree, is_value=True, takes_state=True),
    ("sklearn.metrics._dist_metrics", "newObj"): Call(
        _new_obj("sklearn.metrics._dist_metrics", "Distance"), takes_state=True
    ),
    ("sklearn.neighbors._kd_tree", "newObj"): Call(_new_obj("sklearn.neighbors._kd_tree", "KDTree"), takes_state=True),
    ("sklearn.neighbors._ball_tree", "newObj"): Call(
        _new_obj("sklearn.neighbors._ball_tree", "BallTree"), takes_state=True
    ),
}
for _name in (
    *("AbsoluteError", "ExponentialLoss", "HalfBinomialLoss", "HalfGammaLoss", "HalfPoissonLoss", "HalfSquaredError"),
    *("HalfTweedieLoss", "HalfTweedieLossIdentity", "HuberLoss", "PinballLoss", "HalfMultinomialLoss"),
):
    CALLS[_LOSSES, f"Cy{_name}"] = Call(_loss(_LOSSES, f"Cy{_name}"), is_value=True, takes_state=True)
for _name in (*("Hinge", "SquaredHinge", "ModifiedHuber", "EpsilonInsensitive", "SquaredEpsilonInsensitive"),):
    CALLS[_SGD, _name] = Call(_loss(_SGD, _name), is_value=True, takes_state=True)

STAND_INS: dict[Pair, type] = {
    ("sklearn.compose._column_transformer", "_RemainderColsList"): RemainderColumns,
}
"""Classes of which our own take the place."""

STATES: dict[Pair, State] = {
    ("scipy.interpolate._bsplines", "BSpline"): _set_spline,
    (RemainderColumns.__module__, "RemainderColumns"): _set_columns,
    # Checks the version that saved it, then updates __dict__.
    ("sklearn.base", "BaseEstimator"): _through_own,
    # Updates __dict__, then casts its nodes to the current dtype.
    ("sklearn.ensemble._hist_gradient_boosting.predictor", "TreePredictor"): _through_own,
    # As BaseEstimator, then interpolates its thresholds anew.
    ("sklearn.isotonic", "IsotonicRegression"): _through_own,
    ("sklearn.utils._bunch", "Bunch"): _nothing,
    # Joins row and col into coords, then updates __dict__.
    ("scipy.sparse._coo", "_coo_base"): _through_own,
    ("scipy.sparse._coo", "coo_matrix"): _through_own,
    ("sklearn.tree._tree", "Tree"): _set_tree,
    **{
        ("sklearn.metrics._dist_metrics", name): _set_distance
        for name in ("DistanceMetric64", "DistanceMetric32", "MahalanobisDistance64", "MahalanobisDistance32")
    },
    **{("sklearn.neighbors._kd_tree", name): _set_neighbour_tree for name in ("BinaryTree64", "BinaryTree32")},
    **{("sklearn.neighbors._ball_tree", name): _set_neighbour_tree for name in ("BinaryTree64", "BinaryTree32")},
    **{pair: _set_numbers for pair in CALLS if pair[0] in (_LOSSES, _SGD)},
}
