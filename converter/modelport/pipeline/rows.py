"""Proves a model of rows: probes and vectors, passes, libraries, the report, the bundle."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import numpy as np

from modelport.bundle.assemble import assemble, with_projects
from modelport.bundle.manifest import PassRecord
from modelport.bundle.reader import Bundle, open_bundle
from modelport.bundle.writer import write_tree
from modelport.errors import ConfigError, SampleError, did_you_mean
from modelport.evidence.answers import Answered, answer_rows
from modelport.evidence.bounds import state_bounds
from modelport.evidence.compare import compare
from modelport.evidence.oracle import ask_rows
from modelport.evidence.policies import confirm_policies, measure_policies
from modelport.evidence.probes import SEED, base_row, make_probes, most_rows, odd_values, synthetic_rows
from modelport.evidence.vectors import Vectors
from modelport.frontends._spec import Converted, Origins
from modelport.ir.contract import Contract, Feature
from modelport.ir.program import Program
from modelport.ir.rows import Rows, with_values
from modelport.ir.session import open_session
from modelport.options import Options
from modelport.parity.evidence_files import evidence_files
from modelport.parity.python_ort import answer
from modelport.parity.report import Report, TargetReport, make_report, target_report, without_private
from modelport.parity.runners import find_runners, prove
from modelport.passes._manager import run_passes
from modelport.passes._order import ORDER
from modelport.pipeline.naming import Names, Progress
from modelport.pipeline.rejected import reject
from modelport.targets.registry import find_targets

__all__ = ["convert_rows", "record_rows", "verify_rows"]

_SYNTHETIC_ROWS = 200
_POLICY_ROWS = 16
_PROBE, _SYNTHETIC, _SAMPLE = map(Vectors.ORIGINS.index, ("probe", "synthetic", "sample"))


@dataclass(frozen=True)
class _Evidence:
    """Answers for the rows that travel with the bundle, and for the caller's own, which do not."""

    shipped: Answered
    sample: Answered | None
    left_out: int
    unasked: int

    @property
    def parts(self) -> list[Answered]:
        return [self.shipped] if self.sample is None else [self.shipped, self.sample]

    def vectors(self) -> Vectors:
        return Vectors.concatenate([part.vectors for part in self.parts])


def convert_rows(
    converted: Converted, output: Path, names: Names, options: Options, progress: Progress, *, given: bool
) -> tuple[Bundle, Report]:
    """Proves what a front end made of a model of rows, and writes the bundle; ``given``: whether there is a sample.

    Raises: any ModelportError. A ParityError leaves ``<output>.rejected/`` with the report.
    """
    targets = find_targets(options.targets)
    _check_sample(converted, given=given)
    _check_redacted(converted, options)
    progress("asking the original about odd values")
    program = _with_policies(converted)
    progress("asking the original for its predictions")
    evidence = _gather(converted, program, options)
    program = replace(program, contract=state_bounds(program.contract, evidence.parts))
    progress("running passes")
    vectors = evidence.vectors()
    program, outcomes = run_passes(program, ORDER, lambda graph: _fault(graph, program.contract, vectors))
    bundle = assemble(
        program,
        evidence.shipped.vectors,
        name=names.model,
        version=options.version,
        options=names.projects,
        passes=[PassRecord(o.name, o.outcome, o.reason) for o in outcomes],
    )
    progress("writing the libraries")
    bundle = with_projects(bundle, {target.name: target.render(bundle, names.projects) for target in targets})
    progress("proving")
    found = _prove(bundle, vectors, len(evidence.shipped.vectors), options, progress)
    report = make_report(bundle, vectors, found, _notes(converted, evidence, options))
    if any(target.status == "failed" for target in report.targets.values()):
        reject(report, output)
    progress("sealing")
    write_tree({**bundle.files, **evidence_files(report)}, output, private=True)
    return open_bundle(output), report


