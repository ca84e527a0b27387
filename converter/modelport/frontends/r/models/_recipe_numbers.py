"""Steps of a recipe on numbers: each becomes another number, or several do."""

from collections.abc import Callable

import numpy as np
import onnx_ir as ir

from modelport.frontends._scores import row_sum
from modelport.frontends.r._arithmetic import constant, is_nan, where
from modelport.frontends.r._functions import log1p
from modelport.frontends.r._links import LINKS
from modelport.frontends.r._scope import Scope
from modelport.frontends.r.models._data_frame import Column, as_numbers, inner_scope
from modelport.frontends.r.models._power_curves import box_cox, yeo_johnson
from modelport.frontends.r.models._recipe_table import Step, Table, each, keeps_originals, named, numbered, step_columns
from modelport.frontends.r.serialize import (
    NULL,
    RList,
    RObject,
    RPairs,
    RSymbol,
    RVector,
    as_array,
    flag,
    integer,
    matrix,
    names,
    number,
    text,
    texts,
)
from modelport.frontends.r.terms.compiler import Compiler
from modelport.frontends.r.terms.convert_types import number_value, numeric

__all__ = ["NUMBERS"]

_BOOL = ir.DataType.BOOL


def _shifted(field: str, op: str) -> Step:
    def step_of(t: Table, step: RObject) -> None:
        for name, value in named(step.get(field)).items():
            if t.has(name):
                t.put(name, t.scope.builder.op(op, t.number(name), constant(t.scope, value)))

    return step_of


def _normalize(t: Table, step: RObject) -> None:
    spread = named(step.get("sds"))
    for name, mean in named(step.get("means")).items():
        if t.has(name):
            centered = t.scope.builder.op("Sub", t.number(name), constant(t.scope, mean))
            t.put(name, t.scope.builder.op("Div", centered, constant(t.scope, spread[name])))


def _range(t: Table, step: RObject) -> None:
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


def _log(t: Table, step: RObject, x: ir.Value) -> ir.Value:
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


def _inverse(t: Table, step: RObject, x: ir.Value) -> ir.Value:
    b = t.scope.builder
    return b.op("Div", constant(t.scope, 1.0), b.op("Add", x, constant(t.scope, number(step["offset"]))))


def _curves(curve: Callable[[Scope, ir.Value, float], ir.Value]) -> Step:
    def step_of(t: Table, step: RObject) -> None:
        for name, exponent in named(step.get("lambdas")).items():
            if t.has(name) and exponent == exponent:
                t.scope.mark(name, [0.0])
                t.put(name, curve(t.scope, t.number(name), exponent))

    return step_of


def _filled(*fields: str) -> Step:
    def step_of(t: Table, step: RObject) -> None:
        given = next((step[field] for field in fields if field in step), None)
        for name, value in named(given).items():
            if t.has(name):
                x = t.number(name)
                t.put(name, where(t.scope, is_nan(t.scope, x), constant(t.scope, value), x))

    return step_of


def _spatial(t: Table, step: RObject) -> None:
    chosen = step_columns(step)
    b = t.scope.builder
    rows = as_numbers(t.scope, t.frame, chosen)
    squares = b.op("Mul", rows, rows)
    drop = step.get("na_rm")
    if drop is None or flag(drop):
        squares = where(t.scope, is_nan(t.scope, squares), constant(t.scope, 0.0), squares)
    t.spread(chosen, b.op("Div", rows, b.op("Sqrt", row_sum(t.scope, squares, keep=True))))


def _called(function: str) -> Callable[[Table, RObject, ir.Value], ir.Value]:
    def apply(t: Table, step: RObject, x: ir.Value) -> ir.Value:
        wanted = function
        if not wanted:
            wanted = ("a" if flag(step["inverse"]) else "") + text(step["func"])
        call = RPairs([RSymbol(wanted), RSymbol("x")], ["", ""], "call")
        found = Compiler(inner_scope(t.scope, {"x": Column("number", x)}), {}).compile(call)
        return number_value(t.scope, numeric(found))

    return apply


