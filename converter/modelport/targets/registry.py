"""The target languages by name."""

from importlib import import_module

from modelport.errors import ConfigError, did_you_mean
from modelport.targets._target import Target

__all__ = ["find_targets", "target_names"]


def target_names() -> tuple[str, ...]:
    """The languages that projects can be generated for."""
    return ("java", "cpp")


def find_targets(names: tuple[str, ...]) -> tuple[Target, ...]:
    """Returns the targets of these names in order. Raises: ConfigError for an unknown one."""
    unknown = [name for name in names if name not in target_names()]
    if unknown:
        raise ConfigError(
            f"there is no target {', '.join(map(repr, unknown))}",
            where="--targets",
            fix=did_you_mean(unknown[0], target_names()),
        )
    modules = [import_module(f"modelport.targets.{name}.target") for name in names]
    return tuple(module.TARGET for module in modules)
