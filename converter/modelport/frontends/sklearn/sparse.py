"""Finds the estimators that the original gives sparse rows, by watching it predict one.

It matters where sparse rows go another way: XGBoost takes their zeros for missing values, and scalers multiply them by a
reciprocal instead of dividing. Whether rows are sparse is decided deep inside encoders and column transformers, by
thresholds and options of many versions; the original knows.
"""

import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

__all__ = ["sparse_rows"]

_ROWS = 10
# Module, class and the one method that every prediction of its estimators goes through.
_WATCHED = (
    ("xgboost.sklearn", "XGBModel", "predict"),
    ("sklearn.preprocessing._data", "StandardScaler", "transform"),
    ("sklearn.preprocessing._data", "MaxAbsScaler", "transform"),
    ("sklearn.preprocessing._data", "RobustScaler", "transform"),
    ("sklearn.preprocessing._data", "Normalizer", "transform"),
)


def sparse_rows(estimator: object, predict: Callable[[int], object], count: int) -> dict[int, str]:
    """Returns {id of a watched estimator: form of the sparse rows it was given} after ``predict`` took a row.

    ``predict(i)`` asks for row i of ``count``. Empty where no watched class is loaded, or where the original refuses the
    first rows: then rows count as dense, and the proof shows whether that is so.
    """
    loaded = [(getattr(sys.modules.get(module), kind, None), method) for module, kind, method in _WATCHED]
    kinds = [(kind, method) for kind, method in loaded if kind is not None]
    # A watched estimator that is no part of another gets the rows as they are, and these are dense.
    if not kinds or any(isinstance(estimator, kind) for kind, _ in kinds):
        return {}
    seen: dict[int, str] = {}
    with ExitStack() as stack, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for kind, method in kinds:
            stack.enter_context(_watched(kind, method, seen))
        for row in range(min(count, _ROWS)):
            try:
                predict(row)
            except Exception:  # noqa: BLE001 - libraries refuse rows by errors of their own
                continue
            return seen
    return {}


# Any: the classes have no types.
@contextmanager
def _watched(kind: Any, method: str, seen: dict[int, str]) -> Iterator[None]:
    original = getattr(kind, method)

    def watching(self: Any, X: Any, *args: Any, **options: Any) -> Any:  # the name callers may use
        form = getattr(X, "format", None)
        if isinstance(form, str) and hasattr(X, "nnz"):
            seen[id(self)] = form
        return original(self, X, *args, **options)

    setattr(kind, method, watching)
    try:
        yield
    finally:
        setattr(kind, method, original)
