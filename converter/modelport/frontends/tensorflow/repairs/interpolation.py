"""Images in another size, bilinear and by the nearest pixel: tf2onnx's Resize computes other places in the last bit.

A place in the old image is that of the new pixel times old/new, rounded; Resize divides by new/old. Of large images the difference
is seen in the pixels, and by the nearest one another is taken (tensorflow/core/kernels/image/resize_bilinear_op.cc,
resize_nearest_neighbor_op.cc, core/util/image_resizer_state.h).

**After**, along each axis: Gather of the two lines about the place, and lower + (upper - lower) * fraction; or of the nearest one.
It is Resize where the size is doubled or halved: there both are the same.
"""

import math

import numpy as np
from onnx import TensorProto

from modelport.frontends.tensorflow._repair import Repair
from modelport.frontends.tensorflow._writing import Operand, Writer, integers

__all__ = ["REPAIR"]


def _bilinear(write: Writer) -> None:
    image = write.cast(write.inputs[0], TensorProto.FLOAT)
    if _written_as_resize(write, image, "linear", "half_pixel"):
        return
    lengths = [_lengths(write, axis) for axis in (1, 2)]
    # An image that has the size already is handed on: an infinity less itself would be NaN.
    same = write("And", *(write("Equal", *pair) for pair in lengths))
    for axis in (2, 1):
        place, old = _places(write, *lengths[axis - 1], shift=0.5)
        floor = write("Floor", place)
        first = write("Max", write("Cast", floor, to=TensorProto.INT64), integers(0))
        last = write("Min", write("Cast", write("Ceil", place), to=TensorProto.INT64), write("Sub", old, integers(1)))
        lower, upper = (write("Gather", image, lines, axis=axis) for lines in (first, last))
        fraction = write("Reshape", write("Sub", place, floor), integers([-1, 1, 1] if axis == 1 else [-1, 1]))
        apart = write("Where", same, _float(0.0), write("Sub", upper, lower))
        image = write("Add", lower, write("Mul", apart, fraction))
    write.result("Identity", image)


def _nearest(write: Writer) -> None:
    image = write.inputs[0]
    if _written_as_resize(write, image, "nearest", "tf_half_pixel_for_nn"):
        return
    for axis in (2, 1):
        place, old = _places(write, *_lengths(write, axis), shift=0.0)
        line = write("Floor", place)
        if write.attribute("align_corners", 0):
            # Halves go up: Round would take them to the even number.
            half = write("GreaterOrEqual", write("Sub", place, line), _float(0.5))
            line = write("Add", line, write("Cast", half, to=TensorProto.FLOAT))
        line = write("Min", write("Cast", line, to=TensorProto.INT64), write("Sub", old, integers(1)))
        image = write("Gather", image, line, axis=axis)
    write.result("Identity", image)


def _written_as_resize(write: Writer, image: str, mode: str, centres: str) -> bool:
    """Whether it was: sizes are known, and each is the other times a power of two, so that no place is rounded."""
    shape, size = write.shape_of(write.inputs[0]), write.constant_of(1)
    if shape is None or size is None or min(shape[1:3]) <= 0 or write.attribute("align_corners", 0):
        return False
    ratios = [new / old for new, old in zip(size.tolist(), shape[1:3], strict=True)]
    if any(ratio <= 0 or math.frexp(ratio)[0] != 0.5 for ratio in ratios):
        return False
    made = write(
        "Resize",
        write("Transpose", image, perm=[0, 3, 1, 2]),
        None,
        np.array([1, 1, *ratios], dtype=np.float32),
        mode=mode,
        nearest_mode="floor",
        coordinate_transformation_mode=centres if write.attribute("half_pixel_centers", 0) else "asymmetric",
    )
    write.result("Transpose", made, perm=[0, 2, 3, 1])
    return True


def _lengths(write: Writer, axis: int) -> tuple[str, str]:
    """The old and the new length of an axis."""
    old = write("Gather", write("Shape", write.inputs[0]), integers(axis))
    return old, write("Gather", write("Cast", write.inputs[1], to=TensorProto.INT64), integers(axis - 1))


def _places(write: Writer, old: str, new: str, shift: float) -> tuple[str, str]:
    """Where each new line lies among the old ones, and how many these are."""
    steps, lengths = new, old
    if write.attribute("align_corners", 0):
        steps, lengths = write("Max", write("Sub", new, integers(1)), integers(1)), write("Sub", old, integers(1))
    scale = write("Div", *(write("Cast", one, to=TensorProto.FLOAT) for one in (lengths, steps)))
    place = write("Cast", write("Range", integers(0), new, integers(1)), to=TensorProto.FLOAT)
    if not write.attribute("half_pixel_centers", 0):
        return write("Mul", place, scale), old
    place = write("Mul", write("Add", place, _float(0.5)), scale)
    return (write("Sub", place, _float(shift)) if shift else place), old


def _float(value: float) -> Operand:
    return np.array(value, dtype=np.float32)


REPAIR = Repair("places in resized images", {"ResizeBilinear": _bilinear, "ResizeNearestNeighbor": _nearest})
