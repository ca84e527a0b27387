"""The trained steps of a recipe, each as what its bake() does to a table of columns."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import onnx_ir as ir

from modelport.errors import UnsupportedModelError
from modelport.frontends._scores import row_sum
from modelport.frontends.r._arithmetic import constant, is_nan, to_number, where
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Kind
from modelport.frontends.r.models._data_frame import Column, DataFrame, as_numbers, inner_scope
from modelport.frontends.r.models._power_curves import box_cox, yeo_johnson
from modelport.frontends.r.serialize import (
    NULL,
    RList,
    RObject,
    RPairs,
    RStrings,
    RSymbol,
    RVector,
    as_array,
    classes,
    flag,
    integer,
    matrix,
    names,
    number,
    text,
    texts,
)
from modelport.frontends.r.terms.compiler import Compiler
from modelport.frontends.r.terms.contrasts import contrast_columns, dummies
from modelport.frontends.r.terms.convert_types import number_value, numeric
from modelport.frontends.r.terms.design import design_of
from modelport.frontends.r.terms.frame import Frame
from modelport.frontends.r.terms.values import Grid, Vector
from modelport.ir.contract import MISSING_STRING

__all__ = ["bake", "skipped", "step_name", "step_reasons"]

_BOOL, _DOUBLE = ir.DataType.BOOL, ir.DataType.DOUBLE


@dataclass
class _Table:
    """The columns so far, in order; ``absent`` are those that only training had, such as the outcome."""

    scope: Scope
    frame: DataFrame
    absent: frozenset[str]

    def number(self, name: str) -> ir.Value:
        column = self.frame[name]
        if not column.is_number:
            raise ValueError(f"{name!r} is text, a number is wanted")
        return column.value

    def put(self, name: str, value: ir.Value) -> None:
        self.frame[name] = Column("number", value)

    def has(self, name: str) -> bool:
        if name in self.frame:
            return True
        if name in self.absent:
            return False
        raise ValueError(f"there is no column {name!r}")

    def spread(self, made: list[str], rows: ir.Value) -> None:
        for place, name in enumerate(made):
            index = self.scope.builder.constant(np.array([place], dtype=np.int64))
            self.put(name, self.scope.builder.op("Gather", rows, index, axis=1))

    def drop(self, gone: list[str]) -> None:
        for name in gone:
            self.frame.pop(name, None)

    def places(self, name: str, levels: tuple[str, ...]) -> ir.Value:
        """int64 [N]: the place among levels, their count for NA and others."""
        column = self.frame[name]
        b = self.scope.builder
        if column.is_number:
            raise ValueError(f"{name!r} is a number, a factor is wanted")
        if column.levels is None:
            return self.scope.places(column.value, levels)
        known = {level: place for place, level in enumerate(levels)}
        table = np.array([known.get(level, len(levels)) for level in column.levels] + [len(levels)], dtype=np.int64)
        return b.op("Gather", b.constant(table), column.value, axis=0)

    def missing(self, name: str) -> ir.Value:
        """bool [N] of a factor or text."""
        column = self.frame[name]
        b = self.scope.builder
        if column.levels is None:
            same = b.op("Equal", column.value, b.constant([MISSING_STRING]), dtype=_BOOL)
            return b.op("Reshape", same, b.constant(np.array([-1], dtype=np.int64)))
        return b.op("Equal", column.value, b.constant(np.array([len(column.levels)], dtype=np.int64)), dtype=_BOOL)


def step_name(step: RObject) -> str:
    """'step_normalize', with old names of imputation as the new ones."""
    found = classes(step)[0]
    old = re.fullmatch(r"step_(mean|median|mode|lower|roll|knn|bag)impute", found)
    return f"step_impute_{old.group(1)}" if old else found


def skipped(step: RObject) -> bool:
    """Steps that bake() leaves out for new data."""
    given = step.get("skip")
    return given is not None and given is not NULL and flag(given)


def step_reasons(step: RObject) -> list[str]:
    """Why a step is not converted."""
    name = step_name(step)
    trained = step.get("trained")
    if trained is None or not flag(trained):
        return [f"{name} is not trained: run prep() first"]
    if skipped(step) or name.startswith("check_"):
        return []
    return [] if name in _STEPS else [f"{name}"]


def bake(scope: Scope, steps: list[RObject], frame: DataFrame, absent: frozenset[str]) -> DataFrame:
    """The columns after all steps. Raises: UnsupportedModelError naming the step that cannot be done."""
    table = _Table(scope, dict(frame), absent)
    for step in steps:
        name = step_name(step)
        if skipped(step) or name.startswith("check_"):
            continue
        try:
            _STEPS[name](table, step)
        except (ValueError, KeyError) as err:
            raise UnsupportedModelError(
                f"{name} cannot be converted: {err}", where="the recipe's steps", fix="report the recipe"
            ) from err
    return table.frame


def _named(given: RObject | None) -> dict[str, float]:
    """A named vector, or list of single numbers."""
    if isinstance(given, RList):
        return {name: number(value) for name, value in zip(names(given), given, strict=True)}
    return {} if given is None or given is NULL else dict(zip(names(given), as_array(given).tolist(), strict=True))


def _columns(step: RObject) -> list[str]:
    given = step.get("columns")
    return texts(given) if isinstance(given, RStrings) else []


def _kept(step: RObject) -> bool:
    for name in ("keep_original_cols", "preserve"):
        given = step.get(name)
        if isinstance(given, RVector) and len(given) and flag(given):
            return True
    return False


def _numbered(prefix: str, count: int) -> list[str]:
    """names0()."""
    width = len(str(count))
    return [f"{prefix}{place + 1:0{width}d}" for place in range(count)]


def _each(function: Callable[[_Table, RObject, ir.Value], ir.Value]) -> Callable[[_Table, RObject], None]:
    def step_of(t: _Table, step: RObject) -> None:
        for name in _columns(step):
            if t.has(name):
                t.put(name, function(t, step, t.number(name)))

    return step_of


def _shifted(field: str, op: str) -> Callable[[_Table, RObject], None]:
    def step_of(t: _Table, step: RObject) -> None:
        for name, value in _named(step.get(field)).items():
            if t.has(name):
                t.put(name, t.scope.builder.op(op, t.number(name), constant(t.scope, value)))

    return step_of


def _normalize(t: _Table, step: RObject) -> None:
    spread = _named(step.get("sds"))
    for name, mean in _named(step.get("means")).items():
        if t.has(name):
            centered = t.scope.builder.op("Sub", t.number(name), constant(t.scope, mean))
            t.put(name, t.scope.builder.op("Div", centered, constant(t.scope, spread[name])))


def _range(t: _Table, step: RObject) -> None:
    b = t.scope.builder
    found = matrix(step["ranges"])
    least, most = number(step["min"]), number(step["max"])
    clipped = step.get("clipping")
    for place, name in enumerate(found.columns):
        if not t.has(name):
            continue
        low, high = found.values[0, place], found.values[1, place]
        value = b.op("Sub", t.number(name), constant(t.scope, low))
        value = b.op("Mul", value, constant(t.scope, most - least))
        value = b.op("Div", value, constant(t.scope, high - low))
        value = b.op("Add", value, constant(t.scope, least))
        # Before 1.0.3 there was no choice: it clipped.
        if clipped is None or flag(clipped):
            for op, end in (("Less", least), ("Greater", most)):
                beyond = b.op(op, value, constant(t.scope, end), dtype=_BOOL)
                value = where(t.scope, beyond, constant(t.scope, end), value)
        t.put(name, value)


def _log(t: _Table, step: RObject, x: ir.Value) -> ir.Value:
    b = t.scope.builder
    base = number(step["base"])
    signed = step.get("signed")

    def logged(value: ir.Value) -> ir.Value:
        found = b.op("Log", value)
        divisor = float(np.log(base))
        return found if divisor == 1.0 else b.op("Div", found, constant(t.scope, divisor))

    if signed is not None and flag(signed):
        size = b.op("Abs", x)
        near = b.op("Less", size, constant(t.scope, 1.0), dtype=_BOOL)
        return where(t.scope, near, constant(t.scope, 0.0), b.op("Mul", b.op("Sign", x), logged(size)))
    offset = step.get("offset")
    shift = number(offset) if offset is not None and offset is not NULL else 0.0
    return logged(b.op("Add", x, constant(t.scope, shift)) if shift else x)


def _inverse(t: _Table, step: RObject, x: ir.Value) -> ir.Value:
    b = t.scope.builder
    return b.op("Div", constant(t.scope, 1.0), b.op("Add", x, constant(t.scope, number(step["offset"]))))


def _curves(curve: Callable[[Scope, ir.Value, float], ir.Value]) -> Callable[[_Table, RObject], None]:
    def step_of(t: _Table, step: RObject) -> None:
        for name, exponent in _named(step.get("lambdas")).items():
            if t.has(name) and exponent == exponent:
                t.scope.mark(name, [0.0])
                t.put(name, curve(t.scope, t.number(name), exponent))

    return step_of


def _filled(*fields: str) -> Callable[[_Table, RObject], None]:
    def step_of(t: _Table, step: RObject) -> None:
        given = next((step[field] for field in fields if field in step), None)
        for name, value in _named(given).items():
            if t.has(name):
                x = t.number(name)
                t.put(name, where(t.scope, is_nan(t.scope, x), constant(t.scope, value), x))

    return step_of


def _mode(t: _Table, step: RObject) -> None:
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


def _removed(t: _Table, step: RObject) -> None:
    given = step.get("removals")
    t.drop(texts(given) if isinstance(given, RStrings) else [])


def _dummy(t: _Table, step: RObject) -> None:
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
        rows = t.scope.looked_up(t.places(name, levels), found.table)
        if ordered and not one_hot:
            made = _numbered(f"{name}_", found.table.shape[1])
        else:
            made = [f"{name}_{_made(level)}" for level in (levels if one_hot else found.names)]
        t.spread(made, rows)
        if not _kept(step):
            t.drop([name])


def _contrast(step: RObject, ordered: bool) -> RObject | None:
    """Newer steps name their contrasts; older ones take R's options."""
    given = step.get("contrasts")
    if given is None or given is NULL:
        return None
    found = given.get("ordered" if ordered else "unordered")
    return found if isinstance(found, RStrings) else None


