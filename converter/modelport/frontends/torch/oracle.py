"""The original module as the oracle: an eager call without gradients, in the types in which it was handed over."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from modelport.errors import SampleError, UnsupportedTypeError
from modelport.evidence.refusal import OracleRefusalError
from modelport.frontends.torch.fatal_calls import survived
from modelport.frontends.torch.signature import Flat, flattened

if TYPE_CHECKING:  # what it imports need not be in the user's interpreter
    from modelport.evidence.cases import Tensor, Tensors

__all__ = ["TorchOracle", "as_array", "as_tensor", "asking"]


@contextmanager
def asking() -> Iterator[None]:
    """Within, modules are called as they predict: without gradients; what torch advises on the way is no refusal."""
    import torch

    with torch.no_grad(), warnings.catch_warnings(), survived():
        warnings.simplefilter("ignore")
        yield


def as_tensor(array: Tensor) -> Any:
    """A torch tensor of the same values; a copy, for NumPy's may be read-only."""
    import torch

    if array.dtype.name == "bfloat16":
        # ml_dtypes' type, which torch does not take from NumPy.
        return torch.from_numpy(np.array(array).view(np.uint16)).view(torch.bfloat16)
    try:
        return torch.from_numpy(np.array(array))
    except TypeError as err:
        raise SampleError(
            f"torch has no tensor of {array.dtype} values, such as {array.ravel()[:1].tolist()}",
            where="--data",
            fix="give numbers or truth values; encode texts as the model was trained with them",
        ) from err


# Any: a tensor of torch.
def as_array(name: str, tensor: Any) -> Tensor:
    """The values of a tensor, of bfloat16 as float32. Raises: UnsupportedTypeError for another type that no target has."""
    import torch

    if tensor.dtype == torch.bfloat16:
        tensor = tensor.float()
    try:
        array: Tensor = tensor.detach().numpy()
        if array.dtype.kind == "c":
            raise TypeError
    except TypeError as err:
        raise UnsupportedTypeError(
            f"{name!r} is {tensor.dtype}: no target carries it",
            where="inputs and outputs",
            fix="let the model take and give float32 and convert inside",
        ) from err
    return array


class TorchOracle:
    """Calls the module. ``build`` puts flat tensors, of the types of ``inputs``, into the structure that forward takes."""

    # Any: a module or what torch.export made of one.
    def __init__(self, module: Any, build: Any, inputs: Flat, outputs: Sequence[str]) -> None:
        self._module = module
        self._build = build
        self._types = {name: tensor.dtype for name, tensor in inputs}
        self._outputs = outputs

    def ask(self, inputs: Tensors) -> Tensors:
        """Returns the outputs by name.

        Raises: OracleRefusalError with torch's message.
        """
        try:
            result = self.call(inputs)
        except Exception as err:  # a module raises whatever its author or torch does
            raise OracleRefusalError(str(err).strip().split("\n")[0] or type(err).__name__) from err
        named = flattened(result, "the output", single="output")
        if len(named) != len(self._outputs):
            # Attention gives no weights for an empty batch, for one.
            raise OracleRefusalError(f"forward returns {len(named)} tensors, not {len(self._outputs)}")
        return {name: as_array(name, value) for name, (_, value) in zip(self._outputs, named, strict=True)}

    def trace(self, inputs: Tensors) -> Tensors:
        """Returns the output of each layer that gives one tensor; of a layer that is called several times the last."""
        import torch

        found: dict[str, Tensor] = {}
        hooks = []
        for name, layer in self._module.named_modules():
            # Any: what forward returns.
            def note(_: Any, __: Any, output: Any, name: str = name) -> None:
                if isinstance(output, torch.Tensor) and not output.is_nested and not output.is_complex():
                    found[name] = as_array(name, output)

            if name:
                hooks.append(layer.register_forward_hook(note))
        try:
            self.call(inputs)
        finally:
            for hook in hooks:
                hook.remove()
        return found

    # Any: whatever forward returns.
    def call(self, inputs: Tensors) -> Any:
        """Returns what the module gives, in its own structure."""
        args, kwargs = self._build([as_tensor(inputs[name]).to(kind) for name, kind in self._types.items()])
        with asking():
            return self._module(*args, **kwargs)
