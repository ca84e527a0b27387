"""Writes the short program that the header and the README of a net's generated project show."""

from collections.abc import Sequence

from modelport.evidence.cases import Case
from modelport.targets.cpp.net_view import NetView, TensorView

__all__ = ["net_example"]


def net_example(view: NetView, cases: Sequence[Case]) -> list[str]:
    """Returns a complete program: load, set the inputs, predict, print the shape of the first output."""
    space = view.home.namespace
    shapes = _shapes(view, cases)
    return [
        f"#include <{view.stem}/{view.stem}.hpp>",
        "#include <iostream>",
        "#include <memory>",
        *(["#include <string_view>", "#include <vector>"] if view.has_texts else []),
        "",
        "int main() {",
        f"  const auto model = {space}::Model::load();",
        f"  {space}::Inputs inputs;",
        *(line for tensor, shape in zip(view.inputs, shapes, strict=True) for line in _input(tensor, shape, space)),
        "  const auto outputs = model.predict(inputs);",
        f'  std::cout << outputs.{view.outputs[0].member}.shape().text() << "\\n";',
        "}",
    ]


def _shapes(view: NetView, cases: Sequence[Case]) -> list[tuple[int, ...]]:
    """Those of the first call that has something in every input."""
    full = [case for case in cases if all(tensor.size for tensor in case.inputs.values())]
    return [tensor.shape for tensor in (full or cases)[0].inputs.values()] if cases else [()] * len(view.inputs)


def _input(tensor: TensorView, shape: Sequence[int], space: str) -> list[str]:
    type_ = f"{space}::Half" if tensor.type == "Half" else tensor.type
    lengths = ", ".join(map(str, shape))
    count = " * ".join(map(str, shape)) or "1"
    if tensor.type == "std::string_view":
        text = tensor.texts[0] if tensor.texts else '""'
        return [
            f"  const std::vector<std::string_view> {tensor.member}_data({count}, {text});",
            f"  inputs.{tensor.member} = {{{tensor.member}_data, {{{lengths}}}}};",
        ]
    return [
        f"  const auto {tensor.member}_data = std::make_unique<{type_}[]>({count});  // all 0: fill it",
        f"  inputs.{tensor.member} = {{{tensor.member}_data.get(), {{{lengths}}}}};",
    ]
