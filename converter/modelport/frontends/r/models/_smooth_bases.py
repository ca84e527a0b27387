"""The bases of mgcv's smooths, before their constraints: Predict.matrix of each class of smooth."""

from collections.abc import Callable

import numpy as np
import onnx_ir as ir

from modelport.frontends.r._arithmetic import constant, product, where
from modelport.frontends.r.models._regression_splines import cubic, cyclic
from modelport.frontends.r.models._smooth_constraints import constrained
from modelport.frontends.r.models._smooth_parts import Block, Context, given, listed, terms_of, times
from modelport.frontends.r.models._spline_tangents import with_tangents
from modelport.frontends.r.models._thin_plates import thin_plate
from modelport.frontends.r.serialize import (
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
from modelport.frontends.r.terms.convert_types import number_value, numeric
from modelport.frontends.r.terms.values import Vector

__all__ = ["based", "basis", "kind_of"]


def kind_of(smooth: RObject) -> str | None:
    """The class of a smooth that is its basis, None where no basis is known."""
    for name in classes(smooth):
        if name in _BASES:
            return name
    return None


def basis(c: Context, smooth: RObject) -> Block:
    """The basis, before its constraint."""
    kind = kind_of(smooth)
    assert kind is not None
    return _BASES[kind](c, smooth)


def _cubic(c: Context, smooth: RObject) -> Block:
    knots = as_array(smooth["xp"])
    count = len(knots)
    second = as_array(smooth["F"]).reshape(count, count)
    c.scope.mark(terms_of(smooth)[0], knots.tolist())
    return Block(cubic(c.scope, c.number(terms_of(smooth)[0]), knots, second), count)


def _cyclic(c: Context, smooth: RObject) -> Block:
    knots = as_array(smooth["xp"])
    return Block(cyclic(c.scope, c.number(terms_of(smooth)[0]), knots, matrix(smooth["BD"]).values), len(knots) - 1)


def _p_spline(c: Context, smooth: RObject) -> Block:
    """Between the ends by the recursion, beyond them along the tangent."""
    order = int(as_array(smooth["m"])[0]) + 2
    return with_tangents(c, smooth, order)


def _b_spline(c: Context, smooth: RObject) -> Block:
    return with_tangents(c, smooth, int(as_array(smooth["m"])[0]) + 1)


def _thin_plate(c: Context, smooth: RObject) -> Block:
    shifts = as_array(smooth["shift"])
    names = terms_of(smooth)
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
    if given(smooth, "drop.null") and integer(smooth["drop.null"]) > 0:
        kept = np.arange(integer(smooth["bs.dim"]), dtype=np.int64)
        value = b.op("Gather", block.value, b.constant(kept), axis=1)
        block = Block(b.op("Sub", value, constant(c.scope, as_array(smooth["cmX"])[None, :])), len(kept))
    return block


def _random_effect(c: Context, smooth: RObject) -> Block:
    """model.matrix(~ a:b - 1); what is not finite is 0."""
    form = smooth["form"]
    found: ir.Value | None = None
    width = 1
    for name in terms_of(smooth):
        part, own = _indicators(c, name)
        if found is None:
            found, width = part, own
        else:
            found, width = product(c.scope, found, width, part, own), width * own
    assert found is not None and form is not None
    b = c.scope.builder
    bad = b.op("Or", b.op("IsNaN", found, dtype=ir.DataType.BOOL), b.op("IsInf", found, dtype=ir.DataType.BOOL))
    return Block(where(c.scope, bad, constant(c.scope, 0.0), found), width)


def _indicators(c: Context, name: str) -> tuple[ir.Value, int]:
    value = c.lookup(name)
    if isinstance(value, Vector) and (value.kind in ("factor", "text") or value.as_factor or name in c.frame.xlevels):
        levels = c.frame.xlevels.get(name, value.levels)
        return c.scope.looked_up(c.places(name, levels), np.eye(len(levels))), len(levels)
    return number_value(c.scope, numeric(value)), 1


def _tensor(c: Context, smooth: RObject) -> Block:
    """Every column of each margin times every column of the next, the last one running fastest."""
    flags = as_array(smooth["mc"]).tolist() if given(smooth, "mc") else []
    turns = listed(smooth["XP"]) if given(smooth, "XP") else []
    found: Block | None = None
    for place, margin in enumerate(listed(smooth["margin"])):
        block = constrained(c, margin, basis) if place < len(flags) and flags[place] else basis(c, margin)
        if place < len(turns) and isinstance(turns[place], RVector):
            block = times(c, block, matrix(turns[place]).values)
        if found is None:
            found = block
        else:
            # product() runs the first fastest.
            value = product(c.scope, block.value, block.width, found.value, found.width)
            found = Block(value, block.width * found.width)
    assert found is not None
    if given(smooth, "udrop"):
        udrop = smooth["udrop"]
        numbers = as_array(udrop)
        logical = isinstance(udrop, RVector) and udrop.kind == "logical"
        kept = np.flatnonzero(numbers) if logical else numbers.astype(np.int64) - 1
        found = Block(
            c.scope.builder.op("Gather", found.value, c.scope.builder.constant(kept.astype(np.int64)), axis=1),
            len(kept),
        )
    return found


def based(smooth: RObject) -> RObject:
    """A smooth of factor levels as the smooth of numbers that it is made of."""
    base = smooth["base"]
    own = dict(smooth.elements())
    kind = base["bs"]
    own |= {"term": base["term"], "bs.dim": base["bs.dim"]}
    if "rank" in base:
        own["rank"] = base["rank"]
    names = RStrings(list(own))
    return RList(list(own.values()), attributes={"names": names, "class": kind})


def _factor_smooth(c: Context, smooth: RObject) -> Block:
    """The basis once for each level of a factor, 0 in rows of the others."""
    block = basis(c, based(smooth))
    if given(smooth, "P"):
        block = times(c, block, matrix(smooth["P"]).values)
    if given(smooth, "margin.only"):
        return block
    levels = tuple(texts(smooth["flev"]))
    place = c.places(text(smooth["fterm"]), levels)
    table = np.vstack([np.eye(len(levels)), np.zeros((1, len(levels)))])
    hits = c.scope.builder.op("Gather", constant(c.scope, table), place, axis=0)
    value = product(c.scope, block.value, block.width, hits, len(levels))
    return Block(value, block.width * len(levels))


def _contrast_smooth(c: Context, smooth: RObject) -> Block:
    """The basis for each combination of levels, the last factor running fastest, the basis faster; NaN for a level unknown."""
    found = basis(c, based(smooth))
    if given(smooth, "margin.only"):
        return found
    factors = list(zip(texts(smooth["fterm"]), listed(smooth["flev"]), strict=True))
    for name, known in reversed(factors):
        levels = tuple(texts(known))
        hits = c.scope.looked_up(c.places(name, levels), np.eye(len(levels)))
        value = product(c.scope, found.value, found.width, hits, len(levels))
        found = Block(value, found.width * len(levels))
    return found


def _markov(c: Context, smooth: RObject) -> Block:
    levels = tuple(texts(smooth["knots"].attributes["levels"]))
    place = c.places(terms_of(smooth)[0], levels)
    block = Block(c.scope.looked_up(place, np.eye(len(levels))), len(levels))
    return times(c, block, matrix(smooth["P"]).values) if given(smooth, "P") else block


_BASES: dict[str, Callable[[Context, RObject], Block]] = {
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
    "sz.interaction": _contrast_smooth,
    "mrf.smooth": _markov,
}
