"""Compiles a parsed booster to a Program and keeps the library's own prediction as its oracle."""

from importlib.metadata import PackageNotFoundError, version

import numpy as np
import onnx_ir as ir
from msgspec.structs import replace

from modelport.errors import UnsupportedModelError
from modelport.frontends._outputs import chosen_outputs, gathered_labels, rounded_range, typed_outputs
from modelport.frontends._spec import Converted, LoadedModel, Request
from modelport.frontends.boosting._library import BoostedModel, LearnsCategories, Library
from modelport.frontends.boosting.oracle import BoostingOracle
from modelport.frontends.boosting.sample import Sample, read_sample
from modelport.ir.builder import GraphBuilder
from modelport.ir.contract import Bound, Contract, Feature, Input
from modelport.ir.program import Decision, Program
from modelport.ir.provenance import Provenance
from modelport.readers.boosted import Emission

__all__ = ["convert"]

_ELEMENT = {
    "float64": ir.DataType.DOUBLE,
    "float32": ir.DataType.FLOAT,
    "int64": ir.DataType.DOUBLE,
    "bool": ir.DataType.DOUBLE,
    "string": ir.DataType.STRING,
}
_ONNX_NAME = {ir.DataType.DOUBLE: "double", ir.DataType.FLOAT: "float", ir.DataType.STRING: "string"}
_UNPROVEN = Bound(kind="exact", reason="not yet derived")


def convert(library: Library, model: BoostedModel, loaded: LoadedModel, request: Request) -> Converted:
    """Converts one booster.

    Raises: UnsupportedModelError (all reasons at once), MissingColumnError, SampleError, UnsupportedTypeError,
    ConfigError.
    """
    reasons = model.refusals()
    if reasons:
        raise UnsupportedModelError(
            f"{model.model_class} cannot be converted exactly: {'; '.join(reasons)}",
            where=f"model {model.model_class}",
            fix="train it without these options, or ask for them in an issue",
        )
    sample = read_sample(model, request.rows, request.response)
    if isinstance(model, LearnsCategories):
        names_of = [column.name for column in model.columns]
        model = model.with_categories(dict(zip(names_of, sample.columns.values(), strict=True)))
        sample = read_sample(model, request.rows, request.response)
    builder = GraphBuilder()
    emission = model.emit(builder, _inputs(builder, sample))
    names, decisions = _add_outputs(builder, emission, request.outputs)
    graph = builder.build("model")
    for value in [value for value in graph.graph.inputs if not value.uses()]:
        graph.graph.inputs.remove(value)
    used = {str(value.name) for value in graph.graph.inputs}
    order = tuple(feature.name for feature in sample.features)
    landmarks = {name: column.landmarks for name, column in zip(order, model.columns, strict=True) if column.landmarks}
    borders = _borders(emission, order)
    features = tuple(
        _ranged(f, sample, [*landmarks.get(f.name, ()), *borders.get(f.name, ())])
        for f in sample.features
        if f.input in used
    )
    classes = emission.several[0].classes if emission.several else emission.classes
    outputs = typed_outputs(graph, names, dict.fromkeys(names, classes) if classes else {})
    contract = Contract(
        task="classifier" if emission.index is not None or emission.several else "regressor",
        layout=sample.layout,
        inputs=tuple(_input(value) for value in graph.graph.inputs),
        features=features,
        outputs=outputs,
        notes=(*model.notes, *_ignored(sample, used)),
    )
    fillers = {f.name: _filler(sample, f) for f in sample.features}
    oracle = BoostingOracle(model, features, outputs, fillers, order, library.errors())
    program = Program(
        model=graph,
        contract=contract,
        provenance=_provenance(library, model, loaded, features),
        forests=emission.forests,
        decisions=decisions,
        origins={
            tensor: tuple(None if index is None else order[index] for index in columns)
            for tensor, columns in emission.origins.items()
        },
        landmarks=landmarks,
    )
    return Converted(program, oracle, sample.rows(features), sample.unused)


def _inputs(builder: GraphBuilder, sample: Sample) -> list[ir.Value]:
    if sample.layout == "matrix":
        return [builder.input("X", _ELEMENT[sample.features[0].dtype], len(sample.features))]
    return [builder.input(feature.tensor, _ELEMENT[feature.dtype], 1) for feature in sample.features]


