"""One case: a model to fit on one kind of data."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from benchmarks.coverage.data import Data

__all__ = ["Case"]


@dataclass(frozen=True)
class Case:
    """``fit`` returns the fitted model; ``data`` is a kind of ``data.KINDS``."""

    name: str
    family: str
    data: str
    fit: Callable[[Data], Any]
