"""Oracles of the R front end: R itself by Rscript, what R said elsewhere, or, where neither is there, the graph alone."""

import re
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from modelport.evidence.oracle import OracleRefusalError
from modelport.frontends.r._variables import Variable
from modelport.frontends.r.oracle.predictions import Predictions
from modelport.ir.contract import Contract, Feature, Output
from modelport.ir.graph_proto import to_proto
from modelport.ir.program import Program
from modelport.ir.row_check import feeds
from modelport.ir.rows import Column, Rows
from modelport.ir.session import Watched

__all__ = ["GraphOracle", "ROracle", "with_fillers"]

Array = npt.NDArray[np.generic]

_FEW_ROWS = 512
_HUGE = 1e18
# factor(x, labels) and relevel(factor(x)) want each level among the rows that are asked for.
_FOR_WANT_OF_ROWS = re.compile("must be an existing level|invalid 'labels'")


@dataclass
class ROracle:
    """What R predicts. ``ask_r`` answers rows that no earlier question held; only those that want other rows are asked again.

    ``variables`` are those that R wants to see; ``fillers`` stand in for what the graph does not read.
    """

    features: Sequence[Feature]
    outputs: Sequence[Output]
    ask_r: Callable[[Rows], Predictions]
    _place: dict[bytes, int] = field(default_factory=dict)
    _known: dict[str, list[npt.NDArray[np.generic]]] = field(default_factory=dict)
    _refused: list[str | None] = field(default_factory=list)
    _wanting: set[bytes] = field(default_factory=set)
    versions: str = ""

    def ask(self, rows: Rows) -> Mapping[str, Array]:
        """Returns labels as class indices and numbers as they are. Raises: OracleRefusalError."""
        keys = _keys(rows, self.features)
        for question in self._questions(rows, keys):
            alone = len(question) == 1
            fresh = {
                key: row
                for key, row in question.items()
                if key not in self._place or (not alone and key in self._wanting)
            }
            if fresh:
                self._ask(rows, fresh)
            if len(fresh) < len(question) and not self._wanting.isdisjoint(fresh):
                self._ask(rows, question)
        places = [self._place[key] for key in keys]
        # Where nothing but numbers is asked a row without an answer has NaN; a label cannot be NaN.
        if any(output.role == "label" for output in self.outputs):
            for place in places:
                message = self._refused[place]
                if message is not None:
                    raise OracleRefusalError(message)
        return {o.name: self._stacked(o, places) for o in self.outputs}

    def _questions(self, rows: Rows, keys: Sequence[bytes]) -> list[dict[bytes, int]]:
        """Each row once; apart from the others those with a number that is no level, of which factor() would make one."""
        unknown = np.zeros(rows.count, dtype=np.bool_)
        for feature in self.features:
            if feature.numbers is not None:
                column = rows.columns[feature.name]
                unknown |= column.valid & ~np.isin(column.values.astype(np.float64), feature.numbers)
        return [{key: row for row, key in enumerate(keys) if unknown[row] == odd} for odd in (False, True)]

    def _ask(self, rows: Rows, asked: Mapping[bytes, int]) -> None:
        """Asks, and remembers which rows R refuses for want of others, beside which it may answer them."""
        self._learn(list(asked), self.ask_r(rows.take(np.array(list(asked.values()), dtype=np.int64))))
        self._wanting.difference_update(asked)
        self._wanting.update(k for k in asked if _FOR_WANT_OF_ROWS.search(self._refused[self._place[k]] or ""))

    def knows(self, rows: Rows) -> npt.NDArray[np.bool_]:
        """bool[N]: the rows that were answered already."""
        return np.array([key in self._place for key in _keys(rows, self.features)], dtype=np.bool_)

    def learn(self, rows: Rows, given: Predictions) -> None:
        """Takes answers that were given elsewhere."""
        self._learn(_keys(rows, self.features), given)

    def _learn(self, keys: Sequence[bytes], given: Predictions) -> None:
        self.versions = given.versions or self.versions
        answers = {o.name: given.of(o) for o in self.outputs} if not given.refused.all() else {}
        for row, key in enumerate(keys):
            self._place[key] = len(self._refused)
            self._refused.append((given.messages[row] or "R gives NA") if given.refused[row] else None)
            for output in self.outputs:
                answer = answers[output.name][row] if answers else _none(output)
                self._known.setdefault(output.name, []).append(np.asarray(answer))

    def _stacked(self, output: Output, places: Sequence[int]) -> Array:
        known = self._known.get(output.name, [])
        shape = () if output.width is None else (output.width,)
        kind = np.int32 if output.role == "label" else np.float64
        if not places:
            return np.empty((0, *shape), dtype=kind)
        return np.stack([known[place].reshape(shape) for place in places]).astype(kind)


def _none(output: Output) -> Array:
    return np.full(() if output.width is None else (output.width,), -1 if output.role == "label" else np.nan)


def _keys(rows: Rows, features: Sequence[Feature]) -> list[bytes]:
    """A text of bytes for each row that no other row of the same values lacks."""
    parts: list[list[bytes]] = []
    for feature in features:
        column = rows.columns[feature.name]
        if feature.dtype == "string":
            texts = [str(v).encode() if ok else None for v, ok in zip(column.values, column.valid, strict=True)]
            parts.append([b"\0" if t is None else b"\1" + struct.pack("<I", len(t)) + t for t in texts])
        else:
            numbers = np.where(column.valid, column.values.astype(np.float64), 0.0).astype("<f8")
            parts.append([n.tobytes() + bytes([bool(ok)]) for n, ok in zip(numbers, column.valid, strict=True)])
    return [b"".join(row) for row in zip(*parts, strict=True)] if parts else [b""] * rows.count


