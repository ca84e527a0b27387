"""What a converter file defines, and how an estimator finds its own."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from typing import Any

from modelport._registry import scan
from modelport.errors import ConfigError
from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._scope import Scope
from modelport.ir.prediction import Prediction

__all__ = [
    "ENTRY_POINTS",
    "Convert",
    "Model",
    "Parts",
    "Readers",
    "find_model",
    "models",
    "no_categories",
    "no_parts",
    "no_readers",
    "no_reasons",
    "qualified_name",
]

# How many parts of a module's path stand before the names that people import.
_PUBLIC = {"sklearn": 2, "imblearn": 2, "catboost": 1, "lightgbm": 1, "xgboost": 1}

# Packages outside scikit-learn offer converters here; each entry point loads a Model, or a list of them.
ENTRY_POINTS = "modelport.converters"

# Estimators are Any throughout: scikit-learn has no types, and fitted attributes come and go with options.
Parts = list[tuple[str, Any]]
# Estimators inside that read the columns themselves, with the positions of theirs, None for all of them.
Readers = list[tuple[Any, Sequence[int] | None]]
Convert = Callable[[Scope, Any, Columns, "Callable[[Scope, Any, Columns], Columns | Prediction]"], Columns | Prediction]


def no_parts(_: Any) -> Parts:
    """An estimator without estimators inside."""
    return []


def no_readers(_: Any) -> Readers:
    """An estimator that hands its columns to no other."""
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
    emits it; ``parts`` names the estimators inside; ``readers`` are those of them that get the columns as they are, which
    tells what type a column has; ``refuse`` lists what of its options cannot be converted; ``source`` says which file of
    the original defines the behaviour. ``ask(estimator, table, output)`` asks the original for an output of the contract
    where no method of scikit-learn's does. ``categories`` gives, by column, the values of the pandas categories that fit()
    saw, where the estimator itself keeps them; ``kinds`` the kind of columns (``kinds.KINDS``) where it knows no more.
    ``terms`` tells whether ``convert`` takes rows of terms (``Part.ids``) as they are.
    """

    classes: Sequence[str]
    convert: Convert
    source: str
    parts: Callable[[Any], Parts] = no_parts
    readers: Callable[[Any], Readers] = no_readers
    refuse: Callable[[Any], list[str]] = no_reasons
    ask: Callable[[Any, Any, str], Any] | None = None
    categories: Callable[[Any], Mapping[int, Sequence[object]]] = no_categories
    kinds: Callable[[Any], Mapping[int, str]] = lambda _: {}
    terms: bool = False


def qualified_name(estimator: object) -> str:
    """'sklearn.preprocessing.StandardScaler' for sklearn.preprocessing._data.StandardScaler."""
    kind = type(estimator)
    public = [part for part in kind.__module__.split(".") if not part.startswith("_")]
    if not public:
        public = [kind.__module__]  # __main__, say
    public = public[: _PUBLIC.get(public[0])]
    return ".".join([*public, kind.__name__])


@cache
def models() -> dict[str, Model]:
    """Returns {qualified name: converter} of every file in models/, and of installed packages that offer some.

    Raises: ConfigError when an installed package offers something else, or a class that is converted already.
    """
    found: dict[str, Model] = {}
    for module, model in scan("modelport.frontends.sklearn.models", "MODEL", Model):
        for name in model.classes:
            if name in found:
                raise TypeError(f"{name} is claimed twice, by {module} too")
            found[name] = model
    for where, model in _offered():
        for name in model.classes:
            if name in found:
                raise _bad_offer(where, f"offers a converter for {name}, which has one already")
            found[name] = model
    return found


def _offered() -> Iterator[tuple[str, Model]]:
    for point in sorted(entry_points(group=ENTRY_POINTS), key=lambda point: (point.name, point.value)):
        where = f"entry point {point.name} = {point.value} of {point.dist.name if point.dist else 'a package'}"
        try:
            loaded = point.load()
        except Exception as err:  # a foreign module may raise anything while it is imported
            raise _bad_offer(where, f"does not load: {type(err).__name__}: {err}") from err
        offered = list(loaded) if isinstance(loaded, list | tuple) else [loaded]
        for model in offered:
            if not isinstance(model, Model):
                raise _bad_offer(where, f"loads a {type(model).__name__}, which is no Model nor a list of them")
            yield where, model


def _bad_offer(where: str, what: str) -> ConfigError:
    return ConfigError(f"a converter package {what}", where=where, fix="update or uninstall that package")


def find_model(estimator: object) -> Model | None:
    """Returns the converter of exactly this class, None when there is none: a subclass may predict otherwise."""
    return models().get(qualified_name(estimator))
