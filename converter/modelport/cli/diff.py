"""modelport diff: what changed between two bundles, and whether the predictions did."""

from typing import Annotated, Any

import msgspec
import numpy as np
import typer

from modelport.bundle.reader import Bundle, open_bundle
from modelport.cli._flags import Config, Explain, Json
from modelport.cli._settings import explain_and_stop, resolve
from modelport.ir.contract import Contract
from modelport.ir.tensor_intake import shape_text

__all__ = ["NAME", "command", "compare_bundles"]

NAME = "diff"


def command(
    old: Annotated[str | None, typer.Argument(help="The bundle in use.")] = None,
    new: Annotated[str | None, typer.Argument(help="The bundle that shall replace it.")] = None,
    json: Json = False,
    config: Config = None,
    explain: Explain = False,
) -> None:
    """Compares contract, features, categories, passes, versions, and the answers to the old bundle's vectors."""
    settings = resolve(NAME, locals(), config)
    if explain:
        explain_and_stop(settings)
    found = compare_bundles(open_bundle(settings.need("old", "OLD")), open_bundle(settings.need("new", "NEW")))
    if settings["json"]:
        typer.echo(msgspec.json.encode(found).decode())
        return
    typer.echo("same model" if found["same_model"] else "different models")
    for change in found["changes"]:
        typer.echo(f"  {change}")
    if not found["changes"]:
        typer.echo("  nothing else differs")
    for line in found["answers"]:
        typer.echo(f"  {line}")


def compare_bundles(old: Bundle, new: Bundle) -> dict[str, Any]:
    """Returns whether the model is the same, every change as a line, and how the answers differ."""
    changes = [
        *_versions(old, new),
        *_features(old.contract, new.contract),
        *_tensors(old.contract, new.contract),
        *_outputs(old.contract, new.contract),
        *_passes(old, new),
    ]
    answers = [] if old.model_id == new.model_id else _answers(old, new)
    return {"same_model": old.model_id == new.model_id, "changes": changes, "answers": answers}


def _changed(label: str, before: object, after: object) -> list[str]:
    return [] if before == after else [f"{label}: {before} → {after}"]


def _versions(old: Bundle, new: Bundle) -> list[str]:
    a, b = (msgspec.json.decode(bundle.files["provenance.json"]) for bundle in (old, new))
    lines = _changed("name", old.name, new.name) + _changed("version", old.manifest.version, new.manifest.version)
    lines += _changed("compiler", old.manifest.compiler, new.manifest.compiler)
    lines += _changed("onnxruntime", old.manifest.runtime.onnxruntime, new.manifest.runtime.onnxruntime)
    lines += _changed("model class", a["model_class"], b["model_class"])
    for package in sorted({*a["packages"], *b["packages"]}):
        lines += _changed(package, a["packages"].get(package, "none"), b["packages"].get(package, "none"))
    return lines


def _features(old: Contract, new: Contract) -> list[str]:
    before = {feature.name: feature for feature in old.features}
    after = {feature.name: feature for feature in new.features}
    lines = [f"feature {name!r} is gone" for name in before if name not in after]
    lines += [f"feature {name!r} is new" for name in after if name not in before]
    for name in before.keys() & after.keys():
        a, b = before[name], after[name]
        for field in ("dtype", "missing", "infinite", "max_abs", "least", "greatest", "unknown"):
            lines += _changed(f"feature {name!r} {field}", getattr(a, field), getattr(b, field))
        known_a, known_b = set(a.categories or a.numbers or ()), set(b.categories or b.numbers or ())
        lines += [f"feature {name!r} lost category {value!r}" for value in sorted(known_a - known_b, key=str)]
        lines += [f"feature {name!r} has new category {value!r}" for value in sorted(known_b - known_a, key=str)]
    return sorted(lines)


def _tensors(old: Contract, new: Contract) -> list[str]:
    """The inputs of nets, which have no features."""
    if "tensors" not in (old.layout, new.layout):
        return []
    before, after = (
        {t.name: f"{t.element} {shape_text(t.shape or ())}" for t in contract.inputs} for contract in (old, new)
    )
    lines = [f"input {name!r} is gone" for name in sorted(before.keys() - after.keys())]
    lines += [f"input {name!r} is new: {after[name]}" for name in sorted(after.keys() - before.keys())]
    lines += [
        line for n in sorted(before.keys() & after.keys()) for line in _changed(f"input {n!r}", before[n], after[n])
    ]
    taken, takes = ({t.name: set(t.texts or ()) for t in contract.inputs} for contract in (old, new))
    for name in sorted(taken.keys() & takes.keys()):
        lines += [f"input {name!r} no longer lists text {text!r}" for text in sorted(taken[name] - takes[name])]
        lines += [f"input {name!r} lists text {text!r}" for text in sorted(takes[name] - taken[name])]
    lengths, longer = ({axis.symbol: axis.limits for axis in contract.axes or ()} for contract in (old, new))
    for symbol in sorted({*lengths, *longer}):
        lines += _changed(f"axis {symbol!r}", lengths.get(symbol, "none"), longer.get(symbol, "none"))
    return lines


