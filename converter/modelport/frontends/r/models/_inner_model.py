"""Models inside others: found by their class, asked for refusals, and emitted over a prepared frame."""

from modelport.errors import UnsupportedModelError
from modelport.frontends.r._model import Model, find_model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._data_frame import DataFrame, inner_scope, recoded
from modelport.frontends.r.serialize import RObject
from modelport.ir.prediction import Prediction

__all__ = ["inner_packages", "inner_prediction", "inner_reasons", "inner_variables"]


def inner_reasons(model: RObject, where: str) -> list[str]:
    """What of an inner model is not converted. Raises: UnknownModelError."""
    name, found = find_model(model, where)
    return [f"{where} ({name}): {reason}" for reason in found.refuse(model)]


def inner_packages(model: RObject, where: str) -> list[str]:
    """What R must have to predict with an inner model. Raises: UnknownModelError."""
    _, found = find_model(model, where)
    return [found.package, *found.attach, *found.inside(model)]


def inner_variables(model: RObject, where: str, hints: Hints) -> tuple[Model, tuple[Variable, ...]]:
    """The converter of an inner model, and the columns that it asks for. Raises: UnknownModelError."""
    _, found = find_model(model, where)
    return found, tuple(found.variables(model, hints))


def inner_prediction(scope: Scope, model: RObject, where: str, frame: DataFrame) -> Prediction:
    """What an inner model predicts of a frame, whose factors get the levels that the model knows.

    Raises: UnknownModelError, UnsupportedModelError when it asks for a column that is not in the frame.
    """
    hints = Hints()
    hints.levels = {name: column.levels for name, column in frame.items() if column.levels is not None}
    found, wanted = inner_variables(model, where, hints)
    absent = [variable.name for variable in wanted if variable.name not in frame]
    if absent:
        raise UnsupportedModelError(
            f"the model inside asks for {', '.join(map(repr, absent[:5]))}, which its preparation does not make",
            where=where,
            fix="report the model: a step before it is not read as R reads it",
        )
    given: DataFrame = {}
    for variable in wanted:
        column = frame[variable.name]
        if variable.is_text and not column.is_number and variable.levels is not None:
            column = recoded(scope, column, variable.levels)
        given[variable.name] = column
    inner = inner_scope(scope, given)
    prediction = found.convert(inner, model)
    # What it says of odd values holds for the caller's rows.
    scope.refuses_infinite |= inner.refuses_infinite
    scope.overflows_early |= inner.overflows_early
    scope.stricter.update(inner.kept[name] for name in inner.stricter if name in inner.kept)
    return prediction
