"""Pooling by the greatest number or the mean, padded to the same size whatever the lengths and the stride.

The border counts in neither. Where its width has to be computed when the net runs, it is put around the image: of the least number,
or of zeros, and then the mean is divided by the share of the window that lies inside.
"""

from typing import Any

import numpy as np

from modelport.frontends.tensorflow._repair import Repair
from modelport.frontends.tensorflow._windows import Window, channels_first, channels_last, padded, window_of
from modelport.frontends.tensorflow._writing import Writer

__all__ = ["REPAIR"]


def _greatest(write: Writer) -> None:
    window, options = _window(write)
    image, pads = padded(write, channels_first(write, write.inputs[0], window), window, -np.inf)
    channels_last(write, write("MaxPool", image, **options, **pads), window)


def _mean(write: Writer) -> None:
    window, options = _window(write)
    image = channels_first(write, write.inputs[0], window)
    around, pads = padded(write, image, window, 0.0)
    made = write("AveragePool", around, **options, **pads)
    if around != image:
        inside = write("Expand", write.like(1.0, image), write("Shape", image))
        share = write("AveragePool", padded(write, inside, window, 0.0)[0], **options, **pads)
        made = write("Div", made, share)
    channels_last(write, made, window)


def _window(write: Writer) -> tuple[Window, dict[str, Any]]:
    sizes = write.attribute("ksize")
    last = not write.attribute("data_format", "NHWC").startswith("NC")
    kernel = sizes[1:-1] if last else sizes[2:]
    if sizes[0] != 1 or (sizes[-1] if last else sizes[1]) != 1:
        raise ValueError("it pools over samples or channels")
    window = window_of(write, kernel)
    return window, {"kernel_shape": list(window.kernel), "strides": list(window.strides)}


REPAIR = Repair("pooling", {"AvgPool": _mean, "AvgPool3D": _mean, "MaxPool": _greatest, "MaxPool3D": _greatest})