def _outputs(old: Contract, new: Contract) -> list[str]:
    lines: list[str] = []
    before = {output.name: output for output in old.outputs}
    after = {output.name: output for output in new.outputs}
    for name in sorted({*before, *after}):
        a, b = before.get(name), after.get(name)
        if a is None or b is None:
            lines.append(f"output {name!r} is {'new' if a is None else 'gone'}")
            continue
        for field in ("dtype", "width", "classes", "shape"):
            lines += _changed(f"output {name!r} {field}", getattr(a, field), getattr(b, field))
    return lines


def _passes(old: Bundle, new: Bundle) -> list[str]:
    before = {p.name: p.outcome for p in old.manifest.passes}
    after = {p.name: p.outcome for p in new.manifest.passes}
    names = sorted({*before, *after})
    return [line for n in names for line in _changed(f"pass {n}", before.get(n, "none"), after.get(n, "none"))]


def _answers(old: Bundle, new: Bundle) -> list[str]:
    """How often the new model answers the old one's vectors alike."""
    if "tensors" in (old.contract.layout, new.contract.layout):
        return _tensor_answers(old, new)
    from modelport.ir.rows import Rows
    from modelport.runtime import load

    rows = old.vectors().rows
    shared = {feature.name for feature in old.contract.features}
    absent = [feature.name for feature in new.contract.features if feature.name not in shared]
    if absent:
        return [f"the answers cannot be compared: the old vectors lack {', '.join(absent)}"]
    kept = {feature.name: rows.columns[feature.name] for feature in new.contract.features}
    types = {f.name: f.dtype for f in old.contract.features}
    moved = [f.name for f in new.contract.features if types[f.name] != f.dtype]
    if moved:
        return [f"the answers cannot be compared: the type of {', '.join(moved)} changed"]
    a = load(old).predict_rows(rows)
    b = load(new).predict_rows(Rows(kept, rows.count))
    both = (a["status"] == "ok") & (b["status"] == "ok")
    lines = [f"{int(both.sum())} of {rows.count} vectors are answered by both"]
    for name in a.keys() & b.keys() - {"status"}:
        x, y = a[name][both], b[name][both]
        if x.dtype.kind == "f" and x.shape == y.shape:
            with np.errstate(all="ignore"):
                distance = np.abs(x.astype(np.float64) - y.astype(np.float64))
            worst = float(np.nanmax(distance)) if distance.size else 0.0
            lines.append(f"{name}: differs by at most {worst:.6g}")
        elif x.shape == y.shape:
            same = int((x == y).sum())
            share = f" ({100 * same / x.size:.1f} %)" if x.size else ""
            lines.append(f"{name}: the same in {same} of {x.size} answers{share}")
    return sorted(lines)


def _tensor_answers(old: Bundle, new: Bundle) -> list[str]:
    """How far the outputs of the new net lie from those of the old one, on the old one's cases."""
    from modelport.errors import ContractError
    from modelport.runtime import load

    if old.contract.layout != new.contract.layout:
        return ["the answers cannot be compared: one takes rows, the other tensors"]
    first, second = load(old), load(new)
    cases = old.cases()
    farthest: dict[str, float] = {}
    alike: dict[str, list[int]] = {}
    for case in cases:
        try:
            a, b = first.predict(case.inputs), second.predict(case.inputs)
        except ContractError as err:
            return [f"the answers cannot be compared: {err.what}"]
        for name in a.keys() & b.keys():
            if a[name].shape != b[name].shape:
                continue
            if a[name].dtype.kind in "fiub" and b[name].dtype.kind in "fiub":
                with np.errstate(all="ignore"):
                    distance = np.abs(a[name].astype(np.float64) - b[name].astype(np.float64))
                told = distance[~np.isnan(distance)]
                farthest[name] = max(farthest.get(name, 0.0), float(told.max(initial=0.0)))
            else:
                same, total = alike.get(name, (0, 0))
                alike[name] = [same + int((a[name] == b[name]).sum()), total + a[name].size]
    lines = [f"{name}: differs by at most {worst:.6g} in {len(cases)} calls" for name, worst in farthest.items()]
    return sorted([*lines, *(f"{name}: the same in {same} of {total} texts" for name, (same, total) in alike.items())])
