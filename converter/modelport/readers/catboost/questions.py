"""Asks a live CatBoost object, with one thread: the object brings the library, nothing is imported here."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from modelport.readers.catboost.emit import PredictionType
from modelport.readers.catboost.model import CatBoostModel

__all__ = ["answer", "prediction_type"]

Array = npt.NDArray[np.generic]

_CLASSIFYING = (
    *("Logloss", "CrossEntropy", "MultiClass", "MultiClassOneVsAll", "MultiLogloss", "MultiCrossEntropy"),
    *("Focal", "CtrFactor"),
)


# Any: CatBoost objects have no types.
def prediction_type(source: Any, model: CatBoostModel) -> PredictionType:
    """What the object's own predict() gives; a bare CatBoost with a classification loss is taken as a classifier."""
    kind = type(source).__name__
    if kind == "CatBoostClassifier":
        return "Class"
    if kind == "CatBoostRegressor":
        # It depends on how the object came about: one loaded from a stream does not know its loss.
        given: PredictionType = source._get_default_prediction_type()
        return given
    if kind == "CatBoost" and (model.classes is not None or model.loss in _CLASSIFYING):
        return "Class"
    return "RawFormulaVal"


def answer(source: Any, rows: Any, outputs: Sequence[str], kind: PredictionType) -> Mapping[str, Array]:
    """Answers outputs of the contract; labels as they are, [N] or [N, L]."""
    given: dict[str, Array] = {}

    def ask(what: str) -> Array:
        if what not in given:
            # The method of the base class: a classifier's own would refuse 'Exponent', a ranker's takes no type.
            asked = source._predict(rows, what, 0, 0, 1, False, "predict")
            given[what] = np.asarray(asked)
        return given[what]

    found: dict[str, Array] = {}
    for name in outputs:
        if name == "label":
            labels = ask("Class")
            found[name] = labels[:, 0] if labels.ndim == 2 and labels.shape[1] == 1 else labels
        elif name == "probability":
            found[name] = ask("Probability")
        elif name.startswith("probability_"):
            found[name] = ask("Probability")[:, int(name.removeprefix("probability_"))]
        elif name in ("score", "link"):
            found[name] = ask("RawFormulaVal")
        else:
            found[name] = ask(kind)
    return found
