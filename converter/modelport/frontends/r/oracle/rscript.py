"""Asks R itself: one run of Rscript for each batch of rows. Nothing of R is loaded into this process."""

import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from shutil import which

import numpy as np

from modelport.errors import ToolError
from modelport.frontends.r._arguments import in_r
from modelport.frontends.r._model import Model
from modelport.frontends.r._variables import Variable
from modelport.frontends.r.oracle.answers import with_fillers
from modelport.frontends.r.oracle.predictions import Predictions, read_predictions
from modelport.frontends.r.oracle.rows_file import pack_rows
from modelport.ir.rows import Rows

__all__ = ["asks_rscript", "missing_packages", "needed", "r_version", "record_script", "rscript"]

_TIMEOUT_S = 600


@cache
def rscript() -> str | None:
    """The path of Rscript, None where R is not installed."""
    return which("Rscript")


@cache
def r_version() -> str:
    """'R 4.2.2', or nothing where it does not say."""
    program = rscript()
    if program is None:
        return ""
    code = "cat('R', as.character(getRversion()))"
    return subprocess.run(
        [program, "--vanilla", "-e", code], capture_output=True, text=True, check=False
    ).stdout.strip()


def needed(model: Model) -> list[str]:
    """The packages that R must load so that it finds ``predict``."""
    own = [] if model.package in ("stats", "base", "utils") else [model.package]
    # A formula may call ns() and bs() without naming their package.
    return list(dict.fromkeys(["splines", *own, *model.attach]))


def missing_packages(model: Model, inside: Sequence[str] = ()) -> list[str]:
    """The packages that the prediction needs, for models ``inside`` too, and R here has not."""
    program = rscript()
    wanted = list(dict.fromkeys([*needed(model), *inside]))
    if program is None or not wanted:
        return []
    listed = ", ".join(f'"{name}"' for name in wanted)
    code = f"for (p in c({listed})) if (!nzchar(system.file(package = p))) cat(p, '\\n')"
    done = subprocess.run([program, "--vanilla", "-e", code], capture_output=True, text=True, check=False)
    return done.stdout.split()


def record_script(model: Model, asked_with: Mapping[str, str]) -> str:
    """The R script that records what a model predicts: Rscript record.R model.rds rows.bin predictions.csv.

    ``asked_with`` are defaults, as R code, for arguments of ``ask``.
    """
    packages = ", ".join(f'"{name}"' for name in needed(model))
    worker = files("modelport.frontends.r.oracle").joinpath("worker.R").read_text(encoding="utf-8")
    asked = "".join(f"formals(ask)[[{in_r(key)}]] <- {value}\n" for key, value in asked_with.items())
    return f"attach_packages <- as.character(c({packages}))\nask <- {model.ask.strip()}\n{asked}{worker}"


def asks_rscript(
    model: Model,
    path: Path,
    variables: Sequence[Variable],
    fillers: Mapping[str, object],
    asked_with: Mapping[str, str],
) -> Callable[[Rows], Predictions]:
    """What answers rows by running R on the model's file. Raises when called: ToolError, DataFileError."""
    program = rscript()
    assert program is not None
    script = record_script(model, asked_with)

    def ask(rows: Rows) -> Predictions:
        whole = with_fillers(rows, variables, fillers)
        with tempfile.TemporaryDirectory(prefix="modelport-r-") as folder:
            home = Path(folder)
            (home / "record.R").write_text(script, encoding="utf-8")
            (home / "rows.bin").write_bytes(pack_rows(whole, variables, np.zeros(rows.count, dtype=np.uint8)))
            arguments = [program, "--vanilla", "record.R", str(path.resolve()), "rows.bin", "predictions.csv"]
            done = subprocess.run(arguments, cwd=home, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False)
            if done.returncode or not (home / "predictions.csv").exists():
                raise ToolError(
                    f"R could not load or ask the model: {_last_lines(done.stderr)}",
                    where=path.name,
                    fix="check that R loads it: readRDS(); or record its predictions elsewhere: modelport record",
                )
            return read_predictions((home / "predictions.csv").read_text(encoding="utf-8"), path.name)

    return ask


def _last_lines(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip() and "timedatectl" not in line]
    return "; ".join(lines[-3:]) or "no message"
