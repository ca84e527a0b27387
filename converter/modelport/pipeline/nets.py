"""Proves a net: calls and their cases, the bound of every number, the report, the bundle."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import onnx

from modelport.bundle.assemble import assemble, with_projects
from modelport.bundle.reader import Bundle, open_bundle
from modelport.bundle.writer import write_tree
from modelport.errors import SampleError, UnsupportedModelError
from modelport.evidence.bisect import first_difference
from modelport.evidence.cases import Case, Tensors
from modelport.evidence.compare_cases import compare_cases
from modelport.evidence.known_texts import known_texts
from modelport.evidence.lengths import found_limits
from modelport.evidence.oracle import OracleRefusalError
from modelport.evidence.rounding import Rounding, tensor_bounds
from modelport.evidence.steps import StepRounding
from modelport.evidence.strength import weak_outputs
from modelport.evidence.tensor_probes import SEED, Call, make_calls, plain_call
from modelport.evidence.texts_taken import with_taken_texts
from modelport.evidence.top_two import unsettled_rows
from modelport.frontends._spec import ConvertedNet, Ways
from modelport.ir.contract import Contract
from modelport.ir.graph_proto import with_forests
from modelport.ir.parted import LIMIT_BYTES, parted
from modelport.ir.session import try_open
from modelport.ir.weights import Weights
from modelport.options import Options
from modelport.parity._runner import Failure
from modelport.parity.evidence_files import evidence_files
from modelport.parity.nets import all_answered, prove_cases
from modelport.parity.report import Report, TargetReport, case_report, make_report, without_private
from modelport.parity.runners import find_runners
from modelport.pipeline._trial import Trial
from modelport.pipeline.naming import Names, Progress
from modelport.pipeline.narrowing import narrowed
from modelport.pipeline.rejected import is_rejected, reject
from modelport.pipeline.ways import first_proven
from modelport.targets.registry import find_targets

__all__ = ["convert_net", "verify_net"]


def convert_net(
    net: ConvertedNet | Ways, output: Path, names: Names, options: Options, progress: Progress
) -> tuple[Bundle, Report]:
    """Proves what a front end made of a net, by the first way that holds, and writes the bundle.

    Raises: any ModelportError. A ParityError leaves ``<output>.rejected/`` with the report.
    """
    find_targets(options.targets, nets=True)

    def prove(converted: ConvertedNet) -> tuple[Bundle, Report]:
        return _proven(converted, names, options, progress)

    bundle, report = first_proven(net, prove, progress)
    if is_rejected(report):
        reject(report, output)
    progress("sealing")
    write_tree({**bundle.files, **evidence_files(report)}, output, private=True, large=bundle.large)
    return open_bundle(output), report


def _proven(converted: ConvertedNet, names: Names, options: Options, progress: Progress) -> tuple[Bundle, Report]:
    """The bundle and its report, whether it passed or not."""
    targets = find_targets(options.targets, nets=True)
    proto, weights = parted(converted.program.model, -1 if options.external_weights else LIMIT_BYTES)
    file = with_forests(proto, converted.program.model)
    session = try_open(file, weights)
    if isinstance(session, str):
        raise UnsupportedModelError(
            f"ONNX Runtime does not take the graph that the exporter made: {session}",
            where="the exported graph",
            fix="write the layer that it names with other operators, or ask for it in an issue",
        )
    progress("asking the original which lengths and texts it takes")
    known = known_texts(converted.program.model)
    contract = with_taken_texts(converted.program.contract, converted.oracle, converted.sample, converted.batch, known)
    contract = found_limits(contract, converted.oracle, session, converted.sample, converted.batch, known)
    progress("asking the original for its predictions")
    plain = Rounding(proto, weights)
    rounding = plain if converted.twin is None else StepRounding(plain, converted.twin)
    trial = Trial(session, rounding, contract, apart=weights is not None)
    calls = make_calls(
        contract,
        converted.sample,
        converted.batch,
        np.random.default_rng(SEED),
        known,
        together=not rounding.of_half,  # a call that overflows half precision may be left out
    )
    refused = _ask(converted, calls, trial.note)
    progress("finding how far rounding reaches")
    tried = trial.finish()
    contract, tried, left_out = narrowed(contract, tried, converted.oracle, of_half=rounding.of_half)
    cases = [case for case, _ in tried]
    program = replace(converted.program, contract=tensor_bounds(contract, cases, rounding.reason))
    shipped = [case for case in cases if options.ship_sample or case.origin != "sample"]
    bundle = assemble(
        program,
        shipped,
        name=names.model,
        version=options.version,
        options=names.projects,
        passes=[],
        graph=(file, weights),  # what answered is what is sealed
    )
    if targets:
        progress("writing the libraries")
        bundle = with_projects(bundle, {target.name: target.render(bundle, names.projects) for target in targets})
    progress("proving")
    every = all_answered([answer for _, answer in tried])
    own = case_report(bundle, cases, every, 0.0)  # not timed: the same input gives the same bytes
    if own.status == "failed" and not isinstance(every, Failure):
        own = msgspec.structs.replace(own, reason=f"{own.reason}; {_where(converted, (proto, weights), cases, every)}")
    found = {"python-ort": without_private(own, sum(case.rows(contract) for case in shipped))} | _libraries(
        bundle, options, progress
    )
    weak = [*weak_outputs(contract, cases), *unsettled_rows(contract, shipped)]
    notes = [*program.provenance.notes, *refused, *left_out, *weak, *_warnings(options)]
    return bundle, make_report(bundle, cases, found, notes)


def verify_net(bundle: Bundle, targets: Sequence[str], progress: Progress) -> Report:
    """Builds and runs targets of a bundle on the cases it carries. Raises: ConfigError for an unknown target."""
    cases = bundle.cases()
    return make_report(bundle, cases, prove_cases(bundle, find_runners(targets), cases, progress))


def _libraries(bundle: Bundle, options: Options, progress: Progress) -> dict[str, TargetReport]:
    names = [f"{target}-ort" for target in options.targets]
    if options.prove:
        return prove_cases(bundle, find_runners(names), bundle.cases(), progress)
    return {name: TargetReport(status="not run", reason="run 'modelport verify'") for name in names}


def _ask(converted: ConvertedNet, calls: Sequence[Call], note: Callable[[Call, Tensors], None]) -> list[str]:
    """Hands on each call with the original's answer; returns a note on each that it refuses.

    Raises: SampleError when it refuses the sample; UnsupportedModelError when it answers the same call in two ways.
    """
    try:
        first = converted.oracle.ask(converted.sample)
    except OracleRefusalError as err:
        raise SampleError(
            f"the original refuses the sample: {err}", where="--data", fix="give tensors that it takes"
        ) from err
    _check_settled(first, converted.oracle.ask(converted.sample))
    _check_types(first, converted.program.contract)
    refused: list[str] = []
    # Those with bounds of their own first: they keep the graph busy while the rest is asked.
    left = sorted(calls, key=lambda call: call.like is not None)
    while left:
        call = left.pop(0)
        try:
            note(call, converted.oracle.ask(call.inputs))
        except OracleRefusalError as err:
            left = [*call.parts, *left]
            if not call.parts:
                refused.append(f"the original refuses a call that was tried ({call.name}): {err}")
    # Last, as among rows: what comes after the rest does not travel with the bundle.
    note(Call("sample", "sample", converted.sample, plain_call(converted.batch)), first)
    return refused


def _check_settled(first: Tensors, again: Tensors) -> None:
    moved = [
        name for name in first if not np.array_equal(first[name], again[name], equal_nan=first[name].dtype.kind == "f")
    ]
    if moved:
        raise UnsupportedModelError(
            f"the original answers the same call in two ways ({', '.join(moved)}): chance is part of it",
            where="the model",
            fix="switch to evaluation mode before it is exported, and take sampling and dropout out",
        )


def _check_types(first: Tensors, contract: Contract) -> None:
    wrong = [
        f"{output.name!r} is {output.dtype} where the original gives {first[output.name].dtype}"
        for output in contract.outputs
        if first[output.name].dtype.kind != "O" and first[output.name].dtype.name != output.dtype
    ]
    if wrong:
        raise UnsupportedModelError(
            f"the exporter changed the type of outputs: {', '.join(wrong)}",
            where="outputs",
            fix="let the model convert its outputs to the type that it means, such as float32, itself",
        )


def _where(
    converted: ConvertedNet,
    graph: tuple[onnx.ModelProto, Weights | None],
    cases: Sequence[Case],
    given: Sequence[Tensors],
) -> str:
    """The layer where a failed proof begins, in the first case that fails."""
    contract = converted.program.contract
    for case, outputs in zip(cases, given, strict=True):
        if not compare_cases([case], contract, [outputs]).passed:
            found = first_difference(*graph, converted.layers, converted.oracle, case)
            return found or "no layer that can be watched differs: look at the operations between layers"
    return "no case fails alone"


def _warnings(options: Options) -> list[str]:
    return ["warning: tensors of the sample travel with this bundle"] if options.ship_sample else []
