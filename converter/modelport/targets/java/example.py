"""Writes the short program that the javadoc and the README of a generated project show."""

import numpy as np
import numpy.typing as npt

from modelport.evidence.vectors import Column, Vectors
from modelport.targets.java.literals import java_string
from modelport.targets.java.view import FeatureView, ProjectView

__all__ = ["example_lines"]

# A row with more setters than this is no example any more.
_MAX_SETTERS = 12


def example_lines(view: ProjectView, vectors: Vectors) -> list[str]:
    """Returns a complete Java file: load, fill a row, predict, print.

    The row is a vector that the model accepts, a plain one rather than a probe, so the program prints a prediction.
    """
    row = _plain_row(vectors)
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


def _plain_row(vectors: Vectors) -> int | None:
    """The first accepted row with most values present; drawn rows go before probes. None when no row is accepted."""
    accepted = vectors.status == 0
    if not accepted.any():
        return None
    present = sum((_usual(column) for column in vectors.rows.columns.values()), np.zeros(len(vectors), dtype=np.int64))
    drawn = vectors.origin != Vectors.ORIGINS.index("probe")
    return int(np.argmax(np.where(accepted, 2 * present + drawn, -1)))


def _usual(column: Column) -> npt.NDArray[np.int64]:
    """1 where a value is there and finite."""
    if column.values.dtype.kind != "f":
        return column.valid.astype(np.int64)
    return (column.valid & np.isfinite(column.values.astype(np.float64))).astype(np.int64)


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
