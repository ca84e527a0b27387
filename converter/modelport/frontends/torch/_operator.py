"""What a file in ops/ defines."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from modelport._registry import scan

__all__ = ["Operator", "known_shapes", "translations"]


@dataclass(frozen=True)
class Operator:
    """Translates operators of torch, by their names ('aten.rnn_tanh.input').

    A translation is called with the operator's arguments, symbolic values of the exporter, and writes with onnxscript's operators.
    ``shapes`` gives tensors of the shapes that an operator would give: torch takes its own decomposition to find them, which
    may fix a length. What they hold never reaches the graph, for there stands the translation.
    """

    # Any: values of onnxscript's tracing; tensors of torch.
    translate: Mapping[str, Callable[..., Any]]
    shapes: Mapping[str, Callable[..., Any]] = field(default_factory=dict)


# Any: torch.ops' overloads are objects of torch.
def translations() -> dict[Any, Callable[..., Any]]:
    """The table that torch.onnx.export takes: {operator: translation}."""
    return {_overload(name): translate for one in _operators() for name, translate in one.translate.items()}


@contextlib.contextmanager
def known_shapes() -> Iterator[None]:
    """Within, torch finds the shapes of operators by ``shapes`` of their files."""
    import torch

    key = torch._C.DispatchKey.CompositeImplicitAutograd
    given = {_overload(name): shapes for one in _operators() for name, shapes in one.shapes.items()}
    before = {operator: operator.py_kernels.get(key) for operator in given}
    # torch remembers which kernel it took last, and would go on with it: of LSTM and GRU, which it exchanges itself, too.
    remembering = [*given, torch.ops.aten.lstm.input, torch.ops.aten.gru.input]
    try:
        for operator, shapes in given.items():
            operator.py_kernels[key] = shapes
        _forget(remembering)
        yield
    finally:
        for operator, kernel in before.items():
            if kernel is None:
                del operator.py_kernels[key]
            else:
                operator.py_kernels[key] = kernel
        _forget(remembering)


def _operators() -> list[Operator]:
    return [one for _, one in scan("modelport.frontends.torch.ops", "OP", Operator)]


def _overload(name: str) -> Any:
    import torch

    space, operator, overload = name.split(".")
    return getattr(getattr(getattr(torch.ops, space), operator), overload)


def _forget(operators: list[Any]) -> None:
    for operator in operators:
        operator._dispatch_cache.clear()
