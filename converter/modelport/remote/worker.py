"""Holds a fitted model in the interpreter that it was trained with, and answers questions about it over a pipe.

This one file is run there by its path: it needs nothing of modelport, only the standard library and what the model
itself needs. modelport imports it too, for the encoding of values, which both sides share.

Protocol, version 1. A message is: u32 length of a JSON text, the text, then the blobs that it counts, each u64 length and bytes.
Questions: {"do": "load"|"get"|"call"|"item"|"length"|"fitted"|"text"|"versions"|"lend", …}; answers: {"value": …} or
{"error", "message"}, with "parts" where an error says what, where and fix.
Values: JSON's own for None, bool, int, float, str; a list is {"l": […]}, a tuple {"t": […]}, a dict {"d": [[k, v], …]}; an array is
{"a": blob} in .npy format, an array of objects {"o": shape, "v": […]}, a NumPy scalar {"n": blob}, a dtype {"dt": str}, a slice
{"sl": […]}, bytes {"b": blob}, a sparse matrix {"sp": […]}, a table {"df": [[name, column], …], "rows": n}, a function or type
{"c": [module, name]}; anything else stays here, as {"r": number, "c": [module, name]}.
Nothing of a message is ever evaluated or unpickled; arrays of objects travel as values.
"""

from __future__ import annotations  # it may be an older Python that runs this

import contextlib
import io
import json
import os
import struct
import sys
import threading
import time
import types
from collections.abc import Callable, Sequence
from importlib import import_module, machinery, util
from typing import IO, Any

VERSION = 1
# The oldest Python that modelport's own modules run in.
LENT_TO = (3, 10)

__all__ = ["LENT_TO", "VERSION", "Codec", "read_message", "serve", "write_message"]


class Codec:
    """Turns values to JSON and blobs and back; ``keep`` and ``find`` say what becomes of objects that stay."""

    def __init__(
        self,
        keep: Callable[[Any], Any],
        find: Callable[[dict[str, Any]], Any],
        name: Callable[[str, str], Any],
    ) -> None:
        self._keep, self._find, self._name = keep, find, name

    def encode(self, value: Any) -> tuple[Any, list[bytes]]:
        """Returns (JSON value, blobs)."""
        blobs: list[bytes] = []
        return self._encode(value, blobs), blobs

    def _encode(self, value: Any, blobs: list[bytes]) -> Any:
        if value is None or type(value) in (bool, int, float, str):
            return value
        if type(value) in (list, tuple):
            return {"l" if type(value) is list else "t": [self._encode(item, blobs) for item in value]}
        if type(value) is dict:
            return {"d": [[self._encode(k, blobs), self._encode(v, blobs)] for k, v in value.items()]}
        if type(value) is bytes:
            return {"b": _add(blobs, value)}
        # Nothing is NumPy's where it was never imported, and a Python without it can still say so.
        np = sys.modules.get("numpy")
        if np is not None and isinstance(value, np.generic):
            return {"n": _add(blobs, _npy(np.asarray(value)))}
        if np is not None and isinstance(value, np.ndarray):
            if value.dtype.kind == "O":
                return {"o": list(value.shape), "v": [self._encode(item, blobs) for item in value.ravel().tolist()]}
            return {"a": _add(blobs, _npy(value))}
        if np is not None and isinstance(value, np.dtype):
            return {"dt": value.str}
        if isinstance(value, slice):
            return {"sl": [self._encode(part, blobs) for part in (value.start, value.stop, value.step)]}
        functions = (type, types.FunctionType, types.BuiltinFunctionType)
        if isinstance(value, functions) or (np is not None and isinstance(value, np.ufunc)):
            module = getattr(value, "__module__", None) or "numpy"
            return {"c": [module, getattr(value, "__qualname__", value.__name__)]}
        for name, parts in (("csr", ("data", "indices", "indptr")), ("csc", ("data", "indices", "indptr"))):
            if getattr(value, "format", None) == name and hasattr(value, "indptr"):
                arrays = [self._encode(getattr(value, part), blobs) for part in parts]
                return {"sp": [name, list(value.shape), arrays]}
        if hasattr(value, "columns") and hasattr(value, "iloc"):
            columns = [[str(name), self._encode(value[name].to_numpy(), blobs)] for name in value.columns]
            return {"df": columns, "rows": len(value)}
        if type(value).__module__.startswith("pandas") and hasattr(value, "to_numpy"):
            return self._encode(value.to_numpy(), blobs)
        return self._keep(value)

    def decode(self, value: Any, blobs: Sequence[bytes]) -> Any:
        """The inverse."""
        if not isinstance(value, dict):
            return value
        if "l" in value:
            return [self.decode(item, blobs) for item in value["l"]]
        if "t" in value:
            return tuple(self.decode(item, blobs) for item in value["t"])
        if "d" in value:
            return {self.decode(k, blobs): self.decode(v, blobs) for k, v in value["d"]}
        if "b" in value:
            return blobs[value["b"]]
        if "r" in value:
            return self._find(value)
        if "c" in value:
            return self._name(*value["c"])
        if "sl" in value:
            return slice(*(self.decode(part, blobs) for part in value["sl"]))
        import numpy as np

        if "n" in value:
            return np.load(io.BytesIO(blobs[value["n"]]), allow_pickle=False)[()]
        if "a" in value:
            return np.load(io.BytesIO(blobs[value["a"]]), allow_pickle=False)
        if "o" in value:
            out = np.empty(len(value["v"]), dtype=object)
            for index, item in enumerate(value["v"]):
                out[index] = self.decode(item, blobs)
            return out.reshape(value["o"])
        if "dt" in value:
            return np.dtype(value["dt"])
        if "sp" in value:
            import scipy.sparse

            kind, shape, parts = value["sp"]
            made = {"csr": scipy.sparse.csr_matrix, "csc": scipy.sparse.csc_matrix}[kind]
            return made(tuple(self.decode(part, blobs) for part in parts), shape=tuple(shape))
        if "df" in value:
            import pandas as pd

            columns = {name: self.decode(column, blobs) for name, column in value["df"]}
            # Without a dtype, newer pandas makes text of object columns and NaN of their None.
            made = {name: pd.Series(column, dtype=column.dtype) for name, column in columns.items()}
            return pd.DataFrame(made, index=range(value["rows"]))
        raise ValueError("the message holds an unknown kind of value")


