"""What a target is: a pure function from a bundle to the files of a source project."""

from collections.abc import Callable
from dataclasses import dataclass

from modelport.bundle.manifest import TargetOptions
from modelport.bundle.reader import Bundle

__all__ = ["Target"]


@dataclass(frozen=True)
class Target:
    """One language. ``render`` returns {path inside the project: bytes}; same input, same bytes; touches no disk.

    ``nets`` says whether it renders bundles of nets as well as those of rows.
    """

    name: str
    render: Callable[[Bundle, TargetOptions], dict[str, bytes]]
    nets: bool = False
