"""The further way: the script becomes an exported program, as the file of torch.export would hold it, and goes that file's way."""

from collections.abc import Mapping, Sequence
from typing import Any

from modelport.errors import UnsupportedModelError
from modelport.frontends.torch.export import Exported, export, quiet

__all__ = ["export_program"]


# Any: a script of torch and its tensors.
def export_program(
    outer: Any, inputs: Sequence[tuple[str, Any]], axes: Mapping[str, Mapping[int, str]], where: str
) -> Exported:
    """Returns the graph of a wrapped script. Raises: UnsupportedModelError with torch's reason."""
    import torch
    from torch._export.converter import TS2EPConverter

    tensors = tuple(value for _, value in inputs)
    try:
        with quiet(), torch.no_grad():
            # Its lengths have names of torch's own: the program is exported once more, with the names that are asked.
            module = TS2EPConverter(outer, tensors).convert().module(check_guards=False)
    except Exception as err:  # the converter raises its own errors, torch.export's and the tracer's
        root: BaseException = err
        while root.__cause__ is not None:
            root = root.__cause__
        raise UnsupportedModelError(
            f"torch cannot make a program of it: {str(root).strip().split(chr(10))[0]}",
            where=where,
            fix="save the module itself with torch.export.save",
        ) from err
    return export(module, tensors, tuple(dict(axes[name]) or None for name, _ in inputs), where)
