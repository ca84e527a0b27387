"""Loads what torch wrote; no file runs code: pickles pass torch's own allow list, widened by modules of torch.nn."""

import pickle
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from modelport.errors import MissingPackageError, ModelFileError, UnsupportedModelError, UntrustedModelError
from modelport.frontends._trust import how_to_trust, named_object
from modelport.frontends.torch.export import quiet
from modelport.frontends.torch.files import Kind, TorchFile, kind_of
from modelport.frontends.torch.script.scanned import extensions, refuse_files

__all__ = ["load"]

# Namespaces of which every class is a layer without a life of its own: it holds numbers and runs arithmetic.
_TRUSTED = ("torch.nn.modules.", "torchvision.models.", "torchvision.ops.")
_ALSO = ("collections.OrderedDict", "functools.partial", "builtins.set", "torch.nn.functional.")


def load(path: Path, trust: Sequence[str]) -> TorchFile:
    """Returns what the file holds.

    Raises: ModelFileError for a damaged file; UntrustedModelError naming every class of a pickle that is neither torch's
    nor in ``trust``; MissingPackageError.
    """
    kind = kind_of(path)
    assert kind is not None
    return TorchFile(kind, path.name, _LOADERS[kind](path, trust))


# Any: objects of torch, which has no types that mypy may see here.
def _pt2(path: Path, _: Sequence[str]) -> Any:
    import torch

    try:
        return torch.export.load(path)
    except Exception as err:  # torch raises what its reader of JSON, zip or schema raises
        raise _damaged(path, err) from err


def _torchscript(path: Path, trust: Sequence[str]) -> Any:
    import torch

    refuse_files(path, trust)
    extended = extensions(path)
    if any(name.startswith("torchvision::") for name in extended) and find_spec("torchvision") is not None:
        import_module("torchvision")
    unknown = [name for name in extended if not _is_operator(name)]
    if unknown:
        raise UnsupportedModelError(
            f"it calls {len(unknown)} operator(s) that are not installed: {', '.join(unknown)}",
            where=str(path),
            fix="import the package that defines them before, in Python; a conversion needs a translation of each, too",
        )
    try:
        with quiet():  # that TorchScript is deprecated need not be told of a file that exists
            return torch.jit.load(path, map_location="cpu")
    except (RuntimeError, ValueError) as err:
        raise _damaged(path, err) from err


def _is_operator(name: str) -> bool:
    import torch

    return bool(torch._C._jit_get_schemas_for_operator(name))


def _safetensors(path: Path, _: Sequence[str]) -> Any:
    if find_spec("safetensors") is None:
        raise MissingPackageError(
            "reading a .safetensors file needs safetensors", where=str(path), fix="pip install 'modelport[torch]'"
        )
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return load_file(path)
    except SafetensorError as err:
        raise _damaged(path, err) from err


def _pickle(path: Path, trust: Sequence[str]) -> Any:
    import torch

    try:
        unknown = torch.serialization.get_unsafe_globals_in_checkpoint(path)
    except (RuntimeError, pickle.UnpicklingError, ValueError, EOFError) as err:
        raise _damaged(path, err) from err
    refused = sorted(name for name in unknown if not _allowed(name, trust))
    if refused:
        raise UntrustedModelError(
            f"{path.name} names {len(refused)} type(s) outside the allow list: {', '.join(refused)}",
            where=str(path),
            fix=how_to_trust(refused),
        )
    allowed = [named_object(name, path.name, str(path), "torch.export.save") for name in unknown]
    try:
        with torch.serialization.safe_globals(allowed):
            # Mapped: of a large file only what is used comes into memory.
            return torch.load(path, map_location="cpu", weights_only=True, mmap=kind_of(path) == "pickle")
    except (RuntimeError, pickle.UnpicklingError, AttributeError, EOFError) as err:
        raise _damaged(path, err) from err


def _allowed(name: str, trust: Sequence[str]) -> bool:
    return name in trust or name in _ALSO or name.startswith(_TRUSTED) or name.startswith(_ALSO[-1])


def _damaged(path: Path, err: Exception) -> ModelFileError:
    said = str(err).strip().split("\n")[0]
    return ModelFileError(
        f"torch cannot read {path.name}: {said or type(err).__name__}", where=str(path), fix="save the model again"
    )


_LOADERS: dict[Kind, Any] = {
    "pt2": _pt2,
    "torchscript": _torchscript,
    "safetensors": _safetensors,
    "pickle": _pickle,
    "legacy": _pickle,
}
