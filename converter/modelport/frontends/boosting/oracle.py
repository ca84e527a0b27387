"""Asks the boosting library itself for the predictions of rows."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from modelport.evidence.oracle import OracleRefusalError
from modelport.frontends.boosting._library import BoostedModel
from modelport.ir.contract import Feature, Output
from modelport.ir.rows import Column, Rows

__all__ = ["BoostingOracle"]

Array = npt.NDArray[np.generic]


@dataclass(frozen=True)
class BoostingOracle:
    """``order``: the features in the order of fit(); ``errors``: exceptions by which the library refuses rows."""

    model: BoostedModel
    features: tuple[Feature, ...]
    outputs: tuple[Output, ...]
    fillers: Mapping[str, object]
    order: tuple[str, ...]
    errors: tuple[type[Exception], ...]

    def ask(self, rows: Rows) -> Mapping[str, Array]:
        """Returns labels as class indices and numbers as they are. Raises: OracleRefusalError."""
        by_name = {feature.name: feature for feature in self.features}
        table: dict[str, Array] = {}
        for column, name in zip(self.model.columns, self.order, strict=True):
            if name in by_name:
                table[column.name] = _column(rows.columns[name], by_name[name])
            else:
                filler = self.fillers[name]
                text = np.empty(rows.count, dtype=object)
                text[:] = filler
                table[column.name] = text if isinstance(filler, str) or filler is None else text.astype(np.float64)
        refusals: tuple[type[Exception], ...] = (
            ValueError,
            TypeError,
            OverflowError,
            KeyError,
            IndexError,
            *self.errors,
        )
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                answers = dict(self.model.ask(table, tuple(output.name for output in self.outputs)))
        except refusals as err:
            raise OracleRefusalError(f"{type(err).__name__}: {err}") from err
        for output in self.outputs:
            if output.role == "label":
                answers[output.name] = _index(answers[output.name], output)
        return answers


def _index(labels: Array, output: Output) -> Array:
    position = {label: index for index, label in enumerate(output.classes or ())}
    flat = [position[label.item() if isinstance(label, np.generic) else label] for label in labels.ravel()]
    return np.array(flat, dtype=np.int32).reshape(labels.shape)


def _column(column: Column, feature: Feature) -> Array:
    if feature.dtype == "string":
        values = column.values.astype(object)
        values[~column.valid] = None
        return values
    if feature.dtype == "float32":
        return column.values
    return np.where(column.valid, column.values.astype(np.float64), np.nan)
