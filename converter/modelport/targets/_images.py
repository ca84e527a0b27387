"""What generated documentation says of images: the order of their axes and where a number lies."""

from msgspec import UNSET

from modelport.ir.contract import Contract, Input, Output

__all__ = ["image_lines", "image_words"]

_WORDS = {"NCHW": "images, channels first (NCHW)", "NHWC": "images, channels last (NHWC)"}
_PLACES = {
    "NCHW": "[batch, channels, height, width], plane by plane: element (b, c, y, x) is number "
    "`((b * channels + c) * height + y) * width + x`",
    "NHWC": "[batch, height, width, channels], the channels of a pixel side by side: element (b, y, x, c) is number "
    "`((b * height + y) * width + x) * channels + c`",
}


def image_words(tensor: Input | Output) -> str:
    """Such as '; images, channels last (NHWC)', empty where the tensor is none."""
    return f"; {_WORDS[tensor.image]}" if isinstance(tensor, Input) and tensor.image is not UNSET else ""


def image_lines(contract: Contract) -> tuple[str, ...]:
    """A sentence for each layout that inputs have, for a README."""
    lines = []
    for layout, place in _PLACES.items():
        names = [f"`{tensor.name}`" for tensor in contract.inputs if tensor.image == layout]
        if names:
            lines.append(f"Images in {', '.join(names)}: {place}.")
    return tuple(lines)
