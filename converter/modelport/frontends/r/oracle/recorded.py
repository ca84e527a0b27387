"""What R predicted elsewhere: the rows of a record and R's answers, as `modelport record` has them made."""

from collections.abc import Sequence
from pathlib import Path

from modelport.errors import DataFileError, PathError
from modelport.frontends._spec import Recorded
from modelport.frontends.r.oracle.answers import ROracle
from modelport.frontends.r.oracle.predictions import Predictions, read_predictions
from modelport.frontends.r.oracle.rows_file import unpack_rows
from modelport.ir.contract import Feature, Output
from modelport.ir.rows import Rows

__all__ = ["recorded_oracle"]


def recorded_oracle(path: Path, features: Sequence[Feature], outputs: Sequence[Output]) -> tuple[ROracle, Recorded]:
    """An oracle that knows the recorded rows, and these rows. Raises: PathError, DataFileError."""
    if not path.is_file():
        raise PathError(f"{path} does not exist", where="--expected", fix="have it made: modelport record MODEL -o OUT")
    beside = path.with_name("rows.bin")
    if not beside.is_file():
        raise PathError(
            f"rows.bin is not beside {path.name}: it has the rows that these predictions belong to",
            where="--expected",
            fix="keep both in the folder that modelport record wrote",
        )
    rows, origin = unpack_rows(beside.read_bytes(), features, str(beside))
    try:
        given = read_predictions(path.read_text(encoding="utf-8"), str(path))
    except UnicodeDecodeError as err:
        raise DataFileError(f"{path.name} is not UTF-8 text", where=str(path), fix="record them again") from err
    if len(given) != rows.count:
        raise DataFileError(
            f"{path.name} has {len(given)} predictions, rows.bin {rows.count} rows",
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
