"""Finds an ONNX Runtime library that a C++ program can open: the one named by the user, or the one in Python's own package."""

import os
from importlib.util import find_spec
from pathlib import Path

__all__ = ["VARIABLE", "find_onnxruntime_library"]

# The generated C++ libraries look there too.
VARIABLE = "ONNXRUNTIME_LIBRARY"

_PATTERNS = ("libonnxruntime.so*", "libonnxruntime*.dylib", "onnxruntime.dll")


def find_onnxruntime_library() -> Path | str:
    """Returns the library, or the reason why there is none: the environment variable first, then the Python package."""
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named) if Path(named).exists() else f"{VARIABLE} names {named}, which does not exist"
    package = find_spec("onnxruntime")
    for folder in (package.submodule_search_locations or []) if package else []:
        for pattern in _PATTERNS:
            found = sorted((Path(folder) / "capi").glob(pattern))
            if found:
                return found[-1]
    return f"there is no ONNX Runtime library in the Python package onnxruntime; say where one is in {VARIABLE}"
