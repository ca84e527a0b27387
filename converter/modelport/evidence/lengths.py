"""Asks the original for the least and the greatest length of each axis that callers choose."""

from collections.abc import Callable

import numpy as np
import onnxruntime as ort
from msgspec.structs import replace

from modelport.evidence.cases import Tensors
from modelport.evidence.oracle import OracleRefusalError
from modelport.evidence.tensor_oracle import TensorOracle
from modelport.evidence.tensor_probes import SEED, Known, drawn
from modelport.ir.contract import Axis, Contract
from modelport.ir.session import try_run
from modelport.ir.tensor_intake import lengths_of

__all__ = ["found_limits"]

# How many times the sample's own length is asked for at most.
_STRETCH = 4


def found_limits(
    contract: Contract,
    oracle: TensorOracle,
    session: ort.InferenceSession,
    sample: Tensors,
    batch: str | None,
    known: Known,
) -> Contract:
    """Returns the contract with the lengths that the original takes, as far as they were asked.

    Between a length that is taken and one that is refused the border is found by halving. An axis that takes all that was
    asked keeps what the source says; where the graph cannot compute a length of 0, the least is 1.
    """
    names = [output.name for output in contract.outputs]
    usual = lengths_of(contract, sample)
    axes = []
    for axis in contract.axes or ():
        rng = np.random.default_rng(SEED)

        def takes(length: int, axis: Axis = axis, rng: np.random.Generator = rng) -> bool:
            try:
                oracle.ask(drawn(contract, sample, usual | {axis.symbol: length}, rng, known))
            except OracleRefusalError:
                return False
            return True

        limited = _limited(axis, usual[axis.symbol], takes, most=axis.symbol != batch)
        if limited.least == 0:
            empty = drawn(contract, sample, usual | {axis.symbol: 0}, np.random.default_rng(SEED), known)
            limited = replace(limited, least=int(isinstance(try_run(session, empty, names), str)))
        axes.append(limited)
    return replace(contract, axes=tuple(axes))


def _limited(axis: Axis, usual: int, takes: Callable[[int], bool], *, most: bool) -> Axis:
    least = axis.least if takes(axis.least) else _border(axis.least, usual, takes)
    axis = replace(axis, least=least)
    far = _STRETCH * usual if axis.most is None else min(axis.most, _STRETCH * usual)
    if not most or far <= usual or takes(far):
        return axis
    return replace(axis, most=_border(far, usual, takes))


def _border(refused: int, taken: int, takes: Callable[[int], bool]) -> int:
    """The length next to what is refused, on the side of what is taken."""
    while abs(refused - taken) > 1:
        middle = (refused + taken) // 2
        refused, taken = (refused, middle) if takes(middle) else (middle, taken)
    return taken
