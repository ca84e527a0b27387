"""What R predicted elsewhere: a record as `modelport record` has it made, or a table of answers to the rows of the sample."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from modelport.errors import DataFileError, PathError
from modelport.evidence.vectors import Vectors
from modelport.frontends._spec import Recorded
from modelport.frontends.r.oracle.answers import ROracle
from modelport.frontends.r.oracle.predictions import Predictions, read_predictions
from modelport.frontends.r.oracle.rows_file import unpack_rows
from modelport.ir.contract import Feature, Output
from modelport.ir.rows import Rows

__all__ = ["recorded_oracle"]

_SAMPLE = Vectors.ORIGINS.index("sample")


def recorded_oracle(
    path: Path, features: Sequence[Feature], outputs: Sequence[Output], sample: Rows
) -> tuple[ROracle, Recorded]:
    """An oracle that knows the recorded rows, and these rows: those of rows.bin beside it, else those of the sample.

    Raises: PathError, DataFileError.
    """
    if not path.is_file():
        raise PathError(f"{path} does not exist", where="--expected", fix="have it made: modelport record MODEL -o OUT")
    beside = path.with_name("rows.bin")
    if beside.is_file():
        rows, origin = unpack_rows(beside.read_bytes(), features, str(beside))
        those = "rows.bin"
    elif sample.count:
        rows, origin = sample, np.full(sample.count, _SAMPLE, dtype=np.uint8)
        those = "the sample"
    else:
        raise PathError(
            f"nothing says which rows {path.name} answers: no rows.bin is beside it, and no sample was given",
            where="--expected",
            fix="keep the folder of modelport record together, or give the rows with --data",
        )
    try:
        given = read_predictions(path.read_text(encoding="utf-8-sig"), str(path))
    except UnicodeDecodeError as err:
        raise DataFileError(f"{path.name} is not UTF-8 text", where=str(path), fix="record them again") from err
    if len(given) != rows.count:
        raise DataFileError(
            f"{path.name} has {len(given)} predictions, {those} has {rows.count} rows",
            where=str(path),
            fix="record them again: modelport record",
        )
    oracle = ROracle(features, outputs, _nobody)
    oracle.learn(rows, given)
    return oracle, (rows, origin)


def _nobody(rows: Rows) -> Predictions:
    raise DataFileError(
        f"{rows.count} row(s) are not in the record", where="--expected", fix="record them again: modelport record"
    )
