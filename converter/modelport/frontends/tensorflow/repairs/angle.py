"""Atan2, the angle of a point, with the signs of zeros and with infinities.

    r = atan(|y| / |x|);  r = pi - r on the left;  -r below

tf2onnx takes 0 for both zeros, and gives NaN where both are infinite.
"""

import numpy as np

from modelport.frontends.tensorflow._repair import Repair
from modelport.frontends.tensorflow._writing import Writer

__all__ = ["REPAIR"]


def _atan2(write: Writer) -> None:
    y, x = write.inputs
    high, wide = write("Abs", y), write("Abs", x)
    angle = write("Atan", write("Div", high, wide))
    origin = write("Equal", write("Add", high, wide), write.like(0.0, x))
    angle = write("Where", origin, write.like(0.0, x), angle)
    corner = write("And", write("IsInf", y), write("IsInf", x))
    angle = write("Where", corner, write.like(np.pi / 4, x), angle)
    angle = write("Where", _negative(write, x), write("Sub", write.like(np.pi, x), angle), angle)
    write.result("Where", _negative(write, y), write("Neg", angle), angle)


def _negative(write: Writer, x: str) -> str:
    zero = write.like(0.0, x)
    below = write("Less", write("Div", write.like(1.0, x), x), zero)
    return write("Or", write("Less", x, zero), write("And", write("Equal", x, zero), below))


REPAIR = Repair("angles (Atan2)", {"Atan2": _atan2})
