"""How often do TensorFlow Lite's own kernels differ on an int8 operator?

Question: the share of numbers, and the most steps, in which the interpreter without its default delegate, and with the
    reference kernels, differs from ``Interpreter(path)``; a net of one operator, inputs over the whole range of int8.
Baseline: ``Interpreter(path)``, which is the original of a proof.
Command: python -m benchmarks.tflite_kernels.bench [--quick] [--out DIR]
Better: nothing here is ours; decision 18 derives from these shares how often a step is allowed.
Warm-up: none, no time is taken.
"""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks._common import arguments, save, table
from fixtures.recipes.tensorflow.tflite import written
from modelport.frontends.tensorflow.tflite.packages import interpreter_class

__all__ = ["main"]

_CALLS = 50
_SIZE = 16
# As tf.lite.experimental.OpResolverType calls them; the first is what Interpreter(path) takes.
_KERNELS = ("AUTO", "BUILTIN_WITHOUT_DEFAULT_DELEGATES", "BUILTIN_REF")


# Any here and below: tensors, layers and interpreters of TensorFlow.
def _operators() -> dict[str, Callable[[Any], Any]]:
    import keras
    import tensorflow as tf

    layers = keras.layers
    return {
        "convolution": layers.Conv2D(8, 3),
        "depthwise convolution": layers.DepthwiseConv2D(3),
        "dense": layers.Dense(8),
        "average pooling": layers.AveragePooling2D(2),
        "mean": lambda x: tf.reduce_mean(x, (1, 2)),
        "sum": lambda x: tf.reduce_sum(x, (1, 2)),
        "bilinear": lambda x: tf.image.resize(x, (2 * _SIZE, 2 * _SIZE)),
        "addition": lambda x: x + x[:, ::-1],
        "product": lambda x: x * x[:, ::-1],
        "sigmoid": tf.sigmoid,
        "softmax": tf.nn.softmax,
    }


def _net(operator: Callable[[Any], Any]) -> Any:
    import tensorflow as tf

    signature = [tf.TensorSpec((1, _SIZE, _SIZE, 4), tf.float32)]
    # The first call makes the weights of a layer.
    operator(tf.zeros((1, _SIZE, _SIZE, 4)))
    return tf.function(lambda x: operator(x), input_signature=signature)  # noqa: PLW0108  # a layer is no function


def _answers(path: Path, kernels: str, calls: npt.NDArray[np.int8]) -> npt.NDArray[np.int64]:
    import tensorflow as tf

    kind = getattr(tf.lite.experimental.OpResolverType, kernels)
    interpreter = interpreter_class()(str(path), experimental_op_resolver_type=kind)
    interpreter.allocate_tensors()
    (given,), (asked,) = interpreter.get_input_details(), interpreter.get_output_details()
    found = []
    for call in calls:
        interpreter.set_tensor(given["index"], call)
        interpreter.invoke()
        found.append(interpreter.get_tensor(asked["index"]).astype(np.int64))
    return np.stack(found)


def main(argv: Sequence[str] | None = None) -> int:
    """Counts, prints a table and writes the JSON."""
    flags = arguments(__doc__).parse_args(argv)
    import keras

    keras.utils.set_random_seed(18)
    count = 2 if flags.quick else _CALLS
    calls = np.random.default_rng(18).integers(-128, 128, (count, 1, _SIZE, _SIZE, 4), dtype=np.int8)
    results = []
    for name, operator in _operators().items():
        path = written(_net(operator), "int8")
        usual, *others = (_answers(path, kernels, calls) for kernels in _KERNELS)
        for kernels, other in zip(_KERNELS[1:], others, strict=True):
            away = np.abs(other - usual)
            results.append(
                {"operator": name, "kernels": kernels, "share": float(np.mean(away > 0)), "steps": int(away.max())}
            )
    rows = [[f"{r['operator']}, {r['kernels']}", f"{r['share']:.4f}", str(r["steps"])] for r in results]
    print(table(["operator, kernels", "share that differs", "most steps"], rows))
    question = "how often do TensorFlow Lite's own kernels differ on an int8 operator?"
    save(flags.out, "tflite_kernels", question, {"results": results}, quick=flags.quick)
    return 0


if __name__ == "__main__":
    sys.exit(main())
