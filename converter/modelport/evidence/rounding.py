"""How far rounding can move what a net computes: first-order errors of every node, carried to the outputs by chance.

Two programs that evaluate the same net in float32 add in another order, and neither is the exact result. How far they
lie apart follows from the depth of the net and the widths of its sums. It is found as stochastic arithmetic finds it
(J. Vignes, A stochastic arithmetic for reliable scientific computation, 1993): the graph is run several times with an
error of random size and sign added after each node, as large as the rounding of that node can be,

    sums of products (MatMul, Gemm, Conv …)   u * Σ|x_i w_i|       u: half the distance from 1 to the next number;
                                              of layers |x| |w|, by Cauchy and Schwarz, which costs no second layer
    means and sums of n terms                 u * Σ|x_i| * max(1, sqrt(n) / 3): added in a row, each rounds the sum so far
    recurrent nets                            u * sqrt(k) on each weight of k in a sum, 4 u on inputs and outputs
    gates (Sigmoid, recurrent nets' outputs)  4 u * max(|y|, 1/4): within a unit of their range, not of their value
    normalisations, log softmax               4 u of the input, from which a mean is taken, and of the output
    other arithmetic                          4 u * |y|
    rounding to half precision                evenly within h * |y|   h: 2**-11 of float16, 2**-8 of bfloat16
    moving, choosing and comparing            0

and the spread of the outputs is what rounding does to them. Errors are made larger by a factor and the spread smaller by it,
so that the rounding of these runs themselves does not count.
"""

import math
from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime as ort
from msgspec.structs import replace

from modelport.evidence.cases import Case, TensorAnswer, Tensors
from modelport.evidence.noise import coarsest, with_noise
from modelport.ir.contract import Bound, Contract
from modelport.ir.session import open_session, try_open, try_run
from modelport.ir.weights import Weights

__all__ = ["Rounding", "like", "tensor_bounds", "typical_spread"]

# Spreads are estimated from few runs, of the original's errors and of the target's: 10 standard deviations of one of them.
_DEVIATIONS = 10.0
_RUNS = 4
# Rows of this many numbers tell their spread in two runs.
_MANY, _RUNS_OF_MANY = 64, 2
# Of numbers that differ by some hundred units in the last place, one in hundreds is the same in two runs.
_CHANCE = 0.05
_LARGER = 256.0
# Errors of half precision are large enough by themselves; larger ones would leave what a line approximates.
_LARGER_OF_HALF = 8.0

_REASON = (
    f"{_DEVIATIONS:g} standard deviations of the rounding of every node (u·Σ|xᵢwᵢ| for a sum of products, 4u of the "
    "value for other arithmetic), carried to the output through the depth of the net; u is half a unit in the last place"
)
_REASON_OF_HALF = (
    f"{_REASON}; between its operations the net rounds to half precision, to 2^{{power}} of the value at most"
)

_EXACT = Bound(kind="exact", reason="whole numbers, texts, or copies of what was given")


class Rounding:
    """States the bound of each number of a net's outputs, the ``reason`` of bounds, and whether it rounds to half precision."""

    def __init__(self, model: onnx.ModelProto, weights: Weights | None = None) -> None:
        half = coarsest(model)
        self.of_half = half > 0
        self._larger = _LARGER_OF_HALF if half else _LARGER
        self.reason = _REASON_OF_HALF.format(power=int(np.log2(half))) if half else _REASON
        self._model, self._weights = model, weights
        noisy = with_noise(model, self._larger, weights).SerializeToString()
        self._session = open_session(noisy, threads=0, weights=weights)

    def answers(self, inputs: Tensors, expected: Tensors, names: Sequence[str]) -> dict[str, TensorAnswer]:
        """Returns the original's outputs with the bound of each number.

        Shapes: those of the outputs. A number that is no float must be the same, unless rounding alone can change it.
        """
        if any(not value.size for value in inputs.values()) or not any(_open(expected[name]) for name in names):
            # An empty batch: nothing is computed. Or nothing but NaN and infinities, which must be the same.
            return {name: _exact(expected[name]) for name in names}
        many = all(_many(expected[name]) for name in names)
        runs: list[Tensors] = []
        while len(runs) < _RUNS:
            if many and len(runs) == _RUNS_OF_MANY and all(_mostly_moved(runs, name) for name in names):
                break
            one = try_run(self._session, inputs, names)
            if isinstance(one, str):
                # A graph that cannot be run has no rounding. Its proof tells what the runtime says.
                return {name: _exact(expected[name]) for name in names}
            runs.append(one)
        return {name: _answer(expected[name], [one[name] for one in runs], self._larger) for name in names}

    @cached_property
    def _session_of_equals(self) -> ort.InferenceSession | str:
        """The graph in which equal numbers err alike, or why it cannot be run; few proofs need it."""
        return try_open(
            with_noise(self._model, self._larger, self._weights, alike=True).SerializeToString(), self._weights
        )

    def widened(
        self, answers: Mapping[str, TensorAnswer], inputs: Tensors, names: Sequence[str]
    ) -> dict[str, TensorAnswer]:
        """Returns them with the bounds that hold where equal numbers err alike, for rows that hold one number alone.

        Every place of a picture of one colour is computed alike: the errors of its places do not average out, and a sum of many
        equal numbers errs in one direction. In other rows bounds stay as they are.
        """
        even = _of_one_number(inputs)
        if not even.any():
            return dict(answers)
        session = self._session_of_equals
        runs = [] if isinstance(session, str) else [try_run(session, inputs, names) for _ in range(_RUNS)]
        found = [one for one in runs if not isinstance(one, str)]
        if len(found) < _RUNS:
            return dict(answers)
        wider = dict(answers)
        for name in names:
            answer = answers[name]
            if answer.expected.shape[:1] == even.shape:
                bound = _answer(answer.expected, [one[name] for one in found], self._larger).bound
                rows = even.reshape(-1, *[1] * (bound.ndim - 1))
                wider[name] = TensorAnswer(
                    answer.expected, np.where(rows, np.maximum(answer.bound, bound), answer.bound)
                )
        return wider


