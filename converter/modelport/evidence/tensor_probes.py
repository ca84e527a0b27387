"""Makes the cases of a net: calls that break conversions, and calls drawn at random from the contract."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from msgspec import UNSET

from modelport.evidence.cases import Origin, Tensor, Tensors
from modelport.evidence.text_probes import TextSource
from modelport.ir.contract import Contract, Input
from modelport.ir.tensor_intake import NUMPY, lengths_of

__all__ = ["SEED", "Call", "Known", "drawn", "make_calls", "plain_call"]

# The texts that a graph knows, by input.
Known = Mapping[str, Sequence[str]]

SEED = 20

# Beside the lengths of the sample: tensors of a proof travel with the bundle.
_BATCHES = (1, 2, 7)
_PLAIN = 2
# Numbers so small that a row with one is like a row without.
_SMALL = 1e-5
_DENORMAL = "denormal"
_NOT_FINITE = {"NaN": np.nan, "infinity": np.inf}
_SIZE_BYTES = 32 << 20
# Odd texts go into rows of calls of this batch; where the batch is fixed, into so many calls at most.
_TEXT_ROWS = 50
_TEXT_CALLS = 8


@dataclass(frozen=True)
class Call:
    """A call of which the answers are still to be asked; ``like`` names one whose rows are drawn from the same ranges.

    ``parts`` are calls that it puts together, for an original that refuses one of them.
    """

    name: str
    origin: Origin
    inputs: Tensors
    like: str | None = None
    parts: tuple["Call", ...] = ()


def make_calls(
    contract: Contract,
    sample: Tensors,
    batch: str | None,
    rng: np.random.Generator,
    known: Known,
    *,
    together: bool = True,
) -> list[Call]:
    """Returns calls, the plain ones first.

    ``sample`` gives lengths and, for inputs without a stated range, the least and greatest value. ``batch`` is the symbol
    of the batch, None where its length is fixed. ``together``: odd values are rows of few calls where they can be; a call
    of one row takes some frameworks as long as one of many.
    """
    lengths = lengths_of(contract, sample)
    maker = _Maker(contract, sample, known, rng)
    calls = list(_of_lengths(maker, lengths, batch))
    small = lengths if batch is None else lengths | {batch: 1}
    values = list(_of_values(maker, small, plain_call(batch)))
    calls += _together(contract, batch, values) if together else values
    calls += _of_texts(maker, lengths, batch)
    kept: list[Call] = []
    total = 0
    for call in calls:
        size = sum(value.nbytes for value in call.inputs.values())
        if kept and total + size > _SIZE_BYTES:
            continue
        total += size
        kept.append(call)
    return kept


def plain_call(batch: str | None) -> str:
    """The name of the call of which every row is drawn from the ranges of the contract: others like it may take its bounds."""
    return "synthetic" if batch is None else f"batch of {_PLAIN}"


class _Maker:
    """Draws tensors from the ranges of a contract, and texts from what the graph knows."""

    def __init__(self, contract: Contract, sample: Tensors, known: Known, rng: np.random.Generator) -> None:
        self.contract = contract
        self.texts = {
            tensor.name: TextSource(known.get(tensor.name, ()), sample[tensor.name], tensor.texts or None)
            for tensor in contract.inputs
            if tensor.element == "string"
        }
        self._rng = rng

    def draw(self, lengths: Mapping[str, int]) -> dict[str, Tensor]:
        return {tensor.name: self._random(tensor, lengths) for tensor in self.contract.inputs}

    def _random(self, tensor: Input, lengths: Mapping[str, int]) -> Tensor:
        shape: Sequence[int] = [lengths[d] if isinstance(d, str) else d for d in tensor.shape or ()]
        if tensor.element == "string":
            return self.texts[tensor.name].draw(shape, self._rng)
        dtype = np.dtype(NUMPY[tensor.element])
        low, high = (0.0, 1.0) if tensor.range is UNSET else tensor.range
        if dtype.kind == "f":
            # As an array: of no axes at all it would be a number.
            return np.asarray(low + (high - low) * self._rng.random(shape), dtype=dtype)
        if dtype.kind == "b":
            return np.asarray(self._rng.random(shape) < 0.8)
        return np.asarray(self._rng.integers(int(low), int(high), size=shape, endpoint=True), dtype=dtype)


def _of_lengths(maker: _Maker, lengths: dict[str, int], batch: str | None) -> Iterator[Call]:
    for count in _BATCHES if batch is not None else ():
        assert batch is not None
        same = None if count == _PLAIN else plain_call(batch)
        yield Call(f"batch of {count}", "synthetic", maker.draw(lengths | {batch: count}), same)
    if batch is None:
        yield Call(plain_call(batch), "synthetic", maker.draw(lengths))
    for axis in maker.contract.axes or ():
        if axis.symbol == batch:
            if axis.least == 0:
                yield Call("empty batch", "probe", maker.draw(lengths | {axis.symbol: 0}))
            continue
        usual = lengths.get(axis.symbol, axis.least)
        longest = min(axis.most, 4 * usual) if axis.most is not None else 2 * usual + 1
        for length in sorted({axis.least, longest} - {usual}):
            inputs = maker.draw(lengths | {axis.symbol: length})
            yield Call(f"{axis.symbol} of {length}", "probe", inputs)


def _of_values(maker: _Maker, lengths: dict[str, int], same: str) -> Iterator[Call]:
    """Zeros, extremes, denormals, NaN: in every float input at once; the ends of the range in integers and masks."""
    plain = maker.draw(lengths)
    inputs = maker.contract.inputs
    zeros = {name: value if value.dtype.kind == "O" else np.zeros_like(value) for name, value in plain.items()}
    if any(value.dtype.kind != "O" for value in plain.values()):
        yield Call("zeros", "probe", zeros)
    floats = [t.name for t in inputs if np.dtype(NUMPY[t.element]).kind == "f"]
    for what, value in (
        ("large", 1e4),
        ("negative large", -1e4),
        ("tiny", 1e-6),
        (_DENORMAL, 1e-41),
        *_NOT_FINITE.items(),
    ):
        if floats:
            odd = dict(plain)
            for name in floats:
                # One element of each row: the rest stays what it is.
                odd[name] = _first_changed(plain[name], [value])
            yield Call(what, "probe", odd, same if abs(value) < _SMALL else None)
    if floats:
        # Where numbers are rounded, floored or divided with a remainder, and where two of them tie.
        halves = {name: np.round(plain[name].astype(np.float64) * 2) / 2 for name in floats}
        # As arrays: see ``_random``.
        halved = {name: np.asarray(value, dtype=plain[name].dtype) for name, value in halves.items()}
        yield Call("halves", "probe", plain | halved, same)
    ranged = [t for t in inputs if np.dtype(NUMPY[t.element]).kind in "iub" and t.range is not UNSET]
    for end in (0, 1) if ranged else ():
        ends = dict(plain)
        for tensor in ranged:
            low_high = tensor.range or (0.0, 0.0)
            ends[tensor.name] = np.full_like(plain[tensor.name], low_high[end])
        yield Call(("least", "greatest")[end] + " integers", "probe", ends)


def _together(contract: Contract, batch: str | None, calls: list[Call]) -> list[Call]:
    """The same rows in few calls: apart is what could spoil the rest, such as NaN; denormals, which some originals take for 0."""
    if any((tensor.shape or ()).count(batch) != 1 for tensor in contract.inputs):
        return calls  # an input that is the same for all rows, or rows that are columns too
    places = {tensor.name: (tensor.shape or ()).index(batch) for tensor in contract.inputs}
    groups: dict[object, list[Call]] = {}
    for call in calls:
        groups.setdefault((call.name in _NOT_FINITE, call.name == _DENORMAL, call.like), []).append(call)
    return [_joined(group, places) for group in groups.values()]


def _joined(calls: list[Call], places: Mapping[str, int]) -> Call:
    """One call of several; ``places`` are the axes of rows."""
    if len(calls) == 1:
        return calls[0]
    rows = {name: np.concatenate([call.inputs[name] for call in calls], axis=place) for name, place in places.items()}
    return Call(", ".join(call.name for call in calls), "probe", rows, calls[0].like, tuple(calls))


def _of_texts(maker: _Maker, lengths: dict[str, int], batch: str | None) -> Iterator[Call]:
    """Known, changed and odd texts, one a row in every input of texts."""
    tried = {name: source.probes() for name, source in maker.texts.items()}
    for what in dict.fromkeys(kind for probes in tried.values() for kind in probes):
        longest = max(len(probes.get(what, ())) for probes in tried.values())
        most = next((axis.most for axis in maker.contract.axes or () if axis.symbol == batch), 1)
        rows = min(longest, _TEXT_ROWS, most or _TEXT_ROWS)
        for number, start in enumerate(range(0, longest, rows)):
            if batch is None and number == _TEXT_CALLS:
                break
            odd = maker.draw(lengths if batch is None else lengths | {batch: min(rows, longest - start)})
            for position, name in enumerate(maker.texts):
                texts = tried[name].get(what, ())
                # Shifted from input to input: odd texts of one stand beside others of the next.
                chosen = [texts[(start + row + 3 * position) % len(texts)] for row in range(rows)] if texts else []
                odd[name] = _first_changed(odd[name], chosen)
            yield Call(f"{what} {number + 1}", "probe", odd)


def _first_changed(plain: Tensor, values: Sequence[float | str]) -> Tensor:
    """A copy in which the first element of each row is another: the values in turn."""
    changed = np.array(plain)
    rows = changed.reshape(changed.shape[0] if changed.ndim else 1, -1)
    if values and rows.size:
        rows[:, 0] = [values[row % len(values)] for row in range(len(rows))]
    return changed


def drawn(
    contract: Contract, sample: Tensors, lengths: dict[str, int], rng: np.random.Generator, known: Known
) -> dict[str, Tensor]:
    """Tensors of these lengths, at random from the ranges of the contract; texts that the graph knows."""
    return _Maker(contract, sample, known, rng).draw(lengths)