def _add(blobs: list[bytes], data: bytes) -> int:
    blobs.append(data)
    return len(blobs) - 1


def _npy(array: Any) -> bytes:
    import numpy as np

    stream = io.BytesIO()
    np.lib.format.write_array(stream, np.ascontiguousarray(array).reshape(array.shape), allow_pickle=False)
    return stream.getvalue()


def write_message(stream: IO[bytes], message: dict[str, Any], blobs: Sequence[bytes] = ()) -> None:
    """Writes one message."""
    text = json.dumps({**message, "blobs": len(blobs)}).encode()
    stream.write(struct.pack("<I", len(text)) + text)
    for blob in blobs:
        stream.write(struct.pack("<Q", len(blob)))
        stream.write(blob)
    stream.flush()


def read_message(stream: IO[bytes]) -> tuple[dict[str, Any], list[bytes]]:
    """Reads one message: (dict, blobs). Raises: EOFError when the other side is gone."""
    (length,) = struct.unpack("<I", _exactly(stream, 4))
    message = json.loads(_exactly(stream, length))
    blobs = []
    for _ in range(message.pop("blobs")):
        (size,) = struct.unpack("<Q", _exactly(stream, 8))
        blobs.append(_exactly(stream, size))
    return message, blobs


def _exactly(stream: IO[bytes], count: int) -> bytes:
    parts = []
    while count:
        part = stream.read(count)
        if not part:
            raise EOFError("the pipe was closed")
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


class _Worker:
    """The objects that stay here, by number."""

    def __init__(self) -> None:
        self._objects: list[Any] = []
        self._numbers: dict[int, int] = {}
        self.codec = Codec(self._keep, lambda value: self._objects[value["r"]], _here)

    def _keep(self, value: Any) -> dict[str, Any]:
        number = self._numbers.get(id(value))
        if number is None:
            number = self._numbers[id(value)] = len(self._objects)
            self._objects.append(value)
        kind = type(value)
        return {"r": number, "c": [kind.__module__, kind.__qualname__]}

    def answer(self, question: dict[str, Any], blobs: Sequence[bytes]) -> Any:
        """Does what is asked and returns the value."""
        do = question["do"]
        if do == "versions":
            return _versions()
        if do == "load":
            return _load(question["path"])
        if do == "lend":
            return _lent(question["root"], question["module"], question["name"])
        if do == "text":
            return _text(question["how"], [self.codec.decode(item, blobs) for item in question["given"]])
        target = self._objects[question["of"]]
        if do == "get":
            return getattr(target, question["name"])
        if do == "call":
            args = [self.codec.decode(item, blobs) for item in question["args"]]
            kwargs = {name: self.codec.decode(item, blobs) for name, item in question["kwargs"].items()}
            return target(*args, **kwargs)
        if do == "item":
            return target[self.codec.decode(question["key"], blobs)]
        if do == "length":
            return len(target)
        if do == "fitted":
            return _fitted(target)
        raise ValueError("unknown question " + repr(do))


def _here(module: str, name: str) -> Any:
    """A function or type that the other side named: only NumPy's and Python's own."""
    import builtins

    import numpy as np

    if "." in name or module.split(".", maxsplit=1)[0] not in ("numpy", "builtins"):
        raise ValueError("no value " + module + "." + name)
    return getattr(builtins if module == "builtins" else np, name)


