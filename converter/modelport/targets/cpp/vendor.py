"""Takes the hand-written runtime into a generated project, into the project's own namespace.

Two generated libraries, even two versions of one, can be linked into one program, each with the runtime it was proven with.
"""

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from modelport.targets.resources import runtime_sources

__all__ = ["Home", "vendored_sources"]

_OPENING = re.compile(r"^namespace modelport(?:::(?P<inner>[\w:]+))? \{$", re.MULTILINE)
_CLOSING = re.compile(r"^\}  // namespace modelport(?:::(?P<inner>[\w:]+))?$", re.MULTILINE)
_PLACES = {"include/modelport": "include/{stem}", "src/runtime": "src/runtime", "testing": "tests/testing"}


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
    """Returns {path in the project: source}; the licence line gives way to ``notice``."""
    files: dict[str, bytes] = {}
    root = runtime_sources("cpp")
    for source, destination in _PLACES.items():
        for path in _sources(root / source):
            target = PurePosixPath(destination.format(stem=home.stem), path.name)
            files[str(target)] = _moved(path.read_text(encoding="utf-8"), home, notice).encode()
    return files


def _sources(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.iterdir()) if path.suffix in (".hpp", ".cpp"))


def _moved(text: str, home: Home, notice: str) -> str:
    _, _, body = text.partition("\n")
    body = _OPENING.sub(lambda found: home.opening(found["inner"]), body)
    body = _CLOSING.sub(lambda found: home.closing(found["inner"]), body)
    body = body.replace("<modelport/", f"<{home.stem}/").replace("MODELPORT_", f"{home.macro}_")
    return f"// {notice}\n{body}"