def record_rows(converted: Converted, output: Path, progress: Progress) -> Mapping[str, bytes]:
    """Writes the rows of a proof, and a script that has the original predict them where it is. Returns the files.

    Raises: ConfigError for a front end whose original is always at hand.
    """
    if converted.record is None:
        raise ConfigError(
            f"a {converted.program.provenance.framework} model is asked where it is converted",
            where="record",
            fix="use modelport convert",
        )
    features = _measured(converted)
    contract = msgspec.structs.replace(converted.program.contract, features=features)
    parts, _ = _rows_of_proof(replace(converted.program, contract=contract), converted, ship_sample=True, redact=())
    progress("writing")
    files = converted.record(*_joined(parts))
    write_tree(dict(files), output, private=True)
    return files


def verify_rows(bundle: Bundle, targets: Sequence[str], progress: Progress) -> Report:
    """Builds and runs targets of a bundle on the vectors it carries. Raises: ConfigError for an unknown target."""
    vectors = bundle.vectors()
    return make_report(bundle, vectors, prove(bundle, find_runners(targets), vectors, progress))


def _check_sample(converted: Converted, *, given: bool) -> None:
    """Refuses a sample without rows, or of which the original takes none: its columns are not what fit() saw."""
    if converted.recorded is not None or converted.unproven is not None:
        return
    first = converted.sample.take(np.arange(min(converted.sample.count, 64)))
    if not first.count and given:
        raise SampleError(
            "the sample has no rows",
            where="--data",
            fix="give some rows, or leave --data out: types then come from the fitted model alone",
        )
    if not first.count:
        return
    asked = ask_rows(converted.oracle, first)
    if not len(asked.taken):
        raise SampleError(
            f"the original model refuses every row of the sample: {asked.refused[0]}",
            where="--data",
            fix="give rows as the model was fitted on: the same columns, types and categories",
        )


def _check_redacted(converted: Converted, options: Options) -> None:
    """A misspelt name must not ship the column that it meant."""
    known = [*converted.sample.columns, *converted.notes, options.response]
    unknown = [name for name in options.redact if name not in known]
    if unknown:
        raise ConfigError(
            f"the sample has no column {', '.join(map(repr, unknown))}",
            where="--redact",
            fix="; ".join(did_you_mean(name, sorted(converted.sample.columns)) for name in unknown),
        )


def _measured(converted: Converted) -> tuple[Feature, ...]:
    """The features with their policies; where the program itself is asked for them, rows of the sample are tried too."""
    program = converted.program
    base = base_row(program.contract)
    if converted.policies is None:
        return measure_policies(program, converted.oracle, base)
    whole = np.flatnonzero(np.all([c.valid for c in converted.sample.columns.values()], axis=0))
    few = whole[np.unique(np.linspace(0, max(len(whole) - 1, 0), _POLICY_ROWS).astype(np.int64))[: len(whole)]]
    return measure_policies(program, converted.policies, base, converted.sample.take(few))


def _with_policies(converted: Converted) -> Program:
    program = converted.program
    base = base_row(program.contract)
    features = _measured(converted)
    program = replace(program, contract=msgspec.structs.replace(program.contract, features=features))
    if converted.policies is not None and converted.unproven is None:
        odd = with_values(base, odd_values(program.contract))
        rows = odd if converted.recorded is None else converted.recorded[0]
        confirm_policies(program, converted.oracle, rows, converted.stricter)
    return program


