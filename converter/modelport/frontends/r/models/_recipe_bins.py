"""Steps of a recipe between numbers and factors: intervals of numbers, codes of levels, levels in another order."""

from collections.abc import Sequence

import numpy as np
import onnx_ir as ir

from modelport.frontends.r._arithmetic import constant, is_nan
from modelport.frontends.r.models._data_frame import Column, inner_scope, recoded
from modelport.frontends.r.models._recipe_table import UNSEEN, Step, Table, items, step_columns
from modelport.frontends.r.serialize import (
    NULL,
    RClosure,
    RObject,
    RPairs,
    RStrings,
    RSymbol,
    RVector,
    as_array,
    flag,
    names,
    text,
    texts,
)
from modelport.frontends.r.terms.compiler import Compiler
from modelport.frontends.r.terms.values import Vector

__all__ = ["BINS"]

_BOOL, _INT64 = ir.DataType.BOOL, ir.DataType.INT64


def _intervals(t: Table, name: str, breaks: Sequence[float], labels: tuple[str, ...] | None = None) -> Column:
    """cut(x, breaks, labels, include.lowest = TRUE)."""
    arguments: dict[str, RObject] = {
        "breaks": RVector("double", np.array(breaks, dtype=np.float64)),
        "include.lowest": RVector("logical", np.array([1], dtype=np.int32)),
    }
    if labels is not None:
        arguments["labels"] = RStrings(list(labels))
    call = RPairs([RSymbol("cut"), RSymbol(name), *arguments.values()], ["", "", *arguments], "call")
    found = Compiler(inner_scope(t.scope, {name: t.frame[name]}), {}).compile(call)
    if not isinstance(found, Vector) or found.kind != "factor":
        raise ValueError("cut() gives no factor")
    return Column("factor", found.value, found.levels)


def _cut(t: Table, step: RObject) -> None:
    wide = flag(step["include_outside_range"])
    for name, given in zip(names(step["breaks"]), items(step["breaks"]), strict=True):
        if not t.has(name):
            continue
        t.number(name)
        breaks = sorted(as_array(given).tolist())
        found = _intervals(t, name, breaks)
        if wide:
            # min() of NA is NA, and no if() takes it.
            t.refused.append(is_nan(t.scope, t.number(name)))
            # R moves the outer breaks to the least and greatest number of the rows, and names them min and max.
            levels = list(found.levels or ())
            found = _intervals(t, name, [-np.inf, *breaks[1:-1], np.inf], _named_ends(levels))
        t.frame[name] = found


def _named_ends(levels: list[str]) -> tuple[str, ...]:
    if len(levels) == 1:
        return ("[min,max]",)
    first, last = levels[0], levels[-1]
    return (f"[min{first[first.index(',') :]}", *levels[1:-1], f"{last[: last.index(',') + 1]}max]")


def _discretized(t: Table, step: RObject) -> None:
    for name, one in zip(names(step["objects"]), items(step["objects"]), strict=True):
        # Of too few distinct values nothing is made.
        if not t.has(name) or one.get("bins") is None or not as_array(one["bins"])[0] >= 1:
            continue
        prefix = one.get("prefix")
        if prefix is None or prefix is NULL:
            raise ValueError("levels without a prefix are named by R after numbers that it rounds")
        keeps = flag(one["keep_na"])
        given = [f"{text(prefix)}{label}" for label in _labels(one["labels"])]
        t.number(name)
        found = _intervals(t, name, as_array(one["breaks"]).tolist(), tuple(given[1:] if keeps else given))
        if keeps:
            levels = (given[0], *(found.levels or ()))
            b = t.scope.builder
            moved = b.op("Add", found.value, b.constant(np.array([1], dtype=np.int64)))
            gap = b.op("Reshape", is_nan(t.scope, t.number(name)), b.constant(np.array([-1], dtype=np.int64)))
            first = b.constant(np.array([0], dtype=np.int64))
            found = Column("factor", b.op("Where", gap, first, moved, dtype=_INT64), levels)
        t.frame[name] = found


