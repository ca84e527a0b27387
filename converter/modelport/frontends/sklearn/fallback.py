"""skl2onnx for estimators without a converter of ours: a float64 graph only, inlined; the proof decides."""

from typing import Any

import onnx
import onnx_ir as ir

from modelport.errors import UnsupportedModelError
from modelport.frontends.sklearn._columns import Columns, Origin, Part
from modelport.frontends.sklearn._model import qualified_name
from modelport.frontends.sklearn._scope import Prediction, Scope
from modelport.frontends.sklearn.models._scores import flat
from modelport.ir.operators import outside

__all__ = ["convert_fallback", "has_fallback"]


def has_fallback(estimator: Any) -> bool:
    """True when skl2onnx knows a transformer or regressor of this class; its label conventions are not ours."""
    try:
        from skl2onnx import supported_converters
        from skl2onnx._supported_operators import sklearn_operator_name_map
    except ImportError:
        return False
    if not qualified_name(estimator).startswith("sklearn."):
        return False
    if hasattr(estimator, "predict") and not hasattr(estimator, "transform") and hasattr(estimator, "classes_"):
        return False
    alias = sklearn_operator_name_map.get(type(estimator))
    return alias is not None and alias in supported_converters()


def convert_fallback(scope: Scope, estimator: Any, table: Columns) -> Columns | Prediction:
    """Inlines skl2onnx's graph for one estimator.

    Shapes: [N, F] -> transformed [N, M], or value [N] or [N, K].
    Raises: UnsupportedModelError when skl2onnx fails or its graph computes in float32 or with inexact operators.
    """
    from skl2onnx import to_onnx
    from skl2onnx.common.data_types import DoubleTensorType

    name = qualified_name(estimator)
    scope.passed(table, f"{name.rsplit('.', 1)[-1]} (skl2onnx)")
    scope.read_whole(table)
    rows = scope.builder.cast(table.matrix(scope.builder), ir.DataType.DOUBLE)
    try:
        proto = to_onnx(
            estimator,
            initial_types=[("rows", DoubleTensorType([None, table.width]))],
            target_opset={"": 21, "ai.onnx.ml": 3},
        )
    except Exception as err:  # skl2onnx raises anything from KeyError to RuntimeError
        raise _refused(name, f"skl2onnx fails: {err}") from err
    proto = onnx.shape_inference.infer_shapes(proto)
    inner = ir.from_proto(proto)
    inexact = outside(inner.graph)
    floats = [o.name for o in inner.graph.outputs if o.dtype == ir.DataType.FLOAT]
    if inexact or floats:
        raise _refused(name, f"skl2onnx's graph uses {', '.join(inexact) or 'float32 outputs'}")
    shape = inner.graph.outputs[0].shape
    result = _inline(scope, inner, rows)
    if hasattr(estimator, "transform"):
        width = _width(estimator, table, shape)
        every = Origin(frozenset[str]().union(*(origin.features for origin in table.origins)))
        return Columns((Part(result, (every,) * width),))
    return Prediction(value=flat(scope, result))


def _width(estimator: Any, table: Columns, shape: ir.Shape | None) -> int:
    """How many columns a transformer gives: as its graph says, or as it does itself for one row of zeros."""
    if shape is not None and len(shape) == 2 and isinstance(shape[1], int):
        return shape[1]
    import numpy as np

    return int(estimator.transform(np.zeros((1, table.width))).shape[1])


def _inline(scope: Scope, inner: ir.Model, rows: ir.Value) -> ir.Value:
    """Moves the nodes of ``inner`` into the scope's graph under fresh names; returns its first output."""
    graph = inner.graph
    output = graph.outputs[0]
    entry = graph.inputs[0]
    nodes = list(graph)
    initializers = list(graph.initializers.values())
    graph.outputs.clear()
    graph.remove(nodes)
    for value in initializers:
        graph.initializers.pop(str(value.name))
        value.name = scope.builder.name("const")
        scope.builder.adopt_initializer(value)
    for node in nodes:
        node.name = scope.builder.name(node.op_type)
        for value in node.outputs:
            value.name = scope.builder.name(node.op_type)
        for index, value_in in enumerate(node.inputs):
            if value_in is entry:
                node.replace_input_with(index, rows)
        scope.builder.append(node)
    return output


def _refused(name: str, why: str) -> UnsupportedModelError:
    return UnsupportedModelError(
        f"no exact converter for {name}: {why}",
        where=f"estimator {name}",
        fix="replace this step, or add a converter: one file in frontends/sklearn/models (CONTRIBUTING.md)",
    )
