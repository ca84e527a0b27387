"""What a file in models/ defines, and how the class vector of an object finds its own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache

from modelport._registry import scan
from modelport.errors import UnknownModelError, did_you_mean
from modelport.frontends.r._arguments import Argument
from modelport.frontends.r._engine import Engine
from modelport.frontends.r._inside import no_model
from modelport.frontends.r._refused import refusal_of
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.serialize import RObject, classes
from modelport.ir.prediction import Prediction

__all__ = ["Model", "find_model", "models"]


def _nothing(_: RObject) -> list[str]:
    """A class whose every option is covered, and that holds no model of another package."""
    return []


@dataclass(frozen=True)
class Model:
    """One converter. Adding an R class is one file in models/ that defines ``MODEL`` as one of these.

    ``classes`` are the S3 (or S4) classes it converts; ``under`` names classes that may stand before one of them in a class
    vector and predict in the same way, since they have no ``predict`` of their own, ``*`` for any letters. ``package``: where
    ``predict`` is defined. ``variables`` lists the columns that a row must have, in a fixed order; ``convert`` emits the
    prediction. ``ask`` is R: ``function(model, data)`` that gives a named list of what R itself predicts: ``label`` as text,
    ``value``, ``probability``, ``link`` … as numbers, a vector or a matrix, one row for each row of ``data``. ``attach`` names
    packages that must be loaded for it; ``inside``: those that R needs for the models that this one holds. ``refuse`` lists what
    of the object's options cannot be converted. ``source`` says which function of R defines the behaviour. ``drops_nan``: where
    the numbers are NaN, R drops or refuses the row, whatever made them so.
    ``engine``: a library that R's package calls and that answers where R does not; only boosters have one.
    ``unproven``: why no recipe proves it, where the package could not be asked. ``arguments``: those of predict() that a caller
    may choose; ``ask`` has each as an argument of its own, with a default that leaves it to R.
    """

    classes: Sequence[str]
    package: str
    variables: Callable[[RObject, Hints], Sequence[Variable]]
    convert: Callable[[Scope, RObject], Prediction]
    ask: str
    source: str
    under: Sequence[str] = ()
    attach: Sequence[str] = ()
    refuse: Callable[[RObject], list[str]] = _nothing
    inside: Callable[[RObject], list[str]] = _nothing
    drops_nan: bool = False
    engine: Callable[[RObject], Engine | None] | None = None
    unproven: str = ""
    arguments: Mapping[str, Argument] = field(default_factory=dict)

    def may_follow(self, other: str) -> bool:
        """Whether a class may stand before one of these: butcher() puts one there that predicts as the model does."""
        return other.startswith("butchered_") or any(fnmatchcase(other, name) for name in self.under)

    def qualified(self, name: str) -> str:
        """'stats::lm'."""
        return f"{self.package}::{name}"


@cache
def models() -> dict[str, Model]:
    """Returns {class: converter} of every file in models/."""
    found: dict[str, Model] = {}
    for module, model in scan("modelport.frontends.r.models", "MODEL", Model):
        for name in model.classes:
            if name in found:
                raise TypeError(f"{name} is claimed twice, by {module} too")
            found[name] = model
    return found


def find_model(given: RObject, where: str) -> tuple[str, Model]:
    """The first class of the class vector that has a converter, and this; as R finds the method.

    Raises: UnknownModelError, also for a class in front of it that may have a ``predict`` of its own;
    UnsupportedModelError for a class that is known and refused.
    """
    vector = classes(given)
    known = models()
    for place, name in enumerate(vector):
        model = known.get(name)
        if model is None:
            continue
        before = [other for other in vector[:place] if not model.may_follow(other)]
        if not before:
            return name, model
        raise refusal_of(before, where) or UnknownModelError(
            f"no converter for R class {before[0]!r}: it stands before {name!r} and may predict otherwise",
            where=where,
            fix=_fix(before[0], known),
        )
    said = refusal_of(vector, where) or no_model(given, where, known)
    if said is not None:
        raise said
    raise UnknownModelError(f"no converter for R class {' / '.join(vector)}", where=where, fix=_fix(vector[0], known))


def _fix(name: str, known: dict[str, Model]) -> str:
    return f"convert a model of a class that is known; {did_you_mean(name, sorted(known))}"
