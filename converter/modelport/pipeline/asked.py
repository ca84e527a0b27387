"""What a front end is asked for, of the options of a conversion; options that say nothing to its models are refused."""

from collections.abc import Mapping

from modelport.errors import ConfigError, SampleError
from modelport.frontends._spec import FrontEnd, Request
from modelport.options import QUANTIZED, Options
from modelport.readers.table import Table

__all__ = ["request_for"]


def request_for(front_end: FrontEnd, rows: object, options: Options) -> Request:
    """Returns the request. Raises: ConfigError for options that the front end has no use for; SampleError for rows to a net."""
    if front_end.nets:
        _check_of_nets(front_end, rows, options)
    else:
        _check_of_rows(front_end, options)
    _check_arguments(front_end, options)
    _check_quantized(front_end, options.quantized)
    return Request(
        rows,
        options.response,
        options.outputs,
        options.expected,
        options.arguments,
        (options.levels[0], options.levels[1]) if options.levels else None,
        options.dynamic,
        options.module,
        options.signature,
        options.quantized,
    )


def _check_of_nets(front_end: FrontEnd, rows: object, options: Options) -> None:
    asked = {"--response": options.response, "--expected": options.expected, "--redact": options.redact}
    _refuse(asked, f"a {front_end.name} model takes tensors, of which no column is meant")
    if isinstance(rows, Table):
        raise SampleError(
            f"a {front_end.name} model takes tensors, and no table",
            where="--data",
            fix="give a .npz file with an array for each input: numpy.savez('inputs.npz', name=array)",
        )


def _check_of_rows(front_end: FrontEnd, options: Options) -> None:
    asked = {
        "--dynamic": options.dynamic,
        "--module": options.module,
        "--signature": options.signature,
        "--external-weights": options.external_weights,
    }
    _refuse(asked, f"a {front_end.name} model takes rows, and is no net")


def _refuse(asked: Mapping[str, object], why: str) -> None:
    given = [flag for flag, value in asked.items() if value]
    if given:
        raise ConfigError(f"{why}: {', '.join(given)}", where=given[0], fix=f"leave out {', '.join(given)}")


def _check_arguments(front_end: FrontEnd, options: Options) -> None:
    if options.arguments and not front_end.takes_arguments:
        raise ConfigError(
            f"a {front_end.name} model is asked with {', '.join(options.arguments)}, but is asked with its rows alone",
            where="--argument",
            fix="leave it out",
        )
    if options.levels and (len(set(options.levels)) != 2 or len(options.levels) != 2 or not front_end.takes_arguments):
        two = front_end.takes_arguments
        raise ConfigError(
            f"levels = {','.join(options.levels)}"
            + (": two different names are wanted" if two else ": no model takes them"),
            where="--levels",
            fix="name what 0 stands for and what 1 does: --levels no,yes" if two else "leave it out",
        )


def _check_quantized(front_end: FrontEnd, asked: str) -> None:
    if asked not in QUANTIZED:
        raise ConfigError(f"quantized = {asked!r}", where="--quantized", fix=f"choose one of {', '.join(QUANTIZED)}")
    if asked != QUANTIZED[0] and not front_end.takes_quantized:
        raise ConfigError(
            f"a {front_end.name} model is converted with the numbers that it has",
            where="--quantized",
            fix="leave it out: it is for .tflite files",
        )
