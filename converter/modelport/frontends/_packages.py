"""Which version of a package is installed; read in the user's interpreter too, see ``_exported_net.py``."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, packages_distributions, version

__all__ = ["installed", "version_behind", "version_of"]


def installed(names: Sequence[str]) -> dict[str, str]:
    """The versions of those packages that are installed."""
    found = {name: version_of(name) for name in names}
    return {name: text for name, text in found.items() if text is not None}


@cache
def version_of(package: str) -> str | None:
    """The version of what is installed under that name, None where nothing is."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def version_behind(module: str) -> str | None:
    """The version of what holds a module, also where that is called otherwise: tensorflow-cpu holds tensorflow."""
    found = version_of(module)
    if found is not None:
        return found
    others = packages_distributions().get(module, ())
    return next((text for name in others if (text := version_of(name)) is not None), None)
