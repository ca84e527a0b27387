"""Compiles an R model to a Program without R, and finds who can say what R predicts: R here, a record, or nobody."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace as replace_part
from pathlib import Path

import numpy as np
from msgspec.structs import replace

from modelport.errors import ConfigError, UnsupportedModelError
from modelport.evidence.oracle import Oracle
from modelport.frontends._inputs import ELEMENT, drop_unused_inputs, ignored_note, rounded_range, rows_of, tensor_list
from modelport.frontends._outputs import add_outputs, typed_outputs
from modelport.frontends._spec import Converted, LoadedModel, Origins, Recorded, Request
from modelport.frontends.r._arguments import Chosen, as_chosen, in_r, said, with_arguments
from modelport.frontends.r._loaded import RFile
from modelport.frontends.r._model import Model, find_model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.oracle.answers import GraphOracle, ROracle, with_fillers
from modelport.frontends.r.oracle.engine import asks_engine
from modelport.frontends.r.oracle.recorded import recorded_oracle
from modelport.frontends.r.oracle.rows_file import hints_of_rows, pack_rows
from modelport.frontends.r.oracle.rscript import asks_rscript, missing_packages, r_version, record_script, rscript
from modelport.frontends.r.sample import Sample, hints_of, read_sample
from modelport.ir.builder import GraphBuilder
from modelport.ir.contract import Contract, Feature
from modelport.ir.program import Program
from modelport.ir.provenance import Provenance
from modelport.ir.rows import Rows

__all__ = ["UNPROVEN", "convert"]

UNPROVEN = "unproven against R"


def convert(loaded: LoadedModel, request: Request) -> Converted:
    """Converts the model.

    Raises: UnknownModelError, UnsupportedModelError (all reasons at once), MissingColumnError, SampleError, ConfigError.
    """
    file = loaded.model
    assert isinstance(file, RFile)
    name, model = find_model(file.model, file.where)
    chosen = {key: as_chosen(value) for key, value in request.arguments.items()}
    file = replace_part(
        file, model=with_arguments(file.model, model.qualified(name), model.arguments, chosen, file.where)
    )
    reasons = model.refuse(file.model)
    if reasons:
        raise UnsupportedModelError(
            f"{model.qualified(name)} cannot be converted exactly: {'; '.join(reasons)}",
            where=file.where,
            fix="fit it without these options, or ask for them in an issue",
        )
    variables = tuple(model.variables(file.model, _hints(request)))
    if not variables:
        raise UnsupportedModelError(
            f"{model.qualified(name)} predicts the same for every row: it reads no column",
            where=file.where,
            fix="use the number itself; there is nothing to convert",
        )
    sample = read_sample(variables, request.rows)
    builder = GraphBuilder()
    inputs = {f.name: builder.input(f.tensor, ELEMENT[f.dtype], 1) for f in sample.features}
    scope = Scope(builder, {variable.name: variable for variable in variables}, inputs, levels=request.levels)
    prediction = model.convert(scope, file.model)
    if request.levels is not None and not scope.levels_named:
        raise ConfigError(
            f"{model.qualified(name)} is no model of a response of numbers 0 and 1 whose levels could be named",
            where=f"--levels, {file.where}",
            fix="leave it out",
        )
    named = add_outputs(builder, prediction, request.outputs)
    graph = builder.build("model")
    used = drop_unused_inputs(graph)
    rows = rows_of(sample.columns, sample.features, sample.count)
    features = tuple(_ranged(f, rows.columns[f.name].values, scope) for f in sample.features if f.input in used)
    outputs = typed_outputs(graph, named.names, named.classes)
    program = Program(
        model=graph,
        contract=Contract(
            task=prediction.kind,
            layout="columns",
            inputs=tensor_list(graph),
            features=features,
            outputs=outputs,
            notes=(*_asked_with(chosen), *dict.fromkeys(scope.notes), *ignored_note(sample.features, features)),
        ),
        provenance=_provenance(model.qualified(name), loaded, features, chosen),
        forests=tuple(scope.forests),
        decisions=named.decisions,
        origins=scope.origins,
        landmarks={key: tuple(values) for key, values in scope.landmarks.items()},
        claims=tuple(scope.claims),
    )
    own = {f.name for f in features}
    given = Rows({key: value for key, value in rows.columns.items() if key in own}, rows.count)
    fillers = {variable.name: _filler(sample, variable) for variable in variables}
    asked_with = {key: in_r(value) for key, value in chosen.items()}
    if request.levels is not None:
        asked_with["named"] = f"c({', '.join(map(in_r, request.levels))})"
    found = _oracle(program, model, file, variables, fillers, request, given, asked_with)

    def record(asked: Rows, origin: Origins) -> dict[str, bytes]:
        whole = with_fillers(asked, variables, fillers)
        return {"rows.bin": pack_rows(whole, variables, origin), "record.R": record_script(model, asked_with).encode()}

    program = _with_origin(program, found.versions, found.unproven)
    return Converted(
        program,
        found.oracle,
        given,
        sample.unused,
        policies=GraphOracle(
            program,
            infinite=scope.refuses_infinite,
            drops_nan=model.drops_nan,
            overflows_early=scope.overflows_early,
        ),
        unproven=found.unproven,
        recorded=found.recorded,
        record=record,
        stricter=frozenset(scope.stricter),
    )


def _hints(request: Request) -> Hints:
    """What the sample shows of its columns; without one, what the rows of a record do."""
    beside = None if request.expected is None else Path(request.expected).with_name("rows.bin")
    if request.rows is None and beside is not None and beside.is_file():
        return hints_of_rows(beside.read_bytes(), str(beside))
    return hints_of(request.rows)


@dataclass(frozen=True)
class _Found:
    """Who answers; why it is nobody of R; the rows that R answered elsewhere; and the versions of R and packages."""

    oracle: Oracle
    unproven: str | None = None
    recorded: Recorded | None = None
    versions: str = ""


def _oracle(
    program: Program,
    model: Model,
    file: RFile,
    variables: tuple[Variable, ...],
    fillers: Mapping[str, object],
    request: Request,
    sample: Rows,
    asked_with: Mapping[str, str],
) -> _Found:
    features, outputs = program.contract.features, program.contract.outputs
    if request.expected is not None:
        oracle, recorded = recorded_oracle(Path(request.expected), features, outputs, sample)
        return _Found(oracle, None, recorded, oracle.versions)
    absent = missing_packages(model, model.inside(file.model))
    if file.path is None or rscript() is None or absent:
        engine = model.engine(file.model) if model.engine is not None else None
        if engine is not None:
            asks = asks_engine(engine, variables, fillers)
            return _Found(ROracle(features, outputs, asks), None, None, engine.versions)
    if file.path is None:
        why = "the file holds more than the model: save it alone, with saveRDS, and R can be asked"
        return _Found(GraphOracle(program, strict=False), why)
    if rscript() is None:
        return _Found(GraphOracle(program, strict=False), "R is not installed here")
    if absent:
        return _Found(GraphOracle(program, strict=False), f"R is here, but not its package {', '.join(absent)}")
    asks = asks_rscript(model, Path(file.path), variables, fillers, asked_with)
    return _Found(ROracle(features, outputs, asks), None, None, r_version())


def _with_origin(program: Program, versions: str, unproven: str | None) -> Program:
    """Notes which R answered, or that none did."""
    words = dict(part.rsplit(" ", 1) for part in versions.split(", ") if " " in part)
    provenance = replace(program.provenance, framework_version=words.pop("R", ""), packages=words, unproven=unproven)
    contract = program.contract
    if unproven is not None:
        note = f"{UNPROVEN}: {unproven}; no prediction of this bundle was compared with R's"
        contract = replace(contract, notes=(*contract.notes, note))
    elif versions and not provenance.framework_version:
        note = f"compared with {versions} in Python, the library that R's package calls, and not with R"
        contract = replace(contract, notes=(*contract.notes, note))
    return replace_part(program, provenance=provenance, contract=contract)


def _ranged(feature: Feature, values: np.ndarray[tuple[int, ...], np.dtype[np.generic]], scope: Scope) -> Feature:
    if feature.dtype == "string":
        return feature
    return replace(feature, range=rounded_range(values, scope.landmarks.get(feature.name, [])))


def _filler(sample: Sample, variable: Variable) -> object:
    """A value for a column that the graph does not read but R wants to see."""
    present = [v for v in sample.columns[variable.name] if v is not None and v == v]
    if variable.is_text:
        return variable.levels[0] if variable.levels else str(present[0]) if present else "a"
    if variable.numbers:
        return variable.numbers[0]
    return float(present[0]) if present and not isinstance(present[0], str) else 0.0


def _asked_with(chosen: Mapping[str, Chosen]) -> tuple[str, ...]:
    return tuple(f"predict() is asked with {key} = {said(value)}" for key, value in chosen.items())


def _provenance(
    kind: str, loaded: LoadedModel, features: tuple[Feature, ...], chosen: Mapping[str, Chosen]
) -> Provenance:
    return Provenance(
        framework="R",
        framework_version="",
        model_class=kind,
        file_sha256=loaded.file_sha256,
        lineage={feature.name: (kind.rsplit("::", 1)[-1],) for feature in features},
        notes=(*loaded.notes, *_asked_with(chosen)),
    )
