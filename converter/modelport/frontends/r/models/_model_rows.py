"""The rows of a model that takes a formula, whose intercept it leaves out, or a matrix."""

from collections.abc import Sequence

import onnx_ir as ir

from modelport.errors import UnsupportedModelError
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._matrix_columns import chosen_names, matrix_rows, matrix_variables
from modelport.frontends.r.serialize import RObject, RPairs
from modelport.frontends.r.terms.design import design_of
from modelport.frontends.r.terms.frame import frame_of

__all__ = ["model_rows", "model_variables"]


def model_variables(model: RObject, names: Sequence[str], count: int, hints: Hints) -> list[Variable]:
    """The columns of the formula, or those of a matrix of ``count`` columns of these names."""
    if isinstance(model.get("terms"), RPairs):
        return frame_of(model).variables(hints)
    return matrix_variables(chosen_names(names, count, hints))


def model_rows(scope: Scope, model: RObject, count: int) -> ir.Value:
    """float64 [N, P]: the design matrix without its intercept, or the matrix.

    Raises: UnsupportedModelError when there are not ``count`` columns.
    """
    if not isinstance(model.get("terms"), RPairs):
        return matrix_rows(scope, list(scope.variables))
    design = design_of(scope, frame_of(model))
    kept = [name != "(Intercept)" for name in design.columns]
    if sum(kept) != count:
        raise UnsupportedModelError(
            f"the formula gives {sum(kept)} columns, the model was fitted on {count}",
            where=f"columns {', '.join(design.columns[:20])}",
            fix="report the formula: a term is not compiled as R does it",
        )
    return design.matrix(kept)
