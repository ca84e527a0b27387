"""modelport verify: builds and runs the targets of a bundle on its vectors."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from modelport.bundle.reader import open_bundle
from modelport.cli._flags import Config, Explain, Json
from modelport.cli._progress import progress
from modelport.cli._settings import explain_and_stop, resolve
from modelport.cli._table import print_report
from modelport.errors import OutputError

__all__ = ["NAME", "command"]

NAME = "verify"


def command(
    bundle: Annotated[str | None, typer.Argument(help="Folder or zip written by 'modelport convert'.")] = None,
    targets: Annotated[str | None, typer.Option(help="python-ort,java-ort,cpp-ort (default: all).")] = None,
    junit: Annotated[str | None, typer.Option(help="Write the result as JUnit XML to this file.")] = None,
    html: Annotated[str | None, typer.Option(help="Write the report as one HTML page to this file.")] = None,
    json: Json = False,
    config: Config = None,
    explain: Explain = False,
) -> None:
    """Checks the seal, runs every target on the vectors, and says whether the predictions are the original's."""
    settings = resolve(NAME, locals(), config)
    if explain:
        explain_and_stop(settings)
    from modelport.parity.report_html import render_html
    from modelport.parity.report_junit import render_junit
    from modelport.pipeline import verify

    opened = open_bundle(settings.need("bundle", "BUNDLE"))
    with progress(settings["json"]) as step:
        report = verify(opened, settings["targets"], step)
    for key, render in (("junit", render_junit), ("html", render_html)):
        if settings[key]:
            _write(Path(settings[key]), render(report), f"--{key}")
    if settings["json"]:
        typer.echo(msgspec.json.encode(report).decode())
    else:
        print_report(report)
    states = {target.status for target in report.targets.values()}
    if "failed" in states:
        raise typer.Exit(1)
    if "not run" in states:
        raise typer.Exit(5)


def _write(path: Path, data: bytes, flag: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError as err:
        raise OutputError(
            f"{path} cannot be written: {err.strerror or err}", where=flag, fix="choose a file in a writable folder"
        ) from err
