"""One file per family of operators, each with a table OPS: name in the schema -> handler."""

from modelport.frontends.tensorflow.tflite.ops import (
    arithmetic,
    control,
    convolution,
    dense,
    indexing,
    joining,
    pooling,
    quantizing,
    recurrent,
    reducing,
    resizing,
    shaping,
)
from modelport.frontends.tensorflow.tflite.scope import Handler

__all__ = ["HANDLERS"]

HANDLERS: dict[str, Handler] = {
    **arithmetic.OPS,
    **control.OPS,
    **convolution.OPS,
    **dense.OPS,
    **indexing.OPS,
    **joining.OPS,
    **pooling.OPS,
    **quantizing.OPS,
    **recurrent.OPS,
    **reducing.OPS,
    **resizing.OPS,
    **shaping.OPS,
}
