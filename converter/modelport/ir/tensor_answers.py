"""What a net answers where nothing is to be computed: ONNX Runtime is not asked, for some releases fail at empty tensors.

onnxruntime 1.29 ends the process where a net with log_softmax, argmax and topk gets an empty batch, and gives ArgMax of an empty
tensor the shape of its input.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from modelport.ir.contract import Contract
from modelport.ir.tensor_intake import lengths_of

__all__ = ["empty_answer"]

Array = npt.NDArray[np.generic]


def empty_answer(contract: Contract, inputs: Mapping[str, Array]) -> dict[str, Array] | None:
    """Returns the outputs by name where the contract shows that all of them are empty, else None."""
    lengths = lengths_of(contract, inputs)
    answers: dict[str, Array] = {}
    for output in contract.outputs:
        # -1: a length that only the net itself knows.
        shape = [length if isinstance(length, int) else lengths.get(length, -1) for length in output.shape or ()]
        if 0 not in shape or -1 in shape:
            return None
        answers[output.name] = np.zeros(shape, dtype=object if output.dtype == "string" else output.dtype)
    return answers
