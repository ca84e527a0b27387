"""Traces TimeDistributed over a free axis as what it is when it is called: the layer, asked for each step of each row.

In a graph Keras 3 counts the steps of such an axis by the length of the batch (it reads the shape before it swaps the two axes),
so that a trace answers otherwise than the model does, or ends. Here steps become rows for the layer inside, and rows steps again.
"""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Iterator
from typing import Any

from modelport.frontends.tensorflow.framework import keras

__all__ = ["steps_as_rows"]

_NOTE = "time-distributed layers over a free axis"


@contextlib.contextmanager
def steps_as_rows(model: Any) -> Iterator[list[str]]:  # Any: a Keras model
    """Lasts as long as a trace; yields a list that then names the repair if it was needed. ``None`` is no Keras model."""
    used: list[str] = []
    if model is None:
        yield used
        return
    kind = keras().layers.TimeDistributed
    own = kind.call

    def call(self: Any, inputs: Any, training: Any = None, mask: Any = None) -> Any:
        if inputs.shape[1] is not None:
            return own(self, inputs, training=training, mask=mask)
        used[:] = [_NOTE]
        return _by_rows(self.layer, inputs, training, mask)

    kind.call = call
    try:
        yield used
    finally:
        kind.call = own


# Any: a layer and tensors of Keras.
def _by_rows(layer: Any, inputs: Any, training: Any, mask: Any) -> Any:
    """Shapes: inputs [N, T, …], mask [N, T, …] -> [N, T, …]."""
    ops = keras().ops
    # Of the class: whoever watches the layer has put another call in its place.
    taken = inspect.signature(type(layer).call).parameters
    given: dict[str, Any] = {"training": training} if "training" in taken else {}
    rows, steps = ops.shape(inputs)[:2]
    if mask is not None and "mask" in taken:
        given["mask"] = ops.reshape(mask, (rows * steps, *ops.shape(mask)[2:]))
    made = layer.call(ops.reshape(inputs, (rows * steps, *ops.shape(inputs)[2:])), **given)
    return ops.reshape(made, (rows, steps, *ops.shape(made)[1:]))
