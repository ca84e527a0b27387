"""caretEnsemble's caretList: models of caret side by side, a column for each number that they predict."""

from modelport.frontends._scores import flat
from modelport.frontends.r._arithmetic import concat
from modelport.frontends.r._model import Model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._caret_list import (
    list_columns,
    list_packages,
    list_reasons,
    list_variables,
    members_of,
)
from modelport.frontends.r.models._caret_train import is_regression
from modelport.frontends.r.serialize import RObject, classes
from modelport.ir.prediction import Prediction

__all__ = ["MODEL"]


def _convert(scope: Scope, model: RObject) -> Prediction:
    """Shapes: N rows -> value [N, K], of each model its number, or the probabilities of all levels but the first."""
    frame = list_columns(scope, members_of(model), excluded=1)
    scope.notes.append(f"the columns of value: {', '.join(frame)}")
    values = concat(scope, [column.value for column in frame.values()])
    return Prediction(value=flat(scope, values) if len(frame) == 1 else values, task="regressor")


def _variables(model: RObject, hints: Hints) -> list[Variable]:
    return list_variables(members_of(model), hints)


def _refuse(model: RObject) -> list[str]:
    members = members_of(model)
    reasons = list_reasons(members)
    for name, train in members:
        kept = train.get("pred")
        # Version 4 keeps them as a data.table.
        if not is_regression(train) and (kept is None or "data.table" not in classes(kept)):
            reasons.append(
                f"classifier {name!r} was not made by version 4 of caretEnsemble; which class's probability predict() gives "
                "depends on the version before it"
            )
    return reasons


MODEL = Model(
    classes=["caretList"],
    package="caretEnsemble",
    variables=_variables,
    convert=_convert,
    refuse=_refuse,
    inside=lambda model: list_packages(members_of(model)),
    ask="function(model, data) list(value = as.matrix(as.data.frame(predict(model, newdata = data))))",
    source="caretEnsemble 4.0.1, R/caretList.R and R/caretPredict.R",
    unproven="the package caretEnsemble was not at hand",
)
