"""Our side of the pipe: starts the worker in another interpreter; its objects look like local ones."""

import builtins
import os
import signal
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any
from weakref import WeakValueDictionary, finalize

import numpy as np

from modelport import errors
from modelport.errors import ModelportError, ToolError
from modelport.remote import worker

__all__ = ["Remote", "Session"]

_WORKER = Path(__file__).with_name("worker.py")
_OURS = _WORKER.parents[1]
# How long a worker is waited for that was told to end.
_PATIENCE_S = 5


class Session:
    """One worker process, for as long as its objects are in use.

    ``one_thread``: whether its packages may use one thread only, so that sums have one order. ``environment``: variables
    besides those of this process. The worker ends with this object, and with this process however that ends.
    Raises: ToolError when the interpreter cannot be started or dies; a ModelportError raised there arrives as itself, what
    the original raises as the built-in exception of the same name, or as a ValueError that names it.
    """

    def __init__(self, python: str, *, one_thread: bool = True, environment: Mapping[str, str] | None = None) -> None:
        self.python = python
        self._codec = worker.Codec(_not_ours, self._remote, _numpy_or_builtin)
        self._classes: dict[tuple[str, str], type[Remote]] = {}
        # One object there is one object here, as long as somebody holds it.
        self._objects: WeakValueDictionary[int, Remote] = WeakValueDictionary()
        # A file: a pipe that nobody reads would stop a worker whose packages say much.
        self._said: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the worker
        try:
            self._process = subprocess.Popen(
                [python, str(_WORKER), *["one-thread"] * one_thread],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._said,
                env={**os.environ, **(environment or {})},
            )
        except OSError as err:
            self._said.close()
            raise ToolError(
                f"the interpreter {python} cannot be started: {err.strerror or err}",
                where="--python",
                fix="give the path of a Python in which the model's packages are installed",
            ) from err
        self._end = finalize(self, _ended, self._process, self._said)
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
            raise _as_exception(answer)
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

    def lend(self, module: str, name: str) -> "Remote":
        """Makes an object of a class of modelport there; what its module imports must be there.

        Raises: ToolError for a Python that is too old for modelport's own modules.
        """
        python = tuple(int(part) for part in self.versions["python"].split(".")[:2])
        if python < worker.LENT_TO:
            raise ToolError(
                f"the interpreter {self.python} is Python {self.versions['python']}",
                where="--python",
                fix=f"give one of Python {'.'.join(map(str, worker.LENT_TO))} or later",
            )
        made: Remote = self.ask("lend", root=str(_OURS), module=module, name=name)
        return made

    def close(self) -> None:
        """Ends the worker."""
        self._end()

    def _receive(self) -> tuple[dict[str, Any], list[bytes]]:
        try:
            assert self._process.stdout is not None
            return worker.read_message(self._process.stdout)
        except EOFError as err:
            raise self._failed("stopped") from err

    def _failed(self, how: str) -> ToolError:
        """What became of the worker: the signal that ended it, or the last that it said."""
        try:
            status = self._process.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            status = 0
        self._said.seek(0)
        last = self._said.read().decode(errors="replace").strip().splitlines()[-1:]
        if status > 0:
            how += f" with status {status}"
        fix = "give a Python, 3.8 or later, with NumPy and the packages that the model was trained with"
        if status < 0:
            last = [signal.Signals(-status).name, *last]
            fix = "load the model and predict with it in that Python: its packages end the process there too"
            if -status == getattr(signal, "SIGKILL", None):
                fix = "see whether the memory of this machine was used up: the system then ends a process in this way"
        return ToolError(
            f"the interpreter {self.python} {how}" + (f": {'; '.join(last)}" if last else ""),
            where="--python",
            fix=fix,
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


def _as_exception(answer: Mapping[str, Any]) -> Exception:
    name, message = answer["error"], answer["message"]
    if "parts" in answer and name in errors.__all__:
        kind = getattr(errors, name)
        if isinstance(kind, type) and issubclass(kind, ModelportError):
            what, where, fix = map(str, answer["parts"])
            return kind(what, where=where, fix=fix)
    kind = getattr(builtins, name, None)
    if isinstance(kind, type) and issubclass(kind, Exception) and kind not in (UnicodeDecodeError, UnicodeEncodeError):
        return kind(message)
    return ValueError(f"{name}: {message}")


def _ended(process: subprocess.Popen[bytes], said: IO[bytes]) -> None:
    for stream in (process.stdin, process.stdout, said):
        if stream is not None:
            try:
                stream.close()
            except OSError:  # what was not yet written to a worker that is gone
                continue
    process.terminate()
    try:
        process.wait(_PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
