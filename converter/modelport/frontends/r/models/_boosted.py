"""What the boosters that R saves have in common: their columns as variables, their values, and their forests in the scope."""

from collections.abc import Sequence
from dataclasses import replace

import onnx_ir as ir

from modelport.errors import ModelFileError
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Variable
from modelport.frontends.r.serialize import RObject, RStrings, RVector, texts
from modelport.ir.prediction import Prediction
from modelport.readers.boosted import BoostedColumn, Emission

__all__ = ["added", "columns_named", "lost", "names_of", "payload", "values_of", "variables_of"]


def payload(given: RObject | None) -> bytes | None:
    """The bytes of a raw vector, or of a text; None where there are none."""
    if isinstance(given, RVector) and given.kind == "raw" and len(given):
        return given.values.tobytes()
    if isinstance(given, RStrings) and given.values and given.values[0]:
        return given.values[0].encode()
    return None


def lost(kind: str, fix: str) -> ModelFileError:
    """A booster of which R saved a pointer only."""
    return ModelFileError(
        f"the {kind} is not in the file: R saved a pointer to memory of a session that is gone",
        where="inside the model: no element holds the booster's bytes",
        fix=fix,
    )


def names_of(given: RObject | None, count: int) -> tuple[str, ...] | None:
    """So many names of columns, where an element of the model holds them."""
    if not isinstance(given, RStrings) or len(given) != count:
        return None
    return tuple(texts(given))


def columns_named(columns: Sequence[BoostedColumn], names: tuple[str, ...] | None) -> tuple[BoostedColumn, ...]:
    """The columns under the names that R's object gives them."""
    if names is None:
        return tuple(columns)
    return tuple(replace(column, name=name) for column, name in zip(columns, names, strict=True))


def variables_of(columns: Sequence[BoostedColumn]) -> list[Variable]:
    """Numbers, as R's matrix has them; text where the booster itself holds the categories."""
    return [
        Variable(column.name, "factor", column.categories)
        if column.kind == "text"
        else Variable(column.name, "number", numbers=column.numbers)
        for column in columns
    ]


def values_of(scope: Scope, columns: Sequence[BoostedColumn]) -> list[ir.Value]:
    """[N, 1] of each column, and probes where the model may turn."""
    for column in columns:
        if column.kind != "text":
            scope.mark(column.name, column.landmarks)
    return [scope.inputs[column.name] for column in columns]


def added(scope: Scope, emission: Emission, columns: Sequence[BoostedColumn]) -> Prediction:
    """Puts the forests of the emission into the scope."""
    names = [column.name for column in columns]
    scope.forests.extend(emission.forests)
    for tensor, places in emission.origins.items():
        scope.origins[tensor] = tuple(None if place is None else names[place] for place in places)
    return emission.prediction
