"""What a converter file defines, and how an estimator finds its own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from modelport._registry import scan
from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._scope import Prediction, Scope

__all__ = [
    "Convert",
    "Model",
    "Parts",
    "find_model",
    "models",
    "no_categories",
    "no_parts",
    "no_reasons",
    "qualified_name",
]

# How many parts of a module's path stand before the names that people import.
_PUBLIC = {"sklearn": 2, "catboost": 1, "lightgbm": 1, "xgboost": 1}

# Estimators are Any throughout: scikit-learn has no types, and fitted attributes come and go with options.
Parts = list[tuple[str, Any]]
Convert = Callable[[Scope, Any, Columns, "Callable[[Scope, Any, Columns], Columns | Prediction]"], Columns | Prediction]


def no_parts(_: Any) -> Parts:
    """An estimator without estimators inside."""
    return []


def no_reasons(_: Any) -> list[str]:
    """An estimator whose every option is covered."""
    return []


def no_categories(_: Any) -> Mapping[int, Sequence[object]]:
    """An estimator that keeps no pandas categories."""
    return {}


@dataclass(frozen=True)
class Model:
    """One converter. Adding an estimator is one file in models/ that defines ``MODEL`` as one of these.

    ``classes``: qualified names 'sklearn.<package>.<Class>'; ``convert(scope, estimator, columns, convert_part)``
    emits it; ``parts`` names the estimators inside; ``refuse`` lists what of its options cannot be converted;
    ``source`` says which file of the original defines the behaviour. ``ask(estimator, table, output)`` asks the original
    for an output of the contract where no method of scikit-learn's does. ``categories`` gives, by column, the values of
    the pandas categories that fit() saw, where the estimator itself keeps them.
    """

    classes: Sequence[str]
    convert: Convert
    source: str
    parts: Callable[[Any], Parts] = no_parts
    refuse: Callable[[Any], list[str]] = no_reasons
    ask: Callable[[Any, Any, str], Any] | None = None
    categories: Callable[[Any], Mapping[int, Sequence[object]]] = no_categories


def qualified_name(estimator: object) -> str:
    """'sklearn.preprocessing.StandardScaler' for sklearn.preprocessing._data.StandardScaler."""
    kind = type(estimator)
    public = [part for part in kind.__module__.split(".") if not part.startswith("_")]
    public = public[: _PUBLIC.get(public[0])]
    return ".".join([*public, kind.__name__])


@cache
def models() -> dict[str, Model]:
    """Returns {qualified name: converter} of every file in models/."""
    found: dict[str, Model] = {}
    for module, model in scan("modelport.frontends.sklearn.models", "MODEL", Model):
        for name in model.classes:
            if name in found:
                raise TypeError(f"{name} is claimed twice, by {module} too")
            found[name] = model
    return found


def find_model(estimator: object) -> Model | None:
    """Returns the converter of exactly this class, None when there is none: a subclass may predict otherwise."""
    return models().get(qualified_name(estimator))
