"""The refusal of operators for which there is no ONNX. Read in the user's interpreter too, see ``_exported_net.py``."""

from collections.abc import Sequence

from modelport.errors import UnsupportedModelError

__all__ = ["unwritten"]


def unwritten(operators: Sequence[str], fault: str, where: str) -> UnsupportedModelError:
    """The error that names all of them, each with its layer. ``fault``: such as 'are no ONNX'."""
    return UnsupportedModelError(
        f"{len(operators)} operator(s) {fault}: {'; '.join(operators)}",
        where=where,
        fix="write these layers with operators that ONNX has, or ask for them in an issue",
    )
