"""Transposed convolutions: TensorFlow's are the gradient of a convolution with a given result size.

    y_full[i * stride + k * dilation] += x[i] w[k];    y = y_full[before : before + size], zeros behind its end

``before`` is what the convolution would have padded. tf2onnx writes negative padding where the size asks for zeros behind, and cuts
in the middle where lengths are not known: wrong with output_padding, and with a stride above the kernel's length.
"""

from typing import Any

from modelport.frontends.tensorflow._repair import Repair
from modelport.frontends.tensorflow._windows import Window, channels_first, channels_last, window_of
from modelport.frontends.tensorflow._writing import Operand, Writer, integers

__all__ = ["REPAIR"]


def _transposed(write: Writer) -> None:
    sizes, kernel, image, *bias = write.inputs
    shape = write.shape_of(kernel)
    given = write.shape_of(image)
    if shape is None or min(shape) < 0 or given is None:
        raise ValueError("the kernel's shape, or the number of axes, is not known")
    axes = len(shape) - 2
    window = window_of(write, shape[:axes])
    channels = given[-1] if window.last else given[1]
    if channels not in (-1, shape[-1]):
        raise ValueError("it is grouped")
    known = write.constant_of(1)
    # From height, width, output and input channels to input and output channels, height, width.
    order = [axes + 1, axes, *range(axes)]
    weights: Operand = write("Transpose", kernel, perm=order) if known is None else known.transpose(order)
    first = channels_first(write, image, window)
    lengths = write.shape_of(first)
    target = write.result_shape()
    space = slice(1, axes + 1) if window.last else slice(2, axes + 2)
    options: dict[str, Any] = {
        "kernel_shape": list(window.kernel),
        "strides": list(window.strides),
        "dilations": list(window.dilations),
    }
    wanted = target[space] if target is not None else [-1] * axes
    if lengths is not None and min([*lengths[2:], *wanted]) >= 0:
        cut = [_cut(*one) for one in zip(lengths[2:], wanted, window.extents, window.strides, strict=True)]
        befores = [_before(window, axis, total) for axis, (total, _) in enumerate(cut)]
        behind = [full - before - size for (_, full), before, size in zip(cut, befores, wanted, strict=True)]
        made = write(
            "ConvTranspose",
            first,
            weights,
            *bias,
            pads=befores + [max(one, 0) for one in behind],
            output_padding=[max(-one, 0) for one in behind],
            **options,
        )
        return channels_last(write, made, window)
    full = write("ConvTranspose", first, weights, *bias, output_padding=[one - 1 for one in window.strides], **options)
    size = write("Slice", write("Cast", sizes, to=7), integers([space.start]), integers([space.stop]))
    before = _befores(write, first, size, window)
    end = write("Add", before, size)
    made = write("Slice", full, before, end, integers(range(2, axes + 2)))
    return channels_last(write, made, window)


def _cut(length: int, size: int, extent: int, stride: int) -> tuple[int, int]:
    """What the convolution pads in all, and the length before anything is cut."""
    full = (length - 1) * stride + extent
    return max(full - size, 0), full


def _before(window: Window, axis: int, total: int) -> int:
    if window.padding == "EXPLICIT":
        return window.explicit[axis][0]
    return total // 2 if window.padding == "SAME" else 0


def _befores(write: Writer, image: str, size: str, window: Window) -> Operand:
    if window.padding != "SAME":
        return integers([window.explicit[axis][0] for axis in range(len(window.kernel))])
    lengths = write("Slice", write("Shape", image), integers([2]), integers([2 + len(window.kernel)]))
    reached = write("Mul", write("Sub", lengths, integers([1])), integers(window.strides))
    total = write("Sub", write("Add", reached, integers(window.extents)), size)
    return write("Div", write("Max", total, integers([0])), integers([2]))


REPAIR = Repair("transposed convolutions", {"Conv2DBackpropInput": _transposed, "Conv3DBackpropInputV2": _transposed})
