"""The symbolic table that flows between transformers: columns of graph values, each knowing its features."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.errors import UnsupportedTypeError
from modelport.ir.builder import GraphBuilder

__all__ = ["Columns", "Origin", "Part", "whole", "whole_width"]

Kind = Literal["number", "string"]

# Weights of columns beside rows of terms that are still repeated for each row, so that all products go into one sum.
_MOST_PRODUCTS = 4096


class Origin(NamedTuple):
    """The features that a column is made of; ``encoded`` when it only tells which category or whether missing.

    ``counted`` when it is how often a term stands in a text.
    """

    features: frozenset[str]
    encoded: bool = False
    counted: bool = False

    @property
    def single(self) -> str | None:
        """The one feature behind the column and alike in value, None when there are several or none."""
        return next(iter(self.features)) if len(self.features) == 1 and not self.counted else None


@dataclass(frozen=True)
class Part:
    """One graph value [N, K] of K adjacent columns, with the origin of each.

    Rows of terms: with ``ids`` int64 [N, L], ``value`` is [N, L] too, and holds what stands in the columns ``ids``; the
    other columns are 0. Of equal ids in a row all values but one are 0. Converters see it when their ``MODEL.terms``
    says so; for the others it is made whole first.
    """

    value: ir.Value
    origins: tuple[Origin, ...]
    ids: ir.Value | None = None

    @property
    def kind(self) -> Kind:
        """Whether it holds numbers or text."""
        return "string" if self.value.dtype == ir.DataType.STRING else "number"


@dataclass(frozen=True)
class Columns:
    """F columns as parts from left to right, with their names where scikit-learn would know them."""

    parts: tuple[Part, ...]
    names: tuple[str, ...] | None = None

    @property
    def width(self) -> int:
        """F."""
        return sum(len(part.origins) for part in self.parts)

    @property
    def origins(self) -> tuple[Origin, ...]:
        """The features behind each column."""
        return tuple(origin for part in self.parts for origin in part.origins)

    def select(self, builder: GraphBuilder, indices: Sequence[int]) -> "Columns":
        """Returns these columns in this order; runs of columns of one value stay together."""
        places = [(p, c) for p, part in enumerate(self.parts) for c in range(len(part.origins))]
        runs: list[tuple[int, list[int]]] = []
        for index in indices:
            p, c = places[index]
            if runs and runs[-1][0] == p:
                runs[-1][1].append(c)
            else:
                runs.append((p, [c]))
        parts: list[Part] = []
        for p, chosen in runs:
            part = self.parts[p]
            if part.ids is not None:
                parts.append(_some_terms(builder, part, chosen))
                continue
            origins = tuple(part.origins[c] for c in chosen)
            value = part.value
            if chosen != list(range(len(part.origins))):
                value = builder.op("Gather", value, builder.constant(np.array(chosen, dtype=np.int64)), axis=1)
            parts.append(Part(value, origins))
        names = None if self.names is None else tuple(self.names[i] for i in indices)
        return Columns(tuple(parts), names)

    def matrix(self, builder: GraphBuilder) -> ir.Value:
        """Returns all columns as one numeric matrix [N, F]: float32 when every part is, else float64 (as numpy).

        Raises: UnsupportedTypeError naming the features of all text columns.
        """
        texts = {name for part in self.parts if part.kind == "string" for o in part.origins for name in o.features}
        if texts:
            raise UnsupportedTypeError(
                f"text reaches a step that computes with numbers: {', '.join(map(repr, sorted(texts)))}",
                where="--data",
                fix="encode text before this step, or give these columns as numbers",
            )
        cast = [part.value for part in self.whole(builder).stacked(builder).parts]
        return cast[0] if len(cast) == 1 else builder.op("Concat", *cast, axis=1)

    def stacked(self, builder: GraphBuilder) -> "Columns":
        """Returns the columns as numpy stacks them into one array: numbers are float32 when every column is, else float64."""
        dtypes = {part.value.dtype for part in self.parts}
        dtype = ir.DataType.FLOAT if dtypes == {ir.DataType.FLOAT} else ir.DataType.DOUBLE
        parts = [
            part if part.kind == "string" else replace(part, value=builder.cast(part.value, dtype))
            for part in self.parts
        ]
        return Columns(tuple(parts), self.names)

    def text(self, builder: GraphBuilder) -> ir.Value:
        """Returns all columns as one string matrix [N, F]."""
        values = [part.value for part in self.parts]
        return values[0] if len(values) == 1 else builder.op("Concat", *values, axis=1)

    def each(self, builder: GraphBuilder) -> "list[Part]":
        """Returns the columns one by one, each [N, 1]."""
        table = self.whole(builder)
        return [part for index in range(self.width) for part in table.select(builder, [index]).parts]

    def blend(self) -> Origin:
        """The origin of a column that a step computed of all of these; what of them it read is known already."""
        counted = any(origin.counted for origin in self.origins)
        return Origin(frozenset[str]().union(*(origin.features for origin in self.origins)), True, counted)

    def encoded(self) -> tuple[Origin, ...]:
        """The origins of columns that an encoder makes of these."""
        return tuple(Origin(origin.features, True, origin.counted) for origin in self.origins)

    def dot(self, builder: GraphBuilder, weights: npt.NDArray[np.floating]) -> ir.Value:
        """The matrix product with ``weights`` [F, C], in the wider of the two types: [N, C].

        Of rows of terms only what stands in them is multiplied: the other terms of the sum are 0. All parts go into one
        sum, as in the source: sums of parts that are added later err less than a sum of all of them does.
        """
        floats = {part.value.dtype for part in self.parts}
        single = floats == {ir.DataType.FLOAT} and weights.dtype == np.float32
        dtype = ir.DataType.FLOAT if single else ir.DataType.DOUBLE
        first = next((part.ids for part in self.parts if part.ids is not None), None)
        beside = sum(len(part.origins) for part in self.parts if part.ids is None)
        if first is None or beside * weights.shape[1] > _MOST_PRODUCTS:
            return builder.op("MatMul", builder.cast(self.matrix(builder), dtype), builder.constant(weights, dtype))
        ids: list[ir.Value] = []
        start = 0
        for part in self.parts:
            width = len(part.origins)
            if part.ids is None:
                every = builder.constant(np.arange(start, start + width, dtype=np.int64).reshape(1, -1))
                ids.append(builder.op("Expand", every, _shape(builder, first, width)))
            else:
                ids.append(builder.op("Add", part.ids, builder.constant(np.asarray(start))) if start else part.ids)
            start += width
        values = [builder.cast(part.value, dtype) for part in self.parts]
        one = builder.constant(np.array([1], dtype=np.int64))
        row = builder.op("Unsqueeze", _beside(builder, values), one)
        factors = builder.op("Gather", builder.constant(weights, dtype), _beside(builder, ids), axis=0)
        return builder.op("Squeeze", builder.op("MatMul", row, factors), one)

    def whole(self, builder: GraphBuilder) -> "Columns":
        """Returns the same table with rows of terms made whole."""
        if all(part.ids is None for part in self.parts):
            return self
        return Columns(tuple(whole(builder, part) for part in self.parts), self.names)

    @staticmethod
    def beside(tables: "Sequence[Columns]", names: tuple[str, ...] | None = None) -> "Columns":
        """Puts tables side by side."""
        return Columns(tuple(part for table in tables for part in table.parts), names)


def _some_terms(builder: GraphBuilder, part: Part, chosen: Sequence[int]) -> Part:
    """Some columns of rows of terms, in this order: the others' values become 0. Numerics: exact."""
    if list(chosen) == list(range(len(part.origins))) or part.ids is None:
        return part
    place = np.full(len(part.origins), -1, dtype=np.int64)
    place[np.asarray(chosen)] = np.arange(len(chosen))
    moved = builder.op("Gather", builder.constant(place), part.ids, axis=0)
    zero = builder.constant(np.asarray(0, dtype=np.int64))
    kept = builder.op("GreaterOrEqual", moved, zero, dtype=ir.DataType.BOOL)
    nothing = builder.constant(np.asarray(0.0), part.value.dtype)
    value = builder.op("Where", kept, part.value, nothing, dtype=part.value.dtype)
    return Part(value, tuple(part.origins[c] for c in chosen), builder.op("Max", moved, zero))


