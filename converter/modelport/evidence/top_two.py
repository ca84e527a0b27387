"""Names the rows of a net's class scores whose largest is not settled: the best two lie within the rounding of each other.

In every other row the class with the largest score is the original's as long as all numbers lie within their bounds, for then no
score can pass another. So a flipped class is always a number beyond its bound, and is counted as such.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from modelport.evidence.cases import Case, TensorAnswer
from modelport.ir.contract import Contract

__all__ = ["unsettled_rows"]

# Names under which libraries of models give scores that do not sum to 1: transformers, torchvision's segmentation.
_NAMES = ("logits", "scores", "out")
# Half precision sums to 1 no better than this.
_ONE = 1e-2
_SHOWN = 5


def unsettled_rows(contract: Contract, cases: Sequence[Case]) -> list[str]:
    """Returns a note for each output of class scores with such rows, which names the first of them by its call and place.

    Class scores are a floating output whose last axis holds numbers from 0 to 1 that sum to 1 in every row, or one that is
    called 'logits', 'scores' or 'out', itself or the last part of its name.
    """
    notes = []
    for output in contract.outputs:
        answers = [(case.name, case.answers[output.name]) for case in cases]
        answers = [(name, answer) for name, answer in answers if _has_classes(answer)]
        if not answers or not (_named_so(output.name) or all(_sums_to_one(answer) for _, answer in answers)):
            continue
        places = [
            f"{name} {list(map(int, place))}" for name, answer in answers for place in np.argwhere(_close(answer))
        ]
        if places:
            shown = ", ".join(places[:_SHOWN]) + (", …" if len(places) > _SHOWN else "")
            notes.append(
                f"output {output.name!r}: the best two scores of {len(places)} row(s) lie closer than their bounds, "
                f"so either may be the largest: {shown}"
            )
    return notes


def _has_classes(answer: TensorAnswer) -> bool:
    expected = answer.expected
    return expected.dtype.kind == "f" and expected.ndim > 1 and expected.shape[-1] > 1 and expected.size > 0


def _named_so(name: str) -> bool:
    return name.rpartition("_")[2] in _NAMES


def _sums_to_one(answer: TensorAnswer) -> bool:
    """Rows with a NaN are no evidence against it."""
    rows = answer.expected.astype(np.float64).reshape(-1, answer.expected.shape[-1])
    rows = rows[np.isfinite(rows).all(axis=1)]
    return bool(((rows >= 0) & (rows <= 1)).all() and (np.abs(rows.sum(axis=1) - 1) <= _ONE).all())


def _close(answer: TensorAnswer) -> npt.NDArray[np.bool_]:
    """Whether the best two of each row lie within both their bounds. Shape: that of the output without its last axis."""
    values = answer.expected.astype(np.float64)
    bounds = np.broadcast_to(answer.bound, values.shape)
    with np.errstate(invalid="ignore"):
        order = np.argsort(values, axis=-1)[..., -2:]
        best = np.take_along_axis(values, order, axis=-1)
        reach = np.take_along_axis(bounds, order, axis=-1).sum(axis=-1)
        # An exact tie with a bound of 0 goes to the first class on both sides.
        close: npt.NDArray[np.bool_] = (best[..., 1] - best[..., 0] <= reach) & (reach > 0)
    return close
