"""What train objects of caret keep: their final model and the levels of the response."""

from modelport.errors import ModelFileError
from modelport.frontends.r._model import find_model
from modelport.frontends.r.serialize import NULL, RObject, RStrings, number, text, texts

__all__ = ["FINAL", "final_model", "is_regression", "train_levels"]

FINAL = "$finalModel"
# Arguments of predict() to which caret's method gives a value that it chose in tuning.
_TUNED = {"cubist": "neighbors", "lda2": "dimen"}


def final_model(model: RObject) -> RObject:
    """The model of the method's own package, as caret asks it. Raises: ModelFileError."""
    found = model.get("finalModel")
    if found is None or found is NULL:
        raise ModelFileError(
            "the train object keeps no final model", where=FINAL, fix="save the object whole, as train() gave it"
        )
    method, tuned = model.get("method"), found.get("tuneValue")
    argument = _TUNED.get(text(method)) if isinstance(method, RStrings) else None
    if argument is None or tuned is None or argument not in tuned:
        return found
    _, known = find_model(found, FINAL)
    return known.arguments[argument].put(found, number(tuned[argument]))


def is_regression(model: RObject) -> bool:
    """Whether its answers are numbers."""
    return text(model["modelType"]) == "Regression"


def train_levels(model: RObject) -> tuple[str, ...]:
    """levels(object): of the object, or of the final model. Raises: ModelFileError."""
    for holder in (model, final_model(model)):
        for name in ("levels", "obsLevels"):
            given = holder.get(name)
            if isinstance(given, RStrings):
                return tuple(texts(given))
    data = model.get("trainingData")
    outcome = data.get(".outcome") if data is not None else None
    levels = outcome.attributes.get("levels") if outcome is not None else None
    if isinstance(levels, RStrings):
        return tuple(texts(levels))
    raise ModelFileError("the train object keeps no levels", where="$levels", fix="save the object whole")
