"""Makes the cases of a net: calls that break conversions, and calls drawn at random from the contract."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from msgspec import UNSET

from modelport.evidence.cases import Origin, Tensor, Tensors
from modelport.ir.contract import Contract, Input
from modelport.ir.tensor_intake import NUMPY, lengths_of

__all__ = ["SEED", "Call", "drawn", "make_calls"]

SEED = 20

# Beside the lengths of the sample: tensors of a proof travel with the bundle.
_BATCHES = (1, 2, 7)
_SIZE_BYTES = 32 << 20


@dataclass(frozen=True)
class Call:
    """A call of which the answers are still to be asked."""

    name: str
    origin: Origin
    inputs: Tensors


def make_calls(contract: Contract, sample: Tensors, batch: str | None, rng: np.random.Generator) -> list[Call]:
    """Returns calls, the plain ones first.

    ``sample`` gives lengths and, for inputs without a stated range, the least and greatest value. ``batch`` is the symbol
    of the batch, None where its length is fixed.
    """
    lengths = lengths_of(contract, sample)
    calls = list(_of_lengths(contract, sample, lengths, batch, rng))
    small = lengths if batch is None else lengths | {batch: 1}
    calls += _of_values(contract, sample, small, rng)
    kept: list[Call] = []
    total = 0
    for call in calls:
        size = sum(value.nbytes for value in call.inputs.values())
        if kept and total + size > _SIZE_BYTES:
            continue
        total += size
        kept.append(call)
    return kept


def _of_lengths(
    contract: Contract, sample: Tensors, lengths: dict[str, int], batch: str | None, rng: np.random.Generator
) -> Iterator[Call]:
    for count in _BATCHES if batch is not None else ():
        assert batch is not None
        yield Call(f"batch of {count}", "synthetic", drawn(contract, sample, lengths | {batch: count}, rng))
    if batch is None:
        yield Call("synthetic", "synthetic", drawn(contract, sample, lengths, rng))
    for axis in contract.axes or ():
        if axis.symbol == batch:
            if axis.least == 0:
                yield Call("empty batch", "probe", drawn(contract, sample, lengths | {axis.symbol: 0}, rng))
            continue
        usual = lengths.get(axis.symbol, axis.least)
        longest = min(axis.most, 4 * usual) if axis.most is not None else 2 * usual + 1
        for length in sorted({axis.least, longest} - {usual}):
            inputs = drawn(contract, sample, lengths | {axis.symbol: length}, rng)
            yield Call(f"{axis.symbol} of {length}", "probe", inputs)


def _of_values(
    contract: Contract, sample: Tensors, lengths: dict[str, int], rng: np.random.Generator
) -> Iterator[Call]:
    """Zeros, extremes, denormals, NaN: in every float input at once; the ends of the range in integers and masks."""
    plain = drawn(contract, sample, lengths, rng)
    yield Call("zeros", "probe", {name: np.zeros_like(value) for name, value in plain.items()})
    floats = [t.name for t in contract.inputs if np.dtype(NUMPY[t.element]).kind == "f"]
    for what, value in (
        ("large", 1e4),
        ("negative large", -1e4),
        ("tiny", 1e-6),
        ("denormal", 1e-41),
        ("NaN", np.nan),
        ("infinity", np.inf),
    ):
        if floats:
            odd = dict(plain)
            for name in floats:
                # One element of each row: the rest stays what it is.
                changed = np.array(plain[name])
                changed.reshape(changed.shape[0] if changed.ndim else 1, -1)[..., :1] = value
                odd[name] = changed
            yield Call(what, "probe", odd)
    ranged = [t for t in contract.inputs if np.dtype(NUMPY[t.element]).kind in "iub" and t.range is not UNSET]
    for end in (0, 1) if ranged else ():
        ends = dict(plain)
        for tensor in ranged:
            low_high = tensor.range or (0.0, 0.0)
            ends[tensor.name] = np.full_like(plain[tensor.name], low_high[end])
        yield Call(("least", "greatest")[end] + " integers", "probe", ends)


def drawn(contract: Contract, sample: Tensors, lengths: dict[str, int], rng: np.random.Generator) -> dict[str, Tensor]:
    """Tensors of these lengths, at random from the ranges of the contract; texts from the sample."""
    return {tensor.name: _random(tensor, sample[tensor.name], lengths, rng) for tensor in contract.inputs}


def _random(tensor: Input, sample: Tensor, lengths: dict[str, int], rng: np.random.Generator) -> Tensor:
    shape: Sequence[int] = [lengths[d] if isinstance(d, str) else d for d in tensor.shape or ()]
    dtype = np.dtype(NUMPY[tensor.element])
    if dtype.kind == "O":
        drawn: npt.NDArray[np.generic] = rng.choice(sample.ravel(), size=shape)
        return drawn
    low, high = (0.0, 1.0) if tensor.range is UNSET else tensor.range
    if dtype.kind == "f":
        return (low + (high - low) * rng.random(shape)).astype(dtype)
    if dtype.kind == "b":
        return rng.random(shape) < 0.8
    return rng.integers(int(low), int(high), size=shape, endpoint=True).astype(dtype)
