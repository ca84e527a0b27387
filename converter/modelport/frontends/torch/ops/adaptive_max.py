"""aten.adaptive_max_pool2d and 3d, and with them 1d: the largest of each part of an axis, one axis after the other.

    part i of n: from floor(i * length / n) up to ceil((i + 1) * length / n)

Source: aten/src/ATen/native/AdaptivePooling.h, start_index and end_index. An axis of a free length has one part, or is refused.
"""

from collections.abc import Sequence
from itertools import product
from typing import Any

from modelport.errors import UnsupportedModelError
from modelport.frontends.torch._operator import Operator

__all__ = ["OP"]


# Any here and below: values and operators of onnxscript.
def _adaptive_max(self: Any, output_size: Sequence[int]) -> tuple[Any, Any]:
    """Shapes: [N, C, *lengths] or [C, *lengths] -> values and their places in the flat lengths, [N, C, *output_size]."""
    from onnxscript import opset18

    op: Any = opset18
    first = len(self.shape) - len(output_size)
    lengths = [length if isinstance(length, int) else None for length in self.shape[first:]]
    free = [
        str(axis + first)
        for axis, (n, length) in enumerate(zip(output_size, lengths, strict=True))
        if n != 1 and not length
    ]
    if free:
        raise UnsupportedModelError(
            f"aten.adaptive_max_pool to {list(output_size)} of axes of a free length ({', '.join(free)}) has no form in ONNX",
            where="the module",
            fix="leave these axes out of --dynamic, pool to a length of 1, or resize before",
        )
    values = self
    for axis, (count, length) in enumerate(zip(output_size, lengths, strict=True), first):
        if count != length:
            parts = [_largest(op, _part(op, values, axis, *borders), axis) for borders in _borders(length, count)]
            values = parts[0] if count == 1 else op.Concat(*parts, axis=axis)
    return values, _places(op, self, output_size, lengths, first)


def _borders(length: int | None, count: int) -> list[tuple[int, int | None]]:
    """The start and the end of each part; None is an end that nothing need cut."""
    if length is None or count == 1:
        return [(0, None)]
    return [(i * length // count, -(-(i + 1) * length // count)) for i in range(count)]


def _part(op: Any, value: Any, axis: int, start: int, end: int | None) -> Any:
    return value if end is None else op.Slice(value, [start], [end], [axis])


def _largest(op: Any, value: Any, axis: int) -> Any:
    return op.ReduceMax(value, [axis], keepdims=1)


def _places(op: Any, self: Any, output_size: Sequence[int], lengths: Sequence[int | None], first: int) -> Any:
    """Of equal values the first; nodes that nobody asks for leave the graph."""
    flat = []
    for borders in product(*(_borders(length, count) for length, count in zip(lengths, output_size, strict=True))):
        part = self
        for axis, (start, end) in enumerate(borders, first):
            part = _part(op, part, axis, start, end)
        # [N, C, 1]: the place within the part.
        place = op.ArgMax(op.Reshape(part, [0] * first + [-1]), axis=-1, keepdims=1)
        flat.append(
            _outside(
                op, place, borders, [n or op.Gather(op.Shape(self), axis) for axis, n in enumerate(lengths, first)]
            )
        )
    together = flat[0] if len(flat) == 1 else op.Concat(*flat, axis=-1)
    return op.Reshape(together, [0] * first + list(output_size))


def _outside(op: Any, place: Any, borders: Sequence[tuple[int, int | None]], lengths: Sequence[Any]) -> Any:
    """From the place in the flat part to that in the flat whole."""
    if all(end is None for _, end in borders):
        return place
    whole, step = None, op.Constant(value_int=1)
    for (start, end), length in zip(reversed(borders), reversed(lengths), strict=True):
        within = length if end is None else end - start
        along = op.Mul(op.Add(op.Mod(place, within), start), step)
        whole = along if whole is None else op.Add(whole, along)
        place, step = op.Div(place, within), op.Mul(step, length)
    return whole


OP = Operator({f"aten.adaptive_max_pool{n}d.default": _adaptive_max for n in (2, 3)})
