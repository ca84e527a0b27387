"""The rows of the fit that a Cubist model keeps as text, filled as Cubist fills them, and what its rules say of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from modelport.frontends.r.trees.cubist_model import CubistModel
from modelport.frontends.r.trees.quinlan_names import NOT_APPLICABLE, UNKNOWN, WRONG, Names, read_rows
from modelport.frontends.r.trees.quinlan_text import AT_MOST, Condition, damaged

__all__ = ["Instances", "read_instances", "said_of"]

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Instances:
    """By attribute: ``numbers`` float32 [M] or ``codes`` int64 [M], without missing values; ``target`` float32 [M]."""

    numbers: dict[int, Floats]
    codes: dict[int, npt.NDArray[np.int64]]
    target: Floats

    def __len__(self) -> int:
        return len(self.target)


def read_instances(text: str, names: Names, model: CubistModel, attributes: Sequence[int]) -> Instances:
    """Source: getdata.c, GetData, ReplaceUnknowns: rows without a target are left out. Raises: ModelFileError."""
    goal = names.place(names.target)
    rows = []
    for fields in read_rows(text):
        if len(fields) != len(names.attributes):
            raise damaged("a row of its data has another number of columns than its names")
        if fields[goal] != "?":
            rows.append(fields)
    numbers, codes = dict[int, Floats](), dict[int, npt.NDArray[np.int64]]()
    for place in attributes:
        column = [row[place] for row in rows]
        attribute = names.attributes[place]
        if not attribute.values:
            fill = str(model.means[place])
            numbers[place] = np.array([float(fill if v == "?" else v) for v in column]).astype(np.float32)
            continue
        known = {v: attribute.value_code(v) for v in set(column) if v != "?"} | {"?": _mode(model, place)}
        if WRONG in known.values():
            raise damaged(f"its data has a value of {attribute.name!r} that its names do not have")
        codes[place] = np.array([known[v] for v in column], dtype=np.int64)
    return Instances(numbers, codes, np.array([float(row[goal]) for row in rows]).astype(np.float32))


def _mode(model: CubistModel, place: int) -> int:
    return UNKNOWN if model.modes[place] == NOT_APPLICABLE else model.modes[place]


def said_of(model: CubistModel, rows: Instances) -> Floats:
    """float32 [M]: what the committee says of each row. Source: predict.c, PredictValue."""
    total = np.zeros(len(rows))
    for member in model.members:
        summed, weight = np.zeros(len(rows)), np.zeros(len(rows))
        for rule in member:
            met = np.ones(len(rows), dtype=np.bool_)
            for condition in rule.conditions:
                met &= _met(condition, rows)
            value = np.full(len(rows), rule.intercept)
            for place, factor in rule.terms:
                value = value + rows.numbers[place].astype(np.float64) * factor
            value = np.where(value < rule.low, rule.low, np.where(value > rule.high, rule.high, value))
            summed = np.where(met, summed + value, summed)
            weight = weight + met
        mean = np.where(weight > 0, summed / np.maximum(weight, 1), model.mean).astype(np.float32)
        total = total + mean.astype(np.float64)
    return (total / len(model.members)).astype(np.float32)


def _met(condition: Condition, rows: Instances) -> npt.NDArray[np.bool_]:
    if condition.cut is not None:
        below = rows.numbers[condition.attribute] <= condition.cut
        return below if condition.outcome == AT_MOST else ~below
    if condition.codes:
        return np.isin(rows.codes[condition.attribute], sorted(condition.codes))
    return np.zeros(len(rows), dtype=np.bool_)
