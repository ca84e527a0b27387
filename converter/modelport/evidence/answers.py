"""Makes vectors: rows, what the oracle answered, which labels count as right and how far numbers may lie off."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import onnx

from modelport.errors import ParityError
from modelport.evidence.deviation import deviations
from modelport.evidence.oracle import Oracle, ask_rows
from modelport.evidence.vectors import Answer, LabelAnswer, NumberAnswer, Vectors
from modelport.ir.contract import Output
from modelport.ir.graph_proto import forests_of, small_proto, with_forests
from modelport.ir.program import Decision, Program
from modelport.ir.row_check import check_rows, feeds
from modelport.ir.rows import Rows
from modelport.ir.session import Watched
from modelport.ir.text.batches import batches

__all__ = ["Answered", "answer_rows"]

Array = npt.NDArray[np.float64]

_FIRST_ROWS = 64
_MOST_BYTES = 400_000_000


@dataclass(frozen=True)
class Answered:
    """Vectors, and for each output the reasons for which it may deviate (none: exact)."""

    vectors: Vectors
    reasons: Mapping[str, tuple[str, ...]]


def answer_rows(program: Program, oracle: Oracle, rows: Rows, origin: npt.NDArray[np.uint8]) -> Answered:
    """Asks the oracle once for all rows that the contract takes.

    Raises: ParityError when the original refuses a row that the contract takes: the contract would be wrong.
    """
    contract = program.contract
    status, cause = check_rows(rows, contract)
    usable = status == 0
    asked = ask_rows(oracle, rows.take(usable))
    if asked.refused:
        row, message = next(iter(asked.refused.items()))
        raise ParityError(
            f"the original refuses {len(asked.refused)} row(s) that no rule of the contract foresees: {message}",
            where=f"row {int(np.flatnonzero(usable)[row])} of the vectors",
            fix="report the estimator; the rule must be stated before the model can be converted",
        )
    model = small_proto(program.model)
    deviation, reasons = _deviations(program, model, rows, usable)
    answers: dict[str, Answer] = {}
    for output in contract.outputs:
        given = asked.outputs.get(output.name)
        if output.role == "label":
            answers[output.name] = _labels(program, output, given, usable, deviation)
        else:
            answers[output.name] = _numbers(output, given, usable, deviation.get(output.name))
    vectors = Vectors(rows, answers, status, cause, origin)
    named = {output.name: reasons.get(output.name, ()) for output in contract.outputs if output.role == "number"}
    return Answered(vectors, named)


def _deviations(
    program: Program, model: onnx.ModelProto, rows: Rows, usable: npt.NDArray[np.bool_]
) -> tuple[dict[str, Array], dict[str, tuple[str, ...]]]:
    """How far outputs and the scores that decide labels may lie off, these scores themselves, and the reasons."""
    decisive = {
        f"scores of {decision.output} from {decision.scores}": decision.scores for decision in program.decisions
    }
    wanted = list(dict.fromkeys([*(output.name for output in program.contract.outputs), *decisive.values()]))
    parts: dict[str, list[Array]] = {name: [] for name in [*wanted, *decisive]}
    reasons: dict[str, tuple[str, ...]] = {}
    forests = forests_of(program.model)
    watched = Watched(model, partial(with_forests, model=program.model))
    for part in _pieces(program, rows.count, watched):
        tensors = watched.run(feeds(rows.take(np.arange(rows.count)[part]), program.contract, usable[part]))
        found, why = deviations(model, tensors, forests, program.claims)
        for name in wanted:
            parts[name].append(found.get(name, np.zeros(tensors[name].shape)))
            reasons[name] = tuple(dict.fromkeys([*reasons.get(name, ()), *why.get(name, ())]))
        for key, scores in decisive.items():
            parts[key].append(np.asarray(tensors[scores], dtype=np.float64))
    return {name: np.concatenate(values) for name, values in parts.items()}, reasons


def _pieces(program: Program, count: int, watched: Watched) -> Iterator[slice]:
    """Cuts the rows so that all tensors of a piece fit into memory; the first piece shows how large they are."""
    for part in batches(program.contract.text_steps, count):
        start, stop, _ = part.indices(count)
        end = min(stop, start + _FIRST_ROWS)
        while True:
            yield slice(start, end)
            if end >= stop:
                break
            room = max(_FIRST_ROWS, _MOST_BYTES // max(1, watched.row_bytes))
            start, end = end, min(stop, end + room)


def _labels(
    program: Program,
    output: Output,
    given: npt.NDArray[np.generic] | None,
    usable: npt.NDArray[np.bool_],
    deviation: Mapping[str, Array],
) -> LabelAnswer:
    """The accepted set holds the oracle's label and every class whose score lies within reach of the best one."""
    classes = output.classes or ()
    expected = np.full((len(usable),) if output.width is None else (len(usable), output.width), -1, dtype=np.int32)
    if given is not None:
        expected[usable] = given
    accepted = expected[..., None] == np.arange(len(classes))
    decided = np.zeros(expected.shape, dtype=np.bool_)
    for decision in program.decisions:
        if decision.output != output.name:
            continue
        own = slice(None) if decision.column is None else (slice(None), decision.column)
        decided[own] = True
        if decision.scores in deviation:
            scores, reach = deviation[f"scores of {decision.output} from {decision.scores}"], deviation[decision.scores]
            near = _near(scores, reach, decision) & usable[:, None]
            places = np.arange(len(classes)) if decision.classes is None else np.array(decision.classes)
            part = accepted[own]
            # Several scores may stand for one class.
            part |= (near.astype(np.int64) @ (places[:, None] == np.arange(len(classes)))) > 0
            accepted[own] = part
        if decision.ties == "any":
            scores = deviation[f"scores of {decision.output} from {decision.scores}"]
            accepted[own] |= _tied(scores, accepted[own], decision) & usable[:, None]
    moved = deviation.get(output.name)
    if moved is not None:
        # No scores tell which labels are within reach where an undefined label was itself derived from undefined ones.
        undefined = (moved.reshape(expected.shape) > 0) & ~decided & (expected >= 0)
        accepted |= undefined[..., None]
    return LabelAnswer(expected, accepted)


