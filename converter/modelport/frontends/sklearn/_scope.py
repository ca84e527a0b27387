"""What a converter may use while it emits: the graph builder, forests and what is learned about features."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends.sklearn._columns import Columns, Origin
from modelport.frontends.sklearn._shapes import Shapes
from modelport.ir.builder import GraphBuilder
from modelport.ir.claims import Claim, Local
from modelport.ir.contract import TextStep
from modelport.ir.forest import Forest
from modelport.ir.lower_forest import lower_forest

__all__ = ["Scope"]


@dataclass
class Scope:
    """State of one conversion; converters only add to it.

    ``categories`` collects what encoders know of a feature; ``opaque`` names string features that something else
    than an encoder reads, so that all of their text matters; ``missing_none`` those fitted with None for missing;
    ``pandas_categories`` those that the original gets as pandas category columns.
    ``shapes`` tells how wide a value is.
    ``given_none`` names those whose missing texts the original gets as None, not as NaN.
    ``samples`` are the sample's values by feature, for models that do not keep their categories themselves.
    ``sparse`` says by ``id`` which estimators the original gives sparse rows, where that changes what they predict.
    ``packages`` names further packages that predict; ``notes`` is what callers should know of the predictions.
    """

    builder: GraphBuilder
    forests: list[Forest] = field(default_factory=list)
    origins: dict[str, tuple[str | None, ...]] = field(default_factory=dict)
    landmarks: dict[str, list[float]] = field(default_factory=dict)
    categories: dict[str, list[object]] = field(default_factory=dict)
    opaque: set[str] = field(default_factory=set)
    missing_none: set[str] = field(default_factory=set)
    lineage: dict[str, list[str]] = field(default_factory=dict)
    samples: Mapping[str, npt.NDArray[np.generic]] = field(default_factory=dict)
    claims: list[Claim] = field(default_factory=list)
    shapes: Shapes = field(default_factory=Shapes)
    text_steps: list[TextStep] = field(default_factory=list)
    sparse: Mapping[int, str] = field(default_factory=dict)
    packages: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    pandas_categories: frozenset[str] = frozenset()
    given_none: frozenset[str] = frozenset()

    def know_categories(self, origin: Origin, values: Iterable[object]) -> None:
        """Notes that an encoder asks of a feature only which of these values it is."""
        if origin.encoded:
            return  # these are values of an earlier step, not of the feature
        for feature in origin.features:
            known = self.categories.setdefault(feature, [])
            known += [value for value in values if value not in known]

    def read_whole(self, table: Columns) -> None:
        """Notes that a step reads these columns as they are, not only as one of some categories."""
        for origin in table.origins:
            if not origin.encoded:
                self.opaque |= origin.features

    def mark(self, origin: Origin, values: Iterable[float]) -> None:
        """Notes values of one feature near which the model may change: probes are made there."""
        if origin.single is not None:
            self.landmarks.setdefault(origin.single, []).extend(float(v) for v in values)

    def passed(self, table: Columns, step: str) -> None:
        """Notes that these columns went through a step."""
        for feature in sorted({feature for origin in table.origins for feature in origin.features}):
            self.lineage.setdefault(feature, []).append(step)

    def claim(
        self,
        value: ir.Value,
        of: Sequence[ir.Value],
        rule: Callable[[Local], npt.NDArray[np.float64]],
        reason: str,
        candidates: Callable[[Local], npt.NDArray[np.bool_]] | None = None,
    ) -> ir.Value:
        """States how far a value made of several nodes may lie from the source's, as a function of ``of``."""
        self.claims.append(Claim(str(value.name), tuple(str(v.name) for v in of), rule, reason, candidates))
        return value

    def text_step(self, make: Callable[[str, str], TextStep], counts: ir.DataType) -> tuple[ir.Value, ir.Value]:
        """Adds a text step, made from the names of its two tensors; returns ids and counts [N, L]."""
        names = (self.builder.name("text_ids"), self.builder.name("text_counts"))
        self.text_steps.append(make(*names))
        wide = f"terms_{len(self.text_steps)}"
        return self.builder.input(names[0], ir.DataType.INT64, wide), self.builder.input(names[1], counts, wide)

    def forest(self, forest: Forest, rows: ir.Value, table: Columns) -> ir.Value:
        """Adds a forest over ``rows`` and returns its sums [N, K] float64."""
        self.forests.append(forest)
        self.origins[forest.tensor] = tuple(origin.single for origin in table.origins)
        sums = lower_forest(self.builder, forest, rows)
        self.shapes.note(sums, forest.n_targets)
        return sums