def _versions() -> dict[str, str]:
    found = {"python": ".".join(str(part) for part in sys.version_info[:3])}
    from importlib import metadata

    for name in ("scikit-learn", "numpy", "scipy", "pandas", "joblib", "xgboost", "lightgbm", "catboost"):
        with contextlib.suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return found


class _Lent:
    """Finds modelport's own modules in the folder of the other side, each as it lies there.

    Nothing of modelport needs to be installed here, and one that is here is not looked at. The files that start
    its packages are not run: they import what this interpreter need not have.
    """

    def __init__(self, root: str) -> None:
        self._home = os.path.dirname(root)

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:  # noqa: ARG002 - as a finder is asked
        if name.partition(".")[0] != "modelport":
            return None
        place = os.path.join(self._home, *name.split("."))
        if os.path.isdir(place):
            spec = machinery.ModuleSpec(name, None, is_package=True)
            spec.submodule_search_locations = [place]
            return spec
        return util.spec_from_file_location(name, place + ".py") if os.path.isfile(place + ".py") else None


def _lent(root: str, module: str, name: str) -> Any:
    """What a class of modelport makes without arguments, its source read from the other side's folder."""
    if sys.version_info < LENT_TO:
        raise ValueError("Python " + ".".join(map(str, sys.version_info[:2])) + " is too old")
    if not any(isinstance(finder, _Lent) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Lent(root))
    # What is read here stays as it was there: no compiled files beside the source.
    sys.dont_write_bytecode, before = True, sys.dont_write_bytecode
    try:
        return getattr(import_module(module), name)()
    finally:
        sys.dont_write_bytecode = before


def _text(how: str, given: list[Any]) -> Any:
    """What this Python does to characters: its version of Unicode, lower case, decomposition, combining marks, patterns."""
    import re
    import unicodedata

    if how == "version":
        return unicodedata.unidata_version
    if how == "runs":
        every = "".join(chr(code) for code in range(0x110000))
        return [edge for run in re.finditer(given[0], every, given[1]) for edge in run.span()]
    if how == "marks":
        # Of all characters, not of a text: in JSON, two halves of a surrogate pair side by side become one character.
        return "".join("1" if unicodedata.combining(chr(code)) else "0" for code in range(0x110000))
    return [text.lower() if how == "lower" else unicodedata.normalize("NFKD", text) for text in given]


def _load(path: str) -> Any:
    if path.endswith(".skops"):
        import skops.io

        # The names in the file were checked by the other side before.
        return skops.io.load(path, trusted=skops.io.get_untrusted_types(file=path))
    import joblib

    return joblib.load(path)


def _fitted(target: Any) -> bool:
    from sklearn.exceptions import NotFittedError
    from sklearn.utils.validation import check_is_fitted

    try:
        check_is_fitted(target)
    except NotFittedError:
        return False
    except TypeError:
        return True
    return True


def serve(stdin: IO[bytes], stdout: IO[bytes]) -> None:
    """Answers until the pipe is closed."""
    import warnings

    warnings.simplefilter("ignore")
    worker = _Worker()
    write_message(stdout, {"version": VERSION})
    while True:
        try:
            question, blobs = read_message(stdin)
        except EOFError:
            return
        try:
            value, made = worker.codec.encode(worker.answer(question, blobs))
        except Exception as err:  # noqa: BLE001 - every failure is the other side's to judge
            write_message(stdout, _told(err))
            continue
        write_message(stdout, {"value": value}, made)


def _told(err: Exception) -> dict[str, Any]:
    told: dict[str, Any] = {"error": type(err).__name__, "message": str(err)}
    parts = [getattr(err, name, None) for name in ("what", "where", "fix")]
    if all(isinstance(part, str) for part in parts):
        told["parts"] = parts
    return told


def _end_with(parent: int) -> None:
    """Ends this process when the other side is gone, also in the middle of an answer that would take long."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _one_thread() -> None:
    """Sums of trees and of products have one order only with one thread."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "LOKY_MAX_CPU_COUNT"):
        os.environ[name] = "1"


def _sequential() -> Any:
    try:
        import joblib

        configure = getattr(joblib, "parallel_config", joblib.parallel_backend)
        return configure("sequential")
    except ImportError:
        return None


if __name__ == "__main__":
    # The folder of this file must not hide packages of the same names.
    sys.path.pop(0)
    _end_with(os.getppid())
    if "one-thread" in sys.argv[1:]:
        _one_thread()
    # What the model's packages print must not get between the messages.
    channel, sys.stdout = os.fdopen(os.dup(1), "wb"), sys.stderr
    os.dup2(2, 1)
    keep = _sequential()
    serve(sys.stdin.buffer, channel)
