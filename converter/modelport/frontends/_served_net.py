"""What the user's interpreter does for ``_elsewhere.py``: loads a net, exports it into a file, and asks it.

Read in that interpreter, see ``_exported_net.py``.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelport.errors import MissingPackageError, UnsupportedModelError
from modelport.evidence.refusal import OracleRefusalError
from modelport.frontends._packages import version_behind
from modelport.frontends._request import Request

if TYPE_CHECKING:  # what it imports need not be in the user's interpreter
    from collections.abc import Mapping, Sequence

    from modelport.evidence.cases import Tensors
    from modelport.evidence.tensor_oracle import TensorOracle

__all__ = ["ServedNet"]

# Below the 2 GB that one file may hold.
_LARGE = 1 << 30


class ServedNet:
    """One net. Its methods take and return what the pipe carries."""

    # Any: the source of a front end, and a model of its framework.
    _source: Any
    _model: Any
    _oracle: TensorOracle

    def load(self, front_end: str, needs: Mapping[str, str], path: str, trust: Sequence[str]) -> str:
        """Loads the file and returns the framework with its version.

        Raises: MissingPackageError naming every package that is absent or too old; what ``load`` raises."""
        _check({"numpy": "1.22", **needs})
        self._source = _imported(f"modelport.frontends.{front_end}.source")
        try:
            self._model = self._source.load(Path(path), trust)
        except MissingPackageError as err:
            raise _missing(err.what, [err.what.rpartition(" needs ")[2]]) from err
        framework = next(iter(needs))
        return f"{framework} {version_behind(framework)}"

    def exported(self, request: Mapping[str, Any], where: str, file: str) -> dict[str, Any]:
        """Writes the graph to ``file`` and returns the rest of the exported net."""
        try:
            net = self._source.exported(self._model, Request(**request), where)
        except MissingPackageError as err:
            raise _missing(err.what, [err.what.rpartition(" needs ")[2]]) from err
        _write(net.model, file)
        self._oracle = net.oracle
        return {
            "sample": dict(net.sample),
            "outputs": list(net.outputs),
            "axes": None if net.axes is None else {name: dict(axes) for name, axes in net.axes.items()},
            "kind": net.kind,
            "packages": dict(net.packages),
            "limits": dict(net.limits),
            "notes": list(net.notes),
            "halves": dict(net.halves),
            "scopes": dict(net.scopes),
            "makers": dict(net.makers),
            "weights": {name: (source, _beside(file, name, array)) for name, (source, array) in net.weights.items()},
        }

    def ask(self, inputs: Tensors) -> Tensors | str:
        """The outputs, or why the original refuses the call."""
        try:
            return dict(self._oracle.ask(inputs))
        except OracleRefusalError as err:
            return str(err)

    def trace(self, inputs: Tensors) -> Tensors:
        """What each layer gives."""
        return dict(self._oracle.trace(inputs))


def _beside(file: str, name: str, array: Any) -> str:
    """Writes numbers beside the graph; returns the path."""
    import numpy as np

    path = f"{file}.{name.removesuffix(':0')}.npy"
    np.save(path, array)
    return path


def _check(needs: Mapping[str, str]) -> None:
    wrong, wanted = [], []
    for package, least in needs.items():
        found = version_behind(package)
        if found is None or _parts(found) < _parts(least):
            wrong.append(f"{package} {least} or later, " + ("which is not there" if found is None else f"not {found}"))
            wanted.append(f"'{package}>={least}'")
    if wrong:
        raise _missing(f"the interpreter {sys.executable} needs {'; '.join(wrong)}", wanted)


def _parts(version: str) -> list[int]:
    return [int(part) for part in version.split(".")[:2] if part.isdigit()]


def _missing(what: str, packages: Sequence[str]) -> MissingPackageError:
    return MissingPackageError(
        what, where="--python", fix=f"install it there: {sys.executable} -m pip install {' '.join(packages)}"
    )


# Any: a module.
def _imported(name: str) -> Any:
    try:
        return import_module(name)
    except Exception as err:  # onnx falls over an ml_dtypes that older frameworks hold back, for one
        raise _unfit("cannot import what the exporter needs", err) from err


def _unfit(what: str, err: Exception) -> UnsupportedModelError:
    cause: BaseException = err
    while cause.__cause__ is not None:
        cause = cause.__cause__
    names = ("numpy", "protobuf", "ml_dtypes", "onnx", "onnxscript", "tf2onnx")
    versions = ", ".join(f"{name} {found}" for name in names if (found := version_behind(name)) is not None)
    said = str(cause).strip().partition("\n")[0]
    return UnsupportedModelError(
        f"the interpreter {sys.executable} {what}: {type(cause).__name__}: {said}; it has {versions}",
        where="--python",
        fix="install releases of these packages there that go with its framework, of about the same year",
    )


# Any: a model of onnx_ir or of the package that held it before, or one of onnx itself.
def _write(model: Any, file: str) -> None:
    try:
        if hasattr(model, "SerializeToString"):
            Path(file).write_bytes(model.SerializeToString())
            return
        writer = import_module(type(model).__module__.partition("._")[0])
        large = sum(value.const_value.nbytes for value in model.graph.initializers.values()) > _LARGE
        writer.save(model, file, **({"external_data": "weights"} if large else {}))
    except Exception as err:  # whatever onnx and protobuf raise where their versions do not fit
        raise _unfit("cannot write the graph", err) from err
