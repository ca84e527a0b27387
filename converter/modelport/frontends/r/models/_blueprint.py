"""hardhat's blueprints: the columns that they ask of a row, and what forge() makes of them."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import onnx_ir as ir

from modelport.errors import ModelFileError
from modelport.frontends.r._arithmetic import both, constant, either, is_nan, negated, ones
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Variable
from modelport.frontends.r.models._data_frame import Column, DataFrame, data_frame_of, inner_scope, kind_of, known_text
from modelport.frontends.r.models._formula_columns import formula_columns, one_hot
from modelport.frontends.r.models.recipe import baked_columns, recipe_reasons
from modelport.frontends.r.serialize import (
    RList,
    RObject,
    RPairs,
    RVector,
    classes,
    flag,
    names,
    text,
    texts,
)
from modelport.frontends.r.terms.calls import variables_in
from modelport.frontends.r.terms.frame import Frame
from modelport.ir.contract import MISSING_STRING

__all__ = ["blueprint_reasons", "blueprint_variables", "forged", "lossy_rows"]

_BOOL = ir.DataType.BOOL
_KINDS = ("default_formula_blueprint", "default_recipe_blueprint", "default_xy_blueprint")
_MOST_INTEGER = 2147483647.0
# No text of a caller's: what has no column of its own.
_OTHER = "\0other"


def _kind(blueprint: RObject) -> str:
    return next((name for name in classes(blueprint) if name in _KINDS), "")


def _columns(blueprint: RObject) -> dict[str, RObject]:
    """The prototypes, of no rows, of the columns that shrink() keeps: predictors, then what else bake() wants."""
    found: dict[str, RObject] = {}
    tables = [blueprint["ptypes"]["predictors"]]
    extra = blueprint.get("extra_role_ptypes")
    if isinstance(extra, RList):
        tables += [table for role, table in extra.elements().items() if role != "case_weights"]
    for table in tables:
        if isinstance(table, RList):
            found |= dict(zip(names(table), table.values, strict=True))
    return found


def _kept_levels(blueprint: RObject) -> dict[str, tuple[str, ...]]:
    """Levels of factors, and of the texts that a formula made factors of at the fit, which hardhat keeps from 1.4 on."""
    found = {
        name: tuple(texts(own.attributes["levels"]))
        for name, own in _columns(blueprint).items()
        if "levels" in own.attributes
    }
    given = blueprint.get("levels")
    if isinstance(given, RList):
        found |= {name: tuple(texts(one)) for name, one in zip(names(given), given, strict=True)}
    return found


def _novel(blueprint: RObject) -> bool:
    given = blueprint.get("allow_novel_levels")
    return isinstance(given, RVector) and flag(given)


def blueprint_variables(blueprint: RObject) -> list[Variable]:
    """The columns of the fit, as they were."""
    found = []
    levels = _kept_levels(blueprint)
    for name, prototype in _columns(blueprint).items():
        kind = kind_of(prototype)
        if kind is not None:
            found.append(Variable(name, "factor" if kind == "character" and name in levels else kind, levels.get(name)))
    return found


def forged(scope: Scope, blueprint: RObject, made: Sequence[str]) -> DataFrame:
    """The predictors that forge() makes. A level that the fit has not seen is NA, unless novel ones are allowed.

    ``made`` are the names of the columns that mold() made of the fit's rows.
    """
    kind = _kind(blueprint)
    if kind == "default_formula_blueprint":
        return _by_formula(scope, blueprint, made)
    if kind == "default_recipe_blueprint":
        frame = _by_recipe(scope, blueprint)
    else:
        frame = data_frame_of(scope)
    intercept = blueprint.get("intercept")
    if isinstance(intercept, RVector) and flag(intercept):
        frame = {"(Intercept)": Column("number", ones(scope)), **frame}
    return frame


def _by_formula(scope: Scope, blueprint: RObject, made: Sequence[str]) -> DataFrame:
    prototypes, levels = _columns(blueprint), _kept_levels(blueprint)
    indicators = _indicators(blueprint)
    own = data_frame_of(scope)
    if indicators != "none":
        for name in _words(blueprint):
            known = _with_columns(blueprint, name, made)
            own[name] = _others_first(scope, own[name], known)
            levels[name] = own[name].levels or ()
            scope.notes.append(
                f"{name!r}: R takes the levels of text from the rows it is asked about; here {', '.join(known)} have columns of "
                "their own, and any other text has 0 in all of them"
            )
    frame = Frame(blueprint["terms"]["predictors"], levels)
    if indicators == "one_hot":
        frame = replace(frame, contrasts=one_hot(frame, logicals=False))
    columns = formula_columns(inner_scope(scope, own), frame, matrix=True)
    if indicators == "none":
        columns |= {name: own[name] for name, one in prototypes.items() if _is_text(one)}
    return columns


def _words(blueprint: RObject) -> list[str]:
    """The columns of text of which hardhat kept no levels."""
    levels = _kept_levels(blueprint)
    return [name for name, one in _columns(blueprint).items() if kind_of(one) == "character" and name not in levels]


def _with_columns(blueprint: RObject, name: str, made: Sequence[str]) -> tuple[str, ...]:
    """The levels of a text that have a column; none where the text stands in anything but a term of its own."""
    frame = Frame(blueprint["terms"]["predictors"])
    codes, rows, terms = frame.factors
    uses = [term for place, row in enumerate(rows) if row == name for term in codes[place].nonzero()[0].tolist()]
    inside = any(name in variables_in(node) for label, node in frame.expressions.items() if label != name)
    if [terms[use] for use in uses] != [name] or inside:
        return ()
    longer = tuple(label for label in (*rows, *terms) if label.startswith(name) and label != name)
    starts = [column for column in made if column.startswith(name) and not column.startswith(longer or ("\0",))]
    return tuple(column[len(name) :] for column in starts if column != name)


def _others_first(scope: Scope, column: Column, known: tuple[str, ...]) -> Column:
    """Text as a factor whose first level is whatever has no column."""
    b = scope.builder
    text_of = known_text(scope, column)
    place = scope.places(text_of, (*known, MISSING_STRING))
    count = len(known)
    # Known levels from 1 on, NA behind the last, all else 0.
    table = np.array([*range(1, count + 1), count + 1, 0], dtype=np.int64)
    return Column("factor", b.op("Gather", b.constant(table), place, axis=0), (_OTHER, *known))


def _is_text(prototype: RObject) -> bool:
    return kind_of(prototype) in ("factor", "ordered", "character")


def _indicators(blueprint: RObject) -> str:
    """Before 0.1.4 it was a logical."""
    given = blueprint.get("indicators")
    if isinstance(given, RVector):
        return "traditional" if flag(given) else "none"
    return "traditional" if given is None else text(given)


def _by_recipe(scope: Scope, blueprint: RObject) -> DataFrame:
    frame = data_frame_of(scope)
    if _novel(blueprint):
        # Text stays as it is: steps tell a missing value from a level that they do not know.
        frame = {
            name: column if column.is_number else Column(column.kind, scope.inputs[name], None, name)
            for name, column in frame.items()
        }
    return baked_columns(scope, blueprint["recipe"], frame)


def lossy_rows(scope: Scope, blueprint: RObject) -> ir.Value | None:
    """bool [N, 1]: where a number is none that the integer column of the fit can take, which is an error; None without any."""
    b = scope.builder
    found = []
    for name, prototype in _columns(blueprint).items():
        if kind_of(prototype) == "number" and isinstance(prototype, RVector) and prototype.kind == "integer":
            x = scope.number(name)
            whole = b.op("Equal", b.op("Floor", x), x, dtype=_BOOL)
            small = b.op("LessOrEqual", b.op("Abs", x), constant(scope, _MOST_INTEGER), dtype=_BOOL)
            found.append(negated(scope, either(scope, both(scope, whole, small), is_nan(scope, x))))
    return either(scope, *found) if found else None


def blueprint_reasons(blueprint: RObject, made: Sequence[str]) -> list[str]:
    """Why a blueprint is not converted; ``made`` as in ``forged``."""
    kind = _kind(blueprint)
    if not kind:
        return [f"its blueprint is a {classes(blueprint)[0]}, which is none of hardhat's own"]
    if not isinstance(blueprint["ptypes"]["predictors"], RList):
        raise ModelFileError("the blueprint keeps no prototypes", where="$ptypes", fix="save the object whole")
    reasons = [
        f"column {name!r} is of class {classes(one)[0]!r}: numbers, logicals, factors and text are converted"
        for name, one in _columns(blueprint).items()
        if kind_of(one) is None
    ]
    if kind == "default_recipe_blueprint":
        return [*reasons, *recipe_reasons(blueprint["recipe"])]
    if kind == "default_formula_blueprint":
        if not isinstance(blueprint["terms"]["predictors"], RPairs):
            raise ModelFileError("the blueprint keeps no terms", where="$terms", fix="save the object whole")
        lost = [name for name in _words(blueprint) if not _with_columns(blueprint, name, made)]
        if lost and _indicators(blueprint) != "none":
            reasons.append(
                f"the formula makes columns of text ({', '.join(map(repr, lost))}), whose levels R takes from the rows it is "
                "asked about: make factors of them before the fit"
            )
        if _novel(blueprint) and any(kind_of(one) in ("factor", "ordered") for one in _columns(blueprint).values()):
            reasons.append("its formula allows novel levels, which R takes from the rows it is asked about")
    return reasons
