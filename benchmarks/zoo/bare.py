"""What the conversion is measured against: each framework's own exporter, alone, and nothing that proves its result."""

from collections.abc import Sequence
from typing import Any

from modelport.errors import ModelportError

__all__ = ["bare_keras", "bare_torch"]


# Any: modules, models, and tensors by name or one alone.
def bare_torch(module: Any, tensors: Any, dynamic: Sequence[str]) -> bool:
    """``torch.onnx.export(dynamo=True)`` with the same dynamic axes. False where torch cannot."""
    import torch

    from modelport.frontends._net_axes import dynamic_axes
    from modelport.frontends.torch.export import export
    from modelport.frontends.torch.signature import flattened, parameter_names

    named = tensors if isinstance(tensors, dict) else {parameter_names(module)[0]: tensors}
    given = {name: torch.from_numpy(value) for name, value in named.items()}
    axes = dynamic_axes(flattened(given, "input", single="input"), dynamic)
    try:
        export(module, given, {name: axes[name] for name in given}, "module")
    except ModelportError:
        return False
    return True


def bare_keras(model: Any, _: Any, __: Sequence[str]) -> bool:
    """``tf2onnx.convert.from_function`` with the shapes that the model states. False where tf2onnx cannot."""
    import tensorflow as tf
    import tf2onnx

    (given,) = model.inputs
    specs = [tf.TensorSpec(given.shape, given.dtype, name="x")]
    try:
        tf2onnx.convert.from_function(tf.function(lambda x: model(x, training=False)), input_signature=specs, opset=18)
    except (ValueError, KeyError, TypeError, AssertionError, RuntimeError, tf.errors.OpError):
        return False
    return True
