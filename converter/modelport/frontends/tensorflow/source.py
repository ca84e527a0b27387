"""Takes a model of Keras or a function of TensorFlow to its graph: its call, its sample, its trace, the graph that tf2onnx writes.

Read in the user's interpreter too, see ``_exported_net.py``.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelport.errors import ConfigError, ModelportError, UnsupportedModelError
from modelport.frontends._exported_net import ExportedNet
from modelport.frontends._net_axes import BATCH, FIXED
from modelport.frontends._net_names import apart, check_outputs
from modelport.frontends._packages import installed
from modelport.frontends.tensorflow.axes import axes_of, free_batch
from modelport.frontends.tensorflow.files import TensorFlowFile
from modelport.frontends.tensorflow.framework import keras, on_cpu, tensorflow
from modelport.frontends.tensorflow.functions import of_concrete, of_function, of_object
from modelport.frontends.tensorflow.graph.weights_apart import array_of
from modelport.frontends.tensorflow.graph.write import Written, written
from modelport.frontends.tensorflow.joint import joined
from modelport.frontends.tensorflow.kinds import kind_of_object
from modelport.frontends.tensorflow.layers import watched
from modelport.frontends.tensorflow.load import load
from modelport.frontends.tensorflow.models import of_model
from modelport.frontends.tensorflow.oracle import TensorFlowOracle, called, reason
from modelport.frontends.tensorflow.sample import given_or_made
from modelport.frontends.tensorflow.time_steps import steps_as_rows
from modelport.frontends.tensorflow.weights import with_weights

if TYPE_CHECKING:  # what they import need not be in the user's interpreter
    from modelport.evidence.cases import Tensors
    from modelport.frontends._request import Request
    from modelport.frontends.tensorflow.net import Net
    from modelport.frontends.tensorflow.structure import Flat

__all__ = ["exported", "load"]

_HALVES = ("float16", "bfloat16")

_PACKAGES = ("tensorflow", "tensorflow-cpu", "keras", "tf2onnx", "numpy")


# Any: a model, a function, or the file that held one.
def exported(model: Any, request: Request, where: str) -> ExportedNet:
    """Exports one net.

    Raises: UnsupportedModelError, UnsupportedTypeError, SampleError, ConfigError.
    """
    file = model if isinstance(model, TensorFlowFile) else None
    net = _net(model if file is None else file.model, file, request, where)
    sample, notes = given_or_made(request.rows, net, where)
    net = net if FIXED in request.dynamic else free_batch(net, sample)
    axes = axes_of(net, sample, request.dynamic)
    result = called(net, sample)
    if net.states_shapes:
        axes = joined(net, sample, axes, [BATCH, *(text.rpartition("=")[2].strip() for text in request.dynamic)])
    outputs = apart([name for name, _ in net.named(result)], list(sample))
    net, outputs = _with_outputs(net, outputs, request.outputs)
    traced = _traced(net, sample, outputs, axes, where)
    graph = _written(traced.function, where)
    return ExportedNet(
        model=graph.model,
        oracle=TensorFlowOracle(net, outputs),
        sample=sample,
        outputs=outputs,
        halves=_halves(outputs, [value for _, value in net.named(result)]),
        axes=axes,
        kind=f"{net.kind.__module__}.{net.kind.__qualname__}",
        packages=installed(_PACKAGES),
        notes=[*notes, *(f"repaired: {name}" for name in (*traced.repaired, *graph.repaired))],
        scopes=traced.scopes,
        makers=traced.makers,
        weights={name: (variable.name, array_of(variable)) for name, variable in graph.weights.items()},
    )


# Any here and below: models, functions and tensors of TensorFlow.
def _net(model: Any, file: TensorFlowFile | None, request: Request, where: str) -> Net:
    if file is not None and file.kind == "weights":
        model = with_weights(Path(model), request.module, request.rows, where)
    elif request.module is not None:
        raise ConfigError("the model is there whole", where="--module", fix="leave it out")
    kind = kind_of_object(model)
    if request.signature is not None and kind != "object":
        raise ConfigError(
            "only a SavedModel and a tf.Module have signatures to choose from", where="--signature", fix="leave it out"
        )
    if kind == "keras":
        keras()
        return of_model(model, request.rows, where)
    if kind == "function":
        return of_function(model, request.rows, where)
    if kind == "concrete":
        return of_concrete(model)
    if kind == "object":
        return of_object(model, request.rows, request.signature, where)
    raise UnsupportedModelError(
        f"a {type(model).__module__}.{type(model).__qualname__} is of Keras 2, which is not read",
        where=where,
        fix="write it as a SavedModel, tf.saved_model.save(model, folder), and convert the folder",
    )


def _halves(names: Sequence[str], values: Sequence[Any]) -> dict[str, str]:
    """The half-precision types among what the model gave, by name."""
    kinds = [getattr(getattr(value, "dtype", None), "name", "") for value in values]
    return {name: kind for name, kind in zip(names, kinds, strict=True) if kind in _HALVES}


def _with_outputs(net: Net, names: list[str], asked_for: tuple[str, ...] | None) -> tuple[Net, list[str]]:
    """The net with those outputs alone: what only others need is not converted. Raises: ConfigError for an unknown one."""
    check_outputs(names, asked_for)
    if asked_for is None:
        return net, names

    def named(result: Any) -> Flat:
        pairs = zip(names, net.named(result), strict=True)
        return [(name, leaf) for name, (_, leaf) in pairs if name in asked_for]

    return replace(net, named=named), [name for name in names if name in asked_for]


def _written(function: Any, where: str) -> Written:
    try:
        return written(function, where)
    except ModelportError:
        raise
    except Exception as err:  # tf2onnx, onnx and TensorFlow's own passes raise what they like
        raise UnsupportedModelError(
            f"the exporter ends: {type(err).__name__}: {reason(err)}",
            where=where,
            fix="write what it names with other operators, or ask for it in an issue",
        ) from err


@dataclass(frozen=True)
class _Traced:
    """The concrete function of the flat inputs, which layer ran in each scope of names, which made an output, what was repaired."""

    function: Any
    scopes: Mapping[str, str]
    makers: Mapping[str, str]
    repaired: Sequence[str]


def _traced(
    net: Net, sample: Tensors, outputs: Sequence[str], axes: Mapping[str, Mapping[int, str]], where: str
) -> _Traced:
    tf = tensorflow()
    specs = [
        tf.TensorSpec(
            [None if axis in axes[one.name] else length for axis, length in enumerate(sample[one.name].shape)],
            one.dtype,
            name=f"input_{place}",
        )
        for place, one in enumerate(net.inputs)
    ]
    scopes: dict[str, str] = {}
    made: list[tuple[Any, str]] = []
    makers: dict[str, str] = {}

    def note(name: str, result: Any) -> None:
        scopes[tf.get_current_name_scope()] = name
        made.append((result, name))

    def body(*tensors: Any) -> list[Any]:
        leaves = [leaf for _, leaf in net.named(net.call(tensors))]
        for output, leaf in zip(outputs, leaves, strict=True):
            makers.update((output, name) for result, name in made if result is leaf)
        return [tf.identity(leaf) for leaf in leaves]

    try:
        with on_cpu(), warnings.catch_warnings(), steps_as_rows(net.model) as repaired, watched(net.model, note):
            warnings.simplefilter("ignore")
            function = tf.function(body, autograph=False).get_concrete_function(*specs)
    except Exception as err:  # a model raises whatever its author, Keras or TensorFlow does
        raise UnsupportedModelError(
            f"TensorFlow cannot trace the model: {reason(err)}",
            where=where,
            fix="write what depends on values with tf.cond, tf.while_loop or tf.where inside a tf.function; "
            "or take fixed lengths: --dynamic fixed",
        ) from err
    return _Traced(function, scopes, makers, repaired)
