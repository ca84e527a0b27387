"""Contrast matrices of factors: those that R knows by name, and those that a model stores."""

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.errors import UnsupportedModelError
from modelport.frontends.r._scope import Scope
from modelport.frontends.r.serialize import RObject, RStrings, RVector, matrix
from modelport.ir.claims import Local

__all__ = ["Contrasts", "contrast_columns", "contrast_rows", "dummies"]

Array = npt.NDArray[np.float64]
# Of contr.poly: R's QR decomposition errs by a few roundings a level, and more where high powers nearly meet.
_QR_ULP = 8.0


class Contrasts:
    """``table`` [L, K]: the columns of each level; ``names`` [K]; ``computed``: R finds the numbers by a QR decomposition."""

    def __init__(self, table: Array, names: tuple[str, ...], *, computed: bool = False) -> None:
        self.table, self.names, self.computed = table, names, computed


def dummies(levels: tuple[str, ...]) -> Contrasts:
    """One column for each level."""
    return Contrasts(np.eye(len(levels)), levels)


def contrast_columns(given: RObject | None, levels: tuple[str, ...], *, ordered: bool, variable: str) -> Contrasts:
    """The contrasts of a factor, as the model stores them: a name, a matrix, or R's own defaults where it stores none.

    Raises: UnsupportedModelError for a name that is no contrast of R's own.
    """
    if given is None:
        return _poly(levels) if ordered else _treatment(levels)
    if isinstance(given, RStrings) and given.values:
        name = str(given.values[0])
        known = {
            "contr.treatment": _treatment,
            "contr.SAS": lambda found: _treatment(found, base=len(found) - 1),
            "contr.sum": _sum,
            "contr.helmert": _helmert,
            "contr.poly": _poly,
        }
        if name in known:
            return known[name](levels)
        raise UnsupportedModelError(
            f"the contrasts of {variable!r} are {name!r}, a function that modelport does not know",
            where="the contrasts of the model",
            fix=f"use {', '.join(known)}, or fit with the matrix itself: contrasts = list({variable} = {name}({len(levels)}))",
        )
    if isinstance(given, RVector):
        found = matrix(given)
        if len(found.values) == len(levels):
            names = tuple(found.columns) or tuple(str(k + 1) for k in range(found.values.shape[1]))
            return Contrasts(found.values, names)
    raise UnsupportedModelError(
        f"the contrasts of {variable!r} are {given.describe()}, which fit no factor of {len(levels)} levels",
        where="the contrasts of the model",
        fix="fit with contrasts that are a matrix with one row for each level",
    )


def contrast_rows(scope: Scope, place: ir.Value, contrasts: Contrasts) -> ir.Value:
    """int64 [N, 1] places of levels -> [N, K]; what R computes is claimed to be near."""
    rows = scope.looked_up(place, contrasts.table)
    if not contrasts.computed:
        return rows
    count = len(contrasts.table)

    def rule(n: Local) -> Array:
        return np.where(np.isnan(n.result), 0.0, _QR_ULP * count * n.eps)

    return scope.claim(rows, [rows], rule, f"{_QR_ULP:g} L eps of contr.poly of L levels, which R finds by QR")


def _treatment(levels: tuple[str, ...], base: int = 0) -> Contrasts:
    kept = [k for k in range(len(levels)) if k != base]
    return Contrasts(np.eye(len(levels))[:, kept], tuple(levels[k] for k in kept))


def _sum(levels: tuple[str, ...]) -> Contrasts:
    count = len(levels)
    return Contrasts(np.vstack([np.eye(count - 1), -np.ones(count - 1)]), tuple(str(k + 1) for k in range(count - 1)))


def _helmert(levels: tuple[str, ...]) -> Contrasts:
    count = len(levels)
    table = np.zeros((count, count - 1))
    for k in range(count - 1):
        table[: k + 1, k] = -1.0
        table[k + 1, k] = k + 1.0
    return Contrasts(table, tuple(str(k + 1) for k in range(count - 1)))


def _poly(levels: tuple[str, ...]) -> Contrasts:
    """Orthonormal polynomials over 1 … L, as contr.poly: the sign is that of x^k, which Gram and Schmidt keep."""
    count = len(levels)
    # In long double, so that the result is the true one rounded; R's own has a few roundings of its QR in it.
    x = np.arange(1, count + 1, dtype=np.longdouble)
    x = x - x.mean()
    basis = [np.full(count, 1 / np.sqrt(np.longdouble(count)))]
    for power in range(1, count):
        vector = x**power if power < 2 else x * basis[-1]
        for _ in range(3):
            for other in basis:
                vector = vector - (vector @ other) * other
        basis.append(vector / np.sqrt(vector @ vector))
    names = [".L", ".Q", ".C"][: count - 1] + [f"^{k}" for k in range(4, count)]
    return Contrasts(np.stack(basis[1:], axis=1).astype(np.float64), tuple(names), computed=True)