def _near(scores: Array, reach: Array, decision: Decision) -> npt.NDArray[np.bool_]:
    reach = np.nan_to_num(reach, nan=np.inf, posinf=np.inf)
    if decision.rule == "positive":
        flat, d = scores.reshape(-1) - decision.border, reach.reshape(-1)
        with np.errstate(invalid="ignore"):
            # An infinity that may lie anywhere may be on either side.
            return np.stack([~(flat - d > 0), ~(flat + d <= 0)], axis=1) & (d > 0)[:, None]
    with np.errstate(invalid="ignore"):
        low = scores - reach
        best = np.where(np.isnan(low), -np.inf, low).max(axis=1, keepdims=True)
        # Asked by what it is not: a score that is no number may be any.
        near = ~(scores + reach < best)
    return np.asarray(near & (reach.max(axis=1, keepdims=True) > 0))


def _tied(scores: Array, accepted: npt.NDArray[np.bool_], decision: Decision) -> npt.NDArray[np.bool_]:
    """The classes of the greatest score, in rows where several share it and the source chose one of these."""
    places = np.arange(accepted.shape[1]) if decision.classes is None else np.array(decision.classes)
    best = np.zeros(accepted.shape, dtype=np.bool_)
    best[:, places] = scores == scores.max(axis=1, keepdims=True)
    open_ = (best.sum(axis=1) > 1) & (best & accepted).any(axis=1)
    return np.asarray(best & open_[:, None])


def _numbers(
    output: Output, given: npt.NDArray[np.generic] | None, usable: npt.NDArray[np.bool_], deviation: Array | None
) -> NumberAnswer:
    dtype = np.float32 if output.dtype == "float32" else np.float64
    shape = (len(usable),) if output.width is None else (len(usable), output.width)
    expected = np.full(shape, np.nan, dtype=dtype)
    if given is not None:
        expected[usable] = np.asarray(given).reshape(expected[usable].shape)
    bound = np.zeros(shape, dtype=dtype)
    if deviation is not None:
        # Rounded up, so that a float32 bound is never the tighter one.
        bound[usable] = np.nextafter(deviation.reshape(shape)[usable].astype(dtype), dtype(np.inf))
        bound[deviation.reshape(shape) == 0] = 0
    return NumberAnswer(expected, bound)
