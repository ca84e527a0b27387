"""Images in another size, by the weights that TensorFlow itself uses: bicubic (a table of 1024 steps), area, Lanczos, antialiased.

Each is linear along height and along width, so TensorFlow is asked for the weights: it resizes a diagonal of ones.
tf2onnx writes bicubic by the exact formula, area by its corners, and does not know the rest.

**After**, along each axis that changes: the sum over taps of a weight times Gather(image, where the tap lies). Needs known sizes.
Bilinear and nearest are those of ``interpolation.py``.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from onnx import TensorProto

from modelport.frontends.tensorflow._repair import Repair
from modelport.frontends.tensorflow._writing import Writer

__all__ = ["REPAIR"]

# An image of [1, length, 1, length] to [1, size, 1, length].
_Resize = Callable[[Any, int], Any]


def _bicubic(write: Writer) -> None:
    import tensorflow as tf

    options = {name: bool(write.attribute(name, 0)) for name in ("align_corners", "half_pixel_centers")}
    size = _size(write)
    call = [lambda image, n: tf.raw_ops.ResizeBicubic(images=image, size=[n, 1], **options)] * 2
    _resized(write, size, call)


def _area(write: Writer) -> None:
    import tensorflow as tf

    corners = bool(write.attribute("align_corners", 0))
    call = [lambda image, n: tf.raw_ops.ResizeArea(images=image, size=[n, 1], align_corners=corners)] * 2
    _resized(write, _size(write), call)


def _scaled(write: Writer) -> None:
    import tensorflow as tf

    size = _size(write)
    scale, shift = write.needed(2, "the scale"), write.needed(3, "the shift")
    options = {
        "kernel_type": write.attribute("kernel_type", "lanczos3"),
        "antialias": bool(write.attribute("antialias", 1)),
    }

    def along(axis: int) -> _Resize:
        def resize(image: Any, n: int) -> Any:
            return tf.raw_ops.ScaleAndTranslate(
                images=image, size=[n, 1], scale=[scale[axis], 1.0], translation=[shift[axis], 0.0], **options
            )

        return resize

    _resized(write, size, [along(0), along(1)])


def _size(write: Writer) -> tuple[int, int]:
    height, width = write.needed(1, "the size").tolist()
    return int(height), int(width)


def _resized(write: Writer, size: tuple[int, int], calls: list[_Resize]) -> None:
    shape = write.shape_of(write.inputs[0])
    if shape is None or min(shape[1:3]) <= 0:
        raise ValueError("the height and width of the image are not known")
    image = write.cast(write.inputs[0], TensorProto.FLOAT)
    for axis, (length, wanted, call) in enumerate(zip(shape[1:3], size, calls, strict=True), start=1):
        matrix = _weights(call, length, wanted)
        if length != wanted or not np.array_equal(matrix, np.eye(length)):
            image = _along(write, image, axis, matrix)
    write.result("Identity", image)


def _weights(call: _Resize, length: int, size: int) -> npt.NDArray[np.float32]:
    """The weight of each old line in each new one, from TensorFlow."""
    import tensorflow as tf

    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        image = tf.constant(np.eye(length, dtype=np.float32)[None, :, None, :])
        return np.asarray(session.run(call(image, size))[0, :, 0, :])


def _along(write: Writer, image: str, axis: int, matrix: npt.NDArray[np.float32]) -> str:
    places, weights = _taps(matrix)
    total = ""
    for place, weight in zip(places.T, weights.T, strict=True):
        shape = [-1 if one == axis else 1 for one in range(4)]
        term = write("Mul", write("Gather", image, place, axis=axis), weight.reshape(shape))
        total = write("Add", total, term) if total else term
    return total


def _taps(matrix: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """For each new line as many old ones as the widest needs; what a line does not need has weight 0 and is one it has."""
    found = [np.flatnonzero(row) for row in matrix]
    count = max((len(one) for one in found), default=0) or 1
    places = np.zeros((len(matrix), count), dtype=np.int64)
    weights = np.zeros((len(matrix), count), dtype=np.float32)
    for line, one in enumerate(found):
        places[line] = one[-1] if len(one) else 0
        places[line, : len(one)] = one
        weights[line, : len(one)] = matrix[line, one]
    return places, weights


REPAIR = Repair("resizing", {"ResizeArea": _area, "ResizeBicubic": _bicubic, "ScaleAndTranslate": _scaled})
