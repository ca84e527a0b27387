"""One smooth of mgcv as columns of the model matrix: its basis, the by variable, and the constraint, as PredictMat does it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.errors import UnsupportedModelError
from modelport.frontends.r._arithmetic import constant, product, where
from modelport.frontends.r._scope import Scope
from modelport.frontends.r.models._regression_splines import b_spline, cubic, cyclic
from modelport.frontends.r.models._thin_plates import thin_plate
from modelport.frontends.r.serialize import (
    NULL,
    RList,
    RObject,
    RStrings,
    RVector,
    as_array,
    classes,
    integer,
    matrix,
    text,
    texts,
)
from modelport.frontends.r.terms.convert_types import code_among, number_value, numeric
from modelport.frontends.r.terms.frame import Frame
from modelport.frontends.r.terms.values import Term, Vector

__all__ = ["Block", "smooth_block", "smooth_reasons"]

Array = npt.NDArray[np.float64]
# A variable or an expression of the formula by its text.
Lookup = Callable[[str], Term]


@dataclass(frozen=True)
class Block:
    """Columns [N, K]."""

    value: ir.Value
    width: int


@dataclass(frozen=True)
class _Context:
    scope: Scope
    lookup: Lookup
    frame: Frame

    def number(self, label: str) -> ir.Value:
        return number_value(self.scope, numeric(self.lookup(label)))

    def factor(self, label: str) -> Vector:
        found = self.lookup(label)
        if not isinstance(found, Vector):
            raise ValueError(f"{label} is no column")
        return found

    def places(self, label: str, levels: tuple[str, ...]) -> ir.Value:
        return code_among(self.scope, self.factor(label), levels)


def smooth_block(scope: Scope, smooth: RObject, lookup: Lookup, frame: Frame) -> Block:
    """The columns of one smooth for its coefficients first.para to last.para."""
    try:
        return _constrained(_Context(scope, lookup, frame), smooth)
    except ValueError as err:
        raise UnsupportedModelError(
            f"smooth {text(smooth['label'])}: {err}", where="$smooth", fix="report the model"
        ) from err


def smooth_reasons(smooth: RObject) -> list[str]:
    """Why a smooth is not converted."""
    found = _reasons(smooth)
    label = smooth.get("label")
    return [f"smooth {text(label) if label is not None else ''}: {reason}" for reason in found]


def _reasons(smooth: RObject) -> list[str]:
    kind = _kind(smooth)
    if kind is None:
        return [f"basis {classes(smooth)[0]!r}"]
    found: list[str] = []
    if kind == "tensor.smooth":
        for margin in _list(smooth["margin"]):
            found += _reasons(margin)
    if kind == "fs.interaction":
        base = _based(smooth)
        found += _reasons(base)
    if kind in ("pspline.smooth", "Bspline.smooth") and _given(smooth, "deriv") and integer(smooth["deriv"]) != 0:
        found.append("deriv")
    if (
        kind in ("pspline.smooth",)
        and _given(smooth, "mono")
        and integer(smooth["mono"]) != 0
        and not _given(smooth, "B")
    ):
        found.append("a monotone P-spline without its B")
    constraint = smooth.attributes.get("qrc")
    if isinstance(constraint, RVector) and len(constraint) > 1 and "sweepDrop" not in classes(constraint):
        found.append("a constraint by XZKr")
    return found


def _kind(smooth: RObject) -> str | None:
    for name in classes(smooth):
        if name in _BASES:
            return name
    return None


def _list(given: RObject) -> list[RObject]:
    return list(given.values) if isinstance(given, RList) else []


def _given(smooth: RObject, name: str) -> bool:
    found = smooth.get(name)
    return found is not None and found is not NULL


def _constrained(c: _Context, smooth: RObject) -> Block:
    """PredictMat."""
    b = c.scope.builder
    block = _basis(c, smooth)
    constraint = smooth.attributes.get("qrc")
    if constraint is not None and "sweepDrop" in classes(constraint):
        numbers = as_array(constraint)
        dropped = int(numbers[0]) - 1
        kept = np.array([k for k in range(block.width) if k != dropped], dtype=np.int64)
        value = b.op("Gather", block.value, b.constant(kept), axis=1)
        block = Block(b.op("Sub", value, constant(c.scope, numbers[1:][None, :])), len(kept))
    by = text(smooth["by"]) if _given(smooth, "by") else "NA"
    if (by != "NA" and _kind(smooth) != "random.effect") or by != "NA":
        block = Block(_by(c, smooth, by, block.value), block.width)
    count = smooth.attributes.get("nCons")
    if constraint is not None and count is not None and integer(count) > 0:
        block = _absorbed(c, smooth, constraint, integer(count), block)
    if _given(smooth, "diagRP"):
        block = _times(c, block, matrix(smooth["diagRP"]).values)
    gone = smooth.attributes.get("del.index")
    if isinstance(gone, RVector) and len(gone):
        out = set((as_array(gone).astype(int) - 1).tolist())
        kept = np.array([k for k in range(block.width) if k not in out], dtype=np.int64)
        block = Block(b.op("Gather", block.value, b.constant(kept), axis=1), len(kept))
    return block


def _by(c: _Context, smooth: RObject, by: str, value: ir.Value) -> ir.Value:
    found = c.lookup(by)
    b = c.scope.builder
    factor = isinstance(found, Vector) and (found.kind in ("factor", "text") or found.as_factor)
    if factor or _given(smooth, "by.level"):
        level = text(smooth["by.level"])
        place = c.places(by, (level,))
        # Rows of another level get 0 whatever the smooth is there.
        weight = c.scope.looked_up(place, np.array([[1.0]]))
        hit = b.op("Equal", weight, constant(c.scope, 1.0), dtype=ir.DataType.BOOL)
        return where(c.scope, hit, value, constant(c.scope, 0.0))
    return b.op("Mul", c.number(by), value)


def _absorbed(c: _Context, smooth: RObject, constraint: RObject, count: int, block: Block) -> Block:
    """The columns in the null space of the constraint."""
    b = c.scope.builder
    if "qr" in classes(constraint):
        indices = smooth.attributes.get("indi")
        turn = _null_space(constraint, count)
        if indices is None or indices is NULL:
            return _times(c, block, turn)
        own = as_array(indices).astype(int) - 1
        whole = np.eye(block.width)
        free = len(own) - count
        whole[:, own[:free]] = 0.0
        whole[np.ix_(own, own[:free])] = turn
        lost = set(own[free:].tolist())
        return _times(c, block, whole[:, [k for k in range(block.width) if k not in lost]])
    if "sweepDrop" in classes(constraint):
        return block
    place = int(as_array(constraint)[0])
    if place > 0:
        kept = np.array([k for k in range(block.width) if k != place - 1], dtype=np.int64)
        return Block(b.op("Gather", block.value, b.constant(kept), axis=1), len(kept))
    if place < 0:
        later = np.arange(1, block.width, dtype=np.int64)
        value = b.op(
            "Sub",
            b.op("Gather", block.value, b.constant(later), axis=1),
            b.op("Gather", block.value, b.constant(later - 1), axis=1),
        )
        return Block(value, block.width - 1)
    return block


def _null_space(decomposition: RObject, count: int) -> Array:
    """The columns of Q behind the first ``count``, from LINPACK's compact form of a QR decomposition."""
    compact = matrix(decomposition["qr"]).values.astype(np.longdouble)
    auxiliary = as_array(decomposition["qraux"])
    size = compact.shape[0]
    q_transposed = np.eye(size, dtype=np.longdouble)
    for j in range(min(count, compact.shape[1], size - 1)):
        if auxiliary[j] == 0:
            continue
        vector = compact[j:, j].copy()
        vector[0] = auxiliary[j]
        q_transposed[j:] -= np.outer(vector, (vector @ q_transposed[j:]) / vector[0])
    return np.asarray(q_transposed[count:].T, dtype=np.float64)


