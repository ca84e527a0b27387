"""Compares what a target gave for the cases of a net with the original's answers; there is no default tolerance."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from modelport.evidence.cases import Case, Tensor, TensorAnswer, Tensors
from modelport.evidence.compare import Comparison, Worst, ulp_distance
from modelport.ir.contract import Contract

__all__ = ["compare_cases", "distances"]

_Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class _Place:
    """A number of an output: how far over its bound, and where."""

    ratio: float
    case: int
    output: str
    place: tuple[int, ...]
    distance: float
    bound: float


def compare_cases(cases: Sequence[Case], contract: Contract, given: Sequence[Tensors]) -> Comparison:
    """Compares case by case; a row is what one element of the batch gives.

    ``flips`` counts rows with another integer, truth value or text, and all rows of an output of another shape; ``over`` rows
    with a float beyond its bound. ``worst`` names the case and the place in its output.
    """
    rows = flips = over = 0
    max_abs, max_ulp = 0.0, 0
    worst: _Place | None = None
    for number, (case, outputs) in enumerate(zip(cases, given, strict=True)):
        rows += case.rows(contract)
        count = max(1, case.rows(contract))  # an empty batch has outputs too, where they do not follow the batch
        flipped, beyond = np.zeros(count, dtype=np.bool_), np.zeros(count, dtype=np.bool_)
        for name, answer in case.answers.items():
            got = outputs[name]
            if got.shape != answer.expected.shape or got.dtype.kind != answer.expected.dtype.kind:
                flipped[:] = True
                worst = _Place(np.inf, number, name, (), np.inf, 0.0)
                continue
            if not got.size:
                continue
            distance, ratio = distances(answer, got)
            floats = answer.expected.dtype.kind == "f"
            (beyond if floats else flipped)[:] |= _by_row(ratio > 1, count)
            if floats:
                stated = np.isfinite(answer.bound)
                max_abs = max(max_abs, float(distance[stated & np.isfinite(distance)].max(initial=0.0)))
                apart = stated & (distance > 0)
                ulps = ulp_distance(_wide(answer.expected[apart]), _wide(got[apart]))
                max_ulp = max(max_ulp, int(ulps.max(initial=0)))
            found = _farthest(number, name, answer, distance, ratio)
            if worst is None or found.ratio > worst.ratio:
                worst = found
        flips, over = flips + int(flipped.sum()), over + int(beyond.sum())
    shown = None if worst is None or worst.ratio <= 0 else _worst(cases, contract, given, worst)
    ratio_of_worst = 0.0 if worst is None else worst.ratio
    return Comparison(rows, flips, over, 0, max_abs, max_ulp, ratio_of_worst, shown)


def _by_row(wrong: _Flags, count: int) -> _Flags:
    """Which rows hold something wrong; an output without the batch belongs to every row."""
    if wrong.ndim and wrong.shape[0] == count:
        return np.asarray(wrong.reshape(count, -1).any(axis=1))
    return np.full(count, wrong.any())


def _farthest(
    number: int, name: str, answer: TensorAnswer, distance: npt.NDArray[np.float64], ratio: npt.NDArray[np.float64]
) -> _Place:
    place = tuple(int(i) for i in np.unravel_index(int(np.argmax(ratio)), ratio.shape))
    return _Place(float(ratio[place]), number, name, place, float(distance[place]), float(answer.bound[place]))


def _wide(values: Tensor) -> Tensor:
    return values if values.dtype in (np.float32, np.float64) else values.astype(np.float32)


def distances(answer: TensorAnswer, got: Tensor) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Distance, and distance over bound (0/0 is 0, x/0 infinite); equal infinities and NaNs lie 0 apart."""
    if answer.expected.dtype.kind not in "fiub":
        distance = np.where(answer.expected == got, 0.0, np.inf)
    else:
        expected, actual = answer.expected.astype(np.float64), got.astype(np.float64)
        same = (answer.expected == got) | (np.isnan(expected) & np.isnan(actual))
        with np.errstate(all="ignore"):
            distance = np.where(same, 0.0, np.abs(expected - actual))
        distance = np.where(np.isnan(distance), np.inf, distance)
    with np.errstate(all="ignore"):
        ratio = np.where(distance == 0, 0.0, np.where(np.isinf(answer.bound), 0.0, distance / answer.bound))
    return distance, ratio


def _worst(cases: Sequence[Case], contract: Contract, given: Sequence[Tensors], found: _Place) -> Worst:
    case = cases[found.case]
    row = sum(before.rows(contract) for before in cases[: found.case])
    if found.place and found.place[0] < case.rows(contract):
        row += found.place[0]
    inputs = {"case": case.name, "place": f"{found.output}[{', '.join(map(str, found.place))}]"}
    inputs |= {key: f"{value.dtype} {list(value.shape)}" for key, value in case.inputs.items()}
    expected, got = case.answers[found.output].expected, given[found.case][found.output]
    if expected.shape != got.shape:
        texts = (f"shape {list(expected.shape)}", f"shape {list(got.shape)}")
    else:
        texts = (str(expected[found.place]), str(got[found.place]))
    return Worst(row, found.output, inputs, *texts, found.distance, found.bound)
