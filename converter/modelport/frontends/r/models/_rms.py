"""What rms keeps of a fit: its terms with the knots and levels of Design, its columns, and the linear predictor."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import onnx_ir as ir

from modelport.errors import ModelFileError
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.serialize import (
    RList,
    RObject,
    RPairs,
    RSymbol,
    as_array,
    names,
    texts,
)
from modelport.frontends.r.terms.calls import as_call, deparse, variables_in
from modelport.frontends.r.terms.compiler import constant_of
from modelport.frontends.r.terms.convert_types import as_number, level_texts
from modelport.frontends.r.terms.design import design_of
from modelport.frontends.r.terms.frame import Frame

__all__ = ["ASK_ROWS", "linear", "refusals", "variables"]

# scored() makes its matrix of the rows at hand: rows of every value go with them.
ASK_ROWS = """function(model, data, ask) {
  scored <- model$Design$name[model$Design$assume.code == 7]
  extra <- data[integer(), , drop = FALSE]
  for (name in scored) {
    values <- model$Design$parms[[name]]
    more <- data[rep(1, length(values)), , drop = FALSE]
    more[[name]] <- as.numeric(values)
    extra <- rbind(extra, more)
  }
  ask(rbind(data, extra))
}"""
_CATEGORY, _SCORED, _INTERACTION = 5, 7, 9
_NUMBERED = {2: "pol", 3: "lsp", 4: "rcs", 7: "scored"}
# rms writes the formula anew for predict(), without the parentheses around a term.
_LOOSE = frozenset("== != < > <= >= & && | || ! %in%".split())
_REFUSED = {
    8: "strat() is for cph(), and its columns are left out here",
    10: "a matrix is a term of it, and rows have columns",
    11: "gTrans() is a function of the user's own, which is not run",
}


def _codes(model: RObject) -> dict[str, int]:
    """The assume.code of each variable of the design."""
    design = model["Design"]
    own = texts(design["name"])
    return {name: int(code) for name, code in zip(own, as_array(design["assume.code"]), strict=True) if code != 9}


def _parameters(model: RObject) -> Mapping[str, RObject]:
    given = model["Design"].get("parms")
    return dict(zip(names(given), given.values, strict=True)) if isinstance(given, RList) and len(given) else {}


def _levels(model: RObject) -> dict[str, tuple[str, ...]]:
    """The levels of each category, the values of each scored variable, as texts."""
    found: dict[str, tuple[str, ...]] = {}
    given = _parameters(model)
    for name, code in _codes(model).items():
        if code in (_CATEGORY, _SCORED) and name in given:
            kept = constant_of(given[name])
            if kept is not None:
                found[name] = tuple(str(level) for level in level_texts(kept))
    return found


def _terms(model: RObject) -> RPairs:
    terms = model.get("terms")
    if not isinstance(terms, RPairs) or not isinstance(terms.attributes.get("variables"), RPairs):
        raise ModelFileError("the model keeps no terms", where="element $terms", fix="save the model whole")
    return terms


def _inner(node: RObject) -> str:
    """The first name in an expression, by which rms knows the term."""
    return next(iter(variables_in(node)), "")


def _stored(node: RObject, numbers: Mapping[str, RObject], codes: Mapping[str, int]) -> RObject:
    """A term with the numbers of the fit in the place of its own arguments."""
    call = as_call(node)
    if call is None or not isinstance(node, RPairs):
        return node
    if call.name == "%ia%":
        sides = [_stored(value, numbers, codes) for _, value in call.arguments]
        return RPairs([RSymbol("%ia%"), *sides], ["", "", ""], "call")
    name = _inner(node)
    if call.name == _NUMBERED.get(codes.get(name, 0)) and name in numbers and call.arguments:
        return RPairs([RSymbol(call.name), call.arguments[0][1], numbers[name]], ["", "", ""], "call")
    return node


def _frame(model: RObject) -> Frame:
    """The terms as Frame reads them; offset() is left out, as predict() of rms leaves it out."""
    terms = _terms(model)
    codes, numbers, levels = _codes(model), _parameters(model), _levels(model)
    listed = terms.attributes["variables"]
    assert isinstance(listed, RPairs)
    plain = Frame(terms)
    stored = [listed.values[0], *(_stored(node, numbers, codes) for node in listed.values[1:])]
    scored = [
        place
        for place, node in enumerate(stored)
        if isinstance(node, RSymbol) and codes.get(node.name) == _SCORED and node.name in numbers
    ]
    for place in scored:  # an ordered factor of numbers is scored by itself
        node = stored[place]
        stored[place] = RPairs([RSymbol("scored"), node, numbers[_inner(node)]], ["", "", ""], "call")
    attributes = {name: value for name, value in terms.attributes.items() if name not in ("dataClasses", "offset")}
    attributes["predvars"] = RPairs(stored, [""] * len(stored), "call")
    xlevels = {
        label: levels[_inner(node)]
        for label, node in plain.expressions.items()
        if codes.get(_inner(node)) == _CATEGORY and _inner(node) in levels and _bare(node) is not None
    }
    return Frame(replace(terms, attributes=attributes), xlevels)


def _bare(node: RObject) -> str | None:
    """The column of a term that is a column, or catg() or scored() of one."""
    call = as_call(node)
    if call is not None and call.name in ("catg", "scored") and call.arguments:
        node = call.arguments[0][1]
    return node.name if isinstance(node, RSymbol) else None


def _offsets(model: RObject) -> list[RObject]:
    return Frame(_terms(model)).offsets


def variables(model: RObject, hints: Hints) -> list[Variable]:
    """The columns of a row, in the order of the formula, with the levels of Design."""
    levels, codes = _levels(model), _codes(model)
    frame = _frame(model)
    columns = texts(model["Design"]["mmcolnames"]) if "mmcolnames" in model["Design"] else []
    unknown = Hints({name: kind for name, kind in hints.items() if name not in levels})
    found: list[Variable] = []
    for variable in frame.variables(unknown):
        name = variable.name
        if name not in levels:
            logical = codes.get(name) == 1 and f"{name}TRUE" in columns
            found.append(Variable(name, "logical") if logical else variable)
        elif codes[name] == _SCORED or (hints.get(name) == "number" and _numbers(levels[name]) is not None):
            found.append(Variable(name, "number", numbers=_numbers(levels[name])))
        elif hints.get(name) == "logical" and set(levels[name]) <= {"TRUE", "FALSE"}:
            found.append(Variable(name, "logical"))
        else:
            found.append(Variable(name, "factor", levels[name]))
    return found


def _numbers(levels: tuple[str, ...]) -> tuple[float, ...] | None:
    try:
        return tuple(as_number(level) for level in levels)
    except ValueError:
        return None


def linear(scope: Scope, model: RObject, intercept: int = 0) -> ir.Value:
    """float64 [N, 1]: the intercept of this place, and X %*% beta of the slopes."""
    design = design_of(scope, _frame(model))
    coefficients = as_array(model["coefficients"])
    slopes = len(design.columns) - 1
    own = coefficients[: len(coefficients) - slopes]
    first = own[intercept] if len(own) else np.nan  # NaN leaves the column of ones out
    return design.times(np.array([first, *coefficients[len(own) :]]).reshape(-1, 1))


def refusals(model: RObject) -> list[str]:
    """What of a fit of rms is not converted."""
    codes = _codes(model)
    reasons = [_REFUSED[code] for code in sorted(set(codes.values())) if code in _REFUSED]
    if not codes:
        reasons.append("it has no predictor, and predict() gives no number then")
    own = [name for name in texts(model["Design"]["name"]) if " * " not in name]
    twice = sorted({name for name in own if own.count(name) > 1 and codes[name] != 1})
    if twice:
        reasons.append(f"{', '.join(twice)} is in more than one term, of which rms keeps one's knots or levels only")
    if _offsets(model):
        reasons.append("its formula has an offset(), which predict() of rms leaves out without a word")
    given = _parameters(model)
    if any("pcparms" in value.attributes for value in given.values()):
        reasons.append("rcs() is of principal components, which rms makes of the rows at hand")
    for node in Frame(_terms(model)).expressions.values():
        call, name = as_call(node), _inner(node)
        if codes.get(name) in (_CATEGORY, _SCORED) and _bare(node) is None and not (call and call.name == "%ia%"):
            reasons.append(f"{deparse(node)} makes levels of the rows at hand: let a column be the factor")
        if call is not None and call.name in _LOOSE:
            reasons.append(
                f"({deparse(node)}) loses its parentheses in predict() of rms, which then means another term"
            )
        if call is not None and call.name in ("rcs", "pol", "lsp", "catg", "scored"):
            named = [tag for tag, _ in call.arguments if tag and tag != "parms"]
            if named or len(call.arguments) > 2:
                reasons.append(f"{deparse(node)} has a name or a label of its own")
    return reasons
