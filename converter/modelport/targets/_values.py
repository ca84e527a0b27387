"""What generated documentation says of the values of tensors."""

from collections.abc import Callable

from msgspec import UNSET

from modelport.ir.contract import Contract, Input, Output

__all__ = ["note_lines", "table_text", "value_words"]

# Of the texts that an input takes.
_SHOWN = 8


def table_text(text: str) -> str:
    """A text of the model's for a README in Markdown: nothing in it ends a cell, a piece of code or the line."""
    return " ".join(text.replace("|", "\\|").replace("`", "'").split())


def note_lines(contract: Contract, escaped: Callable[[str], str] = table_text) -> tuple[str, ...]:
    """What the contract notes, such as "Input 'x' is int8: it stands for 0.5 * (stored + 128)"; for a README, or as ``escaped``."""
    return tuple(escaped(f"{note[0].upper()}{note[1:]}") for note in contract.notes)


def value_words(tensor: Input | Output, escaped: Callable[[str], str]) -> list[str]:
    """Such as 'the original was shown 0 to 99', where the values of the sample lay; empty for outputs.

    ``escaped`` makes a text of the model's fit for a comment.
    """
    if not isinstance(tensor, Input):
        return []
    words = []
    if tensor.range is not UNSET and tensor.element != "bool":
        least, greatest = tensor.range
        words.append(f"the original was shown {least:.6g} to {greatest:.6g}")
    if tensor.finite is True:
        words.append("NaN and infinities are refused")
    if tensor.texts:
        listed = ", ".join(escaped(text) for text in tensor.texts[:_SHOWN])
        more = ", ..." if len(tensor.texts) > _SHOWN else ""
        words.append(f"only {len(tensor.texts)} texts are known, others are refused: {listed}{more}")
    return words
