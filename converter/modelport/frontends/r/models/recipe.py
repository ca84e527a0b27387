"""A trained recipe of package recipes: its steps one after another; the columns that are left as predictors."""

from modelport.errors import ModelFileError, UnsupportedModelError
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Kind, Variable
from modelport.frontends.r.models._data_frame import Column, DataFrame, as_numbers, recoded
from modelport.frontends.r.models._recipe_steps import bake, step_reasons
from modelport.frontends.r.serialize import RList, RObject, RStrings, RVector, flag, texts
from modelport.ir.prediction import Prediction

__all__ = ["MODEL", "baked", "baked_columns", "recipe_reasons", "recipe_variables"]


def _roles(model: RObject, table: str) -> dict[str, set[str]]:
    """{variable: its roles}, in order."""
    found: dict[str, set[str]] = {}
    given = model[table]
    roles = given["role"]
    shown = texts(roles) if isinstance(roles, RStrings) else ["NA"] * len(texts(given["variable"]))
    for name, role in zip(texts(given["variable"]), shown, strict=True):
        found.setdefault(name, set()).add(role)
    return found


def _steps(model: RObject) -> list[RObject]:
    given = model.get("steps")
    return list(given.values) if isinstance(given, RList) else []


def _variable(model: RObject, name: str) -> Variable:
    levels = model.get("orig_lvls")
    own = levels.get(name) if levels is not None else None
    values = own.get("values") if own is not None else None
    if isinstance(values, RStrings):
        ordered = own.get("ordered") if own is not None else None
        kind: Kind = "ordered" if isinstance(ordered, RVector) and flag(ordered) else "factor"
        return Variable(name, kind, tuple(texts(values)))
    template = model["var_info"]
    types = template["type"]
    place = texts(template["variable"]).index(name)
    listed = texts(types.values[place]) if isinstance(types, RList) else [texts(types)[place]]
    if "logical" in listed:
        return Variable(name, "logical")
    if any(kind in ("nominal", "string", "factor", "character", "unordered") for kind in listed):
        return Variable(name, "character")
    if any(kind in ("date", "datetime", "list", "other") for kind in listed):
        raise UnsupportedModelError(
            f"column {name!r} is of type {listed[0]}",
            where="$var_info",
            fix="make numbers or text of it before the recipe",
        )
    return Variable(name, "number")


def recipe_variables(model: RObject, _: Hints) -> list[Variable]:
    """The columns that bake() reads: all but outcomes and case weights."""
    out = {"outcome", "case_weights"}
    return [_variable(model, name) for name, roles in _roles(model, "var_info").items() if not roles <= out]


def baked_columns(scope: Scope, model: RObject, frame: DataFrame) -> DataFrame:
    """The predictors that the steps leave of these columns, in order."""
    roles = _roles(model, "var_info")
    absent = frozenset(name for name in roles if name not in frame)
    made = bake(scope, _steps(model), frame, absent)
    final = _roles(model, "term_info")
    kept = {name: column for name, column in made.items() if "predictor" in final.get(name, set())}
    given = model.get("levels")
    # bake() makes factors of text at its end.
    for name, one in (given.elements() if given is not None else {}).items():
        levels = one.get("values")
        if name in kept and not kept[name].is_number and isinstance(levels, RStrings) and None not in levels.values:
            kept[name] = recoded(scope, kept[name], tuple(texts(levels)))
    return kept


def baked(scope: Scope, model: RObject) -> DataFrame:
    """The predictors that the steps leave of a row, in order."""
    frame: DataFrame = {}
    for name, variable in scope.variables.items():
        # Text stays as it is: steps tell a missing value from a level that they do not know.
        frame[name] = Column(variable.kind, scope.inputs[name], None, name)
    return baked_columns(scope, model, frame)


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> transformed [N, M]: bake(recipe, rows, all_predictors()), in its order."""
    frame = baked(scope, model)
    wrong = [name for name, column in frame.items() if not column.is_number]
    if wrong:
        raise UnsupportedModelError(
            f"the recipe leaves columns of text: {', '.join(map(repr, wrong[:5]))}",
            where="the recipe's predictors",
            fix="add step_dummy(all_nominal_predictors()), or convert the workflow with its model",
        )
    if not frame:
        raise ModelFileError("the recipe leaves no predictors", where="$term_info", fix="prep() the recipe again")
    wanted = [name for name, roles in _roles(model, "term_info").items() if "predictor" in roles]
    lost = [name for name in wanted if name not in frame]
    if lost:
        raise UnsupportedModelError(
            f"the steps do not make {', '.join(map(repr, lost[:5]))}, which the recipe has",
            where="the recipe's steps",
            fix="use the steps' own naming of columns",
        )
    scope.notes.append(f"the columns of 'transformed' are: {', '.join(frame)}")
    return Prediction(transformed=as_numbers(scope, frame, list(frame)), task="transformer")


def recipe_reasons(model: RObject) -> list[str]:
    """Why a recipe is not converted."""
    return list(dict.fromkeys(reason for step in _steps(model) for reason in step_reasons(step)))


MODEL = Model(
    classes=["recipe"],
    package="recipes",
    variables=recipe_variables,
    convert=_convert,
    ask="""function(model, data) {
  for (name in names(model$orig_lvls)) {
    own <- model$orig_lvls[[name]]
    if (!is.character(own$values) || !isTRUE(own$factor) || is.null(data[[name]])) next
    more <- setdiff(unique(data[[name]]), c(own$values, NA))
    data[[name]] <- factor(data[[name]], c(own$values, more), ordered = own$ordered)
  }
  list(transformed = as.matrix(bake(model, data, all_predictors())))
}""",
    refuse=recipe_reasons,
    source="recipes/R of 1.0, bake.recipe and the bake methods of its steps",
)
