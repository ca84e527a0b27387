"""One file per family of operators, each with a table OPS: name in the schema -> handler."""

from modelport.frontends.tensorflow.tflite.node import Handler
from modelport.frontends.tensorflow.tflite.ops import (
    arithmetic,
    blocks,
    control,
    convolution,
    dense,
    indexing,
    joining,
    padding,
    pooling,
    quantizing,
    recurrent,
    reducing,
    resizing,
    shaping,
    slicing,
)

__all__ = ["HANDLERS"]

HANDLERS: dict[str, Handler] = {
    **arithmetic.OPS,
    **blocks.OPS,
    **control.OPS,
    **convolution.OPS,
    **dense.OPS,
    **indexing.OPS,
    **joining.OPS,
    **padding.OPS,
    **pooling.OPS,
    **quantizing.OPS,
    **recurrent.OPS,
    **reducing.OPS,
    **resizing.OPS,
    **shaping.OPS,
    **slicing.OPS,
}
