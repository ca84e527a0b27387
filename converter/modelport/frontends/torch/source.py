"""Takes a net to its graph with torch: a module or an exported program, its sample, its exporter, its eager call.

Read in the user's interpreter too, see ``_exported_net.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from modelport.errors import ConfigError, SampleError, UnsupportedModelError
from modelport.frontends._exported_net import ExportedNet
from modelport.frontends.torch.export import export
from modelport.frontends.torch.files import TorchFile
from modelport.frontends.torch.half_tensors import as_half
from modelport.frontends.torch.load import load
from modelport.frontends.torch.oracle import TorchOracle, as_array, as_tensor
from modelport.frontends.torch.sample import answer, exported_net, named_outputs, ready, taken
from modelport.frontends.torch.script.schema import is_script
from modelport.frontends.torch.signature import Flat
from modelport.frontends.torch.transforms import refuse_resized_bytes
from modelport.frontends.torch.weights import with_weights
from modelport.ir.named_tensors import named_tensors

if TYPE_CHECKING:  # what they import need not be in the user's interpreter
    from modelport.frontends._spec import Request

__all__ = ["exported", "load"]


# Any: a module, a program of torch.export, or the file that held one.
def exported(model: Any, request: Request, where: str) -> ExportedNet:
    """Exports one net.

    Raises: UnsupportedModelError, UnsupportedTypeError, SampleError, ConfigError.
    """
    live = not isinstance(model, TorchFile)
    model = model if live else model.model
    if isinstance(model, Mapping):
        model = with_weights(model, request.module, where)
    elif request.module is not None:
        raise ConfigError("the file holds a module of its own", where="--module", fix="leave it out")
    if is_script(model):
        raise ConfigError(
            "a TorchScript file needs no environment of its own", where="--python", fix="leave it out: it is read here"
        )
    if hasattr(model, "graph_signature"):
        return _of_program(model, request, where)
    if not hasattr(model, "forward"):
        raise _no_module(model, where)
    return _of_module(ready(model, live=live), request, where)


# Any here and below: modules and tensors of torch.
def _of_module(module: Any, request: Request, where: str) -> ExportedNet:
    found = taken(module, request, where)
    _, shapes = found.build([found.axes[name] or None for name, _ in found.inputs])
    _, wide = found.build([value for _, value in found.wide])
    refuse_resized_bytes(module, lambda: module(**found.arguments), where)
    made = export(module, wide, dict(shapes), where)
    oracle = TorchOracle(module, found.build, found.inputs, [name for name, _ in found.outputs])
    return exported_net(made, oracle, found.arrays(), found.outputs, found.axes, type(module))


def _of_program(program: Any, request: Request, where: str) -> ExportedNet:
    from torch.utils import _pytree as pytree

    module = program.module()
    if request.rows is None and program.example_inputs is None:
        raise SampleError(
            "the .pt2 file holds no sample inputs", where=where, fix="give tensors with --data inputs.npz"
        )
    args, kwargs = program.example_inputs or ((), {})
    names = program.graph_signature.user_inputs
    leaves, spec = pytree.tree_flatten((args, kwargs))
    inputs: Flat = list(zip(names, leaves, strict=True))
    if request.dynamic:
        raise ConfigError(
            "a .pt2 file says itself which axes callers choose",
            where="--dynamic",
            fix="leave it out, or export the module anew with dynamic_shapes",
        )
    if request.rows is not None:
        given = _by_name(request.rows, [name for name, _ in inputs])
        inputs = [(name, as_half(given[name], leaf.dtype)) for name, leaf in inputs]

    def build(tensors: Sequence[Any]) -> tuple[tuple[Any, ...], Mapping[str, Any]]:
        positional, named = pytree.tree_unflatten(list(tensors), spec)
        return tuple(positional), named

    asked_args, asked_kwargs = build([value for _, value in inputs])
    outputs = named_outputs(answer(lambda: module(*asked_args, **asked_kwargs)), inputs)
    made = export(program, None, None, where)
    sample = {name: as_array(name, value) for name, value in inputs}
    oracle = TorchOracle(module, build, inputs, [name for name, _ in outputs])
    return exported_net(made, oracle, sample, outputs, None, type(program))


def _by_name(data: object, names: Sequence[str]) -> dict[str, Any]:
    return {name: as_tensor(array) for name, array in named_tensors(data, names).items()}


def _no_module(model: Any, where: str) -> UnsupportedModelError:
    return UnsupportedModelError(
        f"it holds a {type(model).__name__}, no module", where=where, fix="save a module, or torch.export.save it"
    )
