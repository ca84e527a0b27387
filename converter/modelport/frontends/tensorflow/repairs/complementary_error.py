"""Erfc(x) = 1 - Erf(x): exact gelu is made of it, and tf2onnx does not know it.

TensorFlow computes Erfc by a function of its own; far out on the right, where it is below 1e-7, the difference has no digits left.
gelu multiplies it by x/2 of the same side, where it is x itself to the last digit, or nothing.
"""

from modelport.frontends.tensorflow._repair import Repair
from modelport.frontends.tensorflow._writing import Writer

__all__ = ["REPAIR"]


def _erfc(write: Writer) -> None:
    erf = write("Erf", write.inputs[0])
    write.result("Sub", write.like(1.0, write.inputs[0]), erf)


REPAIR = Repair("exact gelu (Erfc)", {"Erfc": _erfc})
