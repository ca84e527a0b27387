"""Our side of the pipe: starts the worker in another interpreter; its objects look like local ones."""

import builtins
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import numpy as np

from modelport.errors import ToolError
from modelport.remote import worker

__all__ = ["Remote", "Session"]

_WORKER = Path(__file__).with_name("worker.py")


class Session:
    """One worker process, for as long as its objects are in use.

    Raises: ToolError when the interpreter cannot be started or dies; what the original raises arrives as the
    built-in exception of the same name, or as a ValueError that names it.
    """

    def __init__(self, python: str) -> None:
        self._python = python
        self._codec = worker.Codec(_not_ours, self._remote, _numpy_or_builtin)
        self._classes: dict[tuple[str, str], type[Remote]] = {}
        # One object there is one object here, as long as somebody holds it.
        self._objects: WeakValueDictionary[int, Remote] = WeakValueDictionary()
        try:
            self._process = subprocess.Popen(
                [python, str(_WORKER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
            )
        except OSError as err:
            raise ToolError(
                f"the interpreter {python} cannot be started: {err.strerror or err}",
                where="--python",
                fix="give the path of a Python in which the model's packages are installed",
            ) from err
        hello = self._receive()
        if hello[0].get("version") != worker.VERSION:
            raise self._failed("does not speak the protocol of this version")
        self.versions: dict[str, str] = dict(self.ask("versions"))

    # Any: values of another process, of whatever type the model has.
    def ask(self, do: str, **question: Any) -> Any:
        """Asks one question and waits for the answer."""
        blobs = question.pop("blobs", [])
        try:
            assert self._process.stdin is not None
            worker.write_message(self._process.stdin, {"do": do, **question}, blobs)
        except OSError as err:
            raise self._failed("stopped") from err
        answer, made = self._receive()
        if "error" in answer:
            raise _as_exception(answer["error"], answer["message"])
        return self._codec.decode(answer["value"], made)

    def encoded(self, *values: Any) -> tuple[list[Any], list[bytes]]:
        """Values as the worker reads them; their blobs are counted together."""
        found, blobs = self._codec.encode(list(values))
        return found["l"], blobs

    def text(self, how: str, *given: Any) -> Any:
        """What the Python there does to characters."""
        values, blobs = self.encoded(*given)
        return self.ask("text", how=how, given=values, blobs=blobs)

    def load(self, path: Path) -> "Remote":
        """Loads a model file there."""
        loaded = self.ask("load", path=str(path.resolve()))
        if not isinstance(loaded, Remote):
            raise ValueError(f"the file holds a {type(loaded).__name__}, no model")
        return loaded

    def close(self) -> None:
        """Ends the worker."""
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()
        self._process.terminate()
        self._process.wait(timeout=10)

    def __del__(self) -> None:
        if hasattr(self, "_process"):
            self.close()

    def _receive(self) -> tuple[dict[str, Any], list[bytes]]:
        try:
            assert self._process.stdout is not None
            return worker.read_message(self._process.stdout)
        except EOFError as err:
            raise self._failed("stopped") from err

    def _failed(self, how: str) -> ToolError:
        said = b"" if self._process.stderr is None or self._process.poll() is None else self._process.stderr.read()
        last = said.decode(errors="replace").strip().splitlines()[-1:]
        return ToolError(
            f"the interpreter {self._python} {how}" + (f": {last[0]}" if last else ""),
            where="--python",
            fix="give a Python, 3.8 or later, with NumPy and the packages that the model was trained with",
        )

    def _remote(self, value: dict[str, Any]) -> "Remote":
        module, name = value["c"]
        key = (module, name)
        if key not in self._classes:
            # A class of the same name, so that a converter is found by it as for a local object.
            self._classes[key] = type(name.rpartition(".")[2], (Remote,), {"__module__": module, "__slots__": ()})
        number = int(value["r"])
        found = self._objects.get(number)
        if found is None:
            found = self._objects[number] = self._classes[key](self, number)
        return found


class Remote:
    """An object in the worker: attributes are asked for there, calls are made there."""

    __slots__ = ("__weakref__", "_number", "_session")

    def __init__(self, session: Session, number: int) -> None:
        object.__setattr__(self, "_session", session)
        object.__setattr__(self, "_number", number)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._session.ask("get", of=self._number, name=name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Calls it there."""
        values, blobs = self._session.encoded(*args, *kwargs.values())
        given = dict(zip(kwargs, values[len(args) :], strict=True))
        return self._session.ask("call", of=self._number, args=values[: len(args)], kwargs=given, blobs=blobs)

    def __getitem__(self, key: Any) -> Any:
        (value,), blobs = self._session.encoded(key)
        return self._session.ask("item", of=self._number, key=value, blobs=blobs)

    def __len__(self) -> int:
        return int(self._session.ask("length", of=self._number))

    def __bool__(self) -> bool:
        return True

    @property
    def remote_versions(self) -> dict[str, str]:
        """The versions of the packages beside it."""
        found: dict[str, str] = self._session.versions
        return found

    @property
    def remote_text(self) -> Callable[..., Any]:
        """Asks what the Python beside it does to characters; the same for all objects there."""
        found: Callable[..., Any] = self._session.text
        return found

    def remote_fitted(self) -> bool:
        """Whether the estimator says that it is fitted."""
        return bool(self._session.ask("fitted", of=self._number))


def _not_ours(value: object) -> Any:
    if isinstance(value, Remote):
        return {"r": value._number, "c": ["", ""]}
    raise TypeError(f"a {type(value).__name__} cannot be sent to another interpreter")


def _numpy_or_builtin(module: str, name: str) -> Any:
    """A function or type of NumPy or Python; of anything else only the name is known here."""
    home = {"builtins": builtins, "numpy": np}.get(module.split(".", maxsplit=1)[0])
    found = None if home is None or "." in name else getattr(home, name, None)
    return found if found is not None else type(name.rpartition(".")[2], (), {"__module__": module})


def _as_exception(name: str, message: str) -> Exception:
    kind = getattr(builtins, name, None)
    if isinstance(kind, type) and issubclass(kind, Exception) and kind not in (UnicodeDecodeError, UnicodeEncodeError):
        return kind(message)
    return ValueError(f"{name}: {message}")
