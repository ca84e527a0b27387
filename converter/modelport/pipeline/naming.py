"""Decides what a bundle and its generated projects are called."""

from collections.abc import Callable
from dataclasses import dataclass

from modelport.bundle.manifest import TargetOptions
from modelport.ir.names import check_cpp_namespace, check_java_package, check_version, snake
from modelport.options import Options

__all__ = ["Names", "Progress", "naming"]

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Names:
    """The model's own name, and those of its libraries."""

    model: str
    projects: TargetOptions


def naming(name: str, options: Options) -> TargetOptions:
    """Decides package, group and namespace. Raises: InvalidNameError."""
    check_version(options.version)
    group = check_java_package(options.java_group or "com.example", "--java-group")
    return TargetOptions(
        java_package=check_java_package(options.java_package or f"{group}.{snake(name)}"),
        java_group=group,
        cpp_namespace=check_cpp_namespace(options.cpp_namespace or snake(name)),
    )
