"""Finds bindings/ and runtimes/: inside the wheel when installed, beside converter/ in a checkout. Nobody else does."""

from pathlib import Path

__all__ = ["bindings", "runtime_sources"]

_PACKAGE = Path(__file__).resolve().parent.parent


def _root() -> Path:
    installed = _PACKAGE / "_native"
    return installed if installed.is_dir() else _PACKAGE.parent.parent


def bindings(language: str) -> Path:
    """The template tree of a generated project: bindings/java or bindings/cpp."""
    return _root() / "bindings" / language


def runtime_sources(language: str) -> Path:
    """The hand-written runtime library: runtimes/java or runtimes/cpp."""
    return _root() / "runtimes" / language
