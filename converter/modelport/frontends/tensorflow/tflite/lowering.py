"""Runs the handlers over a graph of a .tflite file; what is refused is noted, and all of it found."""

from collections.abc import Sequence

import onnx_ir as ir

from modelport.frontends.tensorflow.tflite.emit import Emitter, Value
from modelport.frontends.tensorflow.tflite.model import Operator
from modelport.frontends.tensorflow.tflite.node import Node
from modelport.frontends.tensorflow.tflite.scope import Scope
from modelport.frontends.tensorflow.tflite.setting import ELEMENTS, FLOAT, Refusal

__all__ = ["inlined", "lower"]


def lower(scope: Scope) -> list[Value]:
    """Emits every operator and returns the outputs; what is refused is noted in the setting, and stands for nothing."""
    setting = scope.setting
    for operator in scope.graph.operators:
        handler = setting.handlers.get(operator.code)
        if handler is None:
            _refuse(scope, operator, None)
            continue
        try:
            handler(Node(scope, operator))
        except Refusal as why:
            _refuse(scope, operator, str(why))
        except (AttributeError, IndexError):
            # A spoilt file: inputs or options that the schema does not give this operator.
            _refuse(scope, operator, "with inputs or options that do not fit it")
        if scope.graph is setting.file.graphs[0]:
            setting.made += scope.made(operator.outputs)
    return [] if setting.refused else [scope.result(place) for place in scope.graph.outputs]


def inlined(scope: Scope, graph: int, emit: Emitter, given: Sequence[Value]) -> list[Value]:
    """Emits another graph of the file into ``emit``."""
    return lower(Scope(scope.setting, scope.setting.file.graphs[graph], emit, given))


def _refuse(scope: Scope, operator: Operator, why: str | None) -> None:
    text = operator.code.removeprefix("CUSTOM ") if operator.code.startswith("CUSTOM ") else operator.code
    if operator.code.startswith("CUSTOM "):
        why = "of TensorFlow itself (flex)" if text.startswith("Flex") else "custom"
    text = f"{text} ({why})" if why else text
    refused = scope.setting.refused
    refused[text] = refused.get(text, 0) + 1
    for place in operator.outputs:
        # Something to go on with, so that all that is refused is found at once.
        element = ELEMENTS.get(scope.tensor(place).dtype, FLOAT)
        scope.put(place, ir.Value(name=scope.emit.name("refused"), type=ir.TensorType(element)))
