"""What generated documentation says of the values of a tensor."""

from collections.abc import Callable

from msgspec import UNSET

from modelport.ir.contract import Input, Output

__all__ = ["value_words"]

# Of the texts that an input takes.
_SHOWN = 8


def value_words(tensor: Input | Output, escaped: Callable[[str], str]) -> list[str]:
    """Such as 'the original was shown 0 to 99', where the values of the sample lay; empty for outputs.

    ``escaped`` makes a text of the model's fit for a comment.
    """
    if not isinstance(tensor, Input):
        return []
    words = []
    if tensor.range is not UNSET:
        least, greatest = tensor.range
        words.append(f"the original was shown {least:.6g} to {greatest:.6g}")
    if tensor.finite is True:
        words.append("NaN and infinities are refused")
    if tensor.texts:
        listed = ", ".join(escaped(text) for text in tensor.texts[:_SHOWN])
        more = ", ..." if len(tensor.texts) > _SHOWN else ""
        words.append(f"only {len(tensor.texts)} texts are known, others are refused: {listed}{more}")
    return words
