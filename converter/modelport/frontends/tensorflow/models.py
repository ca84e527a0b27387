"""A Keras model as a net: inputs and outputs as its layers are called, or, where it states none, as its sample is."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from modelport.errors import SampleError, UnsupportedTypeError
from modelport.frontends._net_names import called, unique
from modelport.frontends.tensorflow.arguments import bound, parameters
from modelport.frontends.tensorflow.net import Net, Stated
from modelport.frontends.tensorflow.structure import Flat, filled, leaves, named_leaves

__all__ = ["of_model", "stated_of"]

_FUNCTIONAL = "keras.src.models.functional.Functional"
_SEQUENTIAL = "keras.src.models.sequential.Sequential"


# Any: Keras models, their symbolic tensors, and what calls return.
def of_model(model: Any, data: object, where: str) -> Net:
    """Returns the net. Raises: SampleError where the model states no shapes and no sample is given."""
    structures = _structures(model)
    if structures is None:
        return _by_sample(model, data, where)
    given, made = structures

    def call(tensors: Sequence[Any]) -> Any:
        return model(filled(given, tensors), training=False)

    paths = [path for path, _ in leaves(made)]
    names = [name for name, _ in _named(made)]

    def named(result: Any) -> Flat:
        found = list(leaves(result))
        if [path for path, _ in found] == paths:
            return [(name, leaf) for name, (_, leaf) in zip(names, found, strict=True)]
        # A model with a call() of its own returns something else than its layers are joined to.
        return named_leaves(result, "output")

    inputs = tuple(_stated(name, leaf) for name, leaf in _named(given))
    return Net(type(model), inputs, call, named, states_shapes=True, model=model)


def stated_of(name: str, value: Any) -> Stated:
    """An input that is as an array of the sample is."""
    array = np.asarray(value)
    dtype = "string" if array.dtype.kind in "OUS" else array.dtype.name
    return Stated(name, tuple(array.shape), dtype)


def _structures(model: Any) -> tuple[Any, Any] | None:
    """The symbolic inputs and outputs, None where the model does not state them."""
    kinds = {f"{kind.__module__}.{kind.__qualname__}" for kind in type(model).__mro__}
    if _FUNCTIONAL in kinds:
        return model.input, model.output
    if _SEQUENTIAL in kinds:
        try:
            inputs, outputs = model.inputs, model.outputs
        except AttributeError:
            return None
        if inputs and outputs:
            return inputs[0] if len(inputs) == 1 else inputs, outputs[0] if len(outputs) == 1 else outputs
    return None


def _named(structure: Any) -> Flat:
    """Symbolic tensors by the keys of dicts, and else by the layers that made them."""
    found: Flat = []
    for path, leaf in leaves(structure):
        keys = [part for part in path if not part.isdigit()]
        found.append((called("_".join(path), "value") if keys else str(leaf._keras_history.operation.name), leaf))
    return unique(found)


def _stated(name: str, tensor: Any) -> Stated:
    if getattr(tensor, "sparse", False) or getattr(tensor, "ragged", False):
        raise UnsupportedTypeError(
            f"input {name!r} is sparse or ragged: no target carries it",
            where="inputs and outputs",
            fix="let the model take dense tensors",
        )
    return Stated(name, tuple(tensor.shape), str(tensor.dtype))


def _by_sample(model: Any, data: object, where: str) -> Net:
    if data is None:
        names = ", ".join(one.name for one in parameters(model.call))
        raise SampleError(
            f"the model does not say which shapes it takes: call({names})",
            where=where,
            fix=f"give sample tensors: --data inputs.npz with the arrays {names}",
        )
    arguments = bound(model.call, data, where)
    first, *rest = arguments
    sample = list(leaves(arguments))
    named = named_leaves(arguments, "inputs")
    inputs = tuple(_float32(stated_of(name, leaf)) for (name, _), (_, leaf) in zip(named, sample, strict=True))

    def call(tensors: Sequence[Any]) -> Any:
        given = filled(arguments, tensors)
        return model(given[first], training=False, **{name: given[name] for name in rest})

    return Net(
        type(model),
        inputs,
        call,
        lambda result: named_leaves(result, "output"),
        states_shapes=False,
        model=model,
        given=tuple(leaf for _, leaf in sample),
    )


def _float32(stated: Stated) -> Stated:
    """Keras casts numbers of double precision to its own, as NumPy makes them unasked."""
    return Stated(stated.name, stated.shape, "float32") if stated.dtype == "float64" else stated
