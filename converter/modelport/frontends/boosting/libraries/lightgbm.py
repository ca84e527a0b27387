"""LightGBM: text models and live Boosters; their scikit-learn wrappers belong to the scikit-learn front end."""

from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from io import StringIO
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.errors import ModelFileError
from modelport.frontends.boosting._library import BoostedModel, Library
from modelport.ir.builder import GraphBuilder
from modelport.ir.contract import Label
from modelport.ir.prediction import Prediction
from modelport.readers.boosted import BoostedColumn, Emission, joined
from modelport.readers.lightgbm.arrays import check_integers
from modelport.readers.lightgbm.categories import code_of, kind_of, pandas_columns
from modelport.readers.lightgbm.emit import Predicted, compared, emit, landmarks
from modelport.readers.lightgbm.links import Link, link_of
from modelport.readers.lightgbm.live import read_booster
from modelport.readers.lightgbm.model import LightGBMModel
from modelport.readers.lightgbm.parse import is_lightgbm, parse
from modelport.readers.lightgbm.refusals import refusals

__all__ = ["LIBRARY"]

_CLASS = "lightgbm.Booster"
Array = npt.NDArray[np.generic]


@dataclass(frozen=True)
class _Booster:
    """A parsed Booster and the library's own, which answers for it."""

    booster: Any
    parsed: LightGBMModel
    link: Link | None

    @property
    def model_class(self) -> str:
        return _CLASS

    @property
    def notes(self) -> tuple[str, ...]:
        return ()

    @property
    def named(self) -> bool:
        return self.parsed.names != tuple(f"Column_{i}" for i in range(len(self.parsed.names)))

    @property
    def columns(self) -> tuple[BoostedColumn, ...]:
        marks = landmarks(self.parsed)
        lists = dict(zip(pandas_columns(self.parsed) or (), self.parsed.pandas_categories or (), strict=False))
        found: list[BoostedColumn] = []
        for index, name in enumerate(self.parsed.names):
            own = name if self.named else f"x{index}"
            if index not in lists:
                found.append(BoostedColumn(own, landmarks=marks.get(index, ())))
            elif kind_of(lists[index]) == "text":
                found.append(BoostedColumn(own, "text", tuple(str(label) for label in lists[index])))
            else:
                found.append(BoostedColumn(own, numbers=tuple(float(label) for label in lists[index])))
        return tuple(found)

    def refusals(self) -> list[str]:
        return refusals(self.parsed, self.link, pandas_columns(self.parsed))

    def check_array(self, columns: Sequence[Array]) -> None:
        """Raises SampleError for an array of large integers."""
        check_integers(columns)

    def emit(self, builder: GraphBuilder, values: Sequence[ir.Value]) -> Emission:
        lists = dict(zip(pandas_columns(self.parsed) or (), self.parsed.pandas_categories or (), strict=False))
        if lists:
            # Then every value is a column by itself: an array has no categories.
            values = [code_of(builder, v, lists[i]) if i in lists else v for i, v in enumerate(values)]
        rows = joined(builder, values, ir.DataType.DOUBLE)
        assert self.link is not None
        given = emit(builder, self.parsed, self.link, rows)
        return Emission(_outputs(builder, self.parsed, given), given.forests, given.origins)

    def ask(self, table: Mapping[str, Array], outputs: Sequence[str]) -> Mapping[str, Array]:
        lists = dict(zip(pandas_columns(self.parsed) or (), self.parsed.pandas_categories or (), strict=False))
        rows = _rows(table, lists)
        raw = np.asarray(self.booster.predict(rows, raw_score=True, num_threads=1))
        value = np.asarray(self.booster.predict(rows, num_threads=1))
        probability = np.stack([1.0 - value, value], axis=1) if value.ndim == 1 else value
        label = np.argmax(probability, axis=1)
        found = {"label": label, "probability": probability, "value": value, "score": raw, "link": raw}
        return {name: found[name] for name in outputs}


def _outputs(b: GraphBuilder, model: LightGBMModel, given: Predicted) -> Prediction:
    """What predict gives; for the objectives of a classifier the labels 0, 1, … and probabilities of LGBMClassifier too."""
    objective = (model.objective or "").split(" ")[0]
    if model.per_iteration > 1:
        found = Prediction(value=given.output, link=given.raw)
        probability = given.output
    else:
        axis = b.constant(np.array([1], dtype=np.int64))
        raw = b.op("Squeeze", given.raw, axis)
        found = Prediction(value=raw if given.output is given.raw else b.op("Squeeze", given.output, axis), link=raw)
        if objective != "binary":
            return found
        one = b.constant(np.asarray(1.0))
        probability = b.op("Concat", b.op("Sub", one, given.output), given.output, axis=1)
    if objective not in ("binary", "multiclass", "multiclassova"):
        return found
    index = b.op(
        "ArgMax", compared(b, model, probability), dtype=ir.DataType.INT64, axis=1, keepdims=0, select_last_index=0
    )
    classes = tuple(range(max(2, model.per_iteration)))
    labels = replace(found, classes=classes, index=index, scores=probability, rule="argmax")
    return replace(labels, probability=probability, score=found.link)


def _rows(table: Mapping[str, Array], categories: Mapping[int, Sequence[Label]]) -> Any:
    """An array, or a DataFrame with the category columns that the library insists on; it looks up the codes itself."""
    if not categories:
        return np.stack([column.astype(np.float64) for column in table.values()], axis=1)
    import pandas as pd

    series = {
        name: pd.Series(pd.Categorical(_like(column, categories[index]))) if index in categories else pd.Series(column)
        for index, (name, column) in enumerate(table.items())
    }
    return pd.DataFrame(series)


def _like(column: Array, labels: Sequence[Label]) -> Array:
    """False and True where those are the categories: 1.0 is none of them to pandas."""
    if not labels or not all(isinstance(label, bool) for label in labels):
        return column
    truths = np.empty(len(column), dtype=object)
    truths[:] = [None if value != value else bool(value) if value in (0, 1) else value for value in column.tolist()]
    return truths


def _owns(model: object) -> bool:
    return any(f"{kind.__module__}.{kind.__qualname__}" == "lightgbm.basic.Booster" for kind in type(model).__mro__)


def _take(model: Any) -> BoostedModel:
    return _Booster(model, *read_booster(model, "the Booster"))


def _read(data: bytes, where: str) -> BoostedModel:
    """Reads a text model by itself first: the library would believe whatever stands there."""
    import lightgbm

    try:
        text = data.decode().replace("\r\n", "\n")
    except UnicodeDecodeError as err:
        raise ModelFileError(
            "the LightGBM model is damaged: it is no UTF-8 text", where=where, fix="save the model again"
        ) from err
    # What the library holds now is this text, number for number.
    model = parse(text, where)
    try:
        # The library prints what it thinks of parameters of other versions.
        with redirect_stdout(StringIO()):
            booster = lightgbm.Booster(model_str=text)
    except (lightgbm.basic.LightGBMError, ValueError, KeyError) as err:
        raise ModelFileError(
            f"LightGBM itself does not read the model: {err}", where=where, fix="save the model again with save_model()"
        ) from err
    return _Booster(booster, model, link_of(model.objective))


def _errors() -> tuple[type[Exception], ...]:
    import lightgbm

    return (lightgbm.basic.LightGBMError,)


LIBRARY = Library(
    name="lightgbm",
    classes=[(_CLASS, "src/boosting/gbdt_prediction.cpp, src/io/tree.cpp and src/objective of 4.7")],
    owns=_owns,
    sniff=is_lightgbm,
    read=_read,
    take=_take,
    errors=_errors,
)