def _labels(given: RObject) -> list[str]:
    return texts(given) if isinstance(given, RStrings) else [f"{value:.15g}" for value in as_array(given).tolist()]


def _from_number(t: Table, step: RObject) -> None:
    """ifelse(x == 1, yes, no)."""
    levels = texts(step["levels"])
    ordered = tuple(levels if flag(step["ref_first"]) else levels[::-1])
    places = [ordered.index(levels[1]), ordered.index(levels[0])]
    b = t.scope.builder
    for name in step_columns(step):
        if not t.has(name):
            continue
        x = t.number(name)
        one = b.cast(b.op("Equal", x, constant(t.scope, 1.0), dtype=_BOOL), _INT64)
        place = b.op("Gather", b.constant(np.array(places, dtype=np.int64)), one, axis=0)
        place = b.op("Where", is_nan(t.scope, x), b.constant(np.array([[2]], dtype=np.int64)), place, dtype=_INT64)
        t.frame[name] = Column("factor", b.op("Reshape", place, b.constant(np.array([-1], dtype=np.int64))), ordered)


def _releveled(t: Table, step: RObject) -> None:
    first = text(step["ref_level"])
    for name, one in zip(names(step["objects"]), items(step["objects"]), strict=True):
        if t.has(name):
            own = texts(one)
            levels = (first, *(level for level in own if level != first))
            t.frame[name] = recoded(t.scope, t.as_factors({name: t.frame[name]})[name], levels)


def _coded(t: Table, step: RObject) -> None:
    """The place of a value in the key of the fit; what is not in it is 0, or one behind the last where zero-based."""
    zero = flag(step["zero_based"])
    for name, key in zip(names(step["key"]), items(step["key"]), strict=True):
        if not t.has(name):
            continue
        values, codes = key["value"], as_array(key["integer"]).tolist()
        if not isinstance(values, RStrings) or None in values.values:
            raise ValueError(f"{name!r} is a number: a recipe finds it again by equality with those of the fit")
        known = tuple(texts(values))
        other = max(codes) + 1 if zero else 0.0
        table = np.array([*codes, other])[:, None]
        rows = t.scope.builder.op("Gather", t.scope.builder.constant(table), t.places(name, known), axis=0)
        gap = t.scope.builder.op(
            "Reshape", t.missing(name), t.scope.builder.constant(np.array([-1, 1], dtype=np.int64))
        )
        nothing = constant(t.scope, np.nan)
        t.put(name, t.scope.builder.op("Where", gap, nothing, rows, dtype=ir.DataType.DOUBLE))


def _scored(t: Table, step: RObject) -> None:
    """as.numeric() of an ordered factor."""
    convert = step["convert"]
    if isinstance(convert, RClosure):
        raise ValueError("its convert is a function of the user's own, which is not run")
    for name in step_columns(step):
        if not t.has(name):
            continue
        column = t.as_factors({name: t.frame[name]})[name]
        if column.levels is None:
            raise ValueError(f"{name!r} has no levels")
        if column.levels[-1] == UNSEEN and column.origin is not None:
            # Its number would depend on how many unseen levels the rows have.
            b = t.scope.builder
            unseen = b.op(
                "Equal", column.value, b.constant(np.array([len(column.levels) - 1], dtype=np.int64)), dtype=_BOOL
            )
            t.refused.append(b.op("Reshape", unseen, b.constant(np.array([-1, 1], dtype=np.int64))))
            t.scope.stricter.add(column.origin)
        t.put(name, t.scope.looked_up(column.value, np.arange(1.0, len(column.levels) + 1)[:, None]))


BINS: dict[str, Step] = {
    "step_cut": _cut,
    "step_discretize": _discretized,
    "step_bin2factor": _from_number,
    "step_relevel": _releveled,
    "step_integer": _coded,
    "step_ordinalscore": _scored,
}
