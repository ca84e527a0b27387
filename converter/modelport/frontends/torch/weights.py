"""Puts bare weights (a state_dict, .safetensors) into the module that the caller names: --module package.module:factory."""

from collections.abc import Mapping
from typing import Any

from modelport.errors import UnsupportedModelError
from modelport.frontends._factory import made_by

__all__ = ["with_weights"]

# Where training scripts keep the weights within a checkpoint of more.
_INSIDE = ("state_dict", "model_state_dict", "model")
_IN_FRONT = ("module.", "_orig_mod.")


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
    module = made_by(factory, "state_dict", "module")
    own = module.state_dict()
    weights = _unwrapped(weights, own)
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
    # Taken as they are, where that is all the same: copied, a large model would lie in memory twice.
    module.load_state_dict(weights, assign=_alike(own, weights))
    return module.eval()


def _unwrapped(weights: Mapping[str, Any], own: Mapping[str, Any]) -> Mapping[str, Any]:
    """The names as the module has them, where all begin with what torch's parallel or compiled modules put in front."""
    for prefix in _IN_FRONT:
        if (
            weights
            and all(str(name).startswith(prefix) for name in weights)
            and not any(name in own for name in weights)
        ):
            return {name.removeprefix(prefix): value for name, value in weights.items()}
    return weights


def _alike(own: Mapping[str, Any], weights: Mapping[str, Any]) -> bool:
    """Whether weights have the types that the module has, and are the same where the module's are one and the same."""
    tied: dict[int, Any] = {}
    for name, value in own.items():
        given = weights[name]
        if value.dtype != given.dtype or value.layout != given.layout:
            return False
        place = value.data_ptr()
        if place and tied.setdefault(place, given).data_ptr() != given.data_ptr():
            return False
    return True


def _weights(given: Mapping[str, Any]) -> Mapping[str, Any]:
    for key in _INSIDE:
        inside = given.get(key)
        if isinstance(inside, Mapping):
            return inside
    return given


def _listed(names: list[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
