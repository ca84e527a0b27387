"""XGBoost: live Boosters and files that save_model wrote in JSON or UBJSON.

A booster of binary:logistic, binary:hinge or multi:* gives labels 0, 1, … by the rule of XGBClassifier: its own argmax,
or class 1 above 0.5. Its own predict gives only the probability of class 1, here beside that of class 0.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.errors import ModelFileError, NotFittedError
from modelport.frontends.boosting._library import Library
from modelport.ir.builder import GraphBuilder
from modelport.readers.boosted import BoostedColumn, Emission
from modelport.readers.xgboost.columns import boosted_columns
from modelport.readers.xgboost.document import looks_like
from modelport.readers.xgboost.emit import Wrapper, emit, faults, kind_of
from modelport.readers.xgboost.margins import Use
from modelport.readers.xgboost.model import XGBoostModel
from modelport.readers.xgboost.objectives import OBJECTIVES
from modelport.readers.xgboost.parse import parse

__all__ = ["LIBRARY"]

Array = npt.NDArray[np.generic]
_BARE = Wrapper()


@dataclass(frozen=True)
class _Booster:
    """A bare booster: parsed, with the bytes or the live object that the library predicts with."""

    model: XGBoostModel
    # Any: an xgboost.Booster, or the bytes of one.
    source: Any
    where: str

    model_class = "xgboost.Booster"

    @property
    def columns(self) -> tuple[BoostedColumn, ...]:
        """The columns of fit()."""
        return boosted_columns(self.model)

    @property
    def named(self) -> bool:
        """Whether the file holds names."""
        return bool(self.model.feature_names)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a caller should know."""
        notes = ["NaN is the missing value: whatever else stood for it in a DMatrix must be NaN here"]
        if kind_of(self.model, _BARE) == "classifier":
            rule = (
                "the first of the greatest" if self.model.n_classes else "class 1 above 0.5, as XGBClassifier decides"
            )
            notes.append(f"labels are 0, 1, …: the booster holds no others; the label is {rule}")
        coded = [
            column.name
            for column, kind, stored in zip(
                self.columns, self.model.feature_types or (), self.model.categories, strict=False
            )
            if kind == "c" and stored is None
        ]
        if coded:
            notes.append(f"categories as the codes that fit() saw, for the booster holds no others: {', '.join(coded)}")
        return tuple(notes)

    def refusals(self) -> list[str]:
        """What cannot be converted exactly."""
        return faults(self.model, _BARE)

    def emit(self, builder: GraphBuilder, values: Sequence[ir.Value]) -> Emission:
        """Emits the graph."""
        return emit(builder, self.model, values, Use(), _BARE)

    @cached_property
    def _live(self) -> Any:
        """The object itself, left as it is: each row is summed by one thread, however many there are."""
        if not isinstance(self.source, bytes):
            return self.source
        import xgboost

        try:
            live = xgboost.Booster({"nthread": 1}, model_file=bytearray(self.source))
        except xgboost.core.XGBoostError as err:
            raise ModelFileError(
                f"XGBoost {xgboost.__version__} does not load it: {str(err).splitlines()[0]}",
                where=self.where,
                fix="save it again with the installed version",
            ) from err
        return live

    def ask(self, table: Mapping[str, Array], outputs: Sequence[str]) -> Mapping[str, Array]:
        """Asks Booster.predict."""
        import xgboost

        rows = xgboost.DMatrix(self._frame(table), enable_categorical=True, nthread=1, **self._described())
        answers: dict[str, Array] = {}
        if set(outputs) & {"score", "link"}:
            answers["score"] = answers["link"] = self._live.predict(rows, output_margin=True)
        if set(outputs) - {"score", "link"}:
            value: npt.NDArray[np.float32] = self._live.predict(rows)
            answers["value"] = value
            answers |= self._classified(value)
        return {name: answers[name] for name in outputs}

    def _classified(self, value: npt.NDArray[np.float32]) -> dict[str, Array]:
        link = OBJECTIVES[self.model.objective].link
        if link == "argmax":
            return {"label": value.astype(np.int64)}
        if value.ndim == 1:
            return {
                "label": (value > 0.5).astype(np.int64),
                "probability": np.stack([np.float32(1.0) - value, value], axis=1),
            }
        if link == "softmax":
            return {"label": np.argmax(value, axis=1), "probability": value}
        columns = {f"probability_{k}": value[:, k] for k in range(value.shape[1])}
        return {"label": (value > 0.5).astype(np.int64), **columns}

    def _stored(self) -> bool:
        return any(stored is not None for stored in self.model.categories)

    def _described(self) -> dict[str, Any]:
        """Names and types for a plain array; a DataFrame brings its own."""
        if self._stored():
            return {}
        names, types = self.model.feature_names, self.model.feature_types
        return {"feature_names": list(names) or None, "feature_types": list(types) or None}

    def _frame(self, table: Mapping[str, Array]) -> Any:
        if not self._stored():
            return np.stack([*table.values()], axis=1)
        import pandas as pd

        columns: dict[str, Any] = {}
        for (name, values), stored in zip(table.items(), self.model.categories, strict=True):
            columns[name] = values if stored is None else _categorical(values, stored)
        return pd.DataFrame(columns)


def _categorical(values: Array, stored: tuple[str, ...] | npt.NDArray[np.integer]) -> Any:
    """A categorical column with the categories of fit(); XGBoost refuses all others."""
    import pandas as pd

    if isinstance(stored, tuple):
        if not set(values) <= {*stored, None}:
            # Said here, for XGBoost 3.2 takes a new category for the next one in the alphabet, and has no right answer.
            raise ValueError("found a category not in the training set")
        return pd.Categorical(values, categories=pd.Index(stored, dtype="str"))
    numbers = values.astype(np.float64)
    known = np.isin(numbers, stored.astype(np.float64))
    if not (known | np.isnan(numbers)).all():
        raise ValueError("found a category not in the training set")
    codes = np.where(known, np.argmax(numbers[:, None] == stored.astype(np.float64)[None, :], axis=1), -1)
    return pd.Categorical.from_codes(codes.tolist(), categories=pd.Index(stored))


def _owns(model: object) -> bool:
    return any((kind.__module__, kind.__qualname__) == ("xgboost.core", "Booster") for kind in type(model).__mro__)


def _read(data: bytes, where: str) -> _Booster:
    return _Booster(parse(data, where), data, where)


def _take(booster: Any) -> _Booster:
    import xgboost

    try:
        data = bytes(booster.save_raw("ubj"))
    except xgboost.core.XGBoostError as err:
        raise NotFittedError(
            f"the booster cannot be saved: {str(err).splitlines()[0]}",
            where="model xgboost.Booster",
            fix="train it, and use categories that are text or signed whole numbers",
        ) from err
    return _Booster(parse(data, "the booster"), booster, "the booster")


def _errors() -> tuple[type[Exception], ...]:
    import xgboost

    return (xgboost.core.XGBoostError,)


LIBRARY = Library(
    name="xgboost",
    classes=[("xgboost.Booster", "src/learner.cc, src/gbm/ and src/predictor/cpu_predictor.cc of 3.2")],
    owns=_owns,
    sniff=looks_like,
    read=_read,
    take=_take,
    errors=_errors,
)
