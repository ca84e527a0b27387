"""Tells what a live object of Keras or TensorFlow is by the names of its classes; imports neither."""

from typing import Literal

__all__ = ["ObjectKind", "kind_of_object"]

ObjectKind = Literal["keras", "keras2", "concrete", "function", "object"]

# In this order: a Keras layer is a trackable object too.
_KINDS: tuple[tuple[ObjectKind, tuple[str, ...]], ...] = (
    ("keras", ("keras.src.layers.layer.Layer",)),
    (
        "keras2",
        ("tf_keras.src.engine.base_layer.Layer", "keras.src.engine.base_layer.Layer", "keras.engine.base_layer.Layer"),
    ),
    ("concrete", ("tensorflow.python.eager.polymorphic_function.concrete_function.ConcreteFunction",)),
    ("function", ("tensorflow.python.eager.polymorphic_function.polymorphic_function.Function",)),
    ("object", ("tensorflow.python.trackable.autotrackable.AutoTrackable",)),
)


def kind_of_object(model: object) -> ObjectKind | None:
    """Returns the kind, None where it is neither's."""
    names = {f"{kind.__module__}.{kind.__qualname__}" for kind in type(model).__mro__}
    return next((kind for kind, wanted in _KINDS if any(name in names for name in wanted)), None)
