"""Trees of rpart that one data frame grew, as boosting packages keep them: all read the same columns with the same levels."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._rpart import rpart_frame, rpart_sums
from modelport.frontends.r.models._trees import term_columns, unless
from modelport.frontends.r.serialize import RList, RObject, classes
from modelport.frontends.r.trees.rpart import rpart_tree
from modelport.ir.claims import Local

__all__ = ["committee_reasons", "committee_sums", "committee_variables", "members"]

Array = npt.NDArray[np.float64]


def members(given: RObject | None) -> list[RObject]:
    """The trees of a list, [] where it is none or holds something else."""
    if not isinstance(given, RList) or not all("rpart" in classes(tree) for tree in given.values):
        return []
    return list(given.values)


def committee_reasons(trees: Sequence[RObject]) -> list[str]:
    """Why these cannot have been grown by one data frame."""
    if not trees:
        return ["the object keeps no trees of rpart"]
    first = rpart_frame(trees[0])
    others = [rpart_frame(tree) for tree in trees[1:]]
    if any(o.labels[1:] != first.labels[1:] or o.xlevels != first.xlevels for o in others):
        return ["its trees know different columns, or different levels of one"]
    return []


def committee_variables(trees: Sequence[RObject], hints: Hints) -> list[Variable]:
    """The columns that a row must have."""
    return rpart_frame(trees[0]).variables(hints)


def committee_sums(scope: Scope, trees: Sequence[RObject], values: Sequence[Array]) -> ir.Value:
    """[N, K]: the sum of a leaf of each tree, of values [M, K] for the nodes of each; NaN where R ends with an error.

    Numerics: T eps Σ max|leaf|, since R adds in extended precision or in its BLAS, in whichever order that has (Higham,
    Accuracy and Stability, 4.2); whole numbers are exact. Missing values go by each tree's surrogates. A level that the fit
    has not seen is an error in R.
    """
    frame = rpart_frame(trees[0])
    labels = [label for label in frame.expressions if label not in frame.offset_labels]
    columns = term_columns(scope, frame, labels, computed_missing=True)
    total = unless(scope, columns.unknown, rpart_sums(scope, [rpart_tree(tree) for tree in trees], values, columns))
    if all((leaves == np.rint(leaves)).all() for leaves in values):
        return total
    greatest = np.sum([np.abs(leaves).max(axis=0) for leaves in values], axis=0)
    reach = len(values) * np.finfo(np.float64).eps * greatest

    def rule(n: Local) -> Array:
        return np.asarray(n.d() + np.where(np.isnan(n.result), 0.0, reach))

    value = scope.builder.op("Identity", total)
    return scope.claim(
        value, [total], rule, f"{len(values)} eps Σ|leaf|: R adds the trees in another order or precision"
    )
