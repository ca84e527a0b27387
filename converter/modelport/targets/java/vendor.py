"""Takes the hand-written runtime into a generated project, under the project's own package.

Two generated libraries can live in one JVM, each with the runtime it was proven with.
"""

import re
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from modelport.targets.resources import runtime_sources

__all__ = ["is_of_nets", "is_of_rows", "vendored_sources"]

# What callers see lies beside the generated classes; the rest is internal; the kit serves the tests only.
_PLACES = {"api": "", "runtime": ".internal", "kit": ".internal.kit"}
_ROOTS = {"api": "src/main/java", "runtime": "src/main/java", "kit": "src/test/java"}
_REFERENCE = re.compile(r"\bmodelport\.(api|runtime|kit)\b")
_NETS_ONLY = frozenset({"Element.java", "TensorDump.java"})
_OF_NETS = _NETS_ONLY | {
    *("ModelException.java", "Json.java", "LoadedGraph.java", "Npy.java", "NpyFile.java"),
    *("Resources.java", "Settings.java", "package-info.java"),
    *("Murmur3.java", "OnnxWriter.java", "TextTensor.java", "Texts.java"),
}


def is_of_rows(name: str) -> bool:
    """Whether a project of rows takes a file."""
    return not name.startswith("Net") and name not in _NETS_ONLY


def is_of_nets(name: str) -> bool:
    """Whether a project of a net takes a file."""
    return name.startswith("Net") or name in _OF_NETS


def vendored_sources(java_package: str, header: str, parts: Callable[[str], bool]) -> dict[str, bytes]:
    """Returns {path in the project: source} of the files that ``parts`` takes; the licence line gives way to ``header``."""
    files: dict[str, bytes] = {}
    for part, root in _ROOTS.items():
        package = java_package + _PLACES[part]
        folder = runtime_sources("java") / root / "modelport" / part
        for path in sorted(folder.glob("*.java")):
            if not parts(path.name):
                continue
            if part == "api" and path.name == "package-info.java":
                continue  # the generated package has its own
            target = PurePosixPath(root, *package.split("."), path.name)
            files[str(target)] = _moved(path, java_package, header).encode()
    return files


def _moved(path: Path, java_package: str, header: str) -> str:
    _, _, body = path.read_text(encoding="utf-8").partition("\n")
    return f"{header}\n" + _REFERENCE.sub(lambda match: java_package + _PLACES[match.group(1)], body)
