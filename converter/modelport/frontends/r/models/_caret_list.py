"""caretEnsemble's lists of train objects: the columns of a row that they all ask for, and the columns of what they predict."""

from collections.abc import Sequence

import numpy as np
import onnx_ir as ir

from modelport.errors import ModelFileError
from modelport.frontends._scores import column
from modelport.frontends.r._arithmetic import is_nan
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._caret_train import is_regression
from modelport.frontends.r.models._data_frame import Column, DataFrame, data_frame_of
from modelport.frontends.r.models._inner_model import (
    inner_packages,
    inner_prediction,
    inner_reasons,
    inner_variables,
)
from modelport.frontends.r.models._matrix_columns import make_name
from modelport.frontends.r.serialize import NULL, RList, RObject, classes, flag, names, text

__all__ = ["Members", "list_columns", "list_packages", "list_reasons", "list_variables", "members_of", "without_answer"]

Members = Sequence[tuple[str, RObject]]


def members_of(given: RObject | None) -> Members:
    """The train objects of a list by their names; where it has none, by their methods. [] where it holds something else."""
    if not isinstance(given, RList) or not all("train" in classes(model) for model in given.values):
        return []
    own = names(given) or _unique([make_name(text(model["method"])) for model in given.values])
    return list(zip(own, given.values, strict=True))


def _unique(given: list[str]) -> list[str]:
    """make.unique(): later ones of the same name get .1, .2 …"""
    found: list[str] = []
    for name in given:
        count, made = 0, name
        while made in found or (count and made in given):
            count += 1
            made = f"{name}.{count}"
        found.append(made)
    return found


def list_variables(members: Members, hints: Hints) -> list[Variable]:
    """The columns of all, each once. Raises: ModelFileError where one is text for one model and a number for another."""
    found: dict[str, Variable] = {}
    for name, model in members:
        for variable in inner_variables(model, f"model {name!r}", hints)[1]:
            known = found.setdefault(variable.name, variable)
            if known.is_text != variable.is_text:
                raise ModelFileError(
                    f"column {variable.name!r} is text for one model of the list and a number for another",
                    where=f"model {name!r}",
                    fix="fit all models of the list on the same columns",
                )
    return list(found.values())


def list_columns(scope: Scope, members: Members, excluded: int) -> DataFrame:
    """A column for each number that predict() of the list gives, and bool where a row has none.

    Of a classifier those of all levels but the one in place ``excluded`` from 1, 0 for none; a single one has the name of
    the model, others have the level's behind it.
    """
    b = scope.builder
    given = data_frame_of(scope)
    frame: DataFrame = {}
    for name, model in members:
        found = inner_prediction(scope, model, f"model {name!r}", given)
        if is_regression(model):
            assert found.value is not None
            frame[name] = Column("number", column(scope, found.value))
            continue
        if found.probability is None or found.classes is None:
            raise ModelFileError(
                f"model {name!r} gives no probabilities", where=f"model {name!r}", fix="leave it out of the list"
            )
        levels = [str(level) for level in found.classes]
        kept = [place for place in range(len(levels)) if place + 1 != excluded]
        for place in kept:
            share = b.op("Gather", found.probability, b.constant(np.array([place], dtype=np.int64)), axis=1)
            frame[name if len(kept) == 1 else f"{name}_{levels[place]}"] = Column("number", share)
    return frame


def without_answer(scope: Scope, frame: DataFrame) -> ir.Value:
    """bool [N, 1]: a model of the list gives NA or refuses the row."""
    b = scope.builder
    whole = [value.value for value in frame.values()]
    total = whole[0]
    for value in whole[1:]:
        total = b.op("Add", total, b.op("Sub", value, value))
    return is_nan(scope, total)


def list_reasons(members: Members) -> list[str]:
    """What of the models is not converted."""
    if not members:
        return ["it holds no list of train objects"]
    reasons = [reason for name, model in members for reason in inner_reasons(model, f"model {name!r}")]
    for name, model in members:
        control = model.get("control")
        kept = control.get("classProbs") if control is not None else None
        if not is_regression(model) and (kept is None or kept is NULL or not flag(kept)):
            reasons.append(f"model {name!r} was trained without classProbs = TRUE")
    return reasons


def list_packages(members: Members) -> list[str]:
    """What R must have to predict with all."""
    return [package for name, model in members for package in inner_packages(model, f"model {name!r}")]
