"""Fills the template trees of C++ projects."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from modelport.targets.cpp.library import LibraryView
from modelport.targets.resources import bindings

__all__ = ["rendered"]


def rendered(
    trees: Sequence[str], view: LibraryView, example: Sequence[str], vendored: Iterable[str]
) -> dict[str, bytes]:
    """Returns {path in the project: text}. A template of an earlier tree stands before one of a later at the same path.

    ``vendored`` are the paths of the runtime's sources, which the build lists.
    """
    roots = [bindings(tree) for tree in trees]
    environment = Environment(
        loader=FileSystemLoader(roots),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    compiled = [path for path in sorted(vendored) if path.endswith(".cpp")]
    values = {
        "view": view,
        "example": example,
        "sources": [path for path in compiled if path.startswith("src/")],
        "test_sources": [path for path in compiled if path.startswith("tests/")],
    }
    files: dict[str, bytes] = {}
    for name in sorted({path.relative_to(root).as_posix() for root in roots for path in _files(root)}):
        text = environment.get_template(name).render(values) if name.endswith(".j2") else _plain(roots, name)
        files[_target_path(name, view)] = text.encode()
    return files


def _files(root: Path) -> Iterable[Path]:
    return (path for path in root.rglob("*") if path.is_file())


def _plain(roots: Sequence[Path], name: str) -> str:
    return next(root / name for root in roots if (root / name).is_file()).read_text(encoding="utf-8")


def _target_path(name: str, view: LibraryView) -> str:
    """Fills the placeholders of a template's path. A leading dot is written out: tools skip files that have one."""
    placed = name.replace("__stem__", view.stem).replace("__name__", view.name).replace("_dot_", ".")
    return placed.removesuffix(".j2")
