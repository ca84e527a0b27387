"""What a saved Keras model names besides Keras's own layers: classes and functions of others, and code within the file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from modelport.errors import UntrustedModelError
from modelport.frontends._trust import how_to_trust, named_object

__all__ = ["LAMBDA", "custom_objects"]

LAMBDA = "keras.layers.Lambda"

# Where Keras keeps what makes up a model. The rest of it (utils and the like) reads files and fetches from the network.
_OWN = (
    "activations",
    "constraints",
    "dtype_policies",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "models",
    "ops",
    "optimizers",
    "quantizers",
    "random",
    "regularizers",
    "src.layers",
    "src.models",
    "src.ops",
    "src.dtype_policies",
)
_LOADS_FILES = ("TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer")
# Compiled as training wants it; not loaded.
_LEFT_OUT = ("compile_config",)


@dataclass(frozen=True)
class _Named:
    module: str | None
    name: str
    registered: str

    @property
    def shown(self) -> str:
        return f"{self.module or 'package.module'}.{self.name}"


# Any: JSON.
def custom_objects(config: Any, trust: Sequence[str], where: str) -> dict[str, Any]:
    """Returns what the file needs of others by the names that it uses, imported because the caller trusts them.

    Raises: UntrustedModelError naming all that is not trusted; ModelFileError for what cannot be imported.
    """
    named = dict.fromkeys(one for one in _named(config) if not _registered(one))
    trusted = {one: next((name for name in trust if _is(one, name)), None) for one in named}
    refused = [one.shown for one, name in trusted.items() if name is None]
    if _needs_code(config) and LAMBDA not in trust:
        refused.append(LAMBDA)
    if refused:
        code = " (a Lambda layer holds Python code)" if LAMBDA in refused else ""
        raise UntrustedModelError(
            f"{where} names {len(refused)} class(es) or function(s) that are not Keras's: {', '.join(refused)}{code}",
            where=where,
            fix=how_to_trust(refused),
        )
    found: dict[str, Any] = {}
    for one, name in trusted.items():
        assert name is not None
        value = named_object(name, "it", where, "model.export(folder)")
        found |= {one.name: value, one.registered: value}
    return found


def _needs_code(config: Any) -> bool:
    """Whether Python code stands in the file itself."""
    return any(
        one.get("class_name") == "__lambda__"
        or (one.get("class_name") == "Lambda" and isinstance(_inner(one).get("function"), list))
        for one in _objects(config)
    )


def _objects(config: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(config, Mapping):
        if isinstance(config.get("class_name"), str):
            yield config
        for key, value in config.items():
            if key not in _LEFT_OUT:
                yield from _objects(value)
    elif isinstance(config, list):
        for value in config:
            yield from _objects(value)


def _named(config: Any) -> Iterator[_Named]:
    for one in _objects(config):
        kind, module = str(one["class_name"]), one.get("module")
        if kind.startswith("__"):
            continue
        name = str(one.get("config")) if kind == "function" else kind
        registered = str(one.get("registered_name") or name)
        if not _is_own(module, name):
            yield _Named(None if module in (None, "builtins") else str(module), name.rpartition(">")[2], registered)


def _is_own(module: Any, name: str) -> bool:
    if name in _LOADS_FILES:
        return False
    if isinstance(module, str) and module != "builtins":
        package, _, rest = module.partition(".")
        inside = any(rest == part or rest.startswith(f"{part}.") for part in _OWN)
        return package == "keras" and (inside or rest == "")
    return _known(name)


def _known(name: str) -> bool:
    """Whether a name without a module is one of Keras's own."""
    from modelport.frontends.tensorflow.framework import keras

    module = keras()
    places = (
        module.layers,
        module.models,
        module.initializers,
        module.regularizers,
        module.constraints,
        module.activations,
        module.dtype_policies,
        module.ops,
    )
    return name in ("Functional", "Model", "Sequential") or any(hasattr(place, name) for place in places)


def _registered(one: _Named) -> bool:
    """Whether this process has it already: the caller imported its source."""
    from modelport.frontends.tensorflow.framework import keras

    return keras().saving.get_registered_object(one.registered) is not None


def _is(one: _Named, trusted: str) -> bool:
    return trusted.rpartition(".")[2] == one.name and "." in trusted


def _inner(one: Mapping[str, Any]) -> Mapping[str, Any]:
    inner = one.get("config")
    return inner if isinstance(inner, Mapping) else {}
