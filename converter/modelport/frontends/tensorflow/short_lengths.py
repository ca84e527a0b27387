"""Lengths that are shorter than a window: TensorFlow gives an image without pixels, ONNX Runtime does not take the image at all.

The contract's least length is then the first at which every window fits; shorter ones are refused in every language.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

import msgspec

from modelport.evidence.cases import Tensors
from modelport.frontends._spec import ConvertedNet
from modelport.frontends.tensorflow.axes import lengths, stretched
from modelport.ir.graph_proto import small_proto
from modelport.ir.session import try_open, try_run

__all__ = ["windows_fit"]

_WINDOWS = frozenset(("Conv", "MaxPool", "AveragePool", "LpPool"))
_REFUSED = "Invalid input shape"
# Larger weights are not handed over in one piece; the proof itself then meets what is too short.
_LARGE = 2**29


def windows_fit(net: ConvertedNet, axes: Mapping[str, Mapping[int, str]]) -> ConvertedNet:
    """Returns the net with the least length of each open axis but the batch at which ONNX Runtime takes every window."""
    model = net.program.model
    usual = {symbol: length for symbol, length in lengths(net.sample, axes).items() if symbol != net.batch}
    windows = any(node.op_type in _WINDOWS for node in model.graph.all_nodes())
    weights = sum(one.const_value.nbytes for one in model.graph.initializers.values() if one.const_value is not None)
    if not usual or not windows or weights > _LARGE:
        return net
    session = try_open(small_proto(model).SerializeToString())
    if isinstance(session, str):
        return net
    outputs = [str(value.name) for value in model.graph.outputs]

    def fits(symbol: str, length: int) -> bool:
        given: Tensors = {name: stretched(value, axes[name], symbol, length) for name, value in net.sample.items()}
        said = try_run(session, given, outputs)
        return not isinstance(said, str) or _REFUSED not in said

    least = {symbol: _least(partial(fits, symbol), most) for symbol, most in usual.items()}
    contract = net.program.contract
    moved = tuple(
        msgspec.structs.replace(axis, least=max(axis.least, least.get(axis.symbol, 0))) for axis in contract.axes or ()
    )
    return replace(net, program=replace(net.program, contract=msgspec.structs.replace(contract, axes=moved)))


def _least(fits: Callable[[int], bool], usual: int) -> int:
    """The first length that fits, by halving; 0 where every one does, or not even the sample's."""
    if usual < 1 or fits(1) or not fits(usual):
        return 0
    short = 1
    while usual - short > 1:
        middle = (short + usual) // 2
        short, usual = (short, middle) if fits(middle) else (middle, usual)
    return usual