def _gather(converted: Converted, program: Program, options: Options) -> _Evidence:
    if converted.recorded is not None:
        rows, origin = converted.recorded
        # Rows of the sample were recorded too, but they do not travel with the bundle.
        travels = (origin != _SAMPLE) | options.ship_sample
        if not travels.any():
            raise ConfigError(
                "only rows of your sample were answered, and those do not travel: the libraries would have no vectors",
                where="--expected",
                fix="let them travel with --ship-sample, or have probes answered too: modelport record",
            )
        kept = [(rows.take(travels), origin[travels])]
        shipped = answer_rows(program, converted.oracle, *kept[0])
        rest = None if travels.all() else answer_rows(program, converted.oracle, rows.take(~travels), origin[~travels])
        return _Evidence(shipped, rest, 0, 0)
    rng = np.random.default_rng(SEED)
    parts, left_out = _rows_of_proof(
        program, converted, ship_sample=options.ship_sample, redact=options.redact, rng=rng
    )
    shipped = answer_rows(program, converted.oracle, *_joined(parts))
    # Of outputs as wide as a vocabulary no memory holds as many rows as a sample may have.
    sample = converted.sample
    asked = sample.take(np.sort(rng.permutation(sample.count)[: most_rows(program.contract, shipped=False)]))
    unasked = sample.count - asked.count
    own = answer_rows(program, converted.oracle, *_joined([(asked, _SAMPLE)])) if asked.count else None
    return _Evidence(shipped, own, left_out, unasked)


def _rows_of_proof(
    program: Program,
    converted: Converted,
    *,
    ship_sample: bool,
    redact: Sequence[str],
    rng: np.random.Generator | None = None,
) -> tuple[list[tuple[Rows, int]], int]:
    """Probes, synthetic rows and, when they are shipped, those of the sample; and how many borders are left out."""
    rng = np.random.default_rng(SEED) if rng is None else rng
    plan = make_probes(program, rng)
    synthetic = min(_SYNTHETIC_ROWS, most_rows(program.contract))
    parts = [(plan.rows, _PROBE), (synthetic_rows(program.contract, synthetic, rng), _SYNTHETIC)]
    sample = converted.sample
    if ship_sample and sample.count:
        invented = synthetic_rows(program.contract, sample.count, rng)
        columns = {n: (invented if n in redact else sample).columns[n] for n in sample.columns}
        parts.append((Rows(columns, sample.count), _SAMPLE))
    return parts, plan.left_out


def _joined(parts: list[tuple[Rows, int]]) -> tuple[Rows, Origins]:
    rows = Rows.concatenate([part for part, _ in parts])
    return rows, np.concatenate([np.full(part.count, kind, dtype=np.uint8) for part, kind in parts])


def _fault(graph: bytes, contract: Contract, vectors: Vectors) -> str | None:
    """What is wrong with a graph's answers, None when every one stays within its bound."""
    given = answer(open_session(graph), contract, vectors.rows)
    found = compare(vectors, contract, given.status, given.status_feature, dict(given.outputs))
    if found.passed:
        return None
    return f"{found.flips} label(s) flipped, {found.over} number(s) left their bound"


def _prove(
    bundle: Bundle, vectors: Vectors, shipped: int, options: Options, progress: Progress
) -> dict[str, TargetReport]:
    """python-ort on everything, sample rows included; the generated libraries, when asked, on what is shipped."""
    given = answer(open_session(bundle.files["model.onnx"]), bundle.contract, vectors.rows)
    own = target_report(vectors, bundle, given, 0.0)  # not timed: the same input gives the same bytes
    found = {"python-ort": without_private(own, shipped)}
    names = [f"{target}-ort" for target in options.targets]
    if options.prove:
        return found | prove(bundle, find_runners(names), bundle.vectors(), progress)
    return found | {name: TargetReport(status="not run", reason="run 'modelport verify'") for name in names}


def _notes(converted: Converted, evidence: _Evidence, options: Options) -> list[str]:
    notes = list(converted.program.provenance.notes)
    if not converted.sample.count and converted.recorded is None:
        notes.append("no sample rows were given: types come from the fitted model alone")
    if converted.notes:
        notes.append(f"columns of the sample that the model does not use: {', '.join(converted.notes)}")
    if evidence.left_out:
        notes.append(f"{evidence.left_out} borders beyond the budget of probes were left out (seed {SEED})")
    if evidence.unasked:
        notes.append(f"{evidence.unasked} rows of the sample were not compared: the outputs are too wide (seed {SEED})")
    if options.ship_sample:
        hidden = f", but for {', '.join(options.redact)}" if options.redact else ""
        notes.append(f"warning: rows of the sample travel with this bundle{hidden}")
    return notes
