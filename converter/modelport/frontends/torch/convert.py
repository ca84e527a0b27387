"""Converts what torch made: modules and programs by the one way of torch.export, scripts by the first of theirs that proves."""

from modelport.errors import ConfigError
from modelport.frontends._elsewhere import NetElsewhere
from modelport.frontends._spec import ConvertedNet, LoadedModel, Request, Ways
from modelport.frontends.torch.files import TorchFile
from modelport.frontends.torch.net import made
from modelport.frontends.torch.script.convert import script_ways
from modelport.frontends.torch.script.schema import is_script
from modelport.frontends.torch.source import exported

__all__ = ["convert"]


def convert(loaded: LoadedModel, request: Request) -> ConvertedNet | Ways:
    """Converts one net.

    Raises: UnsupportedModelError, UnsupportedTypeError, SampleError, ConfigError.
    """
    model = loaded.model
    where = model.name if isinstance(model, TorchFile | NetElsewhere) else "the module"
    if request.signature is not None:
        raise ConfigError("a PyTorch model has forward alone to be asked by", where="--signature", fix="leave it out")
    if isinstance(model, NetElsewhere):
        return made(model.exported(request), loaded, request, where)
    if is_script(model.model if isinstance(model, TorchFile) else model):
        return script_ways(model, loaded, request, where)
    return made(exported(model, request, where), loaded, request, where)
