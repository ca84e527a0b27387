"""modelport record: what to have the original predict elsewhere, so that a conversion here can be proven with it."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from modelport.cli._flags import Argument, Config, Explain, Json, Levels, Output
from modelport.cli._progress import progress
from modelport.cli._settings import explain_and_stop, pairs, resolve
from modelport.options import Options

__all__ = ["NAME", "command"]

NAME = "record"


def command(
    model: Annotated[str | None, typer.Argument(help="Model file that R saved: .rds or .RData.")] = None,
    data: Annotated[str | None, typer.Option(help="Sample rows, CSV or Parquet.")] = None,
    response: Annotated[str | None, typer.Option(help="The column of the sample that is predicted.")] = None,
    outputs: Annotated[str | None, typer.Option(help="Outputs by name, such as label,probability,link.")] = None,
    argument: Argument = None,
    levels: Levels = None,
    output: Output = None,
    json: Json = False,
    config: Config = None,
    explain: Explain = False,
) -> None:
    """Writes rows and a script; where the original is, the script records its predictions for 'convert --expected'."""
    settings = resolve(NAME, locals(), config)
    if explain:
        explain_and_stop(settings)
    source = settings.need("model", "MODEL")
    target = Path(settings.need("output", "-o OUT"))
    options = Options(
        response=settings["response"],
        outputs=tuple(settings["outputs"]) if settings["outputs"] else None,
        arguments=pairs(settings["argument"], "--argument"),
        levels=tuple(settings["levels"]),
    )
    from modelport.pipeline import record

    with progress(settings["json"]) as step:
        files = record(source, settings["data"], target, options, step)
    if settings["json"]:
        typer.echo(msgspec.json.encode({"folder": str(target), "files": sorted(files)}).decode())
        return
    script = next(name for name in files if name.endswith(".R"))
    typer.echo(f"{target}: {', '.join(sorted(files))}")
    typer.echo(f"where R is:   Rscript {script} {Path(source).name} rows.bin predictions.csv")
    asked = "".join(f" --argument {key}={value}" for key, value in options.arguments.items())
    asked += f" --levels {','.join(options.levels)}" if options.levels else ""
    typer.echo(f"then here:    modelport convert {source} --expected {target / 'predictions.csv'}{asked} -o OUT")
