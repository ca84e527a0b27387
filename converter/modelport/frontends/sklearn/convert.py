"""Compiles a fitted scikit-learn estimator to a Program and keeps the estimator as its oracle."""

from typing import Any

import numpy as np
import onnx_ir as ir
from msgspec.structs import replace

from modelport.errors import UnsupportedModelError, UnsupportedTypeError
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
from modelport.frontends.sklearn._columns import Columns, Origin, Part, whole_width
from modelport.frontends.sklearn._memory import remembered
from modelport.frontends.sklearn._model import find_model, qualified_name
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.features import Sample, read_sample
from modelport.frontends.sklearn.oracle import SklearnOracle
from modelport.frontends.sklearn.outputs import as_prediction
from modelport.frontends.sklearn.sparse import sparse_rows
from modelport.frontends.sklearn.support import check_fitted, check_supported
from modelport.ir.builder import GraphBuilder
from modelport.ir.contract import Contract, Feature, Output, TextStep
from modelport.ir.intake import is_missing, typed_column
from modelport.ir.prediction import Prediction
from modelport.ir.program import Program
from modelport.ir.provenance import Provenance
from modelport.ir.rows import Rows
from modelport.remote import Remote

__all__ = ["convert"]

_LARGEST_EXACT = 2**53


def convert(loaded: LoadedModel, request: Request) -> Converted:
    """Converts the estimator.

    Raises: NotFittedError, UnsupportedModelError (all parts at once), MissingColumnError, SampleError,
    UnsupportedTypeError, ConfigError.
    """
    with remembered():
        return _convert(loaded, request)


def _convert(loaded: LoadedModel, request: Request) -> Converted:
    estimator: Any = loaded.model
    check_fitted(estimator)
    check_supported(estimator)
    sample = read_sample(estimator, request.rows, request.response)
    scope = Scope(
        GraphBuilder(),
        samples=sample.columns,
        given_none=frozenset(f.name for f in sample.features if f.missing_as == "none"),
        sparse=_sparse(estimator, sample),
        pandas_categories=frozenset(sample.categories),
    )
    table = _inputs(scope, sample)
    try:
        result = _convert_part(scope, estimator, table)
    except UnsupportedTypeError:
        # The columns of the sample that are of no use to the model say it better: they show the values.
        sample.check_types(sample.wrong)
        raise
    prediction = as_prediction(scope, estimator, result)
    named = add_outputs(scope.builder, prediction, request.outputs)
    model = scope.builder.build("model")
    used = drop_unused_inputs(model)
    steps = tuple(replace(step, dense_width=_dense_width(model, step)) for step in scope.text_steps if step.ids in used)
    texts = {step.feature for step in steps}
    given = tuple(replace(f, input=f.input if f.input in used else None) for f in sample.features)
    given = tuple(f for f in given if f.input is not None or f.name in texts)
    sample.check_types({f.name for f in given})
    features = tuple(_describe(scope, f, sample) for f in given)
    outputs = typed_outputs(model, named.names, named.classes)
    contract = Contract(
        task=prediction.kind,
        layout=sample.layout,
        inputs=tensor_list(model),
        features=features,
        text_steps=steps,
        outputs=outputs,
        notes=(*dict.fromkeys(scope.notes), *ignored_note(sample.features, features)),
    )
    oracle = _oracle(estimator, sample, features, outputs)
    program = Program(
        model=model,
        contract=contract,
        provenance=_provenance(estimator, loaded, scope),
        forests=tuple(scope.forests),
        decisions=named.decisions,
        origins=scope.origins,
        landmarks={name: tuple(values) for name, values in scope.landmarks.items()},
        claims=tuple(scope.claims),
    )
    return Converted(program, oracle, rows_of(sample.columns, features, sample.count), sample.unused)


def _oracle(
    estimator: Any, sample: Sample, features: tuple[Feature, ...], outputs: tuple[Output, ...]
) -> SklearnOracle:
    return SklearnOracle(
        estimator,
        features,
        outputs,
        tuple(sample.columns) if sample.named else None,
        tuple(sample.columns),
        {name: _filler(column) for name, column in sample.columns.items()},
        sample.categories,
        sample.flat,
    )


def _sparse(estimator: Any, sample: Sample) -> dict[int, str]:
    """Shows the original one row, and sees which estimators inside get it sparse."""
    oracle = _oracle(estimator, sample, sample.features, ())

    def predict(row: int) -> None:
        table = oracle.table(_one_row(sample, row))
        getattr(estimator, "predict" if hasattr(estimator, "predict") else "transform")(table)

    return sparse_rows(estimator, predict, max(1, sample.count))


