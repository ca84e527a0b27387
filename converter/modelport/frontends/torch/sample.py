"""The caller's sample as tensors that the module was called with, and the net that an exporter makes with them.

Read in the user's interpreter too, see ``_exported_net.py``.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from modelport.errors import SampleError, UnsupportedModelError, UnsupportedTypeError
from modelport.frontends._exported_net import ExportedNet
from modelport.frontends._net_axes import BATCH, dynamic_axes
from modelport.frontends._net_names import apart
from modelport.frontends._packages import installed
from modelport.frontends.torch.export import Exported
from modelport.frontends.torch.half_tensors import halves_of, rounded_as
from modelport.frontends.torch.oracle import as_array, as_tensor, asking
from modelport.frontends.torch.ranges import axis_limits
from modelport.frontends.torch.script.schema import is_script
from modelport.frontends.torch.script.wrapped import copied
from modelport.frontends.torch.signature import Flat, bound_arguments, flattened, parameter_names

if TYPE_CHECKING:  # what they import need not be in the user's interpreter
    from modelport.evidence.cases import Tensors
    from modelport.evidence.tensor_oracle import TensorOracle
    from modelport.frontends._spec import Request

__all__ = ["Taken", "answer", "exported_net", "named_outputs", "ready", "taken"]


# Any here and below: modules and tensors of torch.
@dataclass(frozen=True)
class Taken:
    """A sample that the module takes.

    ``arguments`` are those of forward by name; ``inputs`` their tensors, flat and named; ``wide`` the same with two rows at least,
    for exports; ``result`` is what forward returned, ``outputs`` its tensors by name.
    """

    arguments: Mapping[str, Any]
    inputs: Flat
    wide: Flat
    axes: dict[str, dict[int, str]]
    result: Any
    outputs: Flat

    def build(self, tensors: Sequence[Any]) -> tuple[tuple[()], Mapping[str, Any]]:
        """Puts flat tensors, or whatever stands for each, into the structure that forward takes."""
        from torch.utils import _pytree as pytree

        return (), pytree.tree_unflatten(list(tensors), pytree.tree_flatten(dict(self.arguments))[1])

    def arrays(self) -> Tensors:
        """The inputs by name. Raises: UnsupportedTypeError for a type that no target has."""
        return {name: as_array(name, value) for name, value in self.inputs}


def taken(module: Any, request: Request, where: str) -> Taken:
    """Calls the module with the sample; where it takes half precision alone, with the sample rounded to that.

    Raises: SampleError where there is none or forward does not take it; UnsupportedTypeError, ConfigError.
    """
    from torch.utils import _pytree as pytree

    if request.rows is None:
        raise _no_sample(module, where)
    arguments = {name: _tensors(value) for name, value in bound_arguments(module, request.rows).items()}
    inputs = flattened(arguments, "input", single="input")
    axes = dynamic_axes(inputs, request.dynamic)
    _check_lengths(inputs, axes)
    before = {name: buffer.clone() for name, buffer in _plain_buffers(module)}
    try:
        result = answer(lambda: module(**arguments))
    except SampleError:
        halves = rounded_as(module, [value for _, value in inputs])
        if halves is not None and any(a.dtype != b.dtype for a, (_, b) in zip(halves, inputs, strict=True)):
            rows = pytree.tree_unflatten(halves, pytree.tree_flatten(arguments)[1])
            return taken(module, replace(request, rows=rows), where)
        raise
    trained = [name or "the module" for name, part in module.named_modules() if getattr(part, "training", False)]
    if trained:
        raise UnsupportedModelError(
            f"forward puts {len(trained)} layer(s) into training mode: {', '.join(trained[:5])}; their answers are no predictions",
            where=where,
            fix="take .train() out of forward",
        )
    written = [name for name, buffer in _plain_buffers(module) if not _same(buffer, before.get(name))]
    if written and not _same(answer(lambda: module(**arguments)), result):
        raise UnsupportedModelError(
            f"forward answers by {len(written)} buffer(s) that it writes to: {', '.join(written[:5])}; a graph keeps nothing",
            where=where,
            fix="take what is kept as an input and return it as an output, or write to buffers in training mode only",
        )
    return Taken(arguments, inputs, _at_least_two(inputs, axes), axes, result, named_outputs(result, inputs))


def answer(call: Callable[[], Any]) -> Any:
    """What forward returns for the sample. Raises: SampleError where it does not take it."""
    try:
        with asking():
            return call()
    except Exception as err:  # a module raises whatever its author or torch does
        raise SampleError(
            f"the module does not take the sample: {_said(err)}", where="--data", fix="give tensors that forward takes"
        ) from err


def _plain_buffers(module: Any) -> list[tuple[str, Any]]:
    """Those whose values can be compared: neither sparse nor quantized."""
    import torch

    return [
        (name, buffer)
        for name, buffer in module.named_buffers()
        if buffer.layout == torch.strided and not buffer.is_quantized and not buffer.is_nested
    ]


def _same(one: Any, other: Any) -> bool:
    """Whether two results, or tensors, hold the same values, NaN in the same places too."""
    from torch.utils import _pytree as pytree

    return all(_alike(a, b) for a, b in zip(pytree.tree_leaves(one), pytree.tree_leaves(other), strict=True))


def _alike(one: Any, other: Any) -> bool:
    if not hasattr(one, "shape"):
        return bool(one == other)
    same = hasattr(other, "shape") and one.shape == other.shape
    return same and bool(((one == other) | ((one != one) & (other != other))).all())


def _said(err: Exception) -> str:
    """The first line; of a script, whose message begins with its stack, the last."""
    lines = str(err).strip().split("\n")
    return lines[-1] if "TorchScript interpreter" in lines[0] else lines[0]


def ready(module: Any, *, live: bool) -> Any:
    """The module as it predicts: out of training mode and on the CPU; a live one is left as it is, and a copy taken."""
    module = _unwrapped(module)
    training = any(getattr(part, "training", False) for part in module.modules())  # frozen scripts have none
    hollow = [
        name for name, value in [*module.named_parameters(), *module.named_buffers()] if value.device.type == "meta"
    ]
    if hollow:
        raise UnsupportedModelError(
            f"{len(hollow)} weight(s) hold no values, on the device 'meta': {', '.join(hollow[:5])}",
            where="the module",
            fix="load the weights into the module before it is converted",
        )
    elsewhere = any(value.device.type != "cpu" for value in [*module.parameters(), *module.buffers()])
    if (training or elsewhere) and live:
        module = copied(module) if is_script(module) else copy.deepcopy(module)
    if elsewhere:
        module = module.cpu()
    return module.eval() if training else module


def _unwrapped(module: Any) -> Any:
    """The module within those that only run it faster: torch.compile's and the parallel ones, whose forwards name no tensors."""
    inside = {"OptimizedModule": "_orig_mod", "DataParallel": "module", "DistributedDataParallel": "module"}
    while type(module).__module__.startswith("torch.") and type(module).__name__ in inside:
        module = getattr(module, inside[type(module).__name__])
    return module