def _made(level: str) -> str:
    """make.names()."""
    found = re.sub(r"[^\w.]", ".", level)
    if not re.match(r"[^\W\d_]|\.(?!\d)", found):
        found = f"X{found}"
    words = "if else repeat while function for next break TRUE FALSE NULL Inf NaN NA in".split()
    return f"{found}." if found in words else found


def _other(t: _Table, step: RObject) -> None:
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


def _unknown(t: _Table, step: RObject) -> None:
    b = t.scope.builder
    given = step["objects"]
    new = text(step["new_level"])
    for name, one in zip(names(given), _items(given), strict=True):
        if not t.has(name):
            continue
        levels = (*texts(one), new)
        last = b.constant(np.array([len(levels) - 1], dtype=np.int64))
        found = b.op("Where", t.missing(name), last, t.places(name, levels), dtype=ir.DataType.INT64)
        t.frame[name] = Column(_order(one), found, levels)


def _novel(t: _Table, step: RObject) -> None:
    b = t.scope.builder
    given = step["objects"]
    new = text(step["new_level"])
    for name, one in zip(names(given), _items(given), strict=True):
        if not t.has(name):
            continue
        own = tuple(texts(one))
        levels = (*own, new)
        # The place of what is none of them is that of the new level, which stands last.
        lost = b.constant(np.array([len(levels)], dtype=np.int64))
        found = b.op("Where", t.missing(name), lost, t.places(name, own), dtype=ir.DataType.INT64)
        t.frame[name] = Column(_order(one), found, levels)


