"""modelport inspect: what a bundle is, in a terminal."""

from typing import Annotated

import msgspec
import typer
from msgspec import UNSET

from modelport.bundle.reader import Bundle, open_bundle
from modelport.cli._flags import Config, Explain, Json
from modelport.cli._settings import explain_and_stop, resolve
from modelport.ir.contract import Axis, Feature, Input, Output, TextStep
from modelport.ir.tensor_intake import shape_text

__all__ = ["NAME", "command"]

NAME = "inspect"


def command(
    bundle: Annotated[str | None, typer.Argument(help="Folder or zip written by 'modelport convert'.")] = None,
    json: Json = False,
    config: Config = None,
    explain: Explain = False,
) -> None:
    """Checks the seal and shows features, outputs, passes, versions and the last proof."""
    settings = resolve(NAME, locals(), config)
    if explain:
        explain_and_stop(settings)
    opened = open_bundle(settings.need("bundle", "BUNDLE"))
    if settings["json"]:
        parts = {"manifest": opened.manifest, "contract": opened.contract}
        parts["provenance"] = msgspec.json.decode(opened.files["provenance.json"])
        typer.echo(msgspec.json.encode(parts).decode())
        return
    for line in _lines(opened):
        typer.echo(line)


def _lines(bundle: Bundle) -> list[str]:
    manifest, contract = bundle.manifest, bundle.contract
    provenance = msgspec.json.decode(bundle.files["provenance.json"])
    runtime = manifest.runtime
    opsets = ", ".join(f"{domain or 'onnx'} {number}" for domain, number in runtime.opsets.items())
    lines = [
        f"{manifest.name} {manifest.version}  {contract.task}",
        f"model_id   {manifest.model_id}",
        f"source     {provenance['framework']} {provenance['framework_version']}, {provenance['model_class']}",
        f"compiler   {manifest.compiler}; opset {opsets}; "
        f"proven with onnxruntime {runtime.onnxruntime}, "
        f"{runtime.intra_op_threads} thread, {runtime.graph_optimization}",
        f"passes     {', '.join(f'{p.name} ({p.outcome})' for p in manifest.passes) or 'none'}",
        *_weights(bundle),
        f"targets    {', '.join(manifest.targets) or 'none'}",
        f"proof      {_proof(bundle)}",
        "",
        *(["inputs", *(f"  {_input(t)}" for t in contract.inputs)] if contract.layout == "tensors" else ["features"]),
        *(f"  {_feature(feature)}" for feature in contract.features),
        *(f"  {_axis(axis)}" for axis in contract.axes or ()),
        *(["text steps"] if contract.text_steps else []),
        *(f"  {_text_step(step)}" for step in contract.text_steps),
        "outputs",
        *(f"  {_output(output)}" for output in contract.outputs),
    ]
    return lines + [f"note: {note}" for note in contract.notes]


def _weights(bundle: Bundle) -> list[str]:
    """'weights    model.onnx.data, 2,345 MB beside model.onnx'; nothing where they are within it."""
    sizes = {path: entry.size for path, entry in bundle.manifest.files.items() if entry.role == "weights"}
    return [f"weights    {path}, {size / 1e6:,.1f} MB beside model.onnx" for path, size in sorted(sizes.items())]


def _proof(bundle: Bundle) -> str:
    try:
        report = msgspec.json.decode(bundle.files["evidence/report.json"])
    except KeyError:
        return "none beside the bundle; run 'modelport verify'"
    if report["model_id"] != bundle.model_id:
        return "stale: it proves another model; run 'modelport verify'"
    return ", ".join(f"{name} {t['status']}" for name, t in report["targets"].items())


def _feature(feature: Feature) -> str:
    parts = [f"{feature.name}: {feature.dtype}", f"missing {_done(feature.missing)}"]
    if feature.dtype in ("float64", "float32"):
        parts.append(f"infinite {_done(feature.infinite)}")
    if feature.max_abs is not None:
        parts.append(f"|x| up to {feature.max_abs:.4g}")
    if feature.least is not None:
        parts.append(f"from {feature.least:.4g}")
    if feature.greatest is not None:
        parts.append(f"up to {feature.greatest:.4g}")
    known = feature.categories or feature.numbers
    if known:
        shown = ", ".join(map(str, known[:8])) + (", …" if len(known) > 8 else "")
        parts.append(f"{{{shown}}}, others {_done(feature.unknown)}")
    return "; ".join(parts)


def _done(policy: str) -> str:
    return {"accept": "accepted", "refuse": "refused"}[policy]


def _text_step(step: TextStep) -> str:
    """'text: words by (?u)…, lower case, 1- to 2-grams; 340 terms of a vocabulary; Unicode 14.0.0; step version 1'."""
    kinds = {"word": f"words by {step.pattern}", "char": "characters", "char_wb": "characters within words"}
    parts = [kinds[step.analyzer]]
    if step.lowercase:
        parts.append("lower case")
    if step.accents != "keep":
        parts.append(f"accents taken off ({step.accents})")
    least, most = step.ngrams
    if most > 1:
        parts.append(f"{least}- to {most}-grams" if least < most else f"{most}-grams")
    counted = {"vocabulary": "terms of a vocabulary", "hash": "places by hash", "signed_hash": "places by signed hash"}
    noted = ", yes or no" if step.binary else ""
    terms = f"{step.width} {counted[step.counting]}{noted}"
    return f"{step.feature}: {', '.join(parts)}; {terms}; Unicode {step.unicode}; step version {step.version}"


def _input(tensor: Input) -> str:
    text = f"{tensor.name}: {tensor.element} {shape_text(tensor.shape or ())}"
    if tensor.image is not UNSET:
        text += f" {tensor.image}"
    if tensor.texts is UNSET:
        return text
    return f"{text} of {{{', '.join(tensor.texts[:8])}{', …' if len(tensor.texts) > 8 else ''}}}, others refused"


def _axis(axis: Axis) -> str:
    return f"{axis.symbol}: {axis.limits}"


def _output(output: Output) -> str:
    if output.shape is not UNSET:
        shape = shape_text(output.shape)
    else:
        shape = "[N]" if output.width is None else f"[N, {output.width}]"
    classes = f" of {', '.join(map(str, output.classes[:8]))}" if output.classes else ""
    return f"{output.name}: {output.dtype} {shape}{classes}; {output.bound.kind}: {output.bound.reason}"
