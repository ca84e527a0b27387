"""Takes a net to its graph with torch: a module or an exported program, its sample, its exporter, its eager call.

Read in the user's interpreter too, see ``_exported_net.py``.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from modelport.errors import ConfigError, SampleError, UnsupportedModelError
from modelport.frontends._exported_net import ExportedNet
from modelport.frontends._net_axes import BATCH, dynamic_axes
from modelport.frontends._net_names import apart
from modelport.frontends._packages import installed
from modelport.frontends.torch.export import Exported, export
from modelport.frontends.torch.files import TorchFile
from modelport.frontends.torch.halves import as_half, halves_of, rounded_as
from modelport.frontends.torch.load import load
from modelport.frontends.torch.oracle import TorchOracle, as_array, as_tensor
from modelport.frontends.torch.ranges import axis_limits
from modelport.frontends.torch.signature import Flat, bound_arguments, flattened, parameter_names
from modelport.frontends.torch.weights import with_weights
from modelport.ir.named_tensors import named_tensors

if TYPE_CHECKING:  # what they import need not be in the user's interpreter
    from modelport.evidence.cases import Tensors
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
    if hasattr(model, "graph_signature"):
        return _of_program(model, request, where)
    if not hasattr(model, "forward"):
        raise _no_module(model, where)
    return _of_module(_ready(model, live=live), request, where)


# Any here and below: modules and tensors of torch.
def _ready(module: Any, *, live: bool) -> Any:
    """The module as it predicts: out of training mode and on the CPU; a live one is left as it is, and a copy taken."""
    training = any(part.training for part in module.modules())
    elsewhere = any(value.device.type != "cpu" for value in [*module.parameters(), *module.buffers()])
    if (training or elsewhere) and live:
        module = copy.deepcopy(module)
    return module.cpu().eval() if training or elsewhere else module


def _of_module(module: Any, request: Request, where: str) -> ExportedNet:
    import torch
    from torch.utils import _pytree as pytree

    if request.rows is None:
        raise _no_sample(module, where)
    arguments = {name: _tensors(value) for name, value in bound_arguments(module, request.rows).items()}
    inputs = flattened(arguments, "input", single="input")
    axes = dynamic_axes(inputs, request.dynamic)
    _check_lengths(inputs, axes)
    wide = _at_least_two(inputs, axes)
    spec = pytree.tree_flatten(arguments)[1]

    def build(tensors: Sequence[Any]) -> tuple[tuple[()], Mapping[str, Any]]:
        return (), pytree.tree_unflatten(list(tensors), spec)

    try:
        with torch.no_grad():
            result = module(**build([value for _, value in inputs])[1])
    except Exception as err:  # a module raises whatever its author or torch does
        halves = rounded_as(module, [value for _, value in inputs])
        if halves is not None and any(a.dtype != b.dtype for a, (_, b) in zip(halves, inputs, strict=True)):
            return _of_module(module, replace(request, rows=pytree.tree_unflatten(halves, spec)), where)
        raise SampleError(
            f"the module does not take the sample: {str(err).strip().split(chr(10))[0]}",
            where="--data",
            fix="give tensors that forward takes",
        ) from err
    outputs = _named_outputs(result, inputs)
    shapes = pytree.tree_unflatten([axes[name] or None for name, _ in inputs], spec)
    made = export(module, build([value for _, value in wide])[1], shapes, where)
    sample = {name: as_array(name, value) for name, value in inputs}
    oracle = TorchOracle(module, build, inputs, [name for name, _ in outputs])
    return _net(made, oracle, sample, outputs, axes, type(module))


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

    made = export(program, None, None, where)
    oracle_args, oracle_kwargs = build([value for _, value in inputs])
    outputs = _named_outputs(module(*oracle_args, **oracle_kwargs), inputs)
    sample = {name: as_array(name, value) for name, value in inputs}
    oracle = TorchOracle(module, build, inputs, [name for name, _ in outputs])
    return _net(made, oracle, sample, outputs, None, type(program))


def _named_outputs(result: Any, inputs: Flat) -> Flat:
    named = flattened(result, "the output", single="output")
    names = apart([name for name, _ in named], [name for name, _ in inputs])
    return [(name, value) for name, (_, value) in zip(names, named, strict=True)]


def _net(
    made: Exported,
    oracle: TorchOracle,
    sample: Tensors,
    outputs: Flat,
    axes: Mapping[str, Mapping[int, str]] | None,
    kind: type,
) -> ExportedNet:
    return ExportedNet(
        model=made.model,
        oracle=oracle,
        sample=sample,
        outputs=[name for name, _ in outputs],
        axes=axes,
        kind=f"{kind.__module__}.{kind.__qualname__}",
        packages=installed(("torch", "torchvision", "transformers", "onnxscript", "numpy")),
        limits=axis_limits(made.program, list(sample)),
        halves=halves_of(outputs),
    )


def _check_lengths(inputs: Flat, axes: Mapping[str, Mapping[int, str]]) -> None:
    """torch.export takes a length of 0 or 1 for a constant; batches are widened, other axes must be longer."""
    short = [
        f"{name}:{axis}={symbol} has length {value.shape[axis]}"
        for name, value in inputs
        for axis, symbol in axes[name].items()
        if symbol != BATCH and value.shape[axis] < 2
    ]
    if short:
        raise SampleError(
            f"axes that callers choose must be longer than 1 in the sample: {'; '.join(short)}",
            where="--data",
            fix="give a sample with 2 or more along them",
        )


def _at_least_two(inputs: Flat, axes: Mapping[str, Mapping[int, str]]) -> Flat:
    import torch

    return [
        (name, torch.cat([value, value]) if axes[name].get(0) == BATCH and value.shape[0] < 2 else value)
        for name, value in inputs
    ]


def _tensors(value: Any) -> Any:
    """Arrays and frames as tensors, within dicts, lists and tuples too; anything else stays as it is."""
    import torch

    if isinstance(value, torch.Tensor):
        return value.detach().cpu()
    if isinstance(value, Mapping):
        return {key: _tensors(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_tensors(item) for item in value)
    if isinstance(value, np.ndarray):
        return as_tensor(value)
    if hasattr(value, "to_numpy"):
        return as_tensor(value.to_numpy())
    return value


def _by_name(data: object, names: Sequence[str]) -> dict[str, Any]:
    return {name: as_tensor(array) for name, array in named_tensors(data, names).items()}


def _no_sample(module: Any, where: str) -> SampleError:
    names = ", ".join(parameter_names(module))
    return SampleError(
        f"a module does not say which shapes it takes: forward({names})",
        where=where,
        fix=f"give sample tensors: --data inputs.npz with the arrays {names}, 2 or more along each axis that varies",
    )


def _no_module(model: Any, where: str) -> UnsupportedModelError:
    return UnsupportedModelError(
        f"it holds a {type(model).__name__}, no module", where=where, fix="save a module, or torch.export.save it"
    )
