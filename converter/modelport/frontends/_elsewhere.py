"""A net in the user's own interpreter: loaded, exported and asked there; its graph, contract and proof are made here."""

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any
from weakref import finalize

import numpy as np
import onnx_ir as ir

from modelport.errors import ModelportError, SampleError, ToolError
from modelport.evidence.cases import Tensors
from modelport.evidence.refusal import OracleRefusalError
from modelport.frontends._exported_net import ExportedNet
from modelport.frontends._spec import Request
from modelport.remote import Session

__all__ = ["NetElsewhere"]

_GRAPH = "model.onnx"


class NetElsewhere:
    """A model file that the interpreter ``python`` loads with ``source.py`` of a front end, which is read from here.

    ``needs`` are the packages that it must have and the oldest that will do, the framework first.
    Raises: ToolError when the interpreter fails; MissingPackageError for what it lacks; what ``load`` raises there.
    """

    def __init__(
        self,
        python: str,
        front_end: str,
        needs: Mapping[str, str],
        path: Path,
        trust: Sequence[str],
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.name = path.name
        self._session = Session(python, one_thread=False, environment=environment)
        # Any: an object in the other interpreter.
        self._served: Any = self._session.lend("modelport.frontends._served_net", "ServedNet")
        release = self._told("load", front_end, dict(needs), str(path.resolve()), tuple(trust))
        self.note = f"loaded, exported and asked by {release} in Python {self._session.versions['python']}"

    def exported(self, request: Request) -> ExportedNet:
        """Has the net exported there. Raises: what the front end's ``exported`` raises there; ToolError."""
        try:
            # The folder lasts as long as what may still read from it: weights beyond 2 GB stay in its files.
            folder = Path(tempfile.mkdtemp(prefix="modelport-"))
            finalize(self, shutil.rmtree, folder, ignore_errors=True)
            asked = {field.name: getattr(request, field.name) for field in fields(request)}
            asked |= {"rows": _plain(request.rows), "arguments": dict(request.arguments)}
            told = self._told("exported", asked, self.name, str(folder / _GRAPH))
        except TypeError as err:
            raise SampleError(str(err), where="--data", fix="give a .npz file with an array for each input") from err
        told["weights"] = {
            name: (source, np.load(path, mmap_mode="r")) for name, (source, path) in told["weights"].items()
        }
        return ExportedNet(model=ir.load(folder / _GRAPH), oracle=_Oracle(self), **told)

    def answers(self, inputs: Tensors) -> Tensors:
        """The outputs of the original. Raises: OracleRefusalError with the framework's message."""
        found = self._told("ask", dict(inputs))
        if isinstance(found, str):
            raise OracleRefusalError(found)
        answers: Tensors = found
        return answers

    def trace(self, inputs: Tensors) -> Tensors:
        """What each layer gives."""
        found: Tensors = self._told("trace", dict(inputs))
        return found

    # Any: arguments and answers as the pipe carries them.
    def _told(self, what: str, *given: Any) -> Any:
        try:
            return getattr(self._served, what)(*given)
        except ModelportError:
            raise
        except Exception as err:  # what a framework raises where nothing was foreseen
            raise ToolError(
                f"{self._session.python} fails: {type(err).__name__}: {str(err).strip().partition(chr(10))[0]}",
                where="--python",
                fix="load the model and predict with it in that Python; or convert it without --python",
            ) from err


class _Oracle:
    """Holds the net, and with it the interpreter and the files of its weights."""

    def __init__(self, net: NetElsewhere) -> None:
        self._net = net

    def ask(self, inputs: Tensors) -> Tensors:
        return self._net.answers(inputs)

    def trace(self, inputs: Tensors) -> Tensors:
        return self._net.trace(inputs)


# Any: tensors of frameworks, frames and arrays, in structures.
def _plain(value: Any) -> Any:
    """Arrays in dicts, lists and tuples, as the pipe carries them."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_plain(item) for item in value)
    if hasattr(value, "detach"):
        return value.detach().cpu().numpy()
    if hasattr(value, "to_numpy"):
        return value.to_numpy()
    return np.asarray(value) if hasattr(value, "__array__") else value
