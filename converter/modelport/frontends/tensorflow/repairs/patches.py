"""Patches of images (tf.image.extract_patches): tf2onnx counts on a known batch.

**After**: Gather of the lines of each patch, and of the columns in these; then patches, and in each lines, columns and channels.
"""

import numpy as np

from modelport.frontends.tensorflow._repair import Repair
from modelport.frontends.tensorflow._windows import Window, channels_first, same_pads
from modelport.frontends.tensorflow._writing import Writer, integers

__all__ = ["REPAIR"]


def _patches(write: Writer) -> None:
    kernel, strides, rates = (tuple(write.attribute(name)[1:3]) for name in ("ksizes", "strides", "rates"))
    window = Window(kernel, strides, rates, write.attribute("padding"), ((0, 0),) * 2, last=True)
    image = channels_first(write, write.inputs[0], window)
    if window.padding == "SAME":
        image = write("Pad", image, same_pads(write, image, window), write.like(0, image))
    shape = write("Shape", image)
    image = write("Gather", image, _lines(write, shape, window, 0), axis=2)
    image = write("Gather", image, _lines(write, shape, window, 1), axis=4)
    # Of samples, channels, patches, lines, patches, columns.
    image = write("Transpose", image, perm=[0, 2, 4, 3, 5, 1])
    found = write("Shape", image)
    depth = write("ReduceProd", write("Slice", found, integers([3]), integers([6])), keepdims=1)
    target = write("Concat", write("Slice", found, integers([0]), integers([3])), depth, axis=0)
    write.result("Reshape", image, target, allowzero=1)


def _lines(write: Writer, shape: str, window: Window, place: int) -> str:
    """The lines of each patch, [patches, lines]."""
    length = write("Gather", shape, integers(2 + place))
    extent, stride = window.extents[place], window.strides[place]
    room = write("Sub", length, integers(extent - stride))
    count = write("Max", write("Div", room, integers(stride)), integers(0))
    starts = write("Mul", write("Range", integers(0), count, integers(1)), integers(stride))
    within = np.arange(window.kernel[place], dtype=np.int64) * window.dilations[place]
    return write("Add", write("Unsqueeze", starts, integers([1])), within)


REPAIR = Repair("patches of images", {"ExtractImagePatches": _patches})
