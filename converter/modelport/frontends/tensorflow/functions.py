"""Functions of TensorFlow as nets: a tf.function, a concrete one, those of a tf.Module, the signatures of a SavedModel."""

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

from modelport.errors import ConfigError, SampleError, UnsupportedModelError, UnsupportedTypeError, did_you_mean
from modelport.frontends._net_names import called, unique
from modelport.frontends.tensorflow.arguments import bound, parameters
from modelport.frontends.tensorflow.models import stated_of
from modelport.frontends.tensorflow.net import Net, Stated
from modelport.frontends.tensorflow.structure import Flat, filled, leaves, named_leaves

__all__ = ["of_concrete", "of_function", "of_object"]

_DEFAULT = "serving_default"


# Any: functions, modules and specs of TensorFlow.
def of_object(given: Any, data: object, name: str | None, where: str) -> Net:
    """The function that ``name`` chooses of a tf.Module or a loaded SavedModel, or its only one.

    Raises: UnsupportedModelError where there is none, ConfigError where several are and none is chosen.
    """
    signatures = getattr(given, "signatures", None)
    if isinstance(signatures, Mapping):
        return of_concrete(_chosen(dict(signatures), name, where), type(given))
    if name is None and callable(given):
        return of_function(given.__call__, data, where, type(given))
    functions = {key: getattr(given, key) for key in dir(type(given)) if _is_function(getattr(type(given), key, None))}
    return of_function(_chosen(functions, name, where), data, where, type(given))


def of_function(function: Any, data: object, where: str, kind: type | None = None) -> Net:
    """A tf.function, or a method that computes eagerly; with the shapes of its input_signature, or else of the sample."""
    kind = kind or type(function)
    specs = getattr(function, "input_signature", None)
    if specs is not None:
        names = [one.name for one in parameters(function)]
        structure = dict(zip(names, specs, strict=False))
        inputs = _stated(named_leaves(structure, "input"))

        def stated_call(tensors: Sequence[Any]) -> Any:
            return function(*filled(structure, tensors).values())

        return Net(kind, inputs, stated_call, _outputs, states_shapes=True)
    if data is None:
        listed = ", ".join(one.name for one in parameters(function))
        raise SampleError(
            f"the function does not say which shapes it takes: ({listed})",
            where=where,
            fix=f"give sample tensors: --data inputs.npz with the arrays {listed}",
        )
    arguments = bound(function, data, where)
    positional = {one.name for one in parameters(function) if one.kind is not inspect.Parameter.KEYWORD_ONLY}

    def call(tensors: Sequence[Any]) -> Any:
        filled_in = filled(arguments, tensors)
        # In the order of the parameters; one that was left out in between makes the rest keywords.
        keywords = dict(filled_in)
        first = [keywords.pop(name) for name in list(filled_in)[:1] if name in positional]
        return function(*first, **keywords)

    named = named_leaves(arguments, "input")
    inputs = tuple(stated_of(name, leaf) for name, leaf in named)
    given = tuple(leaf for _, leaf in named)
    return Net(kind, inputs, call, _outputs, states_shapes=False, given=given)


def of_concrete(function: Any, kind: type | None = None) -> Net:
    """A ConcreteFunction: the keys of its keyword arguments are the names, those of its specs else."""
    args, kwargs = function.structured_input_signature
    found: Flat = [(spec.name or called("_".join(path), "input"), spec) for path, spec in leaves(args)]
    found += [(called("_".join(path), "input"), spec) for path, spec in leaves(kwargs)]
    count = len(list(leaves(args)))

    def call(tensors: Sequence[Any]) -> Any:
        return function(*filled(args, tensors[:count]), **filled(kwargs, tensors[count:]))

    return Net(kind or type(function), _stated(unique(found)), call, _outputs, states_shapes=True)


def _outputs(result: Any) -> Flat:
    return named_leaves(result, "output")


def _stated(specs: Flat) -> tuple[Stated, ...]:
    found = []
    for name, spec in specs:
        if type(spec).__name__ != "TensorSpec" or spec.shape.rank is None:
            raise UnsupportedTypeError(
                f"input {name!r} is {spec}: no target carries it",
                where="inputs and outputs",
                fix="let the function take dense tensors of a fixed number of axes",
            )
        found.append(Stated(name, tuple(spec.shape.as_list()), spec.dtype.name))
    return tuple(found)


def _is_function(value: Any) -> bool:
    return type(value).__module__.startswith("tensorflow.") and type(value).__name__ == "Function"


def _chosen(functions: Mapping[str, Any], name: str | None, where: str) -> Any:
    if not functions:
        raise UnsupportedModelError(
            "it has no signature: nothing says what it is called with",
            where=where,
            fix="save it with one: tf.saved_model.save(model, folder, signatures=function.get_concrete_function(…)), "
            "or model.export(folder) of Keras",
        )
    if name is not None:
        if name not in functions:
            raise ConfigError(
                f"there is no signature {name!r}", where="--signature", fix=did_you_mean(name, sorted(functions))
            )
        return functions[name]
    if len(functions) == 1 or _is_alias(functions):
        return functions.get(_DEFAULT) or next(iter(functions.values()))
    raise ConfigError(
        f"it has {len(functions)} signatures: {', '.join(map(repr, sorted(functions)))}",
        where=where,
        fix="choose one with --signature NAME",
    )


def _is_alias(functions: Mapping[str, Any]) -> bool:
    """Whether all are one function under several names, as Keras's export writes them."""
    return _DEFAULT in functions and len({_body(function) for function in functions.values()}) == 1


def _body(function: Any) -> tuple[Any, ...]:
    """What a signature calls, and with what."""
    nodes = getattr(getattr(function, "graph", None), "as_graph_def", lambda: None)()
    if nodes is None:
        return (id(function),)
    calls = sorted(node.attr["f"].func.name for node in nodes.node if "f" in node.attr)
    return (str(function.structured_input_signature), str(function.structured_outputs), *calls)
