"""CatBoost: live objects and .cbm and .json files. The library writes its JSON export, which our own reader parses."""

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.errors import ModelFileError, NotFittedError
from modelport.frontends.boosting._library import Library
from modelport.ir.builder import GraphBuilder
from modelport.readers.boosted import BoostedColumn, Emission
from modelport.readers.catboost.emit import PredictionType, emit
from modelport.readers.catboost.export import json_text
from modelport.readers.catboost.model import CatBoostModel
from modelport.readers.catboost.parse import parse
from modelport.readers.catboost.questions import answer, prediction_type
from modelport.readers.catboost.refusals import refusals

__all__ = ["LIBRARY"]

Array = npt.NDArray[np.generic]

_SOURCE = "catboost/libs/model/cpu and libs/eval_result/eval_helpers.cpp of 1.2"
_MAGIC = b"CBM1"
_DAMAGED = (KeyError, ValueError, TypeError, IndexError, AttributeError)


@dataclass(frozen=True)
class _CatBoost:
    """A fitted model: the library's object to ask, and what was read of it. ``source`` is Any, as the library has no
    types.
    """

    source: Any
    read: CatBoostModel

    @property
    def model_class(self) -> str:
        return f"catboost.{type(self.source).__name__}"

    @cached_property
    def named(self) -> bool:
        return any(self.read.names)

    @property
    def columns(self) -> tuple[BoostedColumn, ...]:
        names = [name or f"x{index}" for index, name in enumerate(self.read.names)]
        return tuple(BoostedColumn(name) for name in names)

    @property
    def notes(self) -> tuple[str, ...]:
        return ()

    def refusals(self) -> list[str]:
        return refusals(self.read)

    def emit(self, builder: GraphBuilder, values: Sequence[ir.Value]) -> Emission:
        return emit(builder, self.read, values, self._kind, type(self.source).__name__)

    def ask(self, table: Mapping[str, Array], outputs: Sequence[str]) -> Mapping[str, Array]:
        rows = np.stack(list(table.values()), axis=1)
        return answer(self.source, rows, outputs, self._kind)

    @cached_property
    def _kind(self) -> PredictionType:
        return prediction_type(self.source, self.read)


def _owns(model: object) -> bool:
    # Exactly the library's own classes: a subclass may predict otherwise.
    return type(model).__module__.split(".")[0] == "catboost" and hasattr(model, "save_model")


def _sniff(head: bytes) -> bool:
    return head.startswith(_MAGIC) or _is_json(head)


def _is_json(head: bytes) -> bool:
    text = head.lstrip()
    return text.startswith(b"{") and (b'"features_info"' in text or b'"ctr_data"' in text)


def _read(data: bytes, where: str) -> _CatBoost:
    import catboost

    try:
        if not data.startswith(_MAGIC):
            json.loads(data)  # the library takes half a JSON file for a model without trees
        # What the library does not read of a JSON file, it does not predict with either: so its own view is parsed.
        base = _loaded(catboost.CatBoost(), data)
        read = parse(json_text(base))
        kind = catboost.CatBoostRegressor if prediction_type(base, read) != "Class" else catboost.CatBoostClassifier
        return _CatBoost(_loaded(kind(), data), read)
    except (catboost.CatBoostError, *_DAMAGED) as err:
        raise ModelFileError(
            f"CatBoost cannot load the file: {err}", where=where, fix="save the model again with save_model"
        ) from err


def _loaded(model: Any, data: bytes) -> Any:
    form = "cbm" if data.startswith(_MAGIC) else "json"
    with tempfile.TemporaryDirectory(prefix="modelport-") as folder:
        path = Path(folder) / f"model.{form}"
        path.write_bytes(data)
        return model.load_model(str(path), format=form)


def _take(model: Any) -> _CatBoost:
    if not model.is_fitted():
        raise NotFittedError(
            f"the {type(model).__name__} was never fitted", where="the model given", fix="call fit() first"
        )
    return _CatBoost(model, parse(json_text(model)))


def _errors() -> tuple[type[Exception], ...]:
    import catboost

    return (catboost.CatBoostError,)


LIBRARY = Library(
    name="catboost",
    classes=[
        (f"catboost.{name}", _SOURCE)
        for name in ("CatBoost", "CatBoostClassifier", "CatBoostRanker", "CatBoostRegressor")
    ],
    owns=_owns,
    sniff=_sniff,
    read=_read,
    take=_take,
    errors=_errors,
)