def _logit(t: Table, step: RObject, x: ir.Value) -> ir.Value:
    """log(p / (1 - p)) as R's family computes it; 0 and 1 moved by ``offset``. Beyond them R stops.

    It stops too where no row of a batch has a number, which ifelse() makes logical; NA is refused in any batch.
    """
    b = t.scope.builder
    given = step.get("offset")
    shift = number(given) if given is not None and given is not NULL else 0.0
    one, zero = constant(t.scope, 1.0), constant(t.scope, 0.0)
    x = where(t.scope, b.op("Equal", x, one, dtype=_BOOL), b.op("Sub", x, constant(t.scope, shift)), x)
    x = where(t.scope, b.op("Equal", x, zero, dtype=_BOOL), constant(t.scope, shift), x)
    t.refused += [b.op("Less", x, zero, dtype=_BOOL), b.op("Greater", x, one, dtype=_BOOL), is_nan(t.scope, x)]
    t.scope.stricter.update(step_columns(step))
    return b.op("Log", b.op("Div", x, b.op("Sub", one, x)))


def _relu(t: Table, step: RObject) -> None:
    """max(x - shift, 0), or log1p(exp(x - shift)), as a column of its own."""
    b = t.scope.builder
    shift = constant(t.scope, number(step["shift"]))
    for name in step_columns(step):
        if not t.has(name):
            continue
        pair = (shift, t.number(name)) if flag(step["reverse"]) else (t.number(name), shift)
        moved = b.op("Sub", *pair)
        if flag(step["smooth"]):
            value = log1p(t.scope, b.op("Exp", moved))
        else:
            below = b.op("Less", moved, constant(t.scope, 0.0), dtype=_BOOL)
            value = where(t.scope, below, constant(t.scope, 0.0), moved)
        t.put(f"{text(step['prefix'])}{name}", value)


def _pls(t: Table, step: RObject) -> None:
    """mixOmics's projection as recipes keeps it: centred, scaled, times coefficients, times the norm of each component."""
    result = step.get("res")
    if not isinstance(result, RList) or "coefs" not in result:
        # pls_worked(): without the package the step does nothing.
        if isinstance(result, RList) and "projection" in result:
            raise ValueError("it was trained by a recipes before 0.1.14")
        return
    b = t.scope.builder
    columns = names(result["mu"])
    rows = as_numbers(t.scope, t.frame, columns)
    for name, op in (("mu", "Sub"), ("sd", "Div")):
        rows = b.op(op, rows, constant(t.scope, as_array(result[name])[None, :]))
    rows = b.op("MatMul", rows, b.constant(np.ascontiguousarray(matrix(result["coefs"]).values)))
    norms = as_array(result["col_norms"])[None, :]
    if not keeps_originals(step):
        t.drop(columns)
    t.spread(numbered(text(step["prefix"]), norms.shape[1]), b.op("Mul", rows, constant(t.scope, norms)))


def _pca(t: Table, step: RObject) -> None:
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
    if not keeps_originals(step):
        t.drop(turn.rows)
    t.spread(numbered("PC" if prefix is None else text(prefix), count), rows)


def _ratio(t: Table, step: RObject) -> None:
    pairs = step["columns"]
    top, bottom = texts(pairs["top"]), texts(pairs["bottom"])
    made = {f"{a}_o_{z}": t.scope.builder.op("Div", t.number(a), t.number(z)) for a, z in zip(top, bottom, strict=True)}
    for name, value in made.items():
        t.put(name, value)
    if not keeps_originals(step) and "keep_original_cols" in step:
        t.drop([*top, *bottom])


NUMBERS: dict[str, Step] = {
    "step_center": _shifted("means", "Sub"),
    "step_scale": _shifted("sds", "Div"),
    "step_normalize": _normalize,
    "step_range": _range,
    "step_log": each(_log),
    "step_sqrt": each(_called("sqrt")),
    "step_inverse": each(_inverse),
    "step_logit": each(_logit),
    "step_invlogit": each(lambda t, _, x: LINKS["logit"](t.scope, x)),
    "step_relu": _relu,
    "step_pls": _pls,
    "step_hyperbolic": each(_called("")),
    "step_BoxCox": _curves(lambda scope, x, exponent: box_cox(scope, x, exponent, 0.001)),
    "step_YeoJohnson": _curves(yeo_johnson),
    "step_impute_mean": _filled("means"),
    "step_impute_median": _filled("medians"),
    "step_pca": _pca,
    "step_ratio": _ratio,
    "step_spatialsign": _spatial,
}
