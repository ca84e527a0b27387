"""Asks a booster's own library, in Python, for what R's package would give, and hands it on as R's answers are."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from modelport.frontends.r._engine import Engine
from modelport.frontends.r._variables import Variable
from modelport.frontends.r.oracle.answers import with_fillers
from modelport.frontends.r.oracle.predictions import Predictions
from modelport.ir.rows import Rows

__all__ = ["asks_engine"]

Array = npt.NDArray[np.generic]


def asks_engine(
    engine: Engine, variables: Sequence[Variable], fillers: Mapping[str, object]
) -> Callable[[Rows], Predictions]:
    """What answers rows by the library; of a batch that it refuses, the rows that it refuses are found by halving."""

    def ask(rows: Rows) -> Predictions:
        whole = with_fillers(rows, variables, fillers)
        columns = {
            variable.name: np.where(
                whole.columns[variable.name].valid, whole.columns[variable.name].values.astype(np.float64), np.nan
            )
            for variable in variables
        }
        messages = [""] * rows.count
        refused = np.zeros(rows.count, dtype=np.bool_)
        taken: list[tuple[Array, Mapping[str, Array]]] = []
        for places, answer in _answers(engine, columns, np.arange(rows.count)):
            if isinstance(answer, str):
                refused[places] = True
                messages[int(places[0])] = answer
            else:
                taken.append((places, answer))
        found = {name: _filled(name, taken, rows.count) for name in (taken[0][1] if taken else ())}
        return Predictions(refused, messages, found, engine.versions)

    return ask


def _answers(
    engine: Engine, columns: Mapping[str, npt.NDArray[np.float64]], places: npt.NDArray[np.int64]
) -> list[tuple[Array, Mapping[str, Array] | str]]:
    """Answers for parts of the rows, or, for a single row that is refused, why."""
    try:
        return [(places, engine.ask({name: values[places] for name, values in columns.items()}))]
    except engine.errors as err:
        if len(places) == 1:
            return [(places, f"{type(err).__name__}: {str(err).splitlines()[0]}")]
    half = len(places) // 2
    return _answers(engine, columns, places[:half]) + _answers(engine, columns, places[half:])


def _filled(name: str, taken: Sequence[tuple[Array, Mapping[str, Array]]], count: int) -> Array:
    first = taken[0][1][name]
    width = first.reshape(len(first), -1).shape[1]
    found: Array = np.full((count, width), "" if name == "label" else np.nan, dtype=object if name == "label" else None)
    for places, answer in taken:
        found[places] = answer[name].reshape(len(places), width)
    return found
