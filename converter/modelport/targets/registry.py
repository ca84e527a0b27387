"""The target languages by name."""

from importlib import import_module

from modelport.errors import ConfigError, did_you_mean
from modelport.targets._target import Target

__all__ = ["find_targets", "target_names"]


def target_names() -> tuple[str, ...]:
    """The languages that projects can be generated for."""
    return ("java", "cpp")


def find_targets(names: tuple[str, ...], *, nets: bool = False) -> tuple[Target, ...]:
    """Returns the targets of these names in order.

    Raises: ConfigError for an unknown one; with ``nets`` for one that renders no library of a net.
    """
    unknown = [name for name in names if name not in target_names()]
    if unknown:
        raise ConfigError(
            f"there is no target {', '.join(map(repr, unknown))}",
            where="--targets",
            fix=did_you_mean(unknown[0], target_names()),
        )
    modules = [import_module(f"modelport.targets.{name}.target") for name in names]
    targets: tuple[Target, ...] = tuple(module.TARGET for module in modules)
    rows_only = [target.name for target in targets if nets and not target.nets]
    if rows_only:
        raise ConfigError(
            f"libraries of nets in {' and '.join(rows_only)} are not written yet",
            where="--targets",
            fix="leave it out, or give --targets none; the bundle's model.onnx runs in every ONNX Runtime",
        )
    return targets
