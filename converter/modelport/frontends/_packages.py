"""Which version of a package is installed."""

from collections.abc import Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version

__all__ = ["installed"]


def installed(names: Sequence[str]) -> dict[str, str]:
    """The versions of those packages that are installed."""
    found = {name: _version(name) for name in names}
    return {name: text for name, text in found.items() if text is not None}


@cache
def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
