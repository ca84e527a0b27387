"""caret's nearest neighbours: which of the fitted rows its C code takes for each row, ties of the last place among them."""

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends.r._arithmetic import both, constant, either, where
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._knn_list import FARTHEST, MOST, held
from modelport.frontends.r.models._missing import not_finite
from modelport.frontends.r.models._model_rows import model_rows, model_variables
from modelport.frontends.r.serialize import (
    RList,
    RObject,
    RPairs,
    RVector,
    as_array,
    flag,
    is_factor,
    matrix,
    names,
)
from modelport.frontends.r.terms.frame import frame_of
from modelport.ir.claims import Local

__all__ = ["knn_reasons", "knn_variables", "taken"]

Array = npt.NDArray[np.float64]
_BOOL, _DOUBLE, _INT64 = ir.DataType.BOOL, ir.DataType.DOUBLE, ir.DataType.INT64
# Of caret.c: how near a distance must be to the last taken one.
_NEAR = 1 + 1e-4


def _fitted(model: RObject) -> tuple[Array, list[str]]:
    """The fitted rows [M, P] and their names; of a data frame its columns side by side."""
    given = model["learn"]["X"]
    if isinstance(given, RList):
        return np.stack([as_array(column) for column in given], axis=1), names(given)
    own = matrix(given)
    return own.values, list(own.columns)


def _count(model: RObject) -> int:
    """k, but no more than there are rows."""
    return min(int(as_array(model["k"])[0]), len(_fitted(model)[0]))


def knn_variables(model: RObject, hints: Hints) -> list[Variable]:
    """The columns of the formula, or of the matrix."""
    table, own = _fitted(model)
    return model_variables(model, own, table.shape[1], hints)


def knn_reasons(model: RObject) -> list[str]:
    """What caret's nearest neighbours have too much."""
    given = model["learn"]["X"]
    if isinstance(given, RList) and not all(isinstance(c, RVector) and not is_factor(c) for c in given):
        return ["its rows hold columns that are no numbers, which as.matrix() makes text of"]
    reasons = []
    count = _count(model)
    if not 1 <= count <= MOST // 2:
        reasons.append(f"k = {count}: R has room for 1 to {MOST // 2}")
    if not np.isfinite(_fitted(model)[0]).all():
        reasons.append("its rows hold values that are not finite, with which R stops")
    dots = model.get("theDots")
    own = dict(zip(names(dots), dots, strict=True)) if isinstance(dots, RList) else {}
    if "use.all" in own and not flag(own["use.all"]):
        reasons.append("use.all = FALSE draws among equally near rows at random")
    if "l" in own and as_array(own["l"])[0] > 0:
        reasons.append("l > 0 leaves rows without a label")
    if text := _text_columns(model):
        reasons.append(
            f"it keeps no levels of the text {', '.join(text)}: R takes those of the rows that are asked together"
        )
    return reasons


def _text_columns(model: RObject) -> list[str]:
    if not isinstance(model.get("terms"), RPairs):
        return []
    frame = frame_of(model)
    own = None if frame.response is None else frame.labels[frame.response]
    return [label for label, kind in frame.kinds.items() if kind == "character" and label != own]


def taken(scope: Scope, model: RObject) -> tuple[ir.Value, ir.Value]:
    """float64 [N, M], 1 where R takes the fitted row, and bool [N, 1] where it gives no answer.

    R counts the k nearest rows, those as far as the last, and of those up to 1e-4 farther the ones that its list still holds.
    Numerics: squared differences are added column by column, as in C: exact.
    Source: caret/src/caret.c of 6.0-93, knn3 and knn3reg.
    """
    b = scope.builder
    table, _ = _fitted(model)
    count = _count(model)
    rows = model_rows(scope, model, table.shape[1])
    gone = not_finite(scope, rows)
    distance = _distances(scope, where(scope, gone, constant(scope, 0.0), rows), table)
    nearest, _ = b.top_k(distance, count)
    last = b.op("Gather", nearest, b.constant(np.array([count - 1], dtype=np.int64)), axis=1)
    within = b.op("LessOrEqual", distance, last, dtype=_BOOL)
    near = b.op("LessOrEqual", distance, b.op("Mul", last, constant(scope, _NEAR)), dtype=_BOOL)
    listed, stops = held(scope, distance, near, within, count, len(table))
    found = b.cast(both(scope, near, either(scope, listed, within)), _DOUBLE)
    found = scope.claim(
        b.op("Identity", found), [distance], lambda n: _open(n, count), "rows whose distance may lie on either side"
    )
    far = b.op("Greater", last, constant(scope, FARTHEST), dtype=_BOOL)
    return found, either(scope, gone, far, *stops)


def _distances(scope: Scope, rows: ir.Value, table: Array) -> ir.Value:
    """[N, M]."""
    b = scope.builder
    total: ir.Value | None = None
    for place in range(table.shape[1]):
        own = b.op("Gather", rows, b.constant(np.array([place], dtype=np.int64)), axis=1)
        difference = b.op("Sub", own, b.constant(np.ascontiguousarray(table[None, :, place])))
        square = b.op("Mul", difference, difference)
        total = square if total is None else b.op("Add", total, square)
    assert total is not None
    return total


def _open(n: Local, count: int) -> Array:
    """1 for each fitted row that may be taken and may be left out."""
    x, d = n.x(), n.d()
    if not d.any():
        return np.zeros(x.shape)
    low, high = (np.sort(end, axis=1)[:, count - 1 : count] * _NEAR for end in (x - d, x + d))
    possible, certain = x - d <= high, x + d <= low
    crowded = possible.sum(axis=1, keepdims=True) > 2 * count - 1
    return np.where(possible & (crowded | ~certain) & (d.max(axis=1, keepdims=True) > 0), 1.0, 0.0)
