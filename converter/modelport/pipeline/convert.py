"""convert(), record() and verify(): load, convert, then the proof that the kind of model wants."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from modelport.bundle.reader import Bundle
from modelport.bundle.writer import check_output
from modelport.errors import ConfigError
from modelport.frontends._spec import Converted, ConvertedNet, Ways
from modelport.frontends.registry import load_any
from modelport.ir.names import check_name
from modelport.options import Options
from modelport.parity.report import Report
from modelport.pipeline.asked import request_for
from modelport.pipeline.naming import Names, Progress, naming
from modelport.pipeline.nets import convert_net, verify_net
from modelport.pipeline.rows import convert_rows, record_rows, verify_rows
from modelport.readers.table import read_table
from modelport.readers.tensors import is_tensors, read_tensors
from modelport.targets.registry import find_targets

__all__ = ["convert", "record", "verify"]


def _silent(_: str) -> None:
    return None


def convert(
    model: object, data: object, output: Path, options: Options, progress: Progress = _silent
) -> tuple[Bundle, Report]:
    """Compiles a model, proves it and writes the bundle; nothing is written when anything is wrong.

    ``model`` is an object or a path; ``data`` a DataFrame, array, dict, None, or a path to CSV, Parquet or .npz.
    Raises: any ModelportError. A ParityError leaves ``<output>.rejected/`` with the report.
    """
    name = check_name(options.name or output.name.split(".")[0])
    names = Names(name, naming(name, options))
    find_targets(options.targets)
    if options.redact and not options.ship_sample:
        raise ConfigError(
            f"redact = {', '.join(options.redact)} without ship_sample",
            where="--redact",
            fix="leave it out: without --ship-sample no row of the sample is in the bundle",
        )
    check_output(output)
    converted = _converted(model, data, options, progress)
    if isinstance(converted, Converted):
        return convert_rows(converted, output, names, options, progress, given=data is not None)
    return convert_net(converted, output, names, options, progress)


def record(
    model: object, data: object, output: Path, options: Options, progress: Progress = _silent
) -> Mapping[str, bytes]:
    """Writes the rows of a proof, and a script that has the original predict them where it is. Returns the files.

    Raises: any ModelportError; ConfigError for a front end whose original is always at hand.
    """
    check_output(output)
    converted = _converted(model, data, options, progress)
    if not isinstance(converted, Converted):
        raise ConfigError("a net is asked where it is converted", where="record", fix="use modelport convert")
    return record_rows(converted, output, progress)


def verify(bundle: Bundle, targets: Sequence[str], progress: Progress = _silent) -> Report:
    """Builds and runs targets of a bundle on the evidence it carries. Raises: ConfigError for an unknown target."""
    proof = verify_net if bundle.contract.layout == "tensors" else verify_rows
    return proof(bundle, targets, progress)


def _converted(model: object, data: object, options: Options, progress: Progress) -> Converted | ConvertedNet | Ways:
    progress("loading the model")
    front_end, loaded = load_any(model, options.trust, options.python)
    rows = _read(Path(data)) if isinstance(data, str | Path) else data
    progress("converting")
    return front_end.convert(loaded, request_for(front_end, rows, options))


def _read(path: Path) -> object:
    return read_tensors(path) if is_tensors(path) else read_table(path)