def _items(given: RObject) -> list[RObject]:
    return list(given.values) if isinstance(given, RList) else []


def _order(one: RObject) -> Kind:
    ordered = one.attributes.get("is_ordered")
    return "ordered" if ordered is not None and flag(ordered) else "factor"


def _basis(function: str) -> Callable[[_Table, RObject], None]:
    def step_of(t: _Table, step: RObject) -> None:
        for name, one in zip(names(step["objects"]), _items(step["objects"]), strict=True):
            if not t.has(name):
                continue
            arguments: dict[str, RObject] = {}
            if function == "poly":
                arguments = {"degree": _largest(one.attributes["degree"]), "coefs": one.attributes["coefs"]}
            else:
                wanted = (
                    ("degree", "knots", "Boundary.knots", "intercept")
                    if function == "bs"
                    else (
                        "knots",
                        "Boundary.knots",
                        "intercept",
                    )
                )
                arguments = {key: one.attributes[key] for key in wanted if key in one.attributes}
            call = RPairs([RSymbol(function), RSymbol(name), *arguments.values()], ["", "", *arguments], "call")
            found = Compiler(inner_scope(t.scope, {name: t.frame[name]}), {}).compile(call)
            if not isinstance(found, Grid):
                raise ValueError(f"{function}() gives no matrix")
            t.drop([name])
            made = _numbered(f"{name}_{function}_", len(found.names))
            if function == "poly":
                made = [f"{name}_poly_{place + 1}" for place in range(len(found.names))]
            t.spread(made, found.value)

    return step_of


