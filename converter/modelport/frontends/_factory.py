"""Calls what makes the net of bare weights: --module package.module:factory."""

import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from modelport.errors import ConfigError, did_you_mean

__all__ = ["made_by"]


# Any: a module or a model of any framework.
def made_by(factory: str, has: str, kind: str) -> Any:
    """Returns what the factory gives, which must have an attribute ``has`` as a ``kind`` does. Raises: ConfigError."""
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
        source = import_module(path)
    except Exception as err:  # a module raises whatever its author does while it is imported
        raise ConfigError(
            f"{path} cannot be imported: {type(err).__name__}: {err}",
            where="--module",
            fix="name a module that Python finds from here, and that imports without errors",
        ) from err
    if not hasattr(source, name):
        raise ConfigError(
            f"there is no {name!r} in {path}", where="--module", fix=did_you_mean(name, _callables(source))
        )
    try:
        made = getattr(source, name)()
    except Exception as err:  # whatever its author or the framework raises
        raise ConfigError(
            f"{factory} cannot be called: it raises {type(err).__name__}: {err}",
            where="--module",
            fix=f"let {name}() return the {kind} when it is called without arguments",
        ) from err
    if not hasattr(made, has):
        raise ConfigError(
            f"{factory} gives a {type(made).__name__}, no {kind}", where="--module", fix=f"let it return the {kind}"
        )
    return made


def _callables(source: ModuleType) -> list[str]:
    """What the module itself defines and can be called, or, where that is nothing, what it has."""
    found = [name for name, value in vars(source).items() if callable(value) and not name.startswith("_")]
    return [name for name in found if getattr(vars(source)[name], "__module__", "") == source.__name__] or found
