"""The PyTorch front end: live modules and every kind of file that torch writes; torch is not imported until one is met."""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from modelport.errors import MissingPackageError
from modelport.frontends._digest import digest
from modelport.frontends._spec import ConvertedNet, FrontEnd, LoadedModel, Request, Ways
from modelport.frontends._triton import keep_out

__all__ = ["FRONTEND"]

_LIVE = ("torch.nn.modules.module.Module", "torch.export.exported_program.ExportedProgram")
# What the interpreter of --python must have: the oldest whose exporter is known.
_NEEDS = {"torch": "2.6", "onnxscript": "0.1"}


def _owns(model: object) -> bool:
    from modelport.frontends.torch.files import TorchFile

    names = {f"{kind.__module__}.{kind.__qualname__}" for kind in type(model).__mro__}
    return isinstance(model, TorchFile) or any(name in names for name in _LIVE)


def _sniff(path: Path) -> bool:
    from modelport.frontends.torch.files import kind_of

    return kind_of(path) is not None


def _load(path: Path, trust: Sequence[str]) -> LoadedModel:
    _need(str(path))
    from modelport.frontends.torch.load import load

    return LoadedModel(load(path, trust), digest(path))


def _load_in(path: Path, trust: Sequence[str], python: str) -> LoadedModel:
    from modelport.frontends._elsewhere import NetElsewhere

    net = NetElsewhere(python, "torch", _NEEDS, path, trust)
    return LoadedModel(net, digest(path), (net.note,))


def _need(where: str) -> None:
    keep_out()
    for package in ("torch", "onnxscript"):
        if find_spec(package) is None:
            raise MissingPackageError(
                f"converting a PyTorch model needs {package}", where=where, fix="pip install 'modelport[torch]'"
            )


def _convert(loaded: LoadedModel, request: Request) -> ConvertedNet | Ways:
    from modelport.frontends._elsewhere import NetElsewhere

    if not isinstance(loaded.model, NetElsewhere):
        _need("the model")
    from modelport.frontends.torch.convert import convert

    return convert(loaded, request)


def _support() -> list[tuple[str, str]]:
    return [
        ("torch.nn.Module", "an eager call of the module, torch 2.9 and later"),
        ("torch.jit.ScriptModule", "a call of the script, traced or scripted"),
    ]


FRONTEND = FrontEnd(
    name="PyTorch",
    extra="torch",
    owns=_owns,
    sniff=_sniff,
    load=_load,
    convert=_convert,
    support=_support,
    nets=True,
    load_in=_load_in,
)
