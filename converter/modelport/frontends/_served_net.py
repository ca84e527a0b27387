"""What the user's interpreter does for ``_elsewhere.py``: loads a net, exports it into a file, and asks it.

Read in that interpreter, see ``_exported_net.py``.
"""

from __future__ import annotations

import sys
from importlib import import_module, metadata
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from modelport.errors import MissingPackageError
from modelport.evidence.refusal import OracleRefusalError

if TYPE_CHECKING:  # what it imports need not be in the user's interpreter
    from collections.abc import Mapping, Sequence

    from modelport.evidence.cases import Tensors
    from modelport.evidence.tensor_oracle import TensorOracle

__all__ = ["ServedNet"]


class ServedNet:
    """One net. Its methods take and return what the pipe carries."""

    # Any: the source of a front end, and a model of its framework.
    _source: Any
    _model: Any
    _oracle: TensorOracle

    def load(self, front_end: str, path: str, trust: Sequence[str]) -> str:
        """Loads the file and returns the framework with its version.

        Raises: MissingPackageError naming every package that is absent or too old; what ``load`` raises."""
        self._source = import_module(f"modelport.frontends.{front_end}.source")
        _check(self._source.NEEDS)
        try:
            self._model = self._source.load(Path(path), trust)
        except MissingPackageError as err:
            raise _missing(err.what) from err
        framework = next(iter(self._source.NEEDS))
        return f"{framework} {metadata.version(framework)}"

    def exported(self, request: Mapping[str, Any], where: str, file: str) -> dict[str, Any]:
        """Writes the graph to ``file`` and returns the rest of the exported net."""
        net = self._source.exported(self._model, SimpleNamespace(**request), where)
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


def _check(needs: Mapping[str, str]) -> None:
    wrong = []
    for package, least in needs.items():
        try:
            found = metadata.version(package)
        except metadata.PackageNotFoundError:
            wrong.append(f"{package} {least} or later, which is not installed")
            continue
        if _parts(found) < _parts(least):
            wrong.append(f"{package} {least} or later, not {found}")
    if wrong:
        raise _missing(f"converting in {sys.executable} needs {'; '.join(wrong)}")


def _parts(version: str) -> list[int]:
    return [int(part) for part in version.split(".")[:2] if part.isdigit()]


def _missing(what: str) -> MissingPackageError:
    return MissingPackageError(what, where="--python", fix=f"install it there: {sys.executable} -m pip install …")


# Any: a model of onnx_ir, or of the package that held it before.
def _write(model: Any, file: str) -> None:
    writer = import_module(type(model).__module__.partition("._")[0])
    large = sum(value.const_value.nbytes for value in model.graph.initializers.values()) > (1 << 30)
    writer.save(model, file, **({"external_data": "weights"} if large else {}))