def _times(c: _Context, block: Block, turn: Array) -> Block:
    value = c.scope.builder.op("MatMul", block.value, c.scope.builder.constant(np.ascontiguousarray(turn)))
    return Block(value, turn.shape[1])


def _basis(c: _Context, smooth: RObject) -> Block:
    kind = _kind(smooth)
    assert kind is not None
    return _BASES[kind](c, smooth)


def _terms(smooth: RObject) -> list[str]:
    return texts(smooth["term"])


def _cubic(c: _Context, smooth: RObject) -> Block:
    knots = as_array(smooth["xp"])
    count = len(knots)
    second = as_array(smooth["F"]).reshape(count, count)
    c.scope.mark(_terms(smooth)[0], knots.tolist())
    return Block(cubic(c.scope, c.number(_terms(smooth)[0]), knots, second), count)


def _cyclic(c: _Context, smooth: RObject) -> Block:
    knots = as_array(smooth["xp"])
    return Block(cyclic(c.scope, c.number(_terms(smooth)[0]), knots, matrix(smooth["BD"]).values), len(knots) - 1)


def _p_spline(c: _Context, smooth: RObject) -> Block:
    """Between the ends by the recursion, beyond them along the tangent."""
    order = int(as_array(smooth["m"])[0]) + 2
    return _with_tangents(c, smooth, order)


