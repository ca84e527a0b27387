"""The parameters of a script's forward, which Python's inspect does not see."""

from __future__ import annotations

import inspect
from typing import Any

__all__ = ["is_script", "script_signature"]


# Any here: modules of torch.
def is_script(module: Any) -> bool:
    """Whether it is TorchScript; torch is not imported for it."""
    return any(
        f"{kind.__module__}.{kind.__qualname__}" == "torch.jit._script.ScriptModule" for kind in type(module).__mro__
    )


def script_signature(module: Any) -> inspect.Signature:
    """forward's parameters in order, with their defaults; without self."""
    return inspect.Signature(
        [
            inspect.Parameter(
                argument.name,
                inspect.Parameter.POSITIONAL_OR_KEYWORD,
                default=argument.default_value if argument.has_default_value() else inspect.Parameter.empty,
            )
            for argument in module.forward.schema.arguments[1:]
        ]
    )
