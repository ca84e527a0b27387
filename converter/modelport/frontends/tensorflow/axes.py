"""Which axes callers choose: those that the model states as open, or, where it states none, the batch and what --dynamic names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from modelport.errors import ConfigError
from modelport.evidence.refusal import OracleRefusalError
from modelport.frontends._net_axes import BATCH, FIXED, dynamic_axes, parsed_axis
from modelport.frontends.tensorflow.net import Net, Stated
from modelport.frontends.tensorflow.oracle import asked as asked_of

if TYPE_CHECKING:  # what it imports need not be in the user's interpreter
    from modelport.evidence.cases import Tensor, Tensors

__all__ = ["axes_of", "free_batch", "lengths", "stretched"]


def axes_of(net: Net, sample: Tensors, asked: Sequence[str]) -> dict[str, dict[int, str]]:
    """Returns {input: {axis: symbol}}; ``asked`` holds 'input:axis=symbol' and 'fixed'. Raises: ConfigError."""
    if not net.states_shapes:
        return dynamic_axes(list(sample.items()), asked)
    axes: dict[str, dict[int, str]] = {stated.name: {} for stated in net.inputs}
    if FIXED not in asked:
        rows = {stated.name: sample[stated.name].shape[:1] for stated in net.inputs}
        first = next((rows[stated.name] for stated in net.inputs if stated.shape[:1] == (None,)), ())
        for stated in net.inputs:
            whole = net.model is not None or rows[stated.name] == first
            axes[stated.name] = _open(stated, batch=whole)
    shapes = {name: tuple(value.shape) for name, value in sample.items()}
    for text in asked:
        if text != FIXED:
            name, axis, symbol = parsed_axis(text, shapes)
            stated = next(one for one in net.inputs if one.name == name)
            if stated.shape[axis] is not None:
                raise ConfigError(
                    f"the model fixes axis {axis} of {name!r} to {stated.shape[axis]}",
                    where="--dynamic",
                    fix="leave it out, or build the model with None in that place",
                )
            axes[name][axis] = symbol
    return axes


def _open(stated: Stated, *, batch: bool) -> dict[int, str]:
    return {
        axis: BATCH if axis == 0 and batch else f"{stated.name}_{axis}"
        for axis, length in enumerate(stated.shape)
        if length is None
    }


def free_batch(net: Net, sample: Tensors) -> Net:
    """The net with its first axes open where it takes other lengths than it states.

    Keras writes the batch that a Sequential model was first called with into its shapes, and does not hold it to them.
    """
    first = {stated.shape[:1] for stated in net.inputs}
    if net.model is None or not net.states_shapes or len(first) != 1 or first <= {(), (None,)}:
        return net
    try:
        asked_of(net, {name: np.concatenate([value] * 2) for name, value in sample.items()})
    except OracleRefusalError:
        return net
    return replace(net, inputs=tuple(replace(one, shape=(None, *one.shape[1:])) for one in net.inputs))


def lengths(sample: Tensors, axes: Mapping[str, Mapping[int, str]]) -> dict[str, int]:
    """The length of each symbol in the sample."""
    return {symbol: sample[name].shape[axis] for name, named in axes.items() for axis, symbol in named.items()}


def stretched(value: Tensor, named: Mapping[int, str], symbol: str, length: int) -> Tensor:
    """The array with its own elements repeated, or left out, until the axes of a symbol have another length."""
    for axis, one in named.items():
        if one == symbol:
            value = np.take(value, np.arange(length) % max(1, value.shape[axis]), axis=axis)
    return value
