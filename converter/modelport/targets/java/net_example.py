"""Writes the short program that the javadoc and the README of a net's project show."""

from collections.abc import Sequence

from modelport.evidence.cases import Case
from modelport.targets.java.literals import java_string
from modelport.targets.java.net_view import NetView, TensorView

__all__ = ["net_example_lines"]


def net_example_lines(view: NetView, names: Sequence[str], cases: Sequence[Case]) -> list[str]:
    """Returns a complete Java file: load, give tensors of zeros and empty texts in the shapes of a case, predict, print shapes.

    ``names`` are the contract's names of the inputs.
    """
    case = next((case for case in cases if all(tensor.size for tensor in case.inputs.values())), cases[0])
    setters = [_setter(tensor, case.inputs[name].shape) for tensor, name in zip(view.inputs, names, strict=True)]
    texts = any(not tensor.buffer for tensor in view.inputs)
    return [
        f"import {view.package}.*;",
        *(["import java.util.Collections;"] if texts else []),
        "",
        "public final class Example {",
        "  public static void main(String[] args) {",
        f"    try ({view.model} model = {view.model}.load()) {{",
        "      Inputs inputs = Inputs.builder() // values of your own in place of zeros",
        *(f"          .{setter}" for setter in setters),
        "          .build();",
        "      Outputs outputs = model.predict(inputs);",
        "      System.out.println(outputs);",
        "    }",
        "  }",
        "}",
    ]


def _setter(tensor: TensorView, shape: Sequence[int]) -> str:
    lengths = [str(length) for length in shape]
    count = " * ".join(lengths) or "1"
    array = f"new {tensor.array[:-2]}[{count}]"
    if not tensor.buffer:
        array = f"Collections.nCopies({count}, {java_string(tensor.text)}).toArray(String[]::new)"
    return f"{tensor.setter}({', '.join([array, *lengths])})"
