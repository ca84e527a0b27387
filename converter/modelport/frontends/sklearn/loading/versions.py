"""Estimators whose models of older scikit-learn versions load without complaint and then predict otherwise.

Measured: every estimator was fitted and asked under 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7 and 1.8, and its file asked again
under 1.9. Those that raise when they predict need no entry; these do not raise.
"""

import re

__all__ = ["predicts_otherwise"]

_SINCE = {
    # Fitted weights of SAMME.R, the default before 1.6, are read as those of SAMME.
    "AdaBoostClassifier": (1, 6),
    # The mean of X entered the intercept.
    "CCA": (1, 5),
    "PLSCanonical": (1, 5),
    "PLSRegression": (1, 5),
    # The idf weights lay in an attribute that is not looked at any more: they are left out.
    "TfidfTransformer": (1, 5),
    # Leaves held counts, now they hold fractions: probabilities above 1, other votes in a forest.
    "DecisionTreeClassifier": (1, 4),
    "ExtraTreeClassifier": (1, 4),
}


def predicts_otherwise(estimator: str, saved: str, installed: str) -> bool:
    """Whether a model of this class saved by one version is known to predict otherwise in another."""
    since = _SINCE.get(estimator)
    return since is not None and _number(saved) < since <= _number(installed)


def _number(version: str) -> tuple[int, ...]:
    found = re.match(r"(\d+)\.(\d+)", version)
    return (int(found[1]), int(found[2])) if found else (0, 0)