def with_fillers(rows: Rows, variables: Sequence[Variable], fillers: Mapping[str, object]) -> Rows:
    """The rows with a constant column for each variable that R wants and the graph does not read."""
    columns = dict(rows.columns)
    for variable in variables:
        if variable.name not in columns:
            present = np.ones(rows.count, dtype=np.bool_)
            values = np.full(rows.count, fillers[variable.name], dtype=object if variable.is_text else np.float64)
            columns[variable.name] = Column(values, present)
    return Rows(columns, rows.count)


@dataclass(frozen=True)
class GraphOracle:
    """The graph's own answers: it tells what each odd value does, and stands in where R was never asked.

    A row whose answer is NaN is refused: so a converter says that R gives NA, or an error. Numbers count where the row is
    odd, or, with ``drops_nan``, in any row. ``infinite``: rows with infinities, which most of R's functions take, are odd.
    ``overflows_early``: a label is refused too where a huge number, had it been a little greater, would give none.
    """

    program: Program
    strict: bool = True
    infinite: bool = False
    drops_nan: bool = False
    overflows_early: bool = False

    def ask(self, rows: Rows) -> Mapping[str, Array]:
        """Returns the outputs of the contract. Raises: OracleRefusalError."""
        contract = self.program.contract
        tensors = self._tensors(rows)
        bad = self._undecided(tensors, rows.count)
        if self.overflows_early and self.program.decisions and (greater := _greater(rows)) is not None:
            bad |= self._undecided(self._tensors(greater), rows.count)
        numbers = [o for o in contract.outputs if o.role == "number"]
        if self.strict and numbers:
            counts = np.True_ if self.drops_nan else _odd(rows, contract, self.infinite)
            bad |= np.all([_all_nan(tensors[o.name], rows.count) for o in numbers], axis=0) & counts
        if bad.any():
            raise OracleRefusalError("the graph gives no answer")
        return {o.name: _given(tensors[o.name], o) for o in contract.outputs}

    def _undecided(self, tensors: Mapping[str, Array], count: int) -> npt.NDArray[np.bool_]:
        """bool[N]: the rows of which a score that decides a label is NaN."""
        bad = np.zeros(count, dtype=np.bool_)
        for decision in self.program.decisions:
            scores = np.asarray(tensors[decision.scores], dtype=np.float64).reshape(count, -1)
            bad |= np.isnan(scores).any(axis=1)
        return bad

    def _tensors(self, rows: Rows) -> dict[str, Array]:
        """Outputs and the scores that decide labels; a few rows at a time, since every tensor is kept for a while."""
        contract = self.program.contract
        wanted = {*(o.name for o in contract.outputs), *(decision.scores for decision in self.program.decisions)}
        parts: list[dict[str, Array]] = []
        for start in range(0, max(rows.count, 1), _FEW_ROWS):
            some = rows.take(np.arange(start, min(rows.count, start + _FEW_ROWS)))
            given = feeds(some, contract, np.ones(some.count, dtype=np.bool_))
            found = _watched(self.program).run(given)
            parts.append({name: found[name] for name in wanted})
        return {name: np.concatenate([part[name] for part in parts]) for name in wanted}


def _greater(rows: Rows) -> Rows | None:
    """The rows with each huge number 1024 times as great, None where there is no such number."""
    columns = dict(rows.columns)
    found = False
    for name, column in rows.columns.items():
        if column.values.dtype.kind == "f":
            values = column.values.astype(np.float64)
            huge = np.isfinite(values) & (np.abs(values) > _HUGE)
            with np.errstate(over="ignore"):
                columns[name] = Column(np.where(huge, values * 1024.0, values), column.valid)
            found = found or bool(huge.any())
    return Rows(columns, rows.count) if found else None


def _given(value: Array, output: Output) -> Array:
    if output.role == "number":
        return np.asarray(value)
    place = {label: index for index, label in enumerate(output.classes or ())}
    return np.array([place[label] for label in value.tolist()], dtype=np.int32).reshape(value.shape)


def _all_nan(value: Array, count: int) -> npt.NDArray[np.bool_]:
    return np.asarray(np.isnan(value.reshape(count, -1).astype(np.float64)).all(axis=1))


def _odd(rows: Rows, contract: Contract, infinite: bool) -> npt.NDArray[np.bool_]:
    """Rows with a missing (or ``infinite``) value, or one of a category that the model does not know."""
    odd = np.zeros(rows.count, dtype=np.bool_)
    for feature in contract.features:
        column = rows.columns[feature.name]
        odd |= ~column.valid
        if infinite and column.values.dtype.kind == "f":
            # Also where float32 is too small: whether the row is refused, only its answer tells.
            with np.errstate(over="ignore"):
                odd |= np.isinf(column.values.astype(np.float32))
        if feature.categories is not None:
            known = set(feature.categories)
            odd |= np.array([value not in known for value in column.values], dtype=np.bool_)
        if feature.numbers is not None:
            odd |= ~np.isin(column.values.astype(np.float64), feature.numbers)
    return odd


_SESSIONS: dict[int, tuple[Program, Watched]] = {}


def _watched(program: Program) -> Watched:
    key = id(program.model)
    if key not in _SESSIONS:
        _SESSIONS.clear()
        _SESSIONS[key] = (program, Watched(to_proto(program.model)))
    return _SESSIONS[key][1]
