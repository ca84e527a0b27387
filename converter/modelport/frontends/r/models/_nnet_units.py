"""The units of nnet: one hidden layer, with or without connections that skip it; logistic, linear or softmax outputs."""

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends._scores import softmax
from modelport.frontends.r._arithmetic import concat, ones
from modelport.frontends.r._scope import Scope
from modelport.frontends.r.models._logistic import clipped_expit
from modelport.frontends.r.serialize import RObject, as_array, flag, integer

__all__ = ["unit_outputs", "unit_reasons", "unit_sizes"]

Array = npt.NDArray[np.float64]


def unit_sizes(model: RObject) -> tuple[int, int, int]:
    """How many inputs, hidden units and outputs."""
    inputs, hidden, outputs = (int(size) for size in as_array(model["n"]))
    return inputs, hidden, outputs


def _weights(model: RObject) -> Array:
    """[U, U]: the weight from each unit (0: the bias, then inputs, hidden, outputs) to each other."""
    starts = as_array(model["nconn"]).astype(np.int64)
    units = len(starts) - 1
    table = np.zeros((units, units))
    owner = np.repeat(np.arange(units), np.diff(starts))
    # Of two connections between the same units both count.
    np.add.at(table, (as_array(model["conn"]).astype(np.int64), owner), as_array(model["wts"]))
    return table


def unit_outputs(scope: Scope, model: RObject, rows: ir.Value) -> ir.Value:
    """[N, P] -> [N, K]: units in order, each a sum over its connections, squeezed below number ``nsunits``."""
    b = scope.builder
    inputs, hidden, count = unit_sizes(model)
    table = _weights(model)
    squeezed = integer(model["nsunits"])
    known = concat(scope, [ones(scope), rows])
    if hidden:
        first = inputs + 1
        weights = np.ascontiguousarray(table[:first, first : first + hidden])
        known = concat(scope, [known, clipped_expit(scope, b.op("MatMul", known, b.constant(weights)))])
    start = inputs + 1 + hidden
    value = b.op("MatMul", known, b.constant(np.ascontiguousarray(table[:start, start:])))
    if squeezed > start:
        value = clipped_expit(scope, value)
    return softmax(scope, value) if count > 1 and flag(model["softmax"]) else value


def unit_reasons(model: RObject) -> list[str]:
    """What of the connections is not converted."""
    inputs, hidden, count = unit_sizes(model)
    reasons = []
    table = _weights(model)
    first, start = inputs + 1, inputs + 1 + hidden
    if table[:, :first].any() or table[first:, first:start].any() or table[start:, start:].any():
        reasons.append("its connections are not from inputs to hidden units to outputs (add.net)")
    if integer(model["nsunits"]) not in (start, start + count):
        reasons.append("some of its outputs are logistic and others linear")
    return reasons
