"""The design matrix of a formula: model.matrix() as columns of the graph, in R's order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.errors import UnsupportedModelError
from modelport.frontends.r._arithmetic import concat, constant, ones, product, where
from modelport.frontends.r._scope import Scope
from modelport.frontends.r.terms.compiler import Compiler
from modelport.frontends.r.terms.conditions import missing_flags
from modelport.frontends.r.terms.contrasts import contrast_columns, contrast_rows, dummies
from modelport.frontends.r.terms.convert_types import code_among, logical_code
from modelport.frontends.r.terms.frame import Frame
from modelport.frontends.r.terms.joined import joined_code
from modelport.frontends.r.terms.values import Constant, Grid, Joined, Term, Vector

__all__ = ["Design", "Guard", "design_of", "offset_of"]

_LOGICAL = ("FALSE", "TRUE")

Guard: TypeAlias = Callable[[], ir.Value]


@dataclass(frozen=True)
class Design:
    """Columns of a design matrix by term, in R's order; ``names`` as R names the columns, ``assign`` the term of each (0:
    the intercept). ``parts`` [N, K] stand one for each term; ``guards`` of a term emit [N, 1]: 0, and NaN where a factor of
    it has a level that the fit has not seen."""

    scope: Scope
    parts: tuple[ir.Value, ...]
    names: tuple[tuple[str, ...], ...]
    assign: tuple[int, ...]
    guards: tuple[tuple[Guard, ...], ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of all columns."""
        return tuple(name for part in self.names for name in part)

    def matrix(self, kept: Sequence[bool] | None = None) -> ir.Value:
        """float64 [N, P]: all columns, or those that are kept."""
        b = self.scope.builder
        chosen: list[ir.Value] = []
        start = 0
        for part, own in zip(self.parts, self.names, strict=True):
            flags = [True] * len(own) if kept is None else list(kept[start : start + len(own)])
            start += len(own)
            if all(flags):
                chosen.append(part)
            elif any(flags):
                chosen.append(b.op("Gather", part, b.constant(np.flatnonzero(flags).astype(np.int64)), axis=1))
        return concat(self.scope, chosen) if chosen else b.op("Mul", ones(self.scope), b.constant(np.zeros((1, 1))))

    def times(self, coefficients: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> ir.Value:
        """X %*% beta, [N, M] of coefficients [P, M]; aliased ones (NA) are left out, as R's pivoting leaves them out.

        Raises: UnsupportedModelError when the columns are not as many as the coefficients.
        """
        if len(self.columns) != len(coefficients):
            raise UnsupportedModelError(
                f"the formula gives {len(self.columns)} columns, the model has {len(coefficients)} coefficients",
                where=f"columns {', '.join(self.columns[:20])}",
                fix="report the formula: a term is not compiled as R does it",
            )
        kept = np.asarray(~np.isnan(coefficients).any(axis=1))
        b = self.scope.builder
        weights = coefficients[kept] if kept.any() else np.zeros((1, coefficients.shape[1]))
        value = b.op("MatMul", self.matrix([bool(flag) for flag in kept]), b.constant(weights))
        for guard in self._left_out(kept):
            value = b.op("Add", value, guard())
        return value

    def _left_out(self, kept: npt.NDArray[np.bool_]) -> list[Guard]:
        """The guards of terms of which no column is kept: R looks at the levels of their factors all the same."""
        found: list[Guard] = []
        start = 0
        for own, guards in zip(self.names, self.guards, strict=True):
            if not kept[start : start + len(own)].any():
                found += guards
            start += len(own)
        return found


def design_of(scope: Scope, frame: Frame) -> Design:
    """Compiles every term of a frame. Raises: UnsupportedModelError naming the term that cannot be compiled."""
    return _Builder(scope, frame).design()


def offset_of(scope: Scope, frame: Frame) -> ir.Value | None:
    """The sum of all offset() terms and of ``frame.extra``, in order, [N, 1]; None without any."""
    from modelport.frontends.r.terms.convert_types import number_value, numeric

    compiler = Compiler(scope, frame.constants)
    total: ir.Value | None = None
    for node in (*frame.offsets, *frame.extra):
        part = number_value(scope, numeric(compiler.compile(node)))
        total = part if total is None else scope.builder.op("Add", total, part)
    return total


def _guard(scope: Scope, value: Vector, place: ir.Value, count: int) -> ir.Value:
    """0 for NA and for a place among the levels, NaN for the place behind them."""
    unseen = scope.looked_up(place, np.zeros((count, 1)))
    return where(scope, missing_flags(scope, value), constant(scope, 0.0), unseen)


class _Builder:
    def __init__(self, scope: Scope, frame: Frame) -> None:
        self._scope, self._frame = scope, frame
        self._compiler = Compiler(scope, frame.constants)
        self._values: dict[str, Term] = {}
        self._blocks: dict[tuple[str, int], tuple[ir.Value, tuple[str, ...]]] = {}
        self._guards: dict[str, Guard] = {}

    def design(self) -> Design:
        frame = self._frame
        codes, rows, terms = frame.factors
        codes = self._without_intercept(codes, rows)
        parts: list[ir.Value] = []
        names: list[tuple[str, ...]] = []
        assign: list[int] = []
        guards: list[tuple[Guard, ...]] = []
        if frame.intercept:
            parts.append(ones(self._scope))
            names.append(("(Intercept)",))
            assign.append(0)
            guards.append(())
        for number in range(len(terms)):
            part, own = self._term(codes[:, number], rows)
            parts.append(part)
            names.append(own)
            assign += [number + 1] * len(own)
            used = [rows[place] for place in np.flatnonzero(codes[:, number] > 0).tolist()]
            guards.append(tuple(self._guards[label] for label in used if label in self._guards))
        return Design(self._scope, tuple(parts), tuple(names), tuple(assign), tuple(guards))

    def _without_intercept(self, codes: np.ndarray, rows: Sequence[str]) -> np.ndarray:
        """Without an intercept the first factor of the first term that has one gets a column for each level."""
        if self._frame.intercept:
            return codes
        codes = codes.copy()
        for term in range(codes.shape[1]):
            for place, row in enumerate(rows):
                if codes[place, term] > 0 and self._levels(row) is not None:
                    codes[place, term] = 2
                    return codes
        return codes

    def _term(self, codes: np.ndarray, rows: Sequence[str]) -> tuple[ir.Value, tuple[str, ...]]:
        found: tuple[ir.Value, tuple[str, ...]] | None = None
        for place in np.flatnonzero(codes > 0).tolist():
            block = self._block(rows[place], int(codes[place]))
            if found is None:
                found = block
                continue
            joined = product(self._scope, found[0], len(found[1]), block[0], len(block[1]))
            found = joined, tuple(f"{a}:{b}" for b in block[1] for a in found[1])
        assert found is not None
        return found

    def _value(self, label: str) -> Term:
        if label not in self._values:
            node = self._frame.expressions.get(label)
            if node is None:
                raise UnsupportedModelError(
                    f"the term {label!r} is no variable of the model",
                    where="the terms of the model",
                    fix="save the model whole, as the function gave it",
                )
            self._values[label] = self._compiler.compile(node)
        return self._values[label]

    def _levels(self, label: str) -> tuple[str, ...] | None:
        """The levels by which a variable stands in the matrix, None for numbers."""
        kind = self._frame.kinds.get(label)
        if label in self._frame.xlevels:
            return self._frame.xlevels[label]
        if kind == "logical":
            return _LOGICAL
        if kind in ("numeric", None) and label in self._frame.expressions:
            value = self._value(label)
            if isinstance(value, Vector) and value.kind == "logical" and kind is None and not value.as_factor:
                return _LOGICAL
            if isinstance(value, Vector) and value.kind == "factor" and kind is None:
                return value.levels
        return None

    def _block(self, label: str, code: int) -> tuple[ir.Value, tuple[str, ...]]:
        """The columns of one variable: itself, or those of its levels."""
        key = (label, code)
        if key not in self._blocks:
            levels = self._levels(label)
            self._blocks[key] = self._numbers(label) if levels is None else self._factor(label, levels, code)
        return self._blocks[key]

    def _numbers(self, label: str) -> tuple[ir.Value, tuple[str, ...]]:
        value = self._value(label)
        if isinstance(value, Grid):
            names = tuple(f"{label}{name}" for name in value.names)
            return value.value, names
        if isinstance(value, Vector) and value.kind in ("number", "logical") and not value.as_factor:
            return value.value, (label,)
        if isinstance(value, Constant) and value.kind != "text":
            return self._scope.builder.op(
                "Mul", ones(self._scope), self._scope.builder.constant([[value.numbers[0]]])
            ), (label,)
        raise UnsupportedModelError(
            f"the term {label!r} is a factor whose levels the model does not keep",
            where="element $xlevels",
            fix="save the model whole, as the function gave it",
        )

    def _factor(self, label: str, levels: tuple[str, ...], code: int) -> tuple[ir.Value, tuple[str, ...]]:
        value = self._value(label)
        if isinstance(value, Joined):
            return self._columns(label, levels, code, joined_code(self._scope, value, levels))
        if not isinstance(value, Vector):
            raise UnsupportedModelError(
                f"the term {label!r} is a factor of what is no column", where="the formula", fix="report the formula"
            )
        scope = self._scope
        strange = [level for level in levels if level not in value.levels]
        if value.kind == "factor" and strange:
            raise UnsupportedModelError(
                f"the term {label!r} has levels {', '.join(value.levels)} here, the model has {', '.join(strange)} too",
                where="element $xlevels",
                fix="report the term: its levels are not compiled as R makes them",
            )
        if value.kind == "logical" and levels == _LOGICAL:
            place = logical_code(scope, value.value)
        else:
            place = code_among(scope, value, levels)
        self._guards[label] = partial(_guard, scope, value, place, len(levels))
        return self._columns(label, levels, code, place)

    def _columns(
        self, label: str, levels: tuple[str, ...], code: int, place: ir.Value
    ) -> tuple[ir.Value, tuple[str, ...]]:
        """The columns of a factor whose place among the levels is known; NaN behind the last."""
        scope = self._scope
        ordered = self._frame.kinds.get(label) == "ordered"
        given = self._frame.contrasts.get(label)
        found = dummies(levels) if code == 2 else contrast_columns(given, levels, ordered=ordered, variable=label)
        column = contrast_rows(scope, place, found)
        return column, tuple(f"{label}{name}" for name in found.names)
