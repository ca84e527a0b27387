"""The ways from a script to a graph; the script called eagerly is the original, with whatever its tracing has fixed."""

from collections.abc import Mapping
from typing import Any

from modelport.errors import ConfigError, UnsupportedModelError
from modelport.frontends._spec import ConvertedNet, LoadedModel, Request, Way, Ways
from modelport.frontends.torch.export import Exported
from modelport.frontends.torch.files import TorchFile
from modelport.frontends.torch.layers import layers_of
from modelport.frontends.torch.net import made
from modelport.frontends.torch.sample import exported_net, ready, taken
from modelport.frontends.torch.script.exporter import export_script, script_layers
from modelport.frontends.torch.script.oracle import ScriptOracle
from modelport.frontends.torch.script.program import export_program
from modelport.frontends.torch.script.wrapped import wrapped

__all__ = ["script_ways"]


# Any: a script of torch, or the file that held one.
def script_ways(model: Any, loaded: LoadedModel, request: Request, where: str) -> Ways:
    """Returns torch's exporter of TorchScript, and behind it the way by an exported program.

    Raises: UnsupportedModelError, SampleError, UnsupportedTypeError, ConfigError.
    """
    live = not isinstance(model, TorchFile)
    if request.module is not None:
        raise ConfigError("the file holds a module of its own", where="--module", fix="leave it out")
    script = ready(model if live else model.model, live=live)
    if not hasattr(script, "forward"):
        raise UnsupportedModelError(
            "the script has no forward of its own: torch compiled overloads of it, which nobody can call",
            where=where,
            fix="script a module that calls this one, or save the module itself with torch.export.save",
        )
    found = taken(script, request, where)
    names = [name for name, _ in found.outputs]
    oracle = ScriptOracle(script, found.build, found.inputs, names)

    def net(exported: Exported, layers: Mapping[str, str]) -> ConvertedNet:
        whole = exported_net(exported, oracle, found.arrays(), found.outputs, found.axes, type(script))
        return made(whole, loaded, request, where, layers)

    def by_exporter() -> ConvertedNet:
        outer = wrapped(script, found.arguments, found.result)
        graph = export_script(outer, found.wide, names, found.axes, where)
        return net(Exported(graph, None), script_layers(graph))

    def by_program() -> ConvertedNet:
        outer = wrapped(script, found.arguments, found.result)
        exported = export_program(outer, found.wide, found.axes, where)
        return net(exported, layers_of(exported.model))

    return (
        Way("torch's exporter of TorchScript", by_exporter),
        Way("the way by an exported program", by_program),
    )
