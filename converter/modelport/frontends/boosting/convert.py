"""Compiles a parsed booster to a Program and keeps the library's own prediction as its oracle."""

from importlib.metadata import PackageNotFoundError, version

import numpy as np
import numpy.typing as npt
import onnx_ir as ir
from msgspec.structs import replace

from modelport.errors import ConfigError, UnsupportedModelError, UnsupportedTypeError
from modelport.frontends._spec import Converted, LoadedModel, Request
from modelport.frontends.boosting._library import BoostedModel, LearnsCategories, Library
from modelport.frontends.boosting.oracle import BoostingOracle
from modelport.frontends.boosting.sample import Sample, read_sample
from modelport.ir.builder import GraphBuilder
from modelport.ir.contract import Bound, Contract, DType, Feature, Input, Label, Output
from modelport.ir.program import Decision, Program
from modelport.ir.provenance import Provenance
from modelport.ir.session import open_session, run
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
    outputs = _typed_outputs(graph, names, emission.several[0].classes if emission.several else emission.classes)
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
    wanted = [n for name in asked for n in _expanded(name, available)] if asked is not None else [*default]
    names = tuple(dict.fromkeys(wanted))
    unknown = [name for name in names if name not in available]
    if unknown:
        raise ConfigError(
            f"this model has no output {', '.join(map(repr, unknown))}",
            where="--outputs",
            fix=f"choose from: {', '.join(sorted(available))}",
        )
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


def _expanded(name: str, available: dict[str, ir.Value]) -> tuple[str, ...]:
    """'probability' of a model with several labels means all of them."""
    if name == "probability" and name not in available:
        return tuple(key for key in available if key.startswith("probability_")) or (name,)
    return (name,)


def _labels(builder: GraphBuilder, emission: Emission) -> ir.Value:
    """[N], or [N, L] of labels that share their classes."""
    if not emission.several:
        assert emission.index is not None
        return _label(builder, emission.index, emission.classes)
    axis = builder.constant(np.array([1], dtype=np.int64))
    columns = [builder.op("Unsqueeze", one.index, axis) for one in emission.several]
    index = columns[0] if len(columns) == 1 else builder.op("Concat", *columns, axis=1)
    return _label(builder, index, emission.several[0].classes)


def _label(builder: GraphBuilder, index: ir.Value, classes: tuple[Label, ...]) -> ir.Value:
    constant = builder.constant([str(label) for label in classes] if isinstance(classes[0], str) else np.array(classes))
    return builder.op("Gather", constant, index, axis=0)


def _typed_outputs(model: ir.Model, names: tuple[str, ...], classes: tuple[Label, ...]) -> tuple[Output, ...]:
    """Describes the outputs; their widths are seen by running two harmless rows."""
    feeds = {str(value.name): _harmless(value) for value in model.graph.inputs}
    results = run(open_session(ir.to_proto(model).SerializeToString()), feeds, names)
    outputs: list[Output] = []
    for value in model.graph.outputs:
        name = str(value.name)
        shape = results[name].shape
        width = int(shape[1]) if len(shape) == 2 else None
        value.shape = ir.Shape(["N"] if width is None else ["N", width])
        if name == "label":
            kind = _label_type(classes)
            outputs.append(Output(name=name, role="label", dtype=kind, width=width, classes=classes, bound=_UNPROVEN))
            continue
        number: DType = "float32" if value.dtype == ir.DataType.FLOAT else "float64"
        per_class = classes if width is not None and width == len(classes) else None
        outputs.append(Output(name=name, role="number", dtype=number, width=width, classes=per_class, bound=_UNPROVEN))
    return tuple(outputs)


def _harmless(value: ir.Value) -> npt.NDArray[np.generic]:
    width = int(value.shape[1])  # type: ignore[index,arg-type]
    if value.dtype == ir.DataType.STRING:
        return np.full((2, width), "", dtype=object)
    return np.zeros((2, width), dtype=np.float32 if value.dtype == ir.DataType.FLOAT else np.float64)


def _label_type(classes: tuple[Label, ...]) -> DType:
    kinds = {type(label) for label in classes}
    for kind, name in ((str, "string"), (bool, "bool"), (int, "int64"), (float, "float64")):
        if kinds == {kind}:
            return name  # type: ignore[return-value]  # each is a DType
    raise UnsupportedTypeError(
        f"labels of mixed types: {', '.join(sorted(kind.__name__ for kind in kinds))}",
        where="the classes of the model",
        fix="fit with labels of one type: text, integers, booleans or floats",
    )


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
    """The sample's range, widened to round numbers so that no value of the sample is given away."""
    if feature.dtype == "string":
        return feature
    values = sample.columns[feature.name]
    numbers = np.asarray(values, dtype=np.float64) if len(values) else np.empty(0)
    # Thresholds of float32's largest number only part infinities; no range can be drawn from there.
    pool = np.concatenate([numbers[np.isfinite(numbers)], [x for x in marks if abs(x) < 1e30]])
    if not len(pool):
        return replace(feature, range=(0.0, 1.0))
    low, high = float(pool.min()), float(pool.max())
    step = 10.0 ** np.floor(np.log10(max(high - low, abs(high) * 1e-6, 1e-300)))
    return replace(feature, range=(float((np.floor(low / step) - 1) * step), float((np.ceil(high / step) + 1) * step)))


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
