"""Crops of images by boxes, each in another size (tf.image.crop_and_resize): Resize computes other places in the last bit.

A crop's border often lies on the image's, and a bit beyond it there is no image
(tensorflow/core/kernels/image/crop_and_resize_op.cc).

**After**: the places of the crop's lines and columns, in the order in which TensorFlow rounds them; Gather of the four pixels about
each, and of these the two above, the two below, and both, weighted; or Gather of the nearest one.
"""

import numpy as np
from onnx import TensorProto

from modelport.frontends.tensorflow._repair import Repair
from modelport.frontends.tensorflow._writing import Writer, integers

__all__ = ["REPAIR"]


def _crop(write: Writer) -> None:
    image, boxes, owners, size = write.inputs
    shape = write("Shape", image)
    _, high, wide, channels = write.several("Split", 4, shape, axis=0, num_outputs=4)
    down, across = (_places(write, boxes, size, length, place) for place, length in enumerate((high, wide)))
    # As [boxes, lines, 1] and [boxes, 1, columns].
    lines, columns = write("Unsqueeze", down, integers([2])), write("Unsqueeze", across, integers([1]))
    pixels = write("Reshape", write.cast(image, TensorProto.FLOAT), write("Concat", integers([-1]), channels, axis=0))
    first = write("Mul", write("Reshape", write.cast(owners, TensorProto.INT64), integers([-1, 1, 1])), high)

    def pixel(line: str, column: str) -> str:
        row = write("Add", first, _within(write, line, high))
        return write("Gather", pixels, write("Add", write("Mul", row, wide), _within(write, column, wide)), axis=0)

    if write.attribute("method", "bilinear") == "nearest":
        made = pixel(_nearest(write, lines), _nearest(write, columns))
    else:
        (top, bottom), (left, right) = ([write("Floor", one), write("Ceil", one)] for one in (lines, columns))
        aside = write("Unsqueeze", write("Sub", columns, left), integers([-1]))
        above, below = (_between(write, pixel(line, left), pixel(line, right), aside) for line in (top, bottom))
        made = _between(write, above, below, write("Unsqueeze", write("Sub", lines, top), integers([-1])))
    inside = write("And", _inside(write, lines, high), _inside(write, columns, wide))
    fill = np.array(write.attribute("extrapolation_value", 0.0), dtype=np.float32)
    write.result("Where", write("Unsqueeze", inside, integers([-1])), made, fill)


def _places(write: Writer, boxes: str, size: str, length: str, place: int) -> str:
    """Where each line, or column, of each crop lies in the image: [boxes, lines]. A box is top, left, bottom, right."""
    start, end = (write("Gather", boxes, integers([one]), axis=1) for one in (place, place + 2))
    count = write("Gather", write.cast(size, TensorProto.INT64), integers(place))
    far = write("Cast", write("Sub", length, integers(1)), to=TensorProto.FLOAT)
    steps = write("Cast", write("Max", write("Sub", count, integers(1)), integers(1)), to=TensorProto.FLOAT)
    scale = write("Div", write("Mul", write("Sub", end, start), far), steps)
    lines = write("Cast", write("Range", integers(0), count, integers(1)), to=TensorProto.FLOAT)
    several = write("Add", write("Mul", start, far), write("Mul", scale, lines))
    middle = write("Mul", write("Mul", write("Add", start, end), np.array(0.5, dtype=np.float32)), far)
    return write("Where", write("Greater", count, integers(1)), several, middle)


def _within(write: Writer, place: str, length: str) -> str:
    """A place as a whole number of the image, also where it lies outside and is not used."""
    whole = write("Max", write("Cast", place, to=TensorProto.INT64), integers(0))
    return write("Min", whole, write("Sub", length, integers(1)))


def _inside(write: Writer, place: str, length: str) -> str:
    far = write("Cast", write("Sub", length, integers(1)), to=TensorProto.FLOAT)
    nought = np.array(0, dtype=np.float32)
    return write("And", write("GreaterOrEqual", place, nought), write("LessOrEqual", place, far))


def _nearest(write: Writer, place: str) -> str:
    """Halves go up: Round would take them to the even number."""
    floor = write("Floor", place)
    half = write("GreaterOrEqual", write("Sub", place, floor), np.array(0.5, dtype=np.float32))
    return write("Add", floor, write("Cast", half, to=TensorProto.FLOAT))


def _between(write: Writer, one: str, other: str, fraction: str) -> str:
    return write("Add", one, write("Mul", write("Sub", other, one), fraction))


REPAIR = Repair("crops of images", {"CropAndResize": _crop})