def _b_spline(c: _Context, smooth: RObject) -> Block:
    return _with_tangents(c, smooth, int(as_array(smooth["m"])[0]) + 1)


def _with_tangents(c: _Context, smooth: RObject, order: int) -> Block:
    knots = as_array(smooth["knots"])
    b = c.scope.builder
    x = c.number(_terms(smooth)[0])
    low, high = float(knots[order - 1]), float(knots[len(knots) - order])
    below = b.op("Less", x, constant(c.scope, low), dtype=ir.DataType.BOOL)
    above = b.op("Greater", x, constant(c.scope, high), dtype=ir.DataType.BOOL)
    middle = constant(c.scope, low / 2 + high / 2)
    outside = b.op("Or", below, above)
    value = b_spline(c.scope, where(c.scope, outside, middle, x), knots, order)
    for end, beyond in ((low, below), (high, above)):
        at, slope = _at_end(knots, order, end)
        distance = b.op("Sub", x, constant(c.scope, end))
        line = b.op("Add", constant(c.scope, at[None, :]), b.op("Mul", distance, constant(c.scope, slope[None, :])))
        value = where(c.scope, beyond, line, value)
    block = Block(value, len(knots) - order)
    if _given(smooth, "mono") and integer(smooth["mono"]) != 0 and _given(smooth, "B"):
        block = _times(c, block, matrix(smooth["B"]).values)
    return block


def _at_end(knots: Array, order: int, x: float) -> tuple[Array, Array]:
    """The B-splines and their slopes at one point, in extended precision."""

    def values(k: int) -> npt.NDArray[np.longdouble]:
        t = knots.astype(np.longdouble)
        last = len(t) - order
        place = int(np.searchsorted(t[order:last], x, side="right")) + order - 1
        found = np.zeros(len(t) - 1, dtype=np.longdouble)
        found[place] = 1
        for size in range(2, k + 1):
            grown = np.zeros(len(t) - size, dtype=np.longdouble)
            for i in range(len(grown)):
                if t[i + size - 1] > t[i]:
                    grown[i] += (x - t[i]) / (t[i + size - 1] - t[i]) * found[i]
                if t[i + size] > t[i + 1]:
                    grown[i] += (t[i + size] - x) / (t[i + size] - t[i + 1]) * found[i + 1]
            found = grown
        return found

    t = knots.astype(np.longdouble)
    lower = values(order - 1)
    slope = np.zeros(len(t) - order, dtype=np.longdouble)
    for i in range(len(slope)):
        if t[i + order - 1] > t[i]:
            slope[i] += (order - 1) * lower[i] / (t[i + order - 1] - t[i])
        if t[i + order] > t[i + 1]:
            slope[i] -= (order - 1) * lower[i + 1] / (t[i + order] - t[i + 1])
    return np.asarray(values(order), dtype=np.float64), np.asarray(slope, dtype=np.float64)


def _thin_plate(c: _Context, smooth: RObject) -> Block:
    shifts = as_array(smooth["shift"])
    names = _terms(smooth)
    b = c.scope.builder
    columns = [b.op("Sub", c.number(name), constant(c.scope, shift)) for name, shift in zip(names, shifts, strict=True)]
    points = as_array(smooth["Xu"]).reshape(-1, len(names), order="F")
    m = int(as_array(smooth["p.order"])[0])
    if 2 * m <= len(names):
        # The default: the least that makes a smooth function of this many variables.
        m = 1
        while 2 * m < len(names) + 2:
            m += 1
    turn = matrix(smooth["UZ"]).values
    block = Block(thin_plate(c.scope, columns, points, m, turn), turn.shape[1])
    if _given(smooth, "drop.null") and integer(smooth["drop.null"]) > 0:
        kept = np.arange(integer(smooth["bs.dim"]), dtype=np.int64)
        value = b.op("Gather", block.value, b.constant(kept), axis=1)
        block = Block(b.op("Sub", value, constant(c.scope, as_array(smooth["cmX"])[None, :])), len(kept))
    return block