def _convert_part(scope: Scope, estimator: Any, table: Columns) -> Columns | Prediction:
    model = find_model(estimator)
    if model is None:
        # check_supported looks at every part that its containers name; this one was not named.
        raise UnsupportedModelError(
            f"no converter for {qualified_name(estimator)}",
            where=f"estimator {type(estimator).__name__}",
            fix="replace this step, or add a converter: one file in frontends/sklearn/models (CONTRIBUTING.md)",
        )
    given = table if model.terms else table.whole(scope.builder)
    return _with_names(estimator, model.convert(scope, estimator, given, _convert_part))


def _with_names(estimator: Any, result: Columns | Prediction) -> Columns | Prediction:
    """Names columns as a DataFrame of this transformer would: a later step may ask for them by name."""
    if isinstance(result, Prediction) or not hasattr(estimator, "get_feature_names_out"):
        return result
    try:
        names = tuple(str(name) for name in estimator.get_feature_names_out())
    except (AttributeError, TypeError, ValueError):
        # Steps inside that do not know the names of what they give: then nobody can ask by name either.
        return result
    return Columns(result.parts, names) if len(names) == result.width else result


def _inputs(scope: Scope, sample: Sample) -> Columns:
    if sample.layout == "matrix":
        element = ELEMENT[sample.features[0].dtype]
        value = scope.builder.input("X", element, len(sample.features))
        return Columns(
            (Part(value, tuple(Origin(frozenset({f.name})) for f in sample.features)),), tuple(sample.columns)
        )
    parts = [
        Part(scope.builder.input(f.tensor, ELEMENT[f.dtype], 1), (Origin(frozenset({f.name})),))
        for f in sample.features
    ]
    return Columns(tuple(parts), tuple(sample.columns))


def _dense_width(model: ir.Model, step: TextStep) -> int:
    """The width of the rows that the graph makes whole of this step's terms, after some were chosen or not."""
    ids = next(value for value in model.graph.inputs if value.name == step.ids)
    widest = 0
    reached = [ids]
    while reached:
        for node, place in reached.pop().uses():
            if node.op_type == "ScatterElements" and place == 1:
                widest = max(widest, whole_width(node))
            elif node.op_type in ("Gather", "Max"):
                reached += node.outputs
    return widest


def _describe(scope: Scope, feature: Feature, sample: Sample) -> Feature:
    """Adds what the encoders know of a feature, and the range from which synthetic rows are drawn."""
    known = None if feature.name in scope.opaque else scope.categories.get(feature.name)
    if feature.dtype == "string":
        texts = tuple(sorted({str(value) for value in known})) if known is not None else None
        none = feature.name in scope.missing_none
        return replace(feature, categories=texts, missing_as="none" if none else feature.missing_as)
    # Of a bool nothing can be unknown.
    numbered = known is not None and feature.dtype != "bool"
    numbers = tuple(sorted({float(str(value)) for value in known or ()})) if numbered else None
    if feature.dtype == "int64":
        if numbers is None:
            feature = replace(feature, dtype="float64")
        elif any(abs(number) > _LARGEST_EXACT for number in numbers):
            raise UnsupportedTypeError(
                f"{feature.name!r} has integer categories beyond 2**53, which a double cannot tell apart",
                where=f"column {feature.name!r}",
                fix="encode identifiers as text",
            )
    values = sample.columns[feature.name]
    return replace(feature, numbers=numbers, range=rounded_range(values, scope.landmarks.get(feature.name, [])))


def _one_row(sample: Sample, row: int) -> Rows:
    """One row of the sample, or zeros and empty texts where there is none."""
    columns = {}
    for feature in sample.features:
        values = np.asarray(sample.columns[feature.name])[row : row + 1]
        empty = np.array(["" if feature.dtype == "string" else 0], dtype=object)
        columns[feature.name], _ = typed_column(values if len(values) else empty, feature)
    return Rows(columns, 1)


def _filler(column: Any) -> object:
    """A value for a column that the model ignores but the source wants to see."""
    present = [value for value in column if not is_missing(value)]
    return present[0] if present else np.nan


def _provenance(estimator: Any, loaded: LoadedModel, scope: Scope) -> Provenance:
    names = ("scikit-learn", "numpy", "scipy", "pandas", "joblib", *sorted(scope.packages))
    # A model in another interpreter was asked there: those packages gave the answers.
    found = estimator.remote_versions if isinstance(estimator, Remote) else installed(names)
    packages = {name: found[name] for name in names if name in found}
    return Provenance(
        framework="scikit-learn",
        framework_version=packages["scikit-learn"],
        model_class=qualified_name(estimator),
        file_sha256=loaded.file_sha256,
        packages=packages,
        lineage={name: tuple(steps) for name, steps in sorted(scope.lineage.items())},
        notes=loaded.notes,
    )