def whole(builder: GraphBuilder, part: Part) -> Part:
    """Writes rows of terms [N, L] into rows of all columns [N, K]. Numerics: exact, 0 is added to what stands there."""
    if part.ids is None:
        return part
    shape = _shape(builder, part.ids, len(part.origins))
    zeros = builder.op("Expand", builder.constant(np.zeros((1, 1)), part.value.dtype), shape)
    # Added, not set: fillers have id 0 too.
    value = builder.op("ScatterElements", zeros, part.ids, part.value, axis=1, reduction="add")
    return Part(value, part.origins)


def _shape(builder: GraphBuilder, ids: ir.Value, width: int) -> ir.Value:
    """[N, width], N being the rows that there are."""
    first = builder.constant(np.array([0], dtype=np.int64))
    rows = builder.op("Gather", builder.op("Shape", ids, dtype=ir.DataType.INT64), first, axis=0)
    return builder.op("Concat", rows, builder.constant(np.array([width], dtype=np.int64)), axis=0)


def _beside(builder: GraphBuilder, values: Sequence[ir.Value]) -> ir.Value:
    return values[0] if len(values) == 1 else builder.op("Concat", *values, axis=1)


def whole_width(node: ir.Node) -> int:
    """K of a node that ``whole`` made."""
    zeros = node.inputs[0]
    expand = None if zeros is None else zeros.producer()
    concat = None if expand is None or expand.inputs[1] is None else expand.inputs[1].producer()
    width = None if concat is None else concat.inputs[1]
    return 0 if width is None or width.const_value is None else int(width.const_value.numpy()[0])