def _random_effect(c: _Context, smooth: RObject) -> Block:
    """model.matrix(~ a:b - 1); what is not finite is 0."""
    form = smooth["form"]
    found: ir.Value | None = None
    width = 1
    for name in _terms(smooth):
        part, own = _indicators(c, name)
        if found is None:
            found, width = part, own
        else:
            found, width = product(c.scope, found, width, part, own), width * own
    assert found is not None and form is not None
    b = c.scope.builder
    bad = b.op("Or", b.op("IsNaN", found, dtype=ir.DataType.BOOL), b.op("IsInf", found, dtype=ir.DataType.BOOL))
    return Block(where(c.scope, bad, constant(c.scope, 0.0), found), width)


def _indicators(c: _Context, name: str) -> tuple[ir.Value, int]:
    value = c.lookup(name)
    if isinstance(value, Vector) and (value.kind in ("factor", "text") or value.as_factor or name in c.frame.xlevels):
        levels = c.frame.xlevels.get(name, value.levels)
        return c.scope.looked_up(c.places(name, levels), np.eye(len(levels))), len(levels)
    return number_value(c.scope, numeric(value)), 1


def _tensor(c: _Context, smooth: RObject) -> Block:
    """Every column of each margin times every column of the next, the last one running fastest."""
    flags = as_array(smooth["mc"]).tolist() if _given(smooth, "mc") else []
    turns = _list(smooth["XP"]) if _given(smooth, "XP") else []
    found: Block | None = None
    for place, margin in enumerate(_list(smooth["margin"])):
        block = _constrained(c, margin) if place < len(flags) and flags[place] else _basis(c, margin)
        if place < len(turns) and isinstance(turns[place], RVector):
            block = _times(c, block, matrix(turns[place]).values)
        if found is None:
            found = block
        else:
            # product() runs the first fastest.
            value = product(c.scope, block.value, block.width, found.value, found.width)
            found = Block(value, block.width * found.width)
    assert found is not None
    if _given(smooth, "udrop"):
        udrop = smooth["udrop"]
        numbers = as_array(udrop)
        logical = isinstance(udrop, RVector) and udrop.kind == "logical"
        kept = np.flatnonzero(numbers) if logical else numbers.astype(np.int64) - 1
        found = Block(
            c.scope.builder.op("Gather", found.value, c.scope.builder.constant(kept.astype(np.int64)), axis=1),
            len(kept),
        )
    return found


def _based(smooth: RObject) -> RObject:
    """A smooth of factor levels as the smooth of numbers that it is made of."""
    base = smooth["base"]
    given = dict(smooth.elements())
    kind = base["bs"]
    given |= {"term": base["term"], "bs.dim": base["bs.dim"]}
    if "rank" in base:
        given["rank"] = base["rank"]
    names = RStrings(list(given))
    return RList(list(given.values()), attributes={"names": names, "class": kind})


def _factor_smooth(c: _Context, smooth: RObject) -> Block:
    """The basis once for each level of a factor, 0 in rows of the others."""
    block = _basis(c, _based(smooth))
    if _given(smooth, "P"):
        block = _times(c, block, matrix(smooth["P"]).values)
    if _given(smooth, "margin.only"):
        return block
    levels = tuple(texts(smooth["flev"]))
    place = c.places(text(smooth["fterm"]), levels)
    table = np.vstack([np.eye(len(levels)), np.zeros((1, len(levels)))])
    hits = c.scope.builder.op("Gather", constant(c.scope, table), place, axis=0)
    value = product(c.scope, block.value, block.width, hits, len(levels))
    return Block(value, block.width * len(levels))


def _markov(c: _Context, smooth: RObject) -> Block:
    levels = tuple(texts(smooth["knots"].attributes["levels"]))
    place = c.places(_terms(smooth)[0], levels)
    block = Block(c.scope.looked_up(place, np.eye(len(levels))), len(levels))
    return _times(c, block, matrix(smooth["P"]).values) if _given(smooth, "P") else block


_BASES: dict[str, Callable[[_Context, RObject], Block]] = {
    "cr.smooth": _cubic,
    "cs.smooth": _cubic,
    "cyclic.smooth": _cyclic,
    "pspline.smooth": _p_spline,
    "Bspline.smooth": _b_spline,
    "tprs.smooth": _thin_plate,
    "ts.smooth": _thin_plate,
    "random.effect": _random_effect,
    "tensor.smooth": _tensor,
    "fs.interaction": _factor_smooth,
    "mrf.smooth": _markov,
}
