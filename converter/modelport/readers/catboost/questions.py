"""Asks a live CatBoost object, with one thread: the object brings the library, nothing is imported here."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from modelport.errors import SampleError
from modelport.readers.catboost.dictionary import Dictionary, Hasher, Kind, resolve
from modelport.readers.catboost.emit import PredictionType
from modelport.readers.catboost.export import json_text
from modelport.readers.catboost.model import CatBoostModel

__all__ = ["answer", "hasher", "prediction_type", "sample_dictionaries"]

Array = npt.NDArray[np.generic]

_CLASSIFYING = (
    *("Logloss", "CrossEntropy", "MultiClass", "MultiClassOneVsAll", "MultiLogloss", "MultiCrossEntropy"),
    *("Focal", "CtrFactor"),
)


# Any: CatBoost objects have no types.
def prediction_type(source: Any, read: Callable[[], CatBoostModel]) -> PredictionType:
    """What the object's own predict() gives; a bare CatBoost with a classification loss is taken as a classifier.

    ``read`` is asked only of a bare CatBoost.
    """
    kind = type(source).__name__
    if kind == "CatBoostClassifier":
        return "Class"
    if kind == "CatBoostRegressor":
        # It depends on how the object came about: one loaded from a stream does not know its loss.
        given: PredictionType = source._get_default_prediction_type()
        return given
    if kind == "CatBoost":
        model = read()
        return "Class" if model.classes is not None or model.loss in _CLASSIFYING else "RawFormulaVal"
    return "RawFormulaVal"


def hasher(source: Any, model: CatBoostModel) -> Hasher:
    """The library's own hash of a category's text: its export lists the hashes of the values in a pool."""

    def hashes(texts: Sequence[str]) -> Mapping[str, int]:
        rows = np.zeros((len(texts), len(model.names)), dtype=object)
        rows[:, model.cat_columns] = np.array(texts, dtype=object)[:, None]
        pool, _ = source._process_predict_input_data(rows.tolist(), "predict", 1)
        listed = json.loads(json_text(source, pool))["features_info"]["cat_features_hash"]
        found = {str(one["value"]): int(np.uint32(one["hash"]).view(np.int32)) for one in listed}
        return {text: found[text] for text in texts}

    return hashes


def sample_dictionaries(source: Any, model: CatBoostModel, columns: Sequence[Array]) -> tuple[Dictionary, ...]:
    """The dictionaries of the categorical features; ``columns`` are values that each may have, of one type.

    Raises: SampleError naming every feature whose values are not among them.
    """
    kinds: list[Kind] = []
    texts: list[list[str]] = []
    for values in columns:
        kind: Kind = {"b": "bool", "i": "integer", "u": "integer"}.get(values.dtype.kind, "text")  # type: ignore[assignment]
        kinds.append(kind)
        present = [value for value in values.tolist() if value is not None and value == value]
        own = [str(int(value)) for value in present] if kind != "text" else [str(value) for value in present]
        texts.append(["0", "1"] if kind == "bool" else own)
    found, faults = resolve(model, kinds, texts, hasher(source, model))
    if faults:
        raise SampleError(
            f"the sample lacks values that the model was fitted on, of which it holds only hashes: {'; '.join(faults)}",
            where="--data",
            fix="give sample rows in which every category of the training data stands",
        )
    return found


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