def _of_one_number(inputs: Tensors) -> npt.NDArray[np.bool_]:
    """Whether each row of every input holds one number alone; none where inputs have different rows. Shape: [N]."""
    counts = {value.shape[:1] for value in inputs.values()}
    if len(counts) != 1 or counts == {()}:
        return np.zeros(0, dtype=np.bool_)
    rows = [value.reshape(len(value), math.prod(value.shape[1:])) for value in inputs.values()]
    return np.asarray(np.all([(each == each[:, :1]).all(axis=1) for each in rows], axis=0))


def tensor_bounds(contract: Contract, cases: Sequence[Case], reason: str) -> Contract:
    """Returns the contract with the bound of every output filled in, for the reason that a Rounding gives."""
    outputs = []
    for output in contract.outputs:
        exact = all(not case.answers[output.name].bound.any() for case in cases)
        outputs.append(replace(output, bound=_EXACT if exact else Bound(kind="per_row", reason=reason)))
    return replace(contract, outputs=tuple(outputs))


def like(answers: Mapping[str, TensorAnswer], expected: Tensors) -> dict[str, TensorAnswer] | None:
    """The bounds of one call for another whose rows were drawn alike: the widest of its rows; None where there are none.

    A row's own bound, which is dear, is needed only where this one is left.
    """
    found: dict[str, TensorAnswer] = {}
    for name, answer in answers.items():
        value = expected[name]
        bound = answer.bound
        if value.dtype.kind != "f" or not value.ndim or value.shape[1:] != bound.shape[1:] or not bound.size:
            return None
        if not np.isfinite(value).all() or not np.isfinite(answer.expected).all():
            return None
        widest = bound.max(axis=0, keepdims=True)
        found[name] = TensorAnswer(value, np.ascontiguousarray(np.broadcast_to(widest, value.shape)))
    return found


def _mostly_moved(runs: Sequence[Tensors], name: str) -> bool:
    """Whether few numbers of each row are the same in two runs, so that they are by chance and not because they are copies."""
    first, second = runs[0][name], runs[1][name]
    if first.shape != second.shape or not first.ndim:
        return False
    same = first == second
    return bool((same.mean(axis=tuple(range(1, same.ndim))) < _CHANCE).all()) if same.size else True


def _open(expected: npt.NDArray[np.generic]) -> bool:
    """Whether anything in an output can be moved by rounding."""
    return expected.dtype.kind != "f" or bool(np.isfinite(expected).any())


def _many(expected: npt.NDArray[np.generic]) -> bool:
    return expected.dtype.kind == "f" and expected.ndim > 1 and math.prod(expected.shape[1:]) >= _MANY


def _exact(expected: npt.NDArray[np.generic]) -> TensorAnswer:
    return TensorAnswer(expected, np.zeros(expected.shape))


def _answer(expected: npt.NDArray[np.generic], runs: Sequence[npt.NDArray[np.generic]], larger: float) -> TensorAnswer:
    if any(one.shape != expected.shape for one in runs):
        # Another shape is wrong whatever it holds, and one that chance changes is not known to be right.
        return _exact(expected)
    if expected.dtype.kind != "f":
        moved = np.zeros(expected.shape, dtype=np.bool_)
        for one in runs:
            moved |= np.broadcast_to(one != runs[0], expected.shape)
        return TensorAnswer(expected, np.where(moved, np.inf, 0.0))
    # Around their own mean: what else the graph does otherwise must not widen the bound.
    values = np.stack([one.astype(np.float64) for one in runs])
    with np.errstate(all="ignore"):
        spread = values.std(axis=0, ddof=1) / larger
        finite = np.isfinite(spread)
        typical = typical_spread(np.where(finite, spread, 0.0), every=len(runs) == _RUNS_OF_MANY)
        size = np.abs(expected.astype(np.float64))
        unit = float(np.finfo(expected.dtype.name).eps) / 2
        bound = _DEVIATIONS * np.maximum(spread, typical) + np.where((spread > 0) | (typical > 0), 2 * unit * size, 0.0)
        lost = _flushed(values, size, float(np.finfo(expected.dtype.name).tiny))
    # Infinite or no number in every run: then so it must be.
    return TensorAnswer(expected, np.maximum(np.where(np.isfinite(bound), bound, 0.0), lost))


def _flushed(values: npt.NDArray[np.float64], size: npt.NDArray[np.float64], least: float) -> npt.NDArray[np.float64]:
    """The smallest normal number where one side has less than it and the other a 0: TensorFlow computes denormals as 0."""
    other = np.abs(values.mean(axis=0))
    return np.where((size < least) & (other < least) & (size != other) & ((size == 0) | (other == 0)), least, 0.0)


def typical_spread(spread: npt.NDArray[np.float64], *, every: bool = False) -> npt.NDArray[np.float64]:
    """The root mean square of the spread in each row: few runs estimate one number's own badly. [N, …] -> [N, …].

    0 where nothing moved; with ``every`` what did not move stayed by chance.
    """
    if spread.ndim < 2:
        return np.asarray(np.sqrt(np.mean(spread**2))) if spread.size else np.zeros(())
    axes = tuple(range(1, spread.ndim))
    rows = np.sqrt(np.mean(spread**2, axis=axes, keepdims=True))
    return np.broadcast_to(rows, spread.shape) if every else np.asarray(np.where(spread > 0, rows, 0.0))
