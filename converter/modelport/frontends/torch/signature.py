"""Names for the tensors that a module takes and gives: parameters of forward, and the places in what it returns."""

import dataclasses
import inspect
from collections.abc import Mapping
from typing import Any

from modelport.errors import SampleError, UnsupportedTypeError, did_you_mean
from modelport.frontends._net_names import called, unique
from modelport.frontends.torch.script.schema import is_script, script_signature

__all__ = ["Flat", "bound_arguments", "flattened", "parameter_names"]

# Any: whatever a forward takes and returns.
Flat = list[tuple[str, Any]]


def parameter_names(module: Any) -> list[str]:
    """The names of forward's parameters, in order."""
    found = []
    for name, parameter in _signature(module).parameters.items():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        found.append(name)
    return found


def bound_arguments(module: Any, data: object) -> dict[str, Any]:
    """Returns the sample by the names of forward's parameters: a dict by name, a sequence in their order, or one tensor.

    Raises: SampleError.
    """
    signature = _signature(module)
    try:
        if isinstance(data, Mapping):
            bound = signature.bind(**{str(name): value for name, value in data.items()})
        elif isinstance(data, tuple):
            bound = signature.bind(*data)
        else:
            bound = signature.bind(data)
    except TypeError as err:
        names = parameter_names(module)
        given = list(data) if isinstance(data, Mapping) else []
        unknown = [str(name) for name in given if name not in names]
        fix = f"give a dict of arrays by name: {', '.join(names)}"
        if unknown:
            fix = "; ".join(f"{name!r}: {did_you_mean(name, names)}" for name in unknown)
        raise SampleError(f"forward cannot be called with the sample: {err}", where="--data", fix=fix) from err
    arguments: dict[str, Any] = {}
    for name, value in bound.arguments.items():
        kind = signature.parameters[name].kind
        if kind is inspect.Parameter.VAR_KEYWORD:
            arguments |= value
        elif kind is inspect.Parameter.VAR_POSITIONAL:
            raise SampleError(
                "forward takes any number of positional tensors: they have no names",
                where="--data",
                fix="wrap the module in one whose forward names each tensor",
            )
        else:
            arguments[name] = value
    return arguments


def _signature(module: Any) -> inspect.Signature:
    return script_signature(module) if is_script(module) else inspect.signature(module.forward)


def flattened(value: Any, name: str, *, single: str) -> Flat:
    """Lists the tensors in a structure with stable names: keys, fields and places joined by underscores.

    A structure that is one tensor is called ``single``. None is left out. Dataclasses that torch does not know it is told of.
    Raises: UnsupportedTypeError for anything else that is no tensor.
    """
    import torch
    from torch.utils import _pytree as pytree

    leaves, _ = pytree.tree_flatten_with_path(value)
    unknown: set[Any] = {
        type(leaf) for _, leaf in leaves if dataclasses.is_dataclass(leaf) and not isinstance(leaf, type)
    }
    if unknown and all(field.init for kind in unknown for field in dataclasses.fields(kind)):
        for kind in unknown:
            torch.export.register_dataclass(kind)
        return flattened(value, name, single=single)
    found: Flat = []
    for path, leaf in leaves:
        if leaf is None:
            continue
        place = "_".join(_key(key) for key in path)
        if not isinstance(leaf, torch.Tensor):
            raise UnsupportedTypeError(
                f"{name} {place or 'value'} is a {type(leaf).__name__}, no tensor",
                where="forward",
                fix="switch the cache off: use_cache=False in the configuration"
                if type(leaf).__name__.endswith("Cache")
                else "let forward take and return tensors, and structures of tensors",
            )
        found.append((called(place, single), leaf))
    return unique(found)


def _key(key: Any) -> str:
    for attribute in ("key", "idx", "name"):
        if hasattr(key, attribute):
            return str(getattr(key, attribute))
    return str(key)
