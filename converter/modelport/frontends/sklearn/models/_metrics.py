"""Distances by name, one formula each, as DistanceMetric, ArgKmin and scipy's cdist have them.

What neighbours are sorted by need not be the distance itself: Euclidean ones are sorted by their square, which has the
same order. ``Distances.of_rank`` makes a distance of it for the few that are chosen.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._pairwise import added, in_any_order, per_feature
from modelport.frontends.sklearn.models._special import arcsin

__all__ = ["METRICS", "Distances", "direct_distances"]

_BOOL, _DOUBLE = ir.DataType.BOOL, ir.DataType.DOUBLE
Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Distances:
    """``rank`` [N, M] grows with the distance; ``to_rank`` says where a distance stands in it."""

    rank: ir.Value
    of_rank: Callable[[ir.Value], ir.Value]
    to_rank: Callable[[float], float]


class _Terms:
    """The terms of one metric, feature by feature; differences are made in the type of the rows."""

    def __init__(self, scope: Scope, rows: ir.Value, fitted: Matrix) -> None:
        self.scope, self.rows, self.fitted = scope, rows, fitted
        self.b = scope.builder

    def number(self, value: float) -> ir.Value:
        return self.b.constant(np.asarray(value), _DOUBLE)

    def differences(self) -> list[ir.Value]:
        terms = per_feature(self.scope, self.rows, self.fitted, lambda _, x, y: self.b.op("Sub", x, y))
        return [self.b.cast(term, _DOUBLE) for term in terms]

    def away(self) -> list[ir.Value]:
        return [self.b.op("Abs", term) for term in self.differences()]

    def sizes(self) -> list[ir.Value]:
        """|x| + |y|."""

        def size(_: int, x: ir.Value, y: ir.Value) -> ir.Value:
            return self.b.op("Add", *(self.b.cast(self.b.op("Abs", value), _DOUBLE) for value in (x, y)))

        return per_feature(self.scope, self.rows, self.fitted, size)

    def counted(self, test: Callable[[ir.Value, ir.Value], ir.Value]) -> ir.Value:
        """In how many features the test holds: exact, as a whole number."""
        one, zero = self.number(1.0), self.number(0.0)
        terms = per_feature(
            self.scope, self.rows, self.fitted, lambda _, x, y: self.b.op("Where", test(x, y), one, zero, dtype=_DOUBLE)
        )
        return added(self.scope, terms)

    def both(self) -> ir.Value:
        """How many features are other than 0 in both."""
        return self.counted(lambda x, y: self.b.op("And", self._set(x), self._set(y)))

    def unlike(self) -> ir.Value:
        """How many features are other than 0 in one of them only."""
        b = self.b

        def test(x: ir.Value, y: ir.Value) -> ir.Value:
            left, right = self._set(x), self._set(y)
            return b.op("And", b.op("Or", left, right), b.op("Not", b.op("And", left, right)))

        return self.counted(test)

    def _set(self, value: ir.Value) -> ir.Value:
        zero = self.b.constant(np.asarray(0.0), value.dtype)
        return self.b.op("Not", self.b.op("Equal", value, zero, dtype=_BOOL))


def _euclidean(t: _Terms, _: Mapping[str, Any]) -> ir.Value:
    return in_any_order(t.scope, [t.b.op("Mul", term, term) for term in t.differences()])


def _scaled(t: _Terms, options: Mapping[str, Any]) -> ir.Value:
    variances = np.asarray(options["V"], dtype=np.float64)
    squares = [t.b.op("Mul", term, term) for term in t.differences()]
    return in_any_order(
        t.scope, [t.b.op("Div", square, t.number(float(v))) for square, v in zip(squares, variances, strict=True)]
    )


def _manhattan(t: _Terms, _: Mapping[str, Any]) -> ir.Value:
    return in_any_order(t.scope, t.away())


def _chebyshev(t: _Terms, _: Mapping[str, Any]) -> ir.Value:
    return reduce(lambda a, b: t.b.op("Max", a, b), t.away())


def _minkowski(t: _Terms, options: Mapping[str, Any]) -> ir.Value:
    power, weights = float(options["p"]), options.get("w")
    terms = [t.b.op("Pow", term, t.number(power)) for term in t.away()]
    if weights is not None:
        terms = [t.b.op("Mul", t.number(float(w)), term) for w, term in zip(weights, terms, strict=True)]
    return in_any_order(t.scope, terms)


def _mahalanobis(t: _Terms, options: Mapping[str, Any]) -> ir.Value:
    """Σ dᵢ·(Σ mᵢⱼ·dⱼ), over [N, M, F]. Numerics: F eps Σ|terms| of both sums."""
    b = t.b
    inverse = np.asarray(options["VI"] if "VI" in options else np.linalg.inv(options["V"]), dtype=np.float64)
    axis = b.constant(np.array([1], dtype=np.int64))
    below = b.op("Sub", b.op("Unsqueeze", b.cast(t.rows, _DOUBLE), axis), b.constant(t.fitted[None]))
    turned = b.op("MatMul", below, b.constant(np.ascontiguousarray(inverse.T)))
    return b.op("ReduceSum", b.op("Mul", turned, below), b.constant(np.array([2], dtype=np.int64)), keepdims=0)


def _hamming(t: _Terms, _: Mapping[str, Any]) -> ir.Value:
    unequal = t.counted(lambda x, y: t.b.op("Not", t.b.op("Equal", x, y, dtype=_BOOL)))
    return t.b.op("Div", unequal, t.number(float(t.fitted.shape[1])))


def _share(t: _Terms, part: ir.Value, whole: ir.Value) -> ir.Value:
    """part / whole, 0 where there is nothing to share."""
    zero, one = t.number(0.0), t.number(1.0)
    none = t.b.op("Equal", whole, zero, dtype=_BOOL)
    safe = t.b.op("Where", none, one, whole, dtype=_DOUBLE)
    return t.b.op("Where", none, zero, t.b.op("Div", part, safe), dtype=_DOUBLE)


def _canberra(t: _Terms, _: Mapping[str, Any]) -> ir.Value:
    return in_any_order(t.scope, [_share(t, *pair) for pair in zip(t.away(), t.sizes(), strict=True)])


def _bray_curtis(t: _Terms, _: Mapping[str, Any]) -> ir.Value:
    return _share(t, in_any_order(t.scope, t.away()), in_any_order(t.scope, t.sizes()))


def _jaccard(t: _Terms, _: Mapping[str, Any]) -> ir.Value:
    unlike = t.unlike()
    return _share(t, unlike, t.b.op("Add", unlike, t.both()))


def _matching(t: _Terms, _: Mapping[str, Any]) -> ir.Value:
    return t.b.op("Div", t.unlike(), t.number(float(t.fitted.shape[1])))


def _dice(t: _Terms, _: Mapping[str, Any]) -> ir.Value:
    unlike = t.unlike()
    return t.b.op("Div", unlike, t.b.op("Add", t.b.op("Mul", t.number(2.0), t.both()), unlike))


def _rogers_tanimoto(t: _Terms, _: Mapping[str, Any]) -> ir.Value:
    unlike = t.unlike()
    whole = t.b.op("Add", t.number(float(t.fitted.shape[1])), unlike)
    return t.b.op("Div", t.b.op("Mul", t.number(2.0), unlike), whole)


def _russell_rao(t: _Terms, _: Mapping[str, Any]) -> ir.Value:
    size = t.number(float(t.fitted.shape[1]))
    return t.b.op("Div", t.b.op("Sub", size, t.both()), size)


def _sokal_sneath(t: _Terms, _: Mapping[str, Any]) -> ir.Value:
    unlike = t.unlike()
    return t.b.op("Div", unlike, t.b.op("Add", t.b.op("Mul", t.number(0.5), t.both()), unlike))


def _haversine(t: _Terms, _: Mapping[str, Any]) -> ir.Value:
    """sin²(½Δφ) + cos φ₁·cos φ₂·sin²(½Δλ), of latitude and longitude in radians."""
    b = t.b
    first, second = (b.op("Sin", b.op("Mul", t.number(0.5), term)) for term in t.differences())
    latitude = b.cast(b.op("Gather", t.rows, b.constant(np.array([0], dtype=np.int64)), axis=1), _DOUBLE)
    cosines = b.op("Mul", b.op("Cos", latitude), b.constant(np.cos(t.fitted[None, :, 0])))
    across = b.op("Mul", b.op("Mul", cosines, second), second)
    return b.op("Add", b.op("Mul", first, first), across)


def _root(scope: Scope, rank: ir.Value) -> ir.Value:
    return scope.builder.op("Sqrt", rank)


def _great_circle(scope: Scope, rank: ir.Value) -> ir.Value:
    b = scope.builder
    return b.op("Mul", b.constant(np.asarray(2.0)), arcsin(scope, b.op("Sqrt", rank)))


Emit = Callable[[_Terms, Mapping[str, Any]], ir.Value]

_SQUARED = ("euclidean", "l2", "seuclidean", "mahalanobis")
METRICS: dict[str, Emit] = {
    "euclidean": _euclidean,
    "l2": _euclidean,
    "seuclidean": _scaled,
    "manhattan": _manhattan,
    "cityblock": _manhattan,
    "l1": _manhattan,
    "chebyshev": _chebyshev,
    "infinity": _chebyshev,
    "minkowski": _minkowski,
    "p": _minkowski,
    "mahalanobis": _mahalanobis,
    "hamming": _hamming,
    "canberra": _canberra,
    "braycurtis": _bray_curtis,
    "jaccard": _jaccard,
    "matching": _matching,
    "dice": _dice,
    "rogerstanimoto": _rogers_tanimoto,
    "russellrao": _russell_rao,
    "sokalsneath": _sokal_sneath,
    "haversine": _haversine,
}


def direct_distances(
    scope: Scope, rows: ir.Value, fitted: Matrix, metric: str, options: Mapping[str, Any], *, narrow: bool = False
) -> Distances:
    """[N, F], [M, F] -> the distances of DistanceMetric, pair by pair; ``narrow``: each rounded to float32."""
    b = scope.builder
    rank = METRICS[metric](_Terms(scope, rows, fitted), options)
    if narrow:
        rank = b.cast(b.cast(rank, ir.DataType.FLOAT), _DOUBLE)
    power = float(options.get("p", 2))
    if metric in _SQUARED:
        return Distances(rank, lambda value: _root(scope, value), lambda radius: radius * radius)
    if metric in ("minkowski", "p"):
        inverse = b.constant(np.asarray(1.0 / power))
        return Distances(rank, lambda value: b.op("Pow", value, inverse), lambda radius: float(radius**power))
    if metric == "haversine":
        return Distances(
            rank, lambda value: _great_circle(scope, value), lambda radius: float(np.sin(0.5 * radius) ** 2)
        )
    return Distances(rank, lambda value: value, lambda radius: radius)
