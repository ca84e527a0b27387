"""Writes the short program that the javadoc and the README of a generated project show."""

import numpy as np

from modelport.evidence.vectors import Column, Vectors
from modelport.targets.java.literals import java_string
from modelport.targets.java.view import FeatureView, ProjectView

__all__ = ["example_lines"]

# A row with more setters than this is no example any more.
_MAX_SETTERS = 12


def example_lines(view: ProjectView, vectors: Vectors, row: int | None) -> list[str]:
    """Returns a complete Java file: load, fill a row, predict, print.

    ``row`` is a vector that the model accepts, so the program prints a prediction; None when there is none.
    """
    if len(view.features) <= _MAX_SETTERS and row is not None:
        columns = list(vectors.rows.columns.values())
        setters = [f"{f.builder_setter}({_value(f, columns[f.index], row)})" for f in view.features]
        filling = [
            "      Features row = Features.builder()",
            *(f"          .{s}" for s in setters),
            "          .build();",
        ]
    else:
        filling = [
            "      Features.Builder builder = Features.builder();",
            f"      for (String name : {view.model}.FEATURE_NAMES) {{",
            "        builder.set(name, null); // a number, text or truth value of your own",
            "      }",
            "      Features row = builder.build();",
        ]
    return [
        f"import {view.package}.*;",
        "",
        "public final class Example {",
        "  public static void main(String[] args) {",
        f"    try ({view.model} model = {view.model}.load()) {{",
        *filling,
        "      System.out.println(model.predict(row));",
        "    }",
        "  }",
        "}",
    ]


def _value(feature: FeatureView, column: Column, row: int) -> str:
    """The literal of one value in the feature's Java type; floating numbers with few digits, it is an example."""
    value = column.values[row]
    if not column.valid[row] or (isinstance(value, np.floating) and not np.isfinite(value)):
        return _missing(feature)
    if feature.enum:
        known = {category.literal: category.identifier for category in feature.enum.categories}
        return f"Features.{feature.enum.type}.{known.get(java_string(str(value)), 'UNKNOWN')}"
    if isinstance(value, np.bool_):
        return "true" if value else "false"
    if isinstance(value, np.integer):
        return f"{int(value)}L"
    if isinstance(value, np.floating):
        return f"{float(f'{value:.4g}')!r}{'f' if feature.type == 'float' else ''}"
    return java_string(str(value))


def _missing(feature: FeatureView) -> str:
    if feature.type in ("double", "float"):
        return f"{feature.type.capitalize()}.NaN"
    return f"({'Features.' if feature.enum else ''}{feature.type}) null"
