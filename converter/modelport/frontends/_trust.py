"""What a file names outside of an allow list: how the caller trusts it, and what imports it then."""

from collections.abc import Iterable
from importlib import import_module
from typing import Any

from modelport.errors import ModelFileError

__all__ = ["how_to_trust", "named_object"]


def how_to_trust(names: Iterable[str]) -> str:
    """The fix of an UntrustedModelError."""
    return "if you trust it: " + " ".join(f"--trust {name}" for name in names)


# Any: a class or a function of any package.
def named_object(name: str, file: str, where: str, instead: str) -> Any:
    """Imports 'package.module.name', which the caller trusts. ``instead``: how to save the model without its source.

    Raises: ModelFileError where it cannot be imported.
    """
    module, _, attribute = name.rpartition(".")
    try:
        return getattr(import_module(module), attribute)
    except (ImportError, AttributeError) as err:
        raise ModelFileError(
            f"{file} needs {name}, which cannot be imported here: {err}",
            where=where,
            fix="install the package it is defined in, or put its source on PYTHONPATH; or save the model with "
            f"{instead}, which needs no source",
        ) from err
