"""Takes the hand-written runtime into a generated project, into the project's own namespace.

Two generated libraries, even two versions of one, can be linked into one program, each with the runtime it was proven with.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

from modelport.targets.resources import runtime_sources

__all__ = ["Home", "vendored_net_sources", "vendored_sources"]

_OPENING = re.compile(r"^namespace modelport(?:::(?P<inner>[\w:]+))? \{$", re.MULTILINE)
_CLOSING = re.compile(r"^\}  // namespace modelport(?:::(?P<inner>[\w:]+))?$", re.MULTILINE)
_INCLUDE = re.compile(r'^#include "(?P<path>runtime/\w+)\.hpp"$', re.MULTILINE)
_TESTS = "tests/testing"
_PLACES = {
    "include/modelport": "include/{stem}",
    "src/runtime": "src/runtime",
    "testing": _TESTS,
    "shared/testing": _TESTS,
}
# Of a net: besides what of src/runtime these include.
_NET_PLACES = {
    "include/modelport": "include/{stem}",
    "net/include/modelport": "include/{stem}",
    "net/src/net": "src/net",
    "net/testing": _TESTS,
    "shared/testing": _TESTS,
}
# What the generated class itself includes.
_NET_NEEDS = ("runtime/attempt", "runtime/model_file")


class Home:
    """Where the code of one library lives: its namespaces and the prefix of its macros."""

    def __init__(self, namespace: str, version: str, stem: str) -> None:
        self.namespace = namespace
        self.version = version
        self.stem = stem
        self.macro = stem.upper()

    def opening(self, inner: str | None = None) -> str:
        """Opens the namespace: the customer's, in it an inline one of this very model, in it an inner one."""
        lines = [f"namespace {self.namespace} {{", f"inline namespace {self.version} {{"]
        return "\n".join(lines + ([f"namespace {inner} {{"] if inner else []))

    def closing(self, inner: str | None = None) -> str:
        """Closes what opening() opened."""
        lines = [f"}}  // inline namespace {self.version}", f"}}  // namespace {self.namespace}"]
        return "\n".join(([f"}}  // namespace {inner}"] if inner else []) + lines)


def vendored_sources(home: Home, notice: str) -> dict[str, bytes]:
    """Returns {path in the project: source} of a library of rows; the licence line gives way to ``notice``."""
    return _taken(_placed(_PLACES, home), home, notice)


def vendored_net_sources(home: Home, notice: str) -> dict[str, bytes]:
    """The same for the library of a net, which takes no file that only rows need."""
    placed = _placed(_NET_PLACES, home)
    return _taken(placed | _included(list(placed.values())), home, notice)


def _placed(places: Mapping[str, str], home: Home) -> dict[str, Path]:
    """{path in the project: file of the runtime}."""
    root = runtime_sources("cpp")
    return {
        str(PurePosixPath(destination.format(stem=home.stem), path.name)): path
        for source, destination in places.items()
        for path in _sources(root / source)
    }


def _included(sources: Sequence[Path]) -> dict[str, Path]:
    """The files of src/runtime that sources include, and those that these include."""
    root = runtime_sources("cpp") / "src"
    found: dict[str, Path] = {}
    texts = [path.read_text(encoding="utf-8") for path in sources]
    wanted = {*_NET_NEEDS, *(name for text in texts for name in _INCLUDE.findall(text))}
    while wanted:
        name = wanted.pop()
        for path in (root / f"{name}.hpp", root / f"{name}.cpp"):
            target = f"src/{path.relative_to(root).as_posix()}"
            if path.is_file() and target not in found:
                found[target] = path
                wanted |= set(_INCLUDE.findall(path.read_text(encoding="utf-8")))
    return found


def _taken(placed: Mapping[str, Path], home: Home, notice: str) -> dict[str, bytes]:
    return {
        target: _moved(path.read_text(encoding="utf-8"), home, notice).encode()
        for target, path in sorted(placed.items())
    }


def _sources(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.iterdir()) if path.suffix in (".hpp", ".cpp"))


def _moved(text: str, home: Home, notice: str) -> str:
    _, _, body = text.partition("\n")
    body = _OPENING.sub(lambda found: home.opening(found["inner"]), body)
    body = _CLOSING.sub(lambda found: home.closing(found["inner"]), body)
    body = body.replace("<modelport/", f"<{home.stem}/").replace("MODELPORT_", f"{home.macro}_")
    return f"// {notice}\n{body}"
