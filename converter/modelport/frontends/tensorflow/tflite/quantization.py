"""What quantized integers stand for: the numbers themselves, and scale and zero as the operators of ONNX take them."""

from typing import Literal, TypeAlias

import numpy as np

from modelport.frontends.tensorflow.tflite.model import Array, Quantization

__all__ = ["Quantized", "dequantized", "scale_and_zero"]

Quantized: TypeAlias = Literal["keep", "dequantize"]


def dequantized(data: Array, quantization: Quantization) -> Array:
    """scale * (stored - zero) in float32, along the axis of the scales."""
    shape = [1] * data.ndim
    if not quantization.per_tensor:
        shape[quantization.axis] = -1
    centred = data.astype(np.int64) - quantization.zero.reshape(
        shape if not quantization.per_tensor else [1] * data.ndim
    )
    scaled: Array = centred.astype(np.float32) * quantization.scale.reshape(shape if data.ndim else [])
    return scaled


def scale_and_zero(quantization: Quantization, dtype: str) -> tuple[Array, Array]:
    """As the operators of ONNX take them: scalars where one pair holds for all elements."""
    scale, zero = quantization.scale, quantization.zero.astype(dtype)
    if quantization.per_tensor:
        return scale.reshape(()), zero.reshape(())
    return scale, zero
