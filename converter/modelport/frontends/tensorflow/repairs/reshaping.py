"""Reshape to lengths that are computed: ONNX reads a 0 as "as before", and cannot find a length (-1) beside it.

TensorFlow takes a 0 for 0, so that an empty batch is reshaped like any other; where a length is to be found in an empty tensor it
leaves out the zeros of both shapes (tensorflow/core/kernels/reshape_op.h).

**After**, where the shape holds no -1: Reshape with allowzero. Where it may: the length is computed first.
"""

from typing import Any

import numpy as np
from onnx import TensorProto

from modelport.frontends.tensorflow._repair import Repair
from modelport.frontends.tensorflow._writing import Writer

__all__ = ["REPAIR"]

# What carries lengths on; none of these makes a negative number of others.
_CARRY = frozenset("Concat Unsqueeze Squeeze Cast Identity Reshape Mul Gather Slice ReduceProd Max".split())


def _reshape(write: Writer) -> None:
    data, shape = write.inputs
    known = write.constant_of(1)
    if known is not None:
        return write.result("Reshape", data, known.astype(np.int64), allowzero=int(0 in known))
    target = write("Cast", shape, to=TensorProto.INT64)
    if _may_be_negative(write, shape):
        target = _found(write, data, target)
    return write.result("Reshape", data, target, allowzero=1)


def _found(write: Writer, data: str, shape: str) -> str:
    one, none, zero = (np.array(number, dtype=np.int64) for number in (1, -1, 0))
    before = write("Shape", data)
    filled = write("ReduceProd", write("Where", write("Equal", before, zero), one, before), keepdims=0)
    empty = write("Equal", write("ReduceProd", shape, keepdims=0), zero)
    count = write("Where", empty, filled, write("Size", data))
    given = write("ReduceProd", write("Where", write("LessOrEqual", shape, zero), one, shape), keepdims=0)
    return write("Where", write("Equal", shape, none), write("Div", count, given), shape)


def _may_be_negative(write: Writer, name: str) -> bool:
    """Whether a computed shape may hold a -1: it does not where all of it comes from shapes and from constants above it."""
    waiting, seen = [name], set[str]()
    while waiting:
        one = waiting.pop()
        if one in seen:
            continue
        seen.add(one)
        # Any: a node of tf2onnx.
        source: Any = write.source_of(one)
        if source is None:
            return True
        if source.is_const():
            if np.min(source.get_tensor_value(as_list=False), initial=0) < 0:
                return True
        elif source.type in _CARRY:
            # Of the other inputs of these (axes, places) the sign says nothing.
            waiting.extend(source.input if source.type in ("Concat", "Max", "Mul") else source.input[:1])
        elif source.type != "Shape":
            return True
    return False


REPAIR = Repair("reshaping", {"Reshape": _reshape})