def named_outputs(result: Any, inputs: Flat) -> Flat:
    """The tensors in a result with their names. Raises: UnsupportedTypeError for what is no tensor."""
    named = flattened(result, "the output", single="output")
    if not named:
        raise UnsupportedTypeError(
            f"forward returns no tensor, but {result!r}", where="forward", fix="let forward return what it computes"
        )
    names = apart([name for name, _ in named], [name for name, _ in inputs])
    return [(name, value) for name, (_, value) in zip(names, named, strict=True)]


def exported_net(
    made: Exported,
    oracle: TensorOracle,
    sample: Tensors,
    outputs: Flat,
    axes: Mapping[str, Mapping[int, str]] | None,
    kind: type,
) -> ExportedNet:
    """What an exporter made and the original, as one; ``axes`` is None where the graph's own shapes say which are open."""
    return ExportedNet(
        model=made.model,
        oracle=oracle,
        sample=sample,
        outputs=[name for name, _ in outputs],
        axes=axes,
        kind=f"{kind.__module__}.{kind.__qualname__}",
        packages=installed(("torch", "torchvision", "transformers", "onnxscript", "numpy")),
        limits={} if made.program is None else axis_limits(made.program, list(sample)),
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


def _no_sample(module: Any, where: str) -> SampleError:
    names = ", ".join(parameter_names(module))
    return SampleError(
        f"a module does not say which shapes it takes: forward({names})",
        where=where,
        fix=f"give sample tensors: --data inputs.npz with the arrays {names}, 2 or more along each axis that varies",
    )
