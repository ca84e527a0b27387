"""Compiles a parsed booster to a Program and keeps the library's own prediction as its oracle."""

import numpy as np
import onnx_ir as ir
from msgspec.structs import replace

from modelport.errors import UnsupportedModelError
from modelport.frontends._inputs import (
    ELEMENT,
    drop_unused_inputs,
    ignored_note,
    rounded_range,
    rows_of,
    tensor_list,
)
from modelport.frontends._outputs import add_outputs, typed_outputs
from modelport.frontends._packages import installed
from modelport.frontends._spec import Converted, LoadedModel, Request
from modelport.frontends.boosting._library import BoostedModel, LearnsCategories, Library, RoundsArrays
from modelport.frontends.boosting.oracle import BoostingOracle
from modelport.frontends.boosting.sample import Sample, read_sample
from modelport.ir.builder import GraphBuilder
from modelport.ir.contract import Contract, Feature
from modelport.ir.intake import is_missing
from modelport.ir.program import Program
from modelport.ir.provenance import Provenance
from modelport.readers.boosted import Emission

__all__ = ["convert"]


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
    if isinstance(model, RoundsArrays) and sample.layout == "matrix":
        model.check_array(list(sample.columns.values()))
    if isinstance(model, LearnsCategories):
        names_of = [column.name for column in model.columns]
        model = model.with_categories(dict(zip(names_of, sample.columns.values(), strict=True)))
        sample = read_sample(model, request.rows, request.response)
    builder = GraphBuilder()
    emission = model.emit(builder, _inputs(builder, sample))
    prediction = emission.prediction
    named = add_outputs(builder, prediction, request.outputs)
    graph = builder.build("model")
    used = drop_unused_inputs(graph)
    order = tuple(feature.name for feature in sample.features)
    landmarks = {name: column.landmarks for name, column in zip(order, model.columns, strict=True) if column.landmarks}
    borders = _borders(emission, order)
    features = tuple(
        _ranged(f, sample, [*landmarks.get(f.name, ()), *borders.get(f.name, ())])
        for f in sample.features
        if f.input in used
    )
    outputs = typed_outputs(graph, named.names, named.classes)
    contract = Contract(
        task=prediction.kind,
        layout=sample.layout,
        inputs=tensor_list(graph),
        features=features,
        outputs=outputs,
        notes=(*model.notes, *ignored_note(sample.features, features)),
    )
    fillers = {f.name: _filler(sample, f) for f in sample.features}
    oracle = BoostingOracle(model, features, outputs, fillers, order, library.errors())
    program = Program(
        model=graph,
        contract=contract,
        provenance=_provenance(library, model, loaded, features),
        forests=emission.forests,
        decisions=named.decisions,
        origins={
            tensor: tuple(None if index is None else order[index] for index in columns)
            for tensor, columns in emission.origins.items()
        },
        landmarks=landmarks,
    )
    return Converted(program, oracle, rows_of(sample.columns, features, sample.count), sample.unused)


def _inputs(builder: GraphBuilder, sample: Sample) -> list[ir.Value]:
    if sample.layout == "matrix":
        return [builder.input("X", ELEMENT[sample.features[0].dtype], len(sample.features))]
    return [builder.input(feature.tensor, ELEMENT[feature.dtype], 1) for feature in sample.features]


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
    present = [value for value in sample.columns[feature.name] if not is_missing(value)]
    if feature.dtype == "string":
        return str(present[0]) if present else None
    return float(present[0]) if present else np.nan


def _provenance(
    library: Library, model: BoostedModel, loaded: LoadedModel, features: tuple[Feature, ...]
) -> Provenance:
    packages = installed((library.name, "numpy", "scipy", "pandas"))
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
