"""Puts bare weights (a state_dict, .safetensors) into the module that the caller names: --module package.module:factory."""

import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from modelport.errors import ConfigError, UnsupportedModelError

__all__ = ["with_weights"]

# Where training scripts keep the weights within a checkpoint of more.
_INSIDE = ("state_dict", "model_state_dict", "model")


# Any: modules and tensors of torch.
def with_weights(given: Mapping[str, Any], factory: str | None, where: str) -> Any:
    """Returns the module with these weights, in evaluation mode.

    Raises: UnsupportedModelError where no factory is given or the weights do not fit it; ConfigError for a factory that cannot
    be imported or called.
    """
    weights = _weights(given)
    if factory is None:
        raise UnsupportedModelError(
            f"it holds {len(weights)} weights without their class: {', '.join(list(map(str, weights))[:5])}, …",
            where=where,
            fix="say how the module is made: --module package.module:factory; or save it with torch.export.save",
        )
    module = _made(factory)
    own = module.state_dict()
    absent = [name for name in own if name not in weights]
    unknown = [name for name in weights if name not in own]
    shapes = [
        f"{name} is {list(weights[name].shape)}, not {list(own[name].shape)}"
        for name in own
        if name in weights and weights[name].shape != own[name].shape
    ]
    if absent or unknown or shapes:
        told = [f"lacks {_listed(absent)}"] * bool(absent) + [f"has {_listed(unknown)} too much"] * bool(unknown)
        raise UnsupportedModelError(
            f"the weights do not fit {factory}: {'; '.join([*told, *shapes[:5]])}",
            where=where,
            fix="name the factory with which the model was trained, with the same sizes",
        )
    module.load_state_dict(weights)
    return module.eval()


def _weights(given: Mapping[str, Any]) -> Mapping[str, Any]:
    for key in _INSIDE:
        inside = given.get(key)
        if isinstance(inside, Mapping):
            return inside
    return given


def _made(factory: str) -> Any:
    path, colon, name = factory.partition(":")
    if not colon or not path or not name:
        raise ConfigError(
            f"{factory!r} names no factory", where="--module", fix="write package.module:factory, such as nets:make_net"
        )
    here = str(Path.cwd())
    if here not in sys.path:
        # As `python -m` does: the caller's own source lies where the command is given.
        sys.path.insert(0, here)
    try:
        made = getattr(import_module(path), name)()
    except (ImportError, AttributeError, TypeError) as err:
        raise ConfigError(
            f"{factory} cannot be called: {type(err).__name__}: {err}",
            where="--module",
            fix="name a class or a function without arguments that returns the module",
        ) from err
    if not hasattr(made, "state_dict"):
        raise ConfigError(
            f"{factory} gives a {type(made).__name__}, no module", where="--module", fix="let it return the nn.Module"
        )
    return made


def _listed(names: list[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
