"""What R predicted, as a CSV that one worker writes and people may write too: numbers as C's hexadecimal or with 17 digits.

# R 4.2.2
status,message,value:1
0,"",0x1.8p+1
1,"factor sex has new levels x",NA
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from modelport.errors import DataFileError
from modelport.ir.contract import Output

__all__ = ["Predictions", "read_predictions"]

Array = npt.NDArray[np.generic]


@dataclass(frozen=True)
class Predictions:
    """N rows: ``refused`` bool[N] with the reasons, numbers [N, K] and texts [N, 1] by output; ``versions``: 'R 4.2.2'."""

    refused: npt.NDArray[np.bool_]
    messages: Sequence[str]
    columns: Mapping[str, Array]
    versions: str

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
    status = table.pop("status", ["0"] * len(body))
    messages = table.pop("message", [""] * len(body))
    groups: dict[str, list[list[str]]] = {}
    for name, values in table.items():
        groups.setdefault(name.rsplit(":", 1)[0], []).append(values)
    columns = {name: _column(name, parts, where) for name, parts in groups.items()}
    return Predictions(np.array([s != "0" for s in status], dtype=np.bool_), messages, columns, versions)


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
