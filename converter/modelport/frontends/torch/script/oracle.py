"""The script itself as the oracle. Hooks do not reach into scripts: layers are watched in a copy that returns what they give."""

from collections.abc import Sequence
from typing import Any

from modelport.evidence.cases import Tensor, Tensors
from modelport.frontends.torch.oracle import TorchOracle
from modelport.frontends.torch.script.patience import Patience
from modelport.frontends.torch.script.wrapped import watched
from modelport.frontends.torch.signature import Flat

__all__ = ["ScriptOracle"]


class ScriptOracle:
    """Calls the script."""

    # Any: a script, and what puts flat tensors into the structure that its forward takes.
    def __init__(self, module: Any, build: Any, inputs: Flat, outputs: Sequence[str]) -> None:
        self._module = module
        self._build = build
        self._inputs = inputs
        self._patience = Patience(module)
        self._own = TorchOracle(module, build, inputs, outputs)

    def ask(self, inputs: Tensors) -> Tensors:
        """Returns the outputs by name. Raises: OracleRefusalError with torch's message, or where it comes to no end."""
        with self._patience.waiting():
            return self._own.ask(inputs)

    def trace(self, inputs: Tensors) -> Tensors:
        """Returns what each layer gives that forward itself calls."""
        copy, names = watched(self._module)
        _, *given = TorchOracle(copy, self._build, self._inputs, ()).call(inputs)
        found: dict[str, Tensor] = {name: value.detach().numpy() for name, value in zip(names, given, strict=True)}
        return found
