"""Steps of a recipe that make, choose or take away columns."""

import numpy as np
import onnx_ir as ir

from modelport.frontends.r._arithmetic import constant, is_nan, ones, to_number
from modelport.frontends.r.models._data_frame import Column, inner_scope
from modelport.frontends.r.models._recipe_table import Step, Table, items, numbered, step_columns
from modelport.frontends.r.serialize import (
    RObject,
    RPairs,
    RStrings,
    RSymbol,
    RVector,
    as_array,
    names,
    number,
    text,
    texts,
)
from modelport.frontends.r.terms.compiler import Compiler
from modelport.frontends.r.terms.convert_types import number_value, numeric
from modelport.frontends.r.terms.design import design_of
from modelport.frontends.r.terms.frame import Frame
from modelport.frontends.r.terms.values import Grid, Vector

__all__ = ["COLUMNS"]

_BOOL = ir.DataType.BOOL


def _removed(t: Table, step: RObject) -> None:
    given = step.get("removals")
    t.drop(texts(given) if isinstance(given, RStrings) else [])


def _basis(function: str) -> Step:
    def step_of(t: Table, step: RObject) -> None:
        for name, one in zip(names(step["objects"]), items(step["objects"]), strict=True):
            if not t.has(name):
                continue
            arguments: dict[str, RObject] = {}
            if function == "poly":
                arguments = {"degree": _largest(one.attributes["degree"])}
                if "coefs" in one.attributes:
                    arguments["coefs"] = one.attributes["coefs"]
                else:
                    arguments["raw"] = RVector("logical", np.array([1], dtype=np.int32))
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
            given = t.number(name)
            t.drop([name])
            made = numbered(f"{name}_{function}_", len(found.names))
            if function == "poly":
                made = [f"{name}_poly_{place + 1}" for place in range(len(found.names))]
            t.spread(made, found.value)
            if function == "ns":
                # R's qr.qty() ends with it.
                t.refused.append(t.scope.builder.op("IsInf", given, dtype=_BOOL))

    return step_of


def _largest(given: RObject) -> RVector:
    return RVector("double", np.array([as_array(given).max()]))


def _interact(t: Table, step: RObject) -> None:
    for terms in items(step["objects"]):
        frame = Frame(terms)
        wanted = t.as_factors({name: t.frame[name] for name in frame.expressions})
        ordered = [name for name, column in wanted.items() if column.kind == "ordered"]
        if ordered:
            raise ValueError(f"{ordered[0]!r} is ordered, and its contrasts turn with the levels of the rows")
        design = design_of(inner_scope(t.scope, wanted), frame)
        rows = design.matrix()
        for place, name in enumerate(design.columns):
            if ":" in name:
                index = t.scope.builder.constant(np.array([place], dtype=np.int64))
                made = name.replace(":", text(step["sep"]))
                t.put(made, t.scope.builder.op("Gather", rows, index, axis=1))


def _mutate(t: Table, step: RObject) -> None:
    inputs = step["inputs"]
    for name, quosure in zip(names(inputs), items(inputs), strict=True):
        node = quosure.values[-1] if isinstance(quosure, RPairs) and quosure.kind == "call" else quosure
        value = Compiler(inner_scope(t.scope, t.as_factors(t.frame)), {}).compile(node)
        if isinstance(value, Vector) and value.kind in ("factor", "text"):
            t.frame[name] = Column("factor" if value.levels else "character", value.value, value.levels or None)
            continue
        made = number_value(t.scope, numeric(value))
        t.put(name, made if isinstance(value, Vector) else t.scope.builder.op("Mul", ones(t.scope), made))


def _indicated(t: Table, step: RObject) -> None:
    prefix = text(step["prefix"])
    for name in step_columns(step):
        if not t.has(name):
            continue
        column = t.frame[name]
        gap = is_nan(t.scope, column.value) if column.is_number else t.missing(name)
        b = t.scope.builder
        shaped = b.op("Reshape", to_number(t.scope, gap), b.constant(np.array([-1, 1], dtype=np.int64)))
        t.put(f"{prefix}_{name}", shaped)


def _selected(t: Table, step: RObject) -> None:
    wanted = texts(step["terms"])
    new = names(step["terms"]) or wanted
    t.frame = {name or old: t.frame[old] for name, old in zip(new, wanted, strict=True) if t.has(old)}


def _renamed(t: Table, step: RObject) -> None:
    """new = old, each a plain name."""
    new = {}
    for name, quosure in zip(names(step["inputs"]), items(step["inputs"]), strict=True):
        node = quosure.values[-1] if isinstance(quosure, RPairs) and quosure.kind == "call" else quosure
        if isinstance(node, RStrings):
            node = RSymbol(text(node))
        if not isinstance(node, RSymbol):
            raise ValueError(f"the column that becomes {name!r} is computed")
        if t.has(node.name):
            new[node.name] = name
    t.frame = {new.get(name, name): column for name, column in t.frame.items()}


def _intercept(t: Table, step: RObject) -> None:
    rest, t.frame = t.frame, {}
    t.put(text(step["name"]), t.scope.builder.op("Mul", ones(t.scope), constant(t.scope, number(step["value"]))))
    t.frame |= rest


def _same(_: Table, __: RObject) -> None:
    """Nothing that a number or label depends on."""


COLUMNS: dict[str, Step] = {
    "step_poly": _basis("poly"),
    "step_ns": _basis("ns"),
    "step_bs": _basis("bs"),
    "step_interact": _interact,
    "step_mutate": _mutate,
    "step_indicate_na": _indicated,
    "step_rename": _renamed,
    "step_intercept": _intercept,
    "step_select": _selected,
    "step_factor2string": _same,
    "step_unorder": _same,
    **dict.fromkeys(("step_zv", "step_nzv", "step_corr", "step_lincomb", "step_rm", "step_filter_missing"), _removed),
}
