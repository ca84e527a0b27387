"""What a converter of an R class may use while it emits: the builder, the columns of a row, forests and landmarks."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends.r._variables import Variable
from modelport.ir.builder import GraphBuilder
from modelport.ir.claims import Claim, Local
from modelport.ir.forest import Forest
from modelport.ir.lower_forest import lower_forest

__all__ = ["Scope"]

_BOOL, _DOUBLE, _INT64 = ir.DataType.BOOL, ir.DataType.DOUBLE, ir.DataType.INT64


@dataclass
class Scope:
    """State of one conversion; converters only add to it.

    ``variables`` and ``inputs`` are the columns of a row by name: float64 [N, 1] with NaN for NA, or text [N, 1].
    ``landmarks`` are values near which an answer turns: probes are made there. ``notes`` is what callers should know.
    ``refuses_infinite``: R ends with an error where a number is infinite; the converter emits NaN there.
    ``overflows_early``: R adds what is near the end of doubles in another order, and may have NaN where the graph has none.
    ``stricter`` names columns of which R takes odd values that are refused here, since its answer depends on other rows.
    ``levels`` are names that the caller gave to 0 and 1 of the response, ``levels_named`` whether the converter used them.
    """

    builder: GraphBuilder
    variables: Mapping[str, Variable]
    inputs: Mapping[str, ir.Value]
    forests: list[Forest] = field(default_factory=list)
    origins: dict[str, tuple[str | None, ...]] = field(default_factory=dict)
    landmarks: dict[str, list[float]] = field(default_factory=dict)
    claims: list[Claim] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    refuses_infinite: bool = False
    overflows_early: bool = False
    stricter: set[str] = field(default_factory=set)
    levels: tuple[str, str] | None = None
    levels_named: bool = False
    _codes: dict[str, ir.Value] = field(default_factory=dict)

    def number(self, name: str) -> ir.Value:
        """A number or logical as float64 [N, 1], NaN where it is NA; of a factor its code, 1 for the first level."""
        variable = self.variables[name]
        return self._as_number(name) if variable.is_text else self.inputs[name]

    def code(self, name: str) -> ir.Value:
        """int64 [N]: the place of a factor's level or a known text, 0 for the first; the count of levels where it is NA
        or another."""
        if name not in self._codes:
            self._codes[name] = self.places(self.inputs[name], self.variables[name].levels or ())
        return self._codes[name]

    def places(self, text: ir.Value, levels: Sequence[str]) -> ir.Value:
        """int64 [N]: the place of a text [N, 1] among ``levels``, their count where it is none of them."""
        b = self.builder
        flat = b.op("Reshape", text, b.constant(np.array([-1], dtype=np.int64)))
        if not levels:
            shape = b.op("Shape", flat, dtype=_INT64)
            return b.op("Expand", b.constant(np.array([0], dtype=np.int64)), shape)
        return b.op(
            "LabelEncoder",
            flat,
            domain="ai.onnx.ml",
            dtype=_INT64,
            keys_strings=list(levels),
            values_int64s=list(range(len(levels))),
            default_int64=len(levels),
        )

    def looked_up(self, code: ir.Value, table: npt.NDArray[np.float64]) -> ir.Value:
        """Rows of a table [L, K] by place, [N, K]; NaN for the place behind the last."""
        missing = np.full((1, table.shape[1]), np.nan)
        return self.builder.op("Gather", self.builder.constant(np.concatenate([table, missing])), code, axis=0)

    def _as_number(self, name: str) -> ir.Value:
        count = len(self.variables[name].levels or ())
        return self.looked_up(self.code(name), np.arange(1.0, count + 1).reshape(-1, 1))

    def mark(self, name: str, values: Iterable[float]) -> None:
        """Notes values of one column near which the answer may turn: probes are made there and one ulp beside."""
        if name in self.variables:
            self.landmarks.setdefault(name, []).extend(float(value) for value in values)

    def claim(
        self, value: ir.Value, of: Sequence[ir.Value], rule: Callable[[Local], npt.NDArray[np.float64]], reason: str
    ) -> ir.Value:
        """States how far a value made of several nodes may lie from R's, as a function of ``of``."""
        self.claims.append(Claim(str(value.name), tuple(str(v.name) for v in of), rule, reason))
        return value

    def forest(self, forest: Forest, rows: ir.Value, names: Sequence[str | None]) -> ir.Value:
        """Adds a forest over ``rows`` [N, K], whose columns are the variables ``names``; returns its sums [N, M] float64."""
        self.forests.append(forest)
        self.origins[forest.tensor] = tuple(names)
        return lower_forest(self.builder, forest, rows)
