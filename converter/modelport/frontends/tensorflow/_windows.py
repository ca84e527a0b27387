"""Windows that slide over an image: TensorFlow's padding and layout, as convolutions and pooling share them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from modelport.frontends.tensorflow._writing import Writer, integers

__all__ = ["Window", "channels_first", "channels_last", "padded", "same_pads", "window_of"]


@dataclass(frozen=True)
class Window:
    """What slides: a length, a stride and a dilation for each axis of the image, and how its border is padded."""

    kernel: tuple[int, ...]
    strides: tuple[int, ...]
    dilations: tuple[int, ...]
    padding: str
    # Before and after each axis, where the padding is EXPLICIT.
    explicit: tuple[tuple[int, int], ...]
    last: bool

    @property
    def extents(self) -> tuple[int, ...]:
        """How much of the image one window covers along each axis."""
        return tuple((k - 1) * d + 1 for k, d in zip(self.kernel, self.dilations, strict=True))


def window_of(write: Writer, kernel: Sequence[int]) -> Window:
    """Reads strides, dilations, padding and layout of a node.

    Raises: ValueError where a window spans samples or channels.
    """
    rank = len(kernel) + 2
    layout = write.attribute("data_format", "NHWC")
    last = layout in ("NHWC", "NDHWC", "NWC")
    space = slice(1, rank - 1) if last else slice(2, rank)
    strides = write.attribute("strides", [1] * rank)
    dilations = write.attribute("dilations") or [1] * rank
    explicit = write.attribute("explicit_paddings") or [0] * 2 * rank
    if any(set(values) != {1} for values in (strides[0:1], dilations[0:1])):
        raise ValueError("the window moves over samples")
    pairs = [(explicit[2 * axis], explicit[2 * axis + 1]) for axis in range(rank)]
    return Window(
        tuple(int(k) for k in kernel),
        tuple(strides[space]),
        tuple(dilations[space]),
        write.attribute("padding"),
        tuple(pairs[space]),
        last,
    )


def channels_first(write: Writer, image: str, window: Window) -> str:
    """The image as ONNX lays it out: channels before height and width."""
    count = len(window.kernel)
    return write("Transpose", image, perm=[0, count + 1, *range(1, count + 1)]) if window.last else image


def channels_last(write: Writer, image: str, window: Window) -> None:
    """Gives the result in the layout of the node replaced."""
    count = len(window.kernel)
    if window.last:
        write.result("Transpose", image, perm=[0, *range(2, count + 2), 1])
    else:
        write.result("Identity", image)


def padded(write: Writer, image: str, window: Window, fill: float) -> tuple[str, dict[str, Any]]:
    """Returns the image, channels first, and the attributes that pad it as TensorFlow does.

    SAME gives an axis of length n ceil(n / stride) windows; what these need more than n is split, the odd one behind. ONNX Runtime
    does so itself only for windows without holes that are no shorter than their stride; else ``fill`` is put around the image.
    """
    count = len(window.kernel)
    if window.padding != "SAME":
        pairs = window.explicit if window.padding == "EXPLICIT" else ((0, 0),) * count
        return image, {"pads": [before for before, _ in pairs] + [after for _, after in pairs]}
    shape = write.shape_of(image)
    lengths = shape[2:] if shape is not None else [-1] * count
    totals = [_total(*axis) for axis in zip(lengths, window.extents, window.strides, strict=True)]
    if all(total is not None for total in totals):
        known = [total or 0 for total in totals]
        return image, {"pads": [total // 2 for total in known] + [total - total // 2 for total in known]}
    if set(window.dilations) == {1} and all(k >= s for k, s in zip(window.kernel, window.strides, strict=True)):
        return image, {"auto_pad": "SAME_UPPER"}
    return write("Pad", image, same_pads(write, image, window), write.like(fill, image)), {"pads": [0] * 2 * count}


def _total(length: int, extent: int, stride: int) -> int | None:
    if stride == 1:
        return extent - 1
    return None if length < 0 else max((-(-length // stride) - 1) * stride + extent - length, 0)


def same_pads(write: Writer, image: str, window: Window) -> str:
    """How SAME pads an image, channels first, computed from its own lengths when the net runs."""
    lengths = write("Slice", write("Shape", image), integers([2]), integers([2 + len(window.kernel)]))
    stride, one = integers(window.strides), integers([1])
    windows = write("Div", write("Sub", write("Add", lengths, stride), one), stride)
    covered = write("Add", write("Mul", write("Sub", windows, one), stride), integers(window.extents))
    total = write("Max", write("Sub", covered, lengths), integers([0]))
    before = write("Div", total, integers([2]))
    return write("Concat", integers([0, 0]), before, integers([0, 0]), write("Sub", total, before), axis=0)
