"""What every benchmark shares: clocks, percentiles, the machine it ran on, JSON and a table. It measures nothing."""

import argparse
import gc
import json
import os
import platform
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from modelport.ir.rows import Rows

__all__ = ["OUTPUT", "Samples", "arguments", "environment", "frame", "per_call", "save", "table"]

OUTPUT = Path("build/benchmarks")

# More calls than this say nothing new.
_MOST = 20_000

_PACKAGES = ("modelport", "numpy", "pandas", "scikit-learn", "onnx", "onnxruntime", "skl2onnx")


@dataclass
class Samples:
    """Repetitions of one thing: wall seconds of each, and the CPU seconds of all together."""

    wall_s: npt.NDArray[np.float64]
    cpu_s: float
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def cpu_mean_s(self) -> float:
        """CPU seconds of one repetition."""
        return self.cpu_s / len(self.wall_s)

    def quantile(self, percent: float) -> float:
        """Wall seconds that ``percent`` of the repetitions do not exceed: one that was measured, never between two."""
        return float(np.percentile(self.wall_s, percent, method="inverted_cdf"))

    def as_dict(self) -> dict[str, Any]:
        """The figures for the JSON file."""
        quantiles = {f"wall_p{p}_s": self.quantile(p) for p in (50, 95, 99)}
        return {
            **self.facts,
            "repetitions": len(self.wall_s),
            **quantiles,
            "wall_min_s": self.quantile(0),
            "wall_max_s": self.quantile(100),
            "cpu_mean_s": self.cpu_mean_s,
        }


def per_call(
    call: Callable[[], object],
    *,
    warm_up_s: float,
    measure_s: float,
    least: int,
) -> Samples:
    """Calls until the time is over, at least ``least`` times; the calls of the warm-up do not count.

    CPU seconds are those of the whole process: a library that computes in threads of its own pays for them.
    """
    end = time.perf_counter() + warm_up_s
    call()
    while time.perf_counter() < end:
        call()
    wall: list[float] = []
    with _no_collection():
        cpu = time.process_time()
        end = time.perf_counter() + measure_s
        while len(wall) < least or (time.perf_counter() < end and len(wall) < _MOST):
            start = time.perf_counter()
            call()
            wall.append(time.perf_counter() - start)
        cpu = time.process_time() - cpu
    return Samples(np.array(wall), cpu)


def arguments(doc: str) -> argparse.ArgumentParser:
    """The flags that every benchmark has."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one small case, few repetitions: only shows that it runs")
    parser.add_argument("--out", type=Path, default=OUTPUT, help="folder for the JSON file (default: %(default)s)")
    return parser


def environment() -> dict[str, Any]:
    """The machine and the versions; no name of a host, a user or a path."""
    return {
        "machine": {
            "cpu": _cpu(),
            "cores": os.cpu_count(),
            # A load near or above the number of cores means that others took part of the machine meanwhile.
            "load_1_min": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
            "system": f"{platform.system()} {platform.machine()}",
        },
        "versions": {"python": platform.python_version(), **{name: _version(name) for name in _PACKAGES}},
        "threads": {"OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "not set")},
    }


def save(folder: Path, name: str, question: str, results: Mapping[str, Any], *, quick: bool) -> Path:
    """Writes ``<name>.json`` and returns its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    content = {"benchmark": name, "question": question, "quick": quick, **environment(), **results}
    path.write_text(json.dumps(content, indent=1) + "\n")
    return path


def frame(rows: Rows) -> pd.DataFrame:
    """Rows as a caller of scikit-learn has them: a DataFrame with NaN where a value is missing."""
    columns = {}
    for name, column in rows.columns.items():
        missing = column.values.dtype == object or not column.valid.all()
        columns[name] = np.where(column.valid, column.values, np.nan) if missing else column.values
    return pd.DataFrame(columns)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Lines of a table: the first column to the left, the others to the right."""
    cells = [head, *rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(head))]
    lines = []
    for row in cells:
        padded = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        lines.append("  ".join([row[0].ljust(widths[0]), *padded]))
    return "\n".join([lines[0], "  ".join("-" * w for w in widths), *lines[1:]])


@contextmanager
def _no_collection() -> Iterator[None]:
    """Keeps Python's cycle collector out of the measured calls, as timeit does."""
    gc.collect()
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or "unknown"
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown"


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
