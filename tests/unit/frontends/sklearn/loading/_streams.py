"""Pickle streams written by hand, and a comparison of two fitted objects down to their bits."""

import struct
import types
from typing import Any

import numpy as np

__all__ = ["Called", "call", "differences", "framed", "name", "text"]


class Called:
    """Pickles as a call of ``function`` with ``args``: what a hostile file does."""

    def __init__(self, function: Any, *args: Any, state: Any = None) -> None:
        self._reduced = (function, args) if state is None else (function, args, state)

    def __reduce__(self) -> Any:
        return self._reduced


def text(value: str) -> bytes:
    """The opcode of a string."""
    raw = value.encode()
    return b"X" + struct.pack("<I", len(raw)) + raw


def name(module: str, bare: str) -> bytes:
    """The opcodes of a name, by STACK_GLOBAL, which takes dots too."""
    return text(module) + text(bare) + b"\x93"


def call(module: str, bare: str, *args: bytes) -> bytes:
    """The opcodes of ``module.bare(*args)``; each argument is opcodes that push one value."""
    return name(module, bare) + b"(" + b"".join(args) + b"tR"


def framed(body: bytes) -> bytes:
    """A whole pickle of protocol 4 that ends with what ``body`` leaves on the stack."""
    return b"\x80\x04" + body + b"."


_EQUAL = (int, str, bytes, bytearray, type(None), type, np.dtype, types.FunctionType, np.ufunc, slice, range, set)


def differences(a: Any, b: Any, at: str = "", seen: dict[tuple[int, int], Any] | None = None) -> list[str]:
    """Says where two objects differ in type, attributes, or a bit of an array."""
    seen = {} if seen is None else seen
    if (id(a), id(b)) in seen:
        return []
    seen[id(a), id(b)] = (a, b)
    if type(a) is not type(b):
        return [f"{at}: {type(a).__name__} and {type(b).__name__}"]
    pairs: list[tuple[str, Any, Any]] = []
    if isinstance(a, np.ma.MaskedArray):
        pairs = [(".data", a.data, b.data), (".mask", np.asarray(a.mask), np.asarray(b.mask))]
    elif isinstance(a, np.ndarray):
        if (a.dtype, a.shape, a.flags.f_contiguous) != (b.dtype, b.shape, b.flags.f_contiguous):
            return [f"{at}: {a.dtype} {a.shape} and {b.dtype} {b.shape}"]
        if a.dtype.names:  # the bytes between two fields mean nothing
            pairs = [(f".{key}", a[key], b[key]) for key in a.dtype.names]
        elif a.dtype == object:
            pairs = [(f"[{i}]", *both) for i, both in enumerate(zip(a.ravel(), b.ravel(), strict=True))]
        else:
            return [] if a.tobytes() == b.tobytes() else [f"{at}: other values"]
    elif isinstance(a, _EQUAL):
        return [] if a == b else [f"{at}: {a!r:.60} and {b!r:.60}"]
    elif isinstance(a, float | complex | np.generic):
        return [] if repr(a) == repr(b) else [f"{at}: {a!r} and {b!r}"]
    elif isinstance(a, list | tuple):
        pairs = [(f"[{i}]", *both) for i, both in enumerate(zip(a, b, strict=False))]
        pairs += [(".length", len(a), len(b))]
    elif isinstance(a, dict):
        pairs = [(".keys", [repr(key) for key in a], [repr(key) for key in b])]
        pairs += [(f"[{key!r}]", x, y) for (key, x), y in zip(a.items(), b.values(), strict=False)]
    elif type(a).__module__.startswith("pandas"):
        return [] if a.equals(b) else [f"{at}: {a!r} and {b!r}"]
    elif type(a).__name__ != "SeedSequence":
        x, y = a.__reduce_ex__(4), b.__reduce_ex__(4)
        pairs = [(f".{type(a).__name__}", x[1:3], y[1:3])] if isinstance(x, tuple) else [("", x, y)]
    return [line for step, x, y in pairs for line in differences(x, y, at + step, seen)]
