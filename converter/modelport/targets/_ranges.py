"""What generated documentation says of the values of an input."""

from msgspec import UNSET

from modelport.ir.contract import Input, Output

__all__ = ["shown_range"]


def shown_range(tensor: Input | Output) -> str:
    """Such as '0 to 99', where the values of the sample lay; empty where nobody knows."""
    if not isinstance(tensor, Input) or tensor.range is UNSET:
        return ""
    least, greatest = tensor.range
    return f"{least:.6g} to {greatest:.6g}"
