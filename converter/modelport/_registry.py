"""Finds plug-in files: scans one package and demands one named object of each module in it."""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import TypeVar

__all__ = ["scan"]

T = TypeVar("T")


def scan(package: str, name: str, kind: type[T]) -> Iterator[tuple[str, T]]:
    """Yields (module name, object) for every public module of ``package``, sorted; each must define ``name``.

    Raises: TypeError when a module lacks the object or has one of another kind: a fault in this package.
    """
    parent = importlib.import_module(package)
    for info in sorted(pkgutil.iter_modules(parent.__path__), key=lambda item: item.name):
        if info.name.startswith("_"):
            continue
        found = getattr(importlib.import_module(f"{package}.{info.name}"), name, None)
        if not isinstance(found, kind):
            raise TypeError(f"{package}.{info.name} must define {name} as a {kind.__name__}")
        yield info.name, found
