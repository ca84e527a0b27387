"""Finds open axes that must be equally long, such as those of token ids and their mask: the original takes them together only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from modelport.evidence.refusal import OracleRefusalError
from modelport.frontends.tensorflow.axes import lengths, stretched
from modelport.frontends.tensorflow.net import Net
from modelport.frontends.tensorflow.oracle import asked

if TYPE_CHECKING:  # what it imports need not be in the user's interpreter
    from modelport.evidence.cases import Tensors

__all__ = ["joined"]


def joined(
    net: Net, sample: Tensors, axes: Mapping[str, Mapping[int, str]], named: Sequence[str]
) -> dict[str, dict[int, str]]:
    """Returns the axes with one symbol, the first one's, for those that move together only; ``named`` stay as they are."""
    usual = lengths(sample, axes)
    free = [symbol for symbol in usual if symbol not in named]
    stuck = [symbol for symbol in free if not _takes(net, sample, axes, [symbol], 2 * usual[symbol])]
    same: dict[str, str] = {}
    for length in dict.fromkeys(usual[symbol] for symbol in stuck):
        group = [symbol for symbol in stuck if usual[symbol] == length]
        if len(group) > 1 and _takes(net, sample, axes, group, 2 * length):
            same |= dict.fromkeys(group, group[0])
    return {
        name: {axis: same.get(symbol, symbol) for axis, symbol in symbols.items()} for name, symbols in axes.items()
    }


def _takes(
    net: Net, sample: Tensors, axes: Mapping[str, Mapping[int, str]], symbols: Sequence[str], length: int
) -> bool:
    changed = dict(sample)
    for symbol in symbols:
        changed = {name: stretched(value, axes[name], symbol, length) for name, value in changed.items()}
    try:
        asked(net, changed)
    except OracleRefusalError:
        return False
    return True
