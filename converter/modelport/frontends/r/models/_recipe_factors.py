"""Steps of a recipe on factors and texts: their levels, and the columns made of them."""

import numpy as np
import onnx_ir as ir

from modelport.frontends.r._arithmetic import constant, is_nan, where
from modelport.frontends.r._variables import Kind
from modelport.frontends.r.models._data_frame import Column
from modelport.frontends.r.models._matrix_columns import make_name
from modelport.frontends.r.models._recipe_table import (
    Step,
    Table,
    items,
    keeps_originals,
    numbered,
)
from modelport.frontends.r.serialize import (
    NULL,
    RList,
    RObject,
    RStrings,
    flag,
    names,
    text,
    texts,
)
from modelport.frontends.r.terms.contrasts import Contrasts, contrast_columns, contrast_rows, dummies
from modelport.ir.contract import MISSING_STRING

__all__ = ["FACTORS"]

_BOOL = ir.DataType.BOOL


def _mode(t: Table, step: RObject) -> None:
    given = step["modes"]
    found = zip(names(given), texts(given), strict=True)
    if isinstance(given, RList):
        found = zip(names(given), [text(one) for one in given], strict=True)
    for name, mode in found:
        if not t.has(name):
            continue
        column = t.frame[name]
        if column.is_number:
            x = column.value
            t.put(name, where(t.scope, is_nan(t.scope, x), constant(t.scope, float(mode)), x))
            continue
        b = t.scope.builder
        if column.levels is None:
            gap = b.op("Equal", column.value, b.constant([MISSING_STRING]), dtype=_BOOL)
            value = b.op("Where", gap, b.constant([mode]), column.value, dtype=ir.DataType.STRING)
            t.frame[name] = Column(column.kind, value)
            continue
        place = b.constant(np.array([column.levels.index(mode)], dtype=np.int64))
        value = b.op("Where", t.missing(name), place, column.value, dtype=ir.DataType.INT64)
        t.frame[name] = Column(column.kind, value, column.levels)


def _dummy(t: Table, step: RObject) -> None:
    given = step["levels"]
    if not isinstance(given, RList):
        return
    every = step.get("one_hot")
    one_hot = every is not None and flag(every)
    for name, terms in zip(names(given), given, strict=True):
        if not t.has(name):
            continue
        levels = tuple(texts(terms.attributes["values"]))
        kind = terms.attributes.get("dataClasses")
        ordered = kind is not None and text(kind) == "ordered"
        if one_hot:
            found = dummies(levels)
        else:
            found = contrast_columns(_contrast(step, ordered), levels, ordered=ordered, variable=name)
        rows = contrast_rows(t.scope, t.places(name, levels), found)
        if ordered:
            made = numbered(f"{name}_", found.table.shape[1])
        else:
            made = [f"{name}_{make_name(level)}" for level in _words(step, found, levels)]
        t.spread(made, rows)
        if not keeps_originals(step):
            t.drop([name])


def _contrast(step: RObject, ordered: bool) -> RObject | None:
    """Since recipes 1.3 a step names its contrasts; before, R's options did."""
    given = step.get("contrasts")
    if given is None or given is NULL:
        return None
    found = given.get("ordered" if ordered else "unordered")
    if isinstance(found, RStrings):
        return found
    raise ValueError(f"its contrasts are {given.describe()}, not named in text")


def _words(step: RObject, found: Contrasts, levels: tuple[str, ...]) -> tuple[str, ...]:
    """What stands in the names of columns: since recipes 1.3 the levels from the second on, whatever the contrasts."""
    count = found.table.shape[1]
    return levels[len(levels) - count :] if "contrasts" in step else found.names


def _other(t: Table, step: RObject) -> None:
    b = t.scope.builder
    given = step["objects"]
    if not isinstance(given, RList):
        return
    for name, one in zip(names(given), given, strict=True):
        if not t.has(name) or not flag(one["collapse"]):
            continue
        keep = texts(one["keep"])
        rest = text(one["other"])
        levels = tuple(dict.fromkeys([*keep, rest]))
        place = t.places(name, tuple(keep))
        lost = b.constant(np.array([len(levels)], dtype=np.int64))
        table = np.array([*(levels.index(level) for level in keep), levels.index(rest)], dtype=np.int64)
        found = b.op("Gather", b.constant(table), place, axis=0)
        found = b.op("Where", t.missing(name), lost, found, dtype=ir.DataType.INT64)
        t.frame[name] = Column("factor", found, levels)


def _unknown(t: Table, step: RObject) -> None:
    b = t.scope.builder
    given = step["objects"]
    new = text(step["new_level"])
    for name, one in zip(names(given), items(given), strict=True):
        if not t.has(name):
            continue
        levels = (*texts(one), new)
        last = b.constant(np.array([len(levels) - 1], dtype=np.int64))
        found = b.op("Where", t.missing(name), last, t.places(name, levels), dtype=ir.DataType.INT64)
        t.frame[name] = Column(_order(one), found, levels)


def _novel(t: Table, step: RObject) -> None:
    b = t.scope.builder
    given = step["objects"]
    new = text(step["new_level"])
    for name, one in zip(names(given), items(given), strict=True):
        if not t.has(name):
            continue
        own = tuple(texts(one))
        levels = (*own, new)
        # The place of what is none of them is that of the new level, which stands last.
        lost = b.constant(np.array([len(levels)], dtype=np.int64))
        found = b.op("Where", t.missing(name), lost, t.places(name, own), dtype=ir.DataType.INT64)
        t.frame[name] = Column(_order(one), found, levels)


def _order(one: RObject) -> Kind:
    ordered = one.attributes.get("is_ordered")
    return "ordered" if ordered is not None and flag(ordered) else "factor"


def _factors(t: Table, step: RObject) -> None:
    """Text as factor: the levels of the fit, one list for each column."""
    given = step.get("levels")
    if isinstance(given, RList):
        for name, one in zip(names(given), given, strict=True):
            if t.has(name):
                levels = tuple(texts(one.get("values", one) or one))
                t.frame[name] = Column("factor", t.places(name, levels), levels)


FACTORS: dict[str, Step] = {
    "step_impute_mode": _mode,
    "step_dummy": _dummy,
    "step_other": _other,
    "step_unknown": _unknown,
    "step_novel": _novel,
    "step_string2factor": _factors,
}
