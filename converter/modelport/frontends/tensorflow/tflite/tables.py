"""Functions of one 8-bit number, looked up in a table of 256 as the kernels do."""

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends.tensorflow.tflite.node import Handler, Node
from modelport.frontends.tensorflow.tflite.scope import SELDOM

__all__ = ["FUNCTIONS", "tabled"]

Numbers = npt.NDArray[np.float64]


def _gelu(x: Numbers) -> Numbers:
    halves = [0.5 * (1 + math.erf(number / math.sqrt(2))) for number in x]
    return np.asarray(x * np.array(halves))


FUNCTIONS: dict[str, Callable[[Numbers], Numbers]] = {
    "ELU": lambda x: np.where(x < 0, np.expm1(np.minimum(x, 0)), x),
    "GELU": _gelu,
    "LOGISTIC": lambda x: 1 / (1 + np.exp(-x)),
    "TANH": np.tanh,
}


def tabled(code: str, other: Handler) -> Handler:
    """A handler that looks 8-bit integers up, and has ``other`` compute what is no 8-bit integer."""

    def handle(node: Node) -> None:
        scope, source, target = node.scope, node.operator.inputs[0], node.operator.outputs[0]
        one, two = scope.quantized(source), scope.quantized(target)
        kinds = {scope.tensor(source).dtype, scope.tensor(target).dtype}
        approximate = bool(getattr(node.options, "approximate", False))
        if not scope.keeps(source) or one is None or two is None or not kinds <= {"int8", "uint8"} or approximate:
            other(node)
            return
        limits, dtype = np.iinfo(node.tensor(0).dtype), node.output().dtype
        stored = np.arange(limits.min, limits.max + 1)
        real = one.scale[0] * (stored - one.zero[0]).astype(np.float32)
        with np.errstate(over="ignore"):
            steps = np.rint(FUNCTIONS[code](real.astype(np.float64)) / np.float64(two.scale[0])) + two.zero[0]
        table = node.emit.constant(np.clip(steps, np.iinfo(dtype).min, np.iinfo(dtype).max), dtype)
        place = node.op("Sub", node.emit.cast(node.raw(0), ir.DataType.INT32), node.emit.constant(np.int32(limits.min)))
        scope.put_steps(target, node.op("Gather", table, place), SELDOM)

    return handle