def _largest(given: RObject) -> RVector:
    return RVector("double", np.array([as_array(given).max()]))


def _pca(t: _Table, step: RObject) -> None:
    count = integer(step["num_comp"])
    result = step.get("res")
    rotation = None if result is None else result.get("rotation")
    if count == 0 or not isinstance(rotation, RVector) or "dim" not in rotation.attributes:
        return
    turn = matrix(rotation)
    b = t.scope.builder
    rows = as_numbers(t.scope, t.frame, turn.rows)
    assert result is not None
    for name, op in (("center", "Sub"), ("scale", "Div")):
        by = result.get(name)
        if isinstance(by, RVector) and by.kind != "logical":
            rows = b.op(op, rows, constant(t.scope, as_array(by)[None, :]))
    count = min(count, turn.values.shape[1])
    rows = b.op("MatMul", rows, b.constant(np.ascontiguousarray(turn.values[:, :count])))
    prefix = step.get("prefix")
    if not _kept(step):
        t.drop(turn.rows)
    t.spread(_numbered("PC" if prefix is None else text(prefix), count), rows)


def _interact(t: _Table, step: RObject) -> None:
    for terms in _items(step["objects"]):
        frame = Frame(terms)
        wanted = {name: t.frame[name] for name in frame.expressions}
        design = design_of(inner_scope(t.scope, wanted), frame)
        rows = design.matrix()
        for place, name in enumerate(design.columns):
            if ":" in name:
                index = t.scope.builder.constant(np.array([place], dtype=np.int64))
                made = name.replace(":", text(step["sep"]))
                t.put(made, t.scope.builder.op("Gather", rows, index, axis=1))


def _ratio(t: _Table, step: RObject) -> None:
    pairs = step["columns"]
    top, bottom = texts(pairs["top"]), texts(pairs["bottom"])
    made = {f"{a}_o_{z}": t.scope.builder.op("Div", t.number(a), t.number(z)) for a, z in zip(top, bottom, strict=True)}
    for name, value in made.items():
        t.put(name, value)
    if not _kept(step) and "keep_original_cols" in step:
        t.drop([*top, *bottom])


def _mutate(t: _Table, step: RObject) -> None:
    inputs = step["inputs"]
    for name, quosure in zip(names(inputs), _items(inputs), strict=True):
        node = quosure.values[-1] if isinstance(quosure, RPairs) and quosure.kind == "call" else quosure
        value = Compiler(inner_scope(t.scope, t.frame), {}).compile(node)
        if isinstance(value, Vector) and value.kind in ("factor", "text"):
            t.frame[name] = Column("factor" if value.levels else "character", value.value, value.levels or None)
            continue
        t.put(name, number_value(t.scope, numeric(value)))


