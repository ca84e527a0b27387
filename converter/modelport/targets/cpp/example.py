"""Writes the short program that the header and the README of a generated project show."""

import numpy as np

from modelport.evidence.vectors import Column, Vectors
from modelport.targets.cpp.features import FeatureView
from modelport.targets.cpp.literals import double_literal, int64_literal, string_literal
from modelport.targets.cpp.view import ProjectView

__all__ = ["example_lines"]

# A row with more assignments than this is no example any more.
_MAX_FEATURES = 12


def example_lines(view: ProjectView, vectors: Vectors, row: int | None) -> list[str]:
    """Returns a complete program: load, fill a row, predict, print.

    ``row`` is a vector that the model accepts, so the program prints a prediction; None when there is none.
    """
    columns = list(vectors.rows.columns.values())
    shown = view.features[:_MAX_FEATURES] if len(view.features) <= _MAX_FEATURES else view.features[:3]
    values = [
        (feature, _value(feature, columns[feature.index], row, view.home.namespace))
        for feature in shown
        if row is not None
    ]
    return [
        f"#include <{view.stem}/{view.stem}.hpp>",
        "#include <iostream>",
        "",
        "int main() {",
        f"  const auto model = {view.home.namespace}::Model::load();",
        f"  {view.home.namespace}::Features row;  // everything is missing until it is set",
        *(f"  row.{feature.member} = {value};" for feature, value in values if value is not None),
        *(["  // … and so on"] if len(shown) < len(view.features) else []),
        "  const auto prediction = model.predict(row);",
        f'  std::cout << prediction.reason() << " " << {_printed(view)} << "\\n";',
        "}",
    ]


def _value(feature: FeatureView, column: Column, row: int, namespace: str) -> str | None:
    """The literal of one value in the feature's type, with few digits, for it is an example; None where it is missing."""
    value = column.values[row]
    if not column.valid[row] or (isinstance(value, np.floating) and np.isnan(value)):
        return None
    if feature.enum:
        known = [constant for constant, _ in feature.enum.constants]
        position = feature.categories.index(str(value)) if str(value) in feature.categories else -1
        return f"{namespace}::{feature.enum.type}::{known[position] if position >= 0 else 'unknown'}"
    if isinstance(value, np.bool_):
        return "true" if value else "false"
    if isinstance(value, np.integer):
        return int64_literal(int(value))
    if isinstance(value, np.floating):
        number = float(value)
        if not np.isfinite(number):
            return double_literal(number).replace("double", feature.type)
        return f"{float(f'{number:.4g}')!r}{'f' if feature.type == 'float' else ''}"
    return string_literal(str(value))


def _printed(view: ProjectView) -> str:
    """The first output, its first value where it has several."""
    output = view.outputs[0]
    label = output.type.startswith("std::optional")
    several = "array" in output.type or "vector" in output.type
    value = f"prediction.or_throw().{output.member}"
    if several:
        return f"{f'(*{value})' if label else value}[0]"
    return f"*{value}" if label else value
