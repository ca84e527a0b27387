"""Whether a transformer gives a DataFrame, whose columns keep types of their own, or an array of one type."""

from typing import Any

__all__ = ["keeps_types"]


def keeps_types(estimator: Any) -> bool:
    """True after ``set_output(transform="pandas")`` or "polars", of the estimator or of scikit-learn as a whole."""
    from sklearn.utils._set_output import _get_output_config

    return bool(_get_output_config("transform", estimator)["dense"] != "default")
