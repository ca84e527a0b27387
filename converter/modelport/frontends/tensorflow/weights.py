"""Puts bare weights of Keras (.weights.h5, HDF5 without a model) into the model that the caller names with --module."""

from pathlib import Path
from typing import Any

from modelport.errors import UnsupportedModelError
from modelport.frontends._factory import made_by
from modelport.frontends.tensorflow.framework import keras
from modelport.frontends.tensorflow.models import of_model
from modelport.frontends.tensorflow.named_copy import named_copy
from modelport.frontends.tensorflow.oracle import called, reason
from modelport.frontends.tensorflow.sample import given_or_made

__all__ = ["with_weights"]


# Any: a Keras model.
def with_weights(path: Path, factory: str | None, data: object, where: str) -> Any:
    """Returns the model with these weights.

    Raises: UnsupportedModelError where no factory is given or the weights do not fit; ConfigError for a factory that cannot
    be called; SampleError where the model must be called to be built and the sample does not fit.
    """
    if factory is None:
        raise UnsupportedModelError(
            "it holds weights without their model",
            where=where,
            fix="say how the model is made: --module package.module:factory; or save it whole: model.save('model.keras')",
        )
    keras()
    model = made_by(factory, "load_weights", "Keras model")
    if not model.built:
        _build(model, data, where)
    suffix = ".weights.h5" if _is_new(path) else ".h5"
    try:
        with named_copy(path, suffix) as named:
            model.load_weights(named)
    except (ValueError, KeyError, OSError) as err:
        raise UnsupportedModelError(
            f"the weights do not fit {factory}: {reason(err)}",
            where=where,
            fix="name the factory with which the model was trained, with the same sizes",
        ) from err
    return model


def _is_new(path: Path) -> bool:
    import h5py

    with h5py.File(path) as file:
        return "layer_names" not in file.attrs


def _build(model: Any, data: object, where: str) -> None:
    net = of_model(model, data, where)
    given, _ = given_or_made(data, net, where)
    called(net, given)
