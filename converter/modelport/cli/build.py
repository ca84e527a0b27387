"""modelport build: compiles the generated projects of a bundle with Maven and CMake."""

from pathlib import Path
from typing import Annotated

import typer

from modelport.bundle.reader import open_bundle
from modelport.cli._flags import Config, Explain, Json, Output
from modelport.cli._progress import progress
from modelport.cli._settings import explain_and_stop, resolve

__all__ = ["NAME", "command"]

NAME = "build"


def command(
    bundle: Annotated[str | None, typer.Argument(help="Folder or zip written by 'modelport convert'.")] = None,
    targets: Annotated[str | None, typer.Option(help="Languages: java,cpp.")] = None,
    output: Output = None,
    json: Json = False,
    config: Config = None,
    explain: Explain = False,
) -> None:
    """Builds the Java jar and installs the C++ library below the output folder."""
    settings = resolve(NAME, locals(), config)
    if explain:
        explain_and_stop(settings)
    from modelport.parity.build import build_projects

    opened = open_bundle(settings.need("bundle", "BUNDLE"))
    folder = Path(settings.need("output", "-o DIR"))
    with progress(settings["json"]) as step:
        made = build_projects(opened, settings["targets"], folder, step)
    if settings["json"]:
        import msgspec

        typer.echo(msgspec.json.encode({"folder": str(folder), "files": made}).decode())
        return
    for path in made:
        typer.echo(str(folder / path))