def _indicated(t: _Table, step: RObject) -> None:
    prefix = text(step["prefix"])
    for name in _columns(step):
        if not t.has(name):
            continue
        column = t.frame[name]
        gap = is_nan(t.scope, column.value) if column.is_number else t.missing(name)
        b = t.scope.builder
        shaped = b.op("Reshape", to_number(t.scope, gap), b.constant(np.array([-1, 1], dtype=np.int64)))
        t.put(f"{prefix}_{name}", shaped)


def _spatial(t: _Table, step: RObject) -> None:
    chosen = _columns(step)
    b = t.scope.builder
    rows = as_numbers(t.scope, t.frame, chosen)
    squares = b.op("Mul", rows, rows)
    drop = step.get("na_rm")
    if drop is None or flag(drop):
        squares = where(t.scope, is_nan(t.scope, squares), constant(t.scope, 0.0), squares)
    t.spread(chosen, b.op("Div", rows, b.op("Sqrt", row_sum(t.scope, squares, keep=True))))


def _called(function: str) -> Callable[[_Table, RObject, ir.Value], ir.Value]:
    def apply(t: _Table, step: RObject, x: ir.Value) -> ir.Value:
        wanted = function
        if not wanted:
            wanted = ("a" if flag(step["inverse"]) else "") + text(step["func"])
        call = RPairs([RSymbol(wanted), RSymbol("x")], ["", ""], "call")
        found = Compiler(inner_scope(t.scope, {"x": Column("number", x)}), {}).compile(call)
        return number_value(t.scope, numeric(found))

    return apply


def _selected(t: _Table, step: RObject) -> None:
    wanted = texts(step["terms"])
    new = names(step["terms"]) or wanted
    t.frame = {name or old: t.frame[old] for name, old in zip(new, wanted, strict=True) if t.has(old)}


def _factors(t: _Table, step: RObject) -> None:
    """Text as factor: the levels of the fit, one list for each column."""
    given = step.get("levels")
    if isinstance(given, RList):
        for name, one in zip(names(given), given, strict=True):
            if t.has(name):
                levels = tuple(texts(one.get("values", one) or one))
                t.frame[name] = Column("factor", t.places(name, levels), levels)


def _same(_: _Table, __: RObject) -> None:
    """Nothing that a number or label depends on."""


_STEPS: dict[str, Callable[[_Table, RObject], None]] = {
    "step_center": _shifted("means", "Sub"),
    "step_scale": _shifted("sds", "Div"),
    "step_normalize": _normalize,
    "step_range": _range,
    "step_log": _each(_log),
    "step_sqrt": _each(_called("sqrt")),
    "step_inverse": _each(_inverse),
    "step_hyperbolic": _each(_called("")),
    "step_BoxCox": _curves(lambda scope, x, exponent: box_cox(scope, x, exponent, 0.001)),
    "step_YeoJohnson": _curves(yeo_johnson),
    "step_impute_mean": _filled("means"),
    "step_impute_median": _filled("medians"),
    "step_impute_mode": _mode,
    "step_dummy": _dummy,
    "step_other": _other,
    "step_unknown": _unknown,
    "step_novel": _novel,
    "step_poly": _basis("poly"),
    "step_ns": _basis("ns"),
    "step_bs": _basis("bs"),
    "step_pca": _pca,
    "step_interact": _interact,
    "step_ratio": _ratio,
    "step_mutate": _mutate,
    "step_indicate_na": _indicated,
    "step_spatialsign": _spatial,
    "step_select": _selected,
    "step_string2factor": _factors,
    "step_factor2string": _same,
    "step_unorder": _same,
    **dict.fromkeys(("step_zv", "step_nzv", "step_corr", "step_lincomb", "step_rm", "step_filter_missing"), _removed),
}
