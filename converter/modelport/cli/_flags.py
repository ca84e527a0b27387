"""Flags that several commands share, so that they read the same everywhere."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["Argument", "Config", "CppNamespace", "Explain", "JavaGroup", "JavaPackage", "Json", "Levels", "Output"]

Output = Annotated[str | None, typer.Option("-o", "--output", help="Where to write; must not exist.")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Config = Annotated[Path | None, typer.Option("--config", help="Read this file instead of ./modelport.toml.")]
Explain = Annotated[bool, typer.Option("--explain", help="Show each value and where it came from, and stop.")]
Argument = Annotated[
    list[str] | None,
    typer.Option(help="What the original's predict() is asked with: NAME=VALUE, such as s=lambda.min."),
]
Levels = Annotated[
    str | None, typer.Option(help="Names for 0 and 1 of a numeric response, no,yes: labels are then given too.")
]
JavaPackage = Annotated[str | None, typer.Option(help="Package of the Java library, such as com.acme.penguins.")]
JavaGroup = Annotated[str | None, typer.Option(help="Maven group of the Java library, such as com.acme.")]
CppNamespace = Annotated[str | None, typer.Option(help="Namespace of the C++ library, such as acme::penguins.")]
