"""Writes the short program that the javadoc and the README of a generated project show."""

import numpy as np

from modelport.evidence.vectors import Column, Vectors
from modelport.targets.java.literals import java_string
from modelport.targets.java.view import FeatureView, ProjectView

__all__ = ["example_lines"]

# A row with more setters than this is no example any more.
_MAX_SETTERS = 12


def example_lines(view: ProjectView, vectors: Vectors) -> list[str]:
    """Returns a complete Java file: load, fill a row, predict, print.

    The row is the first vector that the model accepts, so the program prints a prediction.
    """
    accepted = np.flatnonzero(vectors.status == 0)
    if len(view.features) <= _MAX_SETTERS and len(accepted):
        columns = list(vectors.rows.columns.values())
        setters = [
            f"          .{feature.builder_setter}({_value(feature, columns[feature.index], int(accepted[0]))})"
            for feature in view.features
        ]
        row = ["      Features row = Features.builder()", *setters, "          .build();"]
    else:
        row = [
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
        *row,
        "      System.out.println(model.predict(row));",
        "    }",
        "  }",
        "}",
    ]


def _value(feature: FeatureView, column: Column, row: int) -> str:
    """The literal of one value in the feature's Java type."""
    value = column.values[row]
    if not column.valid[row] or (isinstance(value, np.floating) and not np.isfinite(value)):
        return _special(feature, value, bool(column.valid[row]))
    if feature.enum:
        known = {category.literal: category.identifier for category in feature.enum.categories}
        return f"Features.{feature.enum.type}.{known.get(java_string(str(value)), 'UNKNOWN')}"
    if isinstance(value, np.bool_):
        return "true" if value else "false"
    if isinstance(value, np.integer):
        return f"{int(value)}L"
    if isinstance(value, np.float32):
        return f"{value!s}f"
    return repr(float(value)) if isinstance(value, np.floating) else java_string(str(value))


def _special(feature: FeatureView, value: object, valid: bool) -> str:
    if feature.type not in ("double", "float"):
        return f"({feature.parameters[-1] if feature.enum is None else 'Features.' + feature.type}) null"
    box = feature.type.capitalize()
    if not valid or np.isnan(value):  # type: ignore[call-overload]
        return f"{box}.NaN"
    return f"{box}.{'POSITIVE' if value > 0 else 'NEGATIVE'}_INFINITY"  # type: ignore[operator]
