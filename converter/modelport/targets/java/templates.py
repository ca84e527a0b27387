"""Renders a template tree into the files of a Maven project."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from modelport.targets.resources import bindings

__all__ = ["render_tree"]


def render_tree(
    tree: str, values: Mapping[str, object], package: str, model: str, shared: Sequence[str] = ()
) -> dict[str, bytes]:
    """Returns {path in the project: text} of ``bindings/<tree>``, and of the files ``shared`` of ``bindings/java``.

    ``package`` and ``model`` take the places of __package__ and __Model__ in paths.
    """
    root = bindings(tree)
    environment = Environment(
        loader=FileSystemLoader([root, bindings("java")]),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    own = [path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file() and not _is_part(path)]
    files: dict[str, bytes] = {}
    for name in sorted([*own, *shared]):
        if name.endswith(".j2"):
            text = environment.get_template(name).render(values)
        else:
            text = (root / name).read_text(encoding="utf-8")
        placed = name.replace("__package__", package.replace(".", "/")).replace("__Model__", model)
        files[placed.removesuffix(".j2")] = text.encode()
    return files


def _is_part(path: Path) -> bool:
    """True for templates that others include: _name.j2, but not __Placeholder__.java.j2."""
    return path.name.startswith("_") and not path.name.startswith("__")
