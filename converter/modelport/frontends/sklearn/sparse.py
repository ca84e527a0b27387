"""Finds the estimators that the original gives sparse rows, by watching it predict one.

It matters to XGBoost alone: in sparse rows it takes a zero for a missing value. Whether rows are sparse is decided deep
inside encoders and column transformers, by thresholds and options of many versions; the original knows.
"""

import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["sparse_rows"]

_ROWS = 10


def sparse_rows(estimator: object, predict: Callable[[int], object], count: int) -> dict[int, str]:
    """Returns {id of an XGBoost estimator: form of the sparse rows it was given} after ``predict`` took a row.

    ``predict(i)`` asks for row i of ``count``. Empty where XGBoost is not loaded, or where the original refuses the first
    rows: then rows count as dense, and the proof shows whether that is so.
    """
    module = sys.modules.get("xgboost.sklearn")
    # An estimator of XGBoost that is no part of another gets the rows as they are, and these are dense.
    if module is None or isinstance(estimator, module.XGBModel):
        return {}
    seen: dict[int, str] = {}
    with _watched(module.XGBModel, seen), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for row in range(min(count, _ROWS)):
            try:
                predict(row)
            except (ValueError, TypeError, KeyError, IndexError, OverflowError, AttributeError):
                continue
            return seen
    return {}


# Any: XGBoost's classes have no types.
@contextmanager
def _watched(kind: Any, seen: dict[int, str]) -> Iterator[None]:
    """Every prediction of XGBoost's estimators goes through this one method."""
    original = kind.predict

    def predict(self: Any, X: Any, *args: Any, **options: Any) -> Any:  # the name callers may use
        form = getattr(X, "format", None)
        if isinstance(form, str) and hasattr(X, "nnz"):
            seen[id(self)] = form
        return original(self, X, *args, **options)

    kind.predict = predict
    try:
        yield
    finally:
        kind.predict = original