def _add_outputs(
    builder: GraphBuilder, emission: Emission, asked: tuple[str, ...] | None
) -> tuple[tuple[str, ...], tuple[Decision, ...]]:
    """Names the graph's outputs as every language will see them."""
    given = {name: getattr(emission, name) for name in ("probability", "score", "value", "link")}
    available: dict[str, ir.Value] = {name: value for name, value in given.items() if value is not None}
    labels = emission.several or ((emission,) if emission.index is not None else ())
    if labels:
        available["label"] = _labels(builder, emission)
        for number, one in enumerate(emission.several):
            if one.probability is not None:
                available[f"probability_{number}"] = one.probability
    probabilities = tuple(name for name in available if name.startswith("probability"))
    default = ("label", *(probabilities or ("score",))) if labels else ("value",)
    names = chosen_outputs(asked, default, available)
    decisions: tuple[Decision, ...] = ()
    if "label" in names:
        decisions = tuple(
            Decision(
                "label",
                str(one.scores.name),
                one.rule,
                column=number if emission.several else None,
                classes=tuple(range(len(one.classes))),
                border=one.border,
            )
            for number, one in enumerate(labels)
            if one.scores is not None and one.rule is not None
        )
    for name in names:
        builder.output(available[name], name)
    return names, decisions


def _labels(builder: GraphBuilder, emission: Emission) -> ir.Value:
    """[N], or [N, L] of labels that share their classes."""
    if not emission.several:
        assert emission.index is not None
        return gathered_labels(builder, emission.index, emission.classes)
    axis = builder.constant(np.array([1], dtype=np.int64))
    columns = [builder.op("Unsqueeze", one.index, axis) for one in emission.several]
    index = columns[0] if len(columns) == 1 else builder.op("Concat", *columns, axis=1)
    return gathered_labels(builder, index, emission.several[0].classes)


def _input(value: ir.Value) -> Input:
    return Input(name=str(value.name), element=_ONNX_NAME[value.dtype], width=int(value.shape[1]))  # type: ignore[index,arg-type]


def _borders(emission: Emission, order: tuple[str, ...]) -> dict[str, list[float]]:
    """The thresholds of each feature: synthetic rows shall cover them, sample or not."""
    found: dict[str, list[float]] = {}
    for forest in emission.forests:
        columns = emission.origins[forest.tensor]
        for column, thresholds in forest.thresholds().items():
            index = columns[column] if column < len(columns) else None
            if index is not None:
                found.setdefault(order[index], []).extend((float(thresholds[0]), float(thresholds[-1])))
    return found


def _ranged(feature: Feature, sample: Sample, marks: list[float]) -> Feature:
    if feature.dtype == "string":
        return feature
    return replace(feature, range=rounded_range(sample.columns[feature.name], marks))


def _filler(sample: Sample, feature: Feature) -> object:
    """A value for a column that the model ignores but the library wants to see."""
    present = [value for value in sample.columns[feature.name] if value is not None and value == value]
    if feature.dtype == "string":
        return str(present[0]) if present else None
    return float(present[0]) if present else np.nan


def _ignored(sample: Sample, used: set[str]) -> tuple[str, ...]:
    ignored = [feature.name for feature in sample.features if feature.input not in used]
    return (f"columns seen by fit() that no prediction depends on: {', '.join(ignored)}",) if ignored else ()


def _provenance(
    library: Library, model: BoostedModel, loaded: LoadedModel, features: tuple[Feature, ...]
) -> Provenance:
    packages: dict[str, str] = {}
    for name in (library.name, "numpy", "scipy", "pandas"):
        try:
            packages[name] = version(name)
        except PackageNotFoundError:
            continue
    step = model.model_class.rsplit(".", 1)[-1]
    return Provenance(
        framework=library.name,
        framework_version=packages.get(library.name, ""),
        model_class=model.model_class,
        file_sha256=loaded.file_sha256,
        packages=packages,
        lineage={feature.name: (step,) for feature in features},
        notes=loaded.notes,
    )
