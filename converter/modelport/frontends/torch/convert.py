"""Compiles a module or an exported program to a Program and keeps the eager call as its oracle."""

import copy
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from modelport.errors import ConfigError, SampleError, UnsupportedModelError
from modelport.evidence.cases import Tensors
from modelport.frontends._net_assembly import Parts, assembled, rename
from modelport.frontends._net_axes import BATCH, dynamic_axes
from modelport.frontends._net_names import apart
from modelport.frontends._nets import name_symbols
from modelport.frontends._spec import ConvertedNet, LoadedModel, Request
from modelport.frontends.torch._repair import repair
from modelport.frontends.torch.export import Exported, export
from modelport.frontends.torch.files import TorchFile
from modelport.frontends.torch.layers import layers_of
from modelport.frontends.torch.oracle import TorchOracle, as_array, as_tensor
from modelport.frontends.torch.ranges import axis_limits
from modelport.frontends.torch.signature import Flat, bound_arguments, flattened, parameter_names
from modelport.frontends.torch.weights import with_weights
from modelport.ir.tensor_intake import named_tensors

__all__ = ["convert"]


def convert(loaded: LoadedModel, request: Request) -> ConvertedNet:
    """Converts one net.

    Raises: UnsupportedModelError, UnsupportedTypeError, SampleError, ConfigError.
    """
    file = loaded.model if isinstance(loaded.model, TorchFile) else None
    model: Any = loaded.model if file is None else file.model
    where = "the module" if file is None else file.name
    if isinstance(model, Mapping):
        model = with_weights(model, request.module, where)
    elif request.module is not None:
        raise ConfigError("the file holds a module of its own", where="--module", fix="leave it out")
    if hasattr(model, "graph_signature"):
        return _of_program(model, loaded, request, where)
    if not hasattr(model, "forward"):
        raise _no_module(model, where)
    return _of_module(_ready(model, live=file is None), loaded, request, where)


# Any here and below: modules and tensors of torch.
def _ready(module: Any, *, live: bool) -> Any:
    """The module as it predicts: out of training mode and on the CPU; a live one is left as it is, and a copy taken."""
    training = any(part.training for part in module.modules())
    elsewhere = any(value.device.type != "cpu" for value in [*module.parameters(), *module.buffers()])
    if (training or elsewhere) and live:
        module = copy.deepcopy(module)
    return module.cpu().eval() if training or elsewhere else module


def _of_module(module: Any, loaded: LoadedModel, request: Request, where: str) -> ConvertedNet:
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
        raise SampleError(
            f"the module does not take the sample: {str(err).strip().split(chr(10))[0]}",
            where="--data",
            fix="give tensors that forward takes",
        ) from err
    outputs = _named_outputs(result, inputs)
    shapes = pytree.tree_unflatten([axes[name] or None for name, _ in inputs], spec)
    exported = export(module, build([value for _, value in wide])[1], shapes, where)
    _check_frozen(exported, inputs, axes, where)
    sample = {name: as_array(name, value) for name, value in inputs}
    oracle = TorchOracle(module, build, [name for name, _ in inputs], outputs)
    return _net(exported, oracle, sample, outputs, axes, type(module), loaded, request, where)


def _of_program(program: Any, loaded: LoadedModel, request: Request, where: str) -> ConvertedNet:
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
        inputs = [(name, given[name]) for name, _ in inputs]

    def build(tensors: Sequence[Any]) -> tuple[tuple[Any, ...], Mapping[str, Any]]:
        positional, named = pytree.tree_unflatten(list(tensors), spec)
        return tuple(positional), named

    exported = export(program, None, None, where)
    oracle_args, oracle_kwargs = build([value for _, value in inputs])
    outputs = _named_outputs(module(*oracle_args, **oracle_kwargs), inputs)
    sample = {name: as_array(name, value) for name, value in inputs}
    oracle = TorchOracle(module, build, [name for name, _ in inputs], outputs)
    name_symbols(exported.model, _symbols(exported, [name for name, _ in inputs]))
    axes = {
        name: {i: str(d.value) for i, d in enumerate(value.shape or ()) if not isinstance(d, int)}
        for (name, _), value in zip(inputs, exported.model.graph.inputs, strict=True)
    }
    return _net(exported, oracle, sample, outputs, axes, type(program), loaded, request, where)


def _named_outputs(result: Any, inputs: Flat) -> list[str]:
    names = [name for name, _ in flattened(result, "the output", single="output")]
    return apart(names, [name for name, _ in inputs])


def _symbols(exported: Exported, inputs: Sequence[str]) -> dict[str, str]:
    """Names for the symbols of a .pt2 file, which keeps none: the batch, and the input and axis where another is first met."""
    found: dict[str, str] = {}
    for place, (name, value) in enumerate(zip(inputs, exported.model.graph.inputs, strict=True)):
        for axis, dimension in enumerate(value.shape or ()):
            if not isinstance(dimension, int):
                symbol = str(dimension.value)
                found.setdefault(symbol, BATCH if place == 0 and axis == 0 else f"{name}_{axis}")
    return found


def _net(
    exported: Exported,
    oracle: TorchOracle,
    sample: Tensors,
    outputs: Sequence[str],
    axes: Mapping[str, Mapping[int, str]],
    kind: type,
    loaded: LoadedModel,
    request: Request,
    where: str,
) -> ConvertedNet:
    model = exported.model
    rename(model.graph.inputs, list(sample))
    rename(model.graph.outputs, list(outputs))
    parts = Parts(
        model=model,
        oracle=oracle,
        sample=sample,
        outputs=outputs,
        axes=axes,
        framework="PyTorch",
        kind=kind,
        packages=("torch", "torchvision", "transformers", "onnxscript", "numpy"),
        limits=axis_limits(exported.program, model),
        layers=layers_of(model),
        notes=[f"repaired after the exporter: {name}" for name in repair(model)],
    )
    return assembled(parts, loaded, request, where)


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


def _check_frozen(exported: Exported, inputs: Flat, axes: Mapping[str, Mapping[int, str]], where: str) -> None:
    frozen = []
    for value, (name, _) in zip(exported.model.graph.inputs, inputs, strict=False):
        for axis, symbol in axes[name].items():
            length = value.shape[axis] if value.shape is not None else None
            if isinstance(length, int):
                frozen.append(f"{symbol} (axis {axis} of {name!r}) to {length}")
    if frozen:
        raise UnsupportedModelError(
            f"the export had to freeze {'; '.join(frozen)}",
            where=where,
            fix="look for a length that the source compares or puts into a shape; or take fixed lengths: --dynamic fixed",
        )


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
