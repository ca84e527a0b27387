"""The oracle: the original framework's own prediction, and what becomes of rows that it refuses."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from modelport.evidence.refusal import OracleRefusalError
from modelport.ir.rows import Rows

__all__ = ["Asked", "Oracle", "OracleRefusalError", "ask_rows"]

Array = npt.NDArray[np.generic]


class Oracle(Protocol):
    """The original framework's own prediction on a whole batch; never another conversion of ours."""

    def ask(self, rows: Rows) -> Mapping[str, Array]:
        """Returns the outputs of the contract by name: numbers as float arrays, labels as int32 class indices.

        Raises: OracleRefusalError with the framework's message when it does not take the rows.
        """


@dataclass(frozen=True)
class Asked:
    """Answers for the rows in ``taken`` (ascending), and the rows that were refused, each with the reason."""

    taken: npt.NDArray[np.int64]
    outputs: Mapping[str, Array]
    refused: Mapping[int, str]


def ask_rows(oracle: Oracle, rows: Rows) -> Asked:
    """Asks for all rows in one batch; when the oracle refuses it, finds the rows it refuses by halving.

    The rest is asked again in one batch, since a dot product's last bits depend on the batch.
    """
    everything = np.arange(rows.count)
    try:
        return Asked(everything, oracle.ask(rows), {})
    except OracleRefusalError:
        parts, refused = _parts(oracle, rows, everything)
    taken = np.array([row for row in everything if int(row) not in refused], dtype=np.int64)
    try:
        return Asked(taken, oracle.ask(rows.take(taken)) if len(taken) else {}, refused)
    except OracleRefusalError:
        # Near an overflow a row is taken in one batch and refused in another: then the smaller batches answer.
        outputs = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        return Asked(taken, outputs, refused)


def _parts(
    oracle: Oracle, rows: Rows, indices: npt.NDArray[np.int64]
) -> tuple[list[Mapping[str, Array]], dict[int, str]]:
    """Answers of the batches that halving leads to, in order, and the rows that are refused alone."""
    try:
        return [oracle.ask(rows.take(indices))], {}
    except OracleRefusalError as err:
        if len(indices) == 1:
            return [], {int(indices[0]): str(err)}
    middle = len(indices) // 2
    (first, refused), (second, more) = (_parts(oracle, rows, part) for part in (indices[:middle], indices[middle:]))
    return first + second, refused | more
