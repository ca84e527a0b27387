"""Which scikit-learn answers for an estimator: the one installed here, or the one in the interpreter where it lives."""

import re
from typing import Any

from modelport.remote import Remote

__all__ = ["since"]


def since(estimator: Any, *version: int) -> bool:
    """Whether the scikit-learn that predicts with this estimator is of this version or newer."""
    if isinstance(estimator, Remote):
        known = estimator.remote_versions.get("scikit-learn", "")
    else:
        import sklearn

        known = sklearn.__version__
    found = tuple(int(number) for number in re.findall(r"\d+", known)[: len(version)])
    return found >= version
