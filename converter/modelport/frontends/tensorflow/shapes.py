"""Names the open axes of a graph's inputs, and of its outputs by watching which of them move when an input's length does."""

from collections.abc import Mapping

import onnx_ir as ir

from modelport.evidence.cases import Tensors
from modelport.evidence.oracle import OracleRefusalError
from modelport.evidence.tensor_oracle import TensorOracle
from modelport.frontends.tensorflow.axes import lengths, stretched

__all__ = ["name_shapes"]

_Axes = Mapping[str, Mapping[int, str]]


def name_shapes(model: ir.Model, oracle: TensorOracle, sample: Tensors, axes: _Axes) -> None:
    """Sets the shapes of inputs and outputs.

    An axis of an output is called as the symbol whose length it has in every call that was tried, or else after the output
    and its place; one that no length moves keeps the exporter's number.
    """
    for value in model.graph.inputs:
        named = axes[str(value.name)]
        value.shape = ir.Shape([named.get(axis, length) for axis, length in enumerate(sample[str(value.name)].shape)])
    usual = lengths(sample, axes)
    plain = oracle.ask(sample)
    moved = {symbol: _moved(oracle, sample, axes, symbol, length) for symbol, length in usual.items()}
    for value in model.graph.outputs:
        name = str(value.name)
        known = list(value.shape) if value.shape is not None else [None] * plain[name].ndim
        value.shape = ir.Shape(
            [
                _dimension(f"{name}_{axis}", known[axis], length, usual, _seen(moved, name, axis))
                for axis, length in enumerate(plain[name].shape)
            ]
        )


def _dimension(
    own: str,
    known: "int | ir.SymbolicDim | None",
    length: int,
    usual: Mapping[str, int],
    seen: Mapping[str, tuple[int, int]],
) -> int | str:
    """``seen`` holds the length that each symbol was given and the one that the axis then had."""
    movers = [symbol for symbol, (_, found) in seen.items() if found != length]
    if not movers:
        return length if isinstance(known, int) else own
    same = [symbol for symbol in movers if usual[symbol] == length and seen[symbol][0] == seen[symbol][1]]
    return same[0] if len(movers) == 1 and same else own


def _seen(moved: Mapping[str, tuple[int, Tensors] | None], name: str, axis: int) -> dict[str, tuple[int, int]]:
    return {symbol: (one[0], one[1][name].shape[axis]) for symbol, one in moved.items() if one is not None}


def _moved(oracle: TensorOracle, sample: Tensors, axes: _Axes, symbol: str, length: int) -> tuple[int, Tensors] | None:
    """Another length of one symbol, with the answers, None where the original takes no other that was tried."""
    for other in (2 * length, length + 1, length - 1):
        if other > 0:
            changed = {name: stretched(value, axes[name], symbol, other) for name, value in sample.items()}
            try:
                return other, oracle.ask(changed)
            except OracleRefusalError:
                continue
    return None
