"""Compares a target's answers with vectors. There is no default tolerance: bounds come with the vectors."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from modelport.evidence.vectors import LabelAnswer, NumberAnswer, Vectors
from modelport.ir.contract import Contract
from modelport.ir.row_check import reason

__all__ = ["Comparison", "Worst", "compare", "describe_row", "ulp_distance"]


@dataclass(frozen=True)
class Worst:
    """The row that lies farthest over (or nearest to) its bound, with its inputs."""

    row: int
    output: str
    inputs: dict[str, Any]
    expected: str
    got: str
    distance: float
    bound: float


@dataclass(frozen=True)
class Comparison:
    """One target against the vectors.

    ``flips``: rows with a label outside the accepted set; ``over``: rows with a number beyond its bound;
    ``wrong_status``: rows refused or taken otherwise than the original; ``max_ratio``: the largest distance over its
    bound; ``max_ulp`` in units of the output's own type.
    """

    rows: int
    flips: int
    over: int
    wrong_status: int
    max_abs: float
    max_ulp: int
    max_ratio: float
    worst: Worst | None

    @property
    def passed(self) -> bool:
        """True when no row is wrong in any way."""
        return self.flips == 0 and self.over == 0 and self.wrong_status == 0


def compare(
    vectors: Vectors,
    contract: Contract,
    status: npt.NDArray[np.uint8],
    cause: npt.NDArray[np.int32],
    outputs: dict[str, npt.NDArray[np.generic]],
) -> Comparison:
    """Compares row by row; labels are class indices, -1 for none."""
    count = len(vectors)
    wrong = (status != vectors.status) | (cause != vectors.status_feature)
    flipped = np.zeros(count, dtype=np.bool_)
    over = np.zeros(count, dtype=np.bool_)
    max_abs, max_ulp, max_ratio = 0.0, 0, 0.0
    worst: tuple[float, int, str, float, float] | None = None
    for output in contract.outputs:
        answer = vectors.answers[output.name]
        got = outputs[output.name]
        if isinstance(answer, LabelAnswer):
            bad = _flips(answer, got)
            flipped |= bad
            if bad.any():
                worst = max(worst or (-1.0, 0, "", 0.0, 0.0), (np.inf, int(np.argmax(bad)), output.name, 1.0, 0.0))
            continue
        distance, ratio, ulps = _distances(answer, got)
        over |= (ratio > 1).reshape(count, -1).any(axis=1)
        if count and distance.size:
            finite = distance[np.isfinite(distance) & np.isfinite(answer.bound)]
            max_abs = max(max_abs, float(finite.max(initial=0.0)))
            max_ulp = max(max_ulp, int(ulps[np.isfinite(answer.bound)].max(initial=0)))
            max_ratio = max(max_ratio, float(ratio.max(initial=0.0)))
            place = int(np.argmax(ratio))
            row = place // (distance.size // count)
            found = (
                float(ratio.flat[place]),
                row,
                output.name,
                float(distance.flat[place]),
                float(answer.bound.flat[place]),
            )
            worst = max(worst or (-1.0, 0, "", 0.0, 0.0), found)
    if wrong.any():
        worst = (np.inf, int(np.argmax(wrong)), "status", 1.0, 0.0)
    shown = None if worst is None or worst[0] <= 0 else _worst(vectors, contract, worst, status, cause, outputs)
    return Comparison(count, int(flipped.sum()), int(over.sum()), int(wrong.sum()), max_abs, max_ulp, max_ratio, shown)


def _flips(answer: LabelAnswer, got: npt.NDArray[np.generic]) -> npt.NDArray[np.bool_]:
    index = got.astype(np.int64)
    classes = answer.accepted.shape[-1]
    inside = (index >= 0) & (index < classes)
    taken = np.take_along_axis(answer.accepted, np.where(inside, index, 0)[..., None], axis=-1)[..., 0]
    right = np.where(answer.expected < 0, index < 0, inside & taken)
    return np.asarray(~right.reshape(len(right), -1).all(axis=1)) if len(right) else np.zeros(0, dtype=np.bool_)


def _distances(
    answer: NumberAnswer, got: npt.NDArray[np.generic]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Distance, distance over bound (0/0 is 0, x/0 infinite) and ULPs; equal infinities and NaNs lie 0 apart."""
    expected = answer.expected.astype(np.float64)
    actual = got.astype(np.float64).reshape(expected.shape)
    bound = answer.bound.astype(np.float64)
    same = (expected == actual) | (np.isnan(expected) & np.isnan(actual))
    with np.errstate(all="ignore"):
        distance = np.where(same, 0.0, np.abs(expected - actual))
        distance[np.isnan(distance)] = np.inf
        ratio = np.where(distance == 0, 0.0, np.where(np.isinf(bound), 0.0, distance / bound))
    ulps = np.zeros(expected.shape, dtype=np.int64)
    ulps[~same] = ulp_distance(answer.expected[~same], got.reshape(expected.shape)[~same])
    return distance, ratio, ulps


def ulp_distance(a: npt.NDArray[np.generic], b: npt.NDArray[np.generic]) -> npt.NDArray[np.int64]:
    """How many floats lie between two arrays of one float type; the largest int64 where either is NaN."""
    dtype, integer = (np.float32, np.int32) if a.dtype == np.float32 else (np.float64, np.int64)
    low = np.int64(np.iinfo(integer).min)
    orders = []
    for value in (a, b):
        bits = np.ascontiguousarray(value.astype(dtype)).view(integer).astype(np.int64)
        orders.append(np.where(bits < 0, low - bits, bits))
    with np.errstate(over="ignore"):
        distance = np.abs(orders[0] - orders[1])
    unordered = np.isnan(a.astype(np.float64)) | np.isnan(b.astype(np.float64)) | (distance < 0)
    return np.where(unordered, np.iinfo(np.int64).max, distance)


def describe_row(vectors: Vectors, row: int) -> dict[str, Any]:
    """The inputs of a row by feature, None where missing."""
    shown: dict[str, Any] = {}
    for name, column in vectors.rows.columns.items():
        value = column.values[row]
        shown[name] = None if not column.valid[row] else value.item() if isinstance(value, np.generic) else value
    return shown


def _worst(
    vectors: Vectors,
    contract: Contract,
    worst: tuple[float, int, str, float, float],
    status: npt.NDArray[np.uint8],
    cause: npt.NDArray[np.int32],
    outputs: dict[str, npt.NDArray[np.generic]],
) -> Worst:
    _, row, name, distance, bound = worst
    if name == "status":
        expected = reason(int(vectors.status[row]), int(vectors.status_feature[row]), contract)
        got = reason(int(status[row]), int(cause[row]), contract)
        return Worst(row, name, describe_row(vectors, row), expected, got, distance, bound)
    classes = contract.output(name).classes if contract.output(name).role == "label" else None
    expected, got = (_text(values[row], classes) for values in (vectors.answers[name].expected, outputs[name]))
    return Worst(row, name, describe_row(vectors, row), expected, got, distance, bound)


def _text(value: Any, classes: Sequence[object] | None) -> str:
    """A number or a row of them; a label by its name, 'none' where there is none."""
    plain = value.tolist() if hasattr(value, "tolist") else value
    if classes is None:
        return str(plain)
    names = [str(classes[i]) if 0 <= i < len(classes) else "none" for i in np.atleast_1d(value)]
    return names[0] if np.ndim(value) == 0 else str(names)
