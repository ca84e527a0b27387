"""What R predicted, as a CSV that one worker writes and people may write too: numbers as C's hexadecimal or with 17 digits.

# R 4.2.2
status,message,value:1
0,"",0x1.8p+1
1,"factor sex has new levels x",NA

Who writes it by hand names a column after the output, "value" or "label", and one of several after its number or
its class: "probability:yes". Without a status a row is refused where its label is NA, or, without labels, every number.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from modelport.errors import DataFileError
from modelport.ir.contract import Output

__all__ = ["Predictions", "read_predictions"]

Array = npt.NDArray[np.generic]


@dataclass(frozen=True)
class Predictions:
    """N rows: ``refused`` bool[N] with the reasons, numbers [N, K] and texts [N, 1] by output.

    ``versions``: 'R 4.2.2'; ``names``: what the K columns of an output are called.
    """

    refused: npt.NDArray[np.bool_]
    messages: Sequence[str]
    columns: Mapping[str, Array]
    versions: str
    names: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.refused)

    def of(self, output: Output) -> Array:
        """The answers of one output: class indices int32, or float64 [N] or [N, K]. Raises: DataFileError."""
        if output.name not in self.columns:
            raise DataFileError(
                f"R's answers have no {output.name!r}",
                where="the recorded predictions",
                fix=f"record them again; they hold {', '.join(self.columns) or 'nothing'}",
            )
        given = self.columns[output.name]
        if output.role == "label":
            place = {_as_r(label): index for index, label in enumerate(output.classes or ())}
            return np.array([place.get(str(text), -1) for text in given[:, 0]], dtype=np.int32)
        if output.width is None and given.shape[1] == 1:
            return given[:, 0]
        own = list(self.names.get(output.name, ()))
        classes = [_as_r(label) for label in output.classes or ()]
        if own != classes and sorted(own) == sorted(classes):
            return given[:, [own.index(name) for name in classes]]
        return given


def _as_r(label: object) -> str:
    """as.character(label)."""
    return str(label).upper() if isinstance(label, bool) else str(label)


def read_predictions(text: str, where: str) -> Predictions:
    """Reads the file. Raises: DataFileError."""
    lines = text.splitlines()
    versions = lines[0].lstrip("# ") if lines and lines[0].startswith("#") else ""
    rows = list(csv.reader(line for line in lines if not line.startswith("#")))
    if not rows:
        raise DataFileError("the file holds no predictions", where=where, fix="record them again: modelport record")
    header, body = rows[0], rows[1:]
    short = [number for number, row in enumerate(body, start=1) if len(row) != len(header)]
    if short:
        raise DataFileError(
            f"row {short[0]} has {len(body[short[0] - 1])} fields, the header has {len(header)}",
            where=where,
            fix="record them again: modelport record",
        )
    table = {name: [row[place] for row in body] for place, name in enumerate(header)}
    status = table.pop("status", None)
    messages = table.pop("message", [""] * len(body))
    groups: dict[str, dict[str, list[str]]] = {}
    for name, values in table.items():
        output, _, own = name.partition(":")
        groups.setdefault(output, {})[own] = values
    columns = {name: _column(name, list(parts.values()), where) for name, parts in groups.items()}
    refused = (
        _unanswered(columns, len(body)) if status is None else np.array([s != "0" for s in status], dtype=np.bool_)
    )
    return Predictions(refused, messages, columns, versions, {name: list(parts) for name, parts in groups.items()})


def _unanswered(columns: Mapping[str, Array], count: int) -> npt.NDArray[np.bool_]:
    if "label" in columns:
        return np.array([text in ("NA", "") for text in columns["label"][:, 0].tolist()], dtype=np.bool_)
    gaps = [np.isnan(column.astype(np.float64)).all(axis=1) for column in columns.values()]
    return np.asarray(np.all(gaps, axis=0)) if gaps else np.zeros(count, dtype=np.bool_)


def _column(name: str, parts: list[list[str]], where: str) -> Array:
    if name == "label":
        found = np.empty((len(parts[0]), 1), dtype=object)
        found[:, 0] = parts[0]
        return found
    try:
        return np.array([[_number(text) for text in part] for part in parts], dtype=np.float64).T.reshape(
            -1, len(parts)
        )
    except ValueError as err:
        raise DataFileError(f"{name!r} holds what is no number: {err}", where=where, fix="record them again") from err


def _number(text: str) -> float:
    text = text.strip()
    if text in ("NA", ""):
        return float("nan")
    return float.fromhex(text) if "0x" in text or "0X" in text else float(text)
