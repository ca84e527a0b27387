"""The program: its commands, its exit codes, and how errors are shown."""

import json
import os
import sys
import traceback
from importlib.metadata import version as package_version
from typing import Annotated, Any

import typer

from modelport.cli import build, convert, diff, generate, inspect, predict, record, support, verify
from modelport.errors import ConfigError, ModelportError

__all__ = ["app", "main"]

_EXIT_CODES = """Exit codes: 0 ok · 1 predictions differ · 2 wrong usage · 3 unsupported model or contract violated ·
4 stale or tampered bundle · 5 tool or environment."""

# Any: typer exports this base of its errors under no name; some versions take it from click, some have their own.
_UsageError: Any = typer.BadParameter.__mro__[1]

app = typer.Typer(
    name="modelport",
    help=f"Carries a trained model to ONNX, Java and C++, with the proof.\n\n{_EXIT_CODES}",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for _module in (convert, record, verify, predict, generate, build, inspect, diff, support):
    app.command(_module.NAME)(_module.command)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"modelport {package_version('modelport')}")
        raise typer.Exit


@app.callback()
def _global(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    if debug:
        os.environ["MODELPORT_DEBUG"] = "1"


def _run() -> None:
    """Runs a command. A flag that typer does not know is refused in our own form."""
    try:
        code = app(standalone_mode=False)
    except _UsageError as err:
        if not err.format_message():  # no command: the help is shown already
            sys.exit(2)
        command = err.ctx.command_path if err.ctx is not None else "modelport"
        raise ConfigError(err.format_message().rstrip("."), where=command, fix=f"see {command} --help") from err
    except typer.Abort as err:
        raise KeyboardInterrupt from err
    if isinstance(code, int) and code:
        sys.exit(code)


def main() -> None:
    """Runs the command line; an error of ours becomes its message and its exit code."""
    try:
        _run()
    except ModelportError as err:
        if os.environ.get("MODELPORT_DEBUG"):
            traceback.print_exc()
        typer.echo(str(err), err=True)
        if "--json" in sys.argv:
            fields = {"code": err.code, "what": err.what, "where": err.where, "fix": err.fix}
            typer.echo(json.dumps({"error": fields}))
        sys.exit(err.exit_code)
    except KeyboardInterrupt:
        typer.echo("interrupted", err=True)
        sys.exit(5)
    except Exception as err:  # noqa: BLE001 - the last line of defence: a fault of ours must still not look like a result
        if os.environ.get("MODELPORT_DEBUG"):
            traceback.print_exc()
        typer.echo(
            f"MP000: {type(err).__name__}: {err}\n  where: modelport itself\n"
            "  fix:   run again with 'modelport --debug …' and report the traceback",
            err=True,
        )
        sys.exit(5)
