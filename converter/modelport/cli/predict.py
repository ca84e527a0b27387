"""modelport predict: rows in, rows out, chunk by chunk, of any size."""

from pathlib import Path
from time import monotonic
from typing import Annotated

import typer

from modelport.cli._flags import Config, Explain, Json
from modelport.cli._progress import progress
from modelport.cli._rows_out import open_writer, output_columns
from modelport.cli._settings import explain_and_stop, resolve
from modelport.errors import OutputError

__all__ = ["NAME", "command"]

NAME = "predict"
_SECONDS = 2.0  # between two lines of progress: a long file must not fill a log


def command(
    bundle: Annotated[str | None, typer.Argument(help="Folder or zip written by 'modelport convert'.")] = None,
    rows: Annotated[str | None, typer.Argument(help="CSV or Parquet with the feature columns; of a net .npz.")] = None,
    output: Annotated[
        str | None, typer.Option("-o", "--output", help="CSV or Parquet, by its suffix; of a net .npz.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Stop at the first row that is refused.")] = False,
    json: Json = False,
    config: Config = None,
    explain: Explain = False,
) -> None:
    """Predicts rows: one row out for each row in, with a status that says why a row has no prediction."""
    settings = resolve(NAME, locals(), config)
    if explain:
        explain_and_stop(settings)
    from modelport.readers.table import read_chunks
    from modelport.runtime import load

    source = Path(settings.need("rows", "ROWS"))
    target = Path(settings.need("output", "-o OUT"))
    if target.exists() and source.exists() and target.samefile(source):
        raise OutputError("the output is the file of rows itself", where="-o", fix="choose another output")
    predictor = load(settings.need("bundle", "BUNDLE"))
    if predictor.contract.layout == "tensors":
        from modelport.cli._tensors_out import predict_tensors

        predict_tensors(predictor, source, target, json=settings["json"])
        return
    count = refused = 0
    told = monotonic()
    unused: tuple[str, ...] = ()
    with progress(settings["json"]) as step, open_writer(target, predictor.contract) as write:
        for chunk in read_chunks(source):
            typed, unused = predictor.read(chunk)
            answers = predictor.predict_rows(typed, strict=settings["strict"], first=count)
            write(output_columns(answers, predictor.contract))
            count += typed.count
            refused += int((answers["status"] != "ok").sum())
            if monotonic() - told > _SECONDS:
                told = monotonic()
                step(f"{count} rows")
    if settings["json"]:
        import msgspec

        result = {"rows": count, "refused": refused, "ignored_columns": unused, "output": str(target)}
        typer.echo(msgspec.json.encode(result).decode())
        return
    typer.echo(f"{count} rows to {target}" + (f", {refused} of them refused (see status)" if refused else ""))
    if unused:
        typer.echo(f"ignored columns that the model does not use: {', '.join(unused)}")
