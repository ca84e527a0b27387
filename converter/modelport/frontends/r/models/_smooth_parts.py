"""What the bases and the constraints of mgcv's smooths share: a block of columns, and how a variable is looked up."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends.r._scope import Scope
from modelport.frontends.r.serialize import NULL, RList, RObject, texts
from modelport.frontends.r.terms.convert_types import code_among, number_value, numeric
from modelport.frontends.r.terms.frame import Frame
from modelport.frontends.r.terms.values import Term, Vector

__all__ = ["Block", "Context", "Lookup", "given", "listed", "terms_of", "times"]

Array = npt.NDArray[np.float64]
# A variable or an expression of the formula by its text.
Lookup = Callable[[str], Term]


@dataclass(frozen=True)
class Block:
    """Columns [N, K]."""

    value: ir.Value
    width: int


@dataclass(frozen=True)
class Context:
    """Where a smooth is emitted; its variables by their text."""

    scope: Scope
    lookup: Lookup
    frame: Frame

    def number(self, label: str) -> ir.Value:
        """float64 [N, 1]. Raises: ValueError for what is no number."""
        return number_value(self.scope, numeric(self.lookup(label)))

    def factor(self, label: str) -> Vector:
        """A factor, text or what is taken for one. Raises: ValueError."""
        found = self.lookup(label)
        if not isinstance(found, Vector):
            raise ValueError(f"{label} is no column")
        return found

    def places(self, label: str, levels: tuple[str, ...]) -> ir.Value:
        """int64 [N]: the place among the levels."""
        return code_among(self.scope, self.factor(label), levels)


def listed(values: RObject) -> list[RObject]:
    """The elements of a list, none of anything else."""
    return list(values.values) if isinstance(values, RList) else []


def given(smooth: RObject, name: str) -> bool:
    """Whether an element is there and not NULL."""
    found = smooth.get(name)
    return found is not None and found is not NULL


def terms_of(smooth: RObject) -> list[str]:
    """The texts of the variables of a smooth."""
    return texts(smooth["term"])


def times(c: Context, block: Block, turn: Array) -> Block:
    """The columns times a matrix."""
    value = c.scope.builder.op("MatMul", block.value, c.scope.builder.constant(np.ascontiguousarray(turn)))
    return Block(value, turn.shape[1])
