"""The symbolic table that flows between transformers: columns of graph values, each knowing its features."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import onnx_ir as ir

from modelport.errors import UnsupportedTypeError
from modelport.ir.builder import GraphBuilder

__all__ = ["Columns", "Origin", "Part"]

Kind = Literal["number", "string"]


class Origin(NamedTuple):
    """The features that a column is made of; ``encoded`` when it only tells which category or whether missing."""

    features: frozenset[str]
    encoded: bool = False

    @property
    def single(self) -> str | None:
        """The one feature behind the column, None when there are several or none."""
        return next(iter(self.features)) if len(self.features) == 1 else None


@dataclass(frozen=True)
class Part:
    """One graph value [N, K] of K adjacent columns, with the origin of each."""

    value: ir.Value
    origins: tuple[Origin, ...]

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
        cast = [part.value for part in self.stacked(builder).parts]
        return cast[0] if len(cast) == 1 else builder.op("Concat", *cast, axis=1)

    def stacked(self, builder: GraphBuilder) -> "Columns":
        """Returns the columns as numpy stacks them into one array: numbers are float32 when every column is, else float64."""
        dtypes = {part.value.dtype for part in self.parts}
        dtype = ir.DataType.FLOAT if dtypes == {ir.DataType.FLOAT} else ir.DataType.DOUBLE
        parts = [
            part if part.kind == "string" else Part(builder.cast(part.value, dtype), part.origins)
            for part in self.parts
        ]
        return Columns(tuple(parts), self.names)

    def text(self, builder: GraphBuilder) -> ir.Value:
        """Returns all columns as one string matrix [N, F]."""
        values = [part.value for part in self.parts]
        return values[0] if len(values) == 1 else builder.op("Concat", *values, axis=1)

    def each(self, builder: GraphBuilder) -> "list[Part]":
        """Returns the columns one by one, each [N, 1]."""
        single: list[Part] = []
        for index in range(self.width):
            single += self.select(builder, [index]).parts
        return single

    def blend(self) -> Origin:
        """The origin of a column that a step computed of all of these; what of them it read is known already."""
        return Origin(frozenset[str]().union(*(origin.features for origin in self.origins)), True)

    def encoded(self) -> tuple[Origin, ...]:
        """The origins of columns that an encoder makes of these."""
        return tuple(Origin(origin.features, True) for origin in self.origins)

    @staticmethod
    def beside(tables: "Sequence[Columns]", names: tuple[str, ...] | None = None) -> "Columns":
        """Puts tables side by side."""
        return Columns(tuple(part for table in tables for part in table.parts), names)
