"""What the wrappers of boosting libraries tell of their columns, where it is not as scikit-learn's estimators do."""

from collections.abc import Sequence
from typing import Any

__all__ = ["fitted_names"]


def fitted_names(estimator: Any) -> Any:
    """The names that fit() saw, None where it saw an array: LightGBM names an array's columns Column_0, Column_1, …"""
    names = getattr(estimator, "feature_names_in_", None)
    return None if names is not None and _numbered(names) else names


def _numbered(names: Sequence[object]) -> bool:
    return all(str(name) == f"Column_{index}" for index, name in enumerate(names))
