"""Walks the structures that models take and give: dicts, lists, tuples and named tuples of tensors."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from modelport.frontends._net_names import called, unique

__all__ = ["Flat", "filled", "leaves", "named_leaves"]

# Any: tensors and structures of them.
Flat = list[tuple[str, Any]]
Path = tuple[str, ...]


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yields each leaf with its keys, fields and places, in the structure's own order; None is no leaf."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from leaves(item, (*path, str(key)))
    elif isinstance(value, tuple) and hasattr(value, "_fields"):
        for field in value._fields:
            yield from leaves(getattr(value, field), (*path, str(field)))
    elif isinstance(value, list | tuple):
        for place, item in enumerate(value):
            yield from leaves(item, (*path, str(place)))
    elif value is not None:
        yield path, value


def named_leaves(value: Any, single: str) -> Flat:
    """The leaves with names of their own; a structure that is one leaf is called ``single``."""
    return unique([(called("_".join(path), single), leaf) for path, leaf in leaves(value)])


def filled(structure: Any, values: Sequence[Any]) -> Any:
    """The same structure with other leaves, in the order of ``leaves``."""
    return _filled(structure, iter(values))


def _filled(value: Any, values: Iterator[Any]) -> Any:
    if isinstance(value, Mapping):
        return {key: _filled(item, values) for key, item in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(_filled(item, values) for item in value))
    if isinstance(value, list | tuple):
        return type(value)(_filled(item, values) for item in value)
    return None if value is None else next(values)
