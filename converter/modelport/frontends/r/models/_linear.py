"""What the linear models of stats share: their frame with its offsets, and the linear predictor."""

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends.r._scope import Scope
from modelport.frontends.r.serialize import NULL, RObject, RPairs
from modelport.frontends.r.terms.design import design_of, offset_of
from modelport.frontends.r.terms.frame import Frame, frame_of

__all__ = ["frame", "linear_predictor"]


def frame(model: RObject) -> Frame:
    """The model's frame; an offset given as an argument of the call is read from the rows too, as predict.lm does it."""
    call = model.get("call")
    offset = call.get("offset") if isinstance(call, RPairs) else None
    return frame_of(model, extra=() if offset is None or offset is NULL else (offset,))


def linear_predictor(scope: Scope, given: Frame, coefficients: npt.NDArray[np.float64]) -> ir.Value:
    """float64 [N, M]: the design matrix times coefficients [P, M], then the offsets."""
    value = design_of(scope, given).times(coefficients)
    offset = offset_of(scope, given)
    return value if offset is None else scope.builder.op("Add", value, offset)
