"""Decides which axes of the inputs callers choose: the batch always, others as --dynamic names them."""

from collections.abc import Mapping, Sequence
from typing import Any

from modelport.errors import ConfigError, did_you_mean

__all__ = ["BATCH", "FIXED", "dynamic_axes", "parsed_axis"]

BATCH = "batch"
FIXED = "fixed"


# Any: tensors of any framework, of which only the shape is asked.
def dynamic_axes(tensors: Sequence[tuple[str, Any]], asked: Sequence[str]) -> dict[str, dict[int, str]]:
    """Returns {input: {axis: symbol}}.

    ``asked`` holds 'input:axis=symbol' and 'fixed'. The first axis of each tensor that is as long as that of the first tensor is
    the batch, unless 'fixed' is asked. Raises: ConfigError.
    """
    shapes = {name: tuple(tensor.shape) for name, tensor in tensors}
    axes: dict[str, dict[int, str]] = {name: {} for name in shapes}
    if FIXED not in asked:
        _add_batch(shapes, axes)
    for text in asked:
        if text != FIXED:
            name, axis, symbol = parsed_axis(text, shapes)
            axes[name][axis] = symbol
    return axes


def _add_batch(shapes: Mapping[str, tuple[int, ...]], axes: dict[str, dict[int, str]]) -> None:
    first = next((shape for shape in shapes.values() if shape), None)
    for name, shape in shapes.items():
        if first is not None and shape and shape[0] == first[0]:
            axes[name][0] = BATCH


def parsed_axis(text: str, shapes: Mapping[str, tuple[int, ...]]) -> tuple[str, int, str]:
    """Reads 'input:axis=symbol'; ``shapes`` are those of the inputs by name. Raises: ConfigError."""
    name, colon, rest = text.rpartition(":")
    axis, equal, symbol = rest.partition("=")
    if not colon or not equal or not axis.strip().isdigit() or not symbol.strip().isidentifier():
        raise ConfigError(
            f"{text!r} names no axis", where="--dynamic", fix="write input:axis=symbol, such as tokens:1=seq, or fixed"
        )
    if name not in shapes:
        raise ConfigError(f"there is no input {name!r}", where="--dynamic", fix=did_you_mean(name, sorted(shapes)))
    if int(axis) >= len(shapes[name]):
        raise ConfigError(
            f"{name!r} has {len(shapes[name])} axes, none is {axis}",
            where="--dynamic",
            fix=f"count from 0: its shape is {list(shapes[name])}",
        )
    return name, int(axis), symbol.strip()
