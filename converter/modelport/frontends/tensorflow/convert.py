"""Compiles what tf2onnx wrote to a Program: names, shapes, contract; the eager call stays its oracle, here or elsewhere."""

import onnx_ir as ir
from onnx_ir.passes.common import ShapeInferencePass

from modelport.frontends._elsewhere import NetElsewhere
from modelport.frontends._half import half_types, lower_half
from modelport.frontends._net_assembly import Parts, assembled, rename
from modelport.frontends._spec import ConvertedNet, LoadedModel, Request
from modelport.frontends.tensorflow.attached import attach
from modelport.frontends.tensorflow.export import finished
from modelport.frontends.tensorflow.files import TensorFlowFile
from modelport.frontends.tensorflow.layers import in_source
from modelport.frontends.tensorflow.shapes import name_shapes
from modelport.frontends.tensorflow.short_lengths import windows_fit
from modelport.frontends.tensorflow.source import exported

__all__ = ["convert"]


def convert(loaded: LoadedModel, request: Request) -> ConvertedNet:
    """Converts one net.

    Raises: UnsupportedModelError, UnsupportedTypeError, SampleError, ConfigError.
    """
    model = loaded.model
    where = model.name if isinstance(model, TensorFlowFile | NetElsewhere) else "the model"
    net = model.exported(request) if isinstance(model, NetElsewhere) else exported(model, request, where)
    assert net.axes is not None
    graph = net.model if isinstance(net.model, ir.Model) else ir.serde.deserialize_model(net.model)
    attach(graph, net.weights)
    layers = finished(graph, where)
    rename(graph.graph.inputs, list(net.sample))
    rename(graph.graph.outputs, net.outputs)
    # tf2onnx does not write down every type, and which kernels there are is asked by types.
    ShapeInferencePass()(graph)
    lower_half(graph, lambda _: None, half_types(net.halves))
    name_shapes(graph, net.oracle, net.sample, net.axes)
    parts = Parts(
        model=graph,
        oracle=net.oracle,
        sample=net.sample,
        outputs=net.outputs,
        axes=net.axes,
        framework="TensorFlow",
        kind=net.kind,
        packages=net.packages,
        layers={**in_source(layers, net.scopes), **net.makers},
        notes=net.notes,
    )
    return windows_fit(assembled(parts, loaded, request, where), net.axes)
