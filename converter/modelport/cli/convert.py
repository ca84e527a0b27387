"""modelport convert: a model file to a proven bundle."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from modelport.cli._flags import Argument, Config, CppNamespace, Explain, JavaGroup, JavaPackage, Json, Levels, Output
from modelport.cli._progress import progress
from modelport.cli._settings import explain_and_stop, pairs, resolve
from modelport.cli._table import print_report
from modelport.options import Options

__all__ = ["NAME", "command"]

NAME = "convert"


def command(
    model: Annotated[
        str | None,
        typer.Argument(help="Model file, or the folder of a SavedModel; the kind is told by its bytes."),
    ] = None,
    data: Annotated[
        str | None, typer.Option(help="Sample rows, CSV or Parquet, or tensors, .npz: names, types and the proof.")
    ] = None,
    response: Annotated[str | None, typer.Option(help="The column of the sample that is predicted.")] = None,
    name: Annotated[str | None, typer.Option(help="Name of bundle and libraries; default: from the output.")] = None,
    version: Annotated[str | None, typer.Option(help="Version of the libraries; default 1.0.0.")] = None,
    targets: Annotated[str | None, typer.Option(help="Languages: java,cpp or none.")] = None,
    prove: Annotated[
        bool, typer.Option("--prove", help="Build and prove every target; exit code 5 when one cannot be run.")
    ] = False,
    outputs: Annotated[str | None, typer.Option(help="Outputs by name, such as label,probability,score.")] = None,
    java_package: JavaPackage = None,
    java_group: JavaGroup = None,
    cpp_namespace: CppNamespace = None,
    ship_sample: Annotated[
        bool, typer.Option("--ship-sample", help="Put the sample rows into the bundle (they are private otherwise).")
    ] = False,
    redact: Annotated[list[str] | None, typer.Option(help="With --ship-sample: replace this column's values.")] = None,
    trust: Annotated[list[str] | None, typer.Option(help="Allow this type in the model file: module.Name.")] = None,
    python: Annotated[
        str | None, typer.Option(help="Load the model in this interpreter: the environment that it was trained in.")
    ] = None,
    expected: Annotated[
        str | None, typer.Option(help="Predictions that the original made elsewhere: see 'modelport record'.")
    ] = None,
    argument: Argument = None,
    levels: Levels = None,
    dynamic: Annotated[
        list[str] | None, typer.Option(help="Of a net: an axis that callers choose, input:axis=symbol; or fixed.")
    ] = None,
    module: Annotated[
        str | None, typer.Option(help="What makes the module that bare weights belong to: package.module:factory.")
    ] = None,
    signature: Annotated[
        str | None, typer.Option(help="Which function of a SavedModel or a tf.Module, where there are several.")
    ] = None,
    external_weights: Annotated[
        bool, typer.Option("--external-weights", help="Of a net: weights beside model.onnx; always so above 1 GiB.")
    ] = False,
    quantized: Annotated[
        str | None, typer.Option(help="Of a quantized .tflite file: keep its integers, or dequantize it.")
    ] = None,
    output: Output = None,
    json: Json = False,
    config: Config = None,
    explain: Explain = False,
) -> None:
    """Converts a model, proves that the predictions are the original's, and writes the bundle."""
    settings = resolve(NAME, locals(), config)
    if explain:
        explain_and_stop(settings)
    source = settings.need("model", "MODEL")
    target = Path(settings.need("output", "-o OUT"))
    options = Options(
        name=settings["name"],
        version=settings["version"],
        response=settings["response"],
        targets=tuple(settings["targets"]),
        outputs=tuple(settings["outputs"]) if settings["outputs"] else None,
        java_package=settings["java_package"],
        java_group=settings["java_group"],
        cpp_namespace=settings["cpp_namespace"],
        prove=settings["prove"],
        ship_sample=settings["ship_sample"],
        redact=tuple(settings["redact"]),
        trust=tuple(settings["trust"]),
        python=settings["python"],
        expected=settings["expected"],
        arguments=pairs(settings["argument"], "--argument"),
        levels=tuple(settings["levels"]),
        dynamic=tuple(settings["dynamic"]),
        module=settings["module"],
        signature=settings["signature"],
        external_weights=settings["external_weights"],
        quantized=settings["quantized"],
    )
    from modelport.pipeline import convert

    with progress(settings["json"]) as step:
        bundle, report = convert(source, settings["data"], target, options, step)
    if settings["json"]:
        result = {"bundle": str(target), **msgspec.to_builtins(report)}
        typer.echo(msgspec.json.encode(result).decode())
    else:
        print_report(report)
        if unproven := next((t.reason for t in report.targets.values() if t.status == "unproven"), None):
            typer.echo(f"WARNING: {unproven}. The predictions are those of the converted graph; nothing compared them.")
        for note in report.notes:
            typer.echo(f"note: {note}")
        typer.echo(f"bundle: {target}  (model_id {bundle.model_id[:16]}…)")
        typer.echo(f"report: {target / 'evidence' / 'report.html'}")
    if options.prove and any(found.status == "not run" for found in report.targets.values()):
        raise typer.Exit(5)
