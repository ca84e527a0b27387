"""Which nets are carried over exactly, and what does the proof cost?

Question: for each net of nets.py and keras_nets.py: is it proven, at what part of its bound its numbers lie at worst, and how
    long does the conversion take, from the live module to the sealed bundle, proof included?
Baseline: the exporters themselves (bare.py), ``torch.onnx.export(dynamo=True)`` and tf2onnx, which prove nothing.
Command: python -m benchmarks.zoo.bench [--quick] [--out DIR] [--only PART] [--write FILE]
Better: more of them proven; then lower seconds. Export first, conversion second, once each, in one process: the first export of a
    process pays for the framework's own start. Threads: the framework's own; onnxruntime one.
"""

import sys
import tempfile
import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks._common import arguments, save, table
from benchmarks.zoo.keras_nets import NETS as KERAS
from benchmarks.zoo.nets import NETS, Net
from modelport.errors import ModelportError
from modelport.options import Options
from modelport.pipeline import convert

__all__ = ["main"]


@dataclass(frozen=True)
class _Result:
    """``said`` is why there is no proof, empty where there is one."""

    name: str
    parameters: int
    rows: int
    ratio: float
    export_s: float
    convert_s: float
    said: str


_HEAD = ("net", "parameters", "proven", "distance/bound", "exporter s", "modelport s", "ratio")


def main(argv: Sequence[str] | None = None) -> int:
    """Prints a line for each net and saves all of them; returns 1 when one is converted and wrong."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--only", default="", help="nets with this in their name")
    parser.add_argument("--write", type=Path, help="a Markdown file for the table")
    options = parser.parse_args(argv)
    chosen = [net for net in (*NETS, *KERAS) if options.only in net.name]
    results = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for net in chosen[:1] if options.quick else chosen:
            results.append(_measured(net))
            print(results[-1], file=sys.stderr, flush=True)
            if options.write:
                # After each: a run of all takes long.
                options.write.write_text(_page([_row(result) for result in results]), encoding="utf-8")
    rows = [_row(result) for result in results]
    print(table(_HEAD, rows))
    question = (__doc__ or "").splitlines()[0]
    save(options.out, "zoo", question, {"results": [vars(result) for result in results]}, quick=options.quick)
    return int(any("not those of the original" in result.said for result in results))


def _page(rows: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(row)} |" for row in (_HEAD, ["---"] * len(_HEAD), *rows)]
    intro = (
        "Written by `make zoo`. Random weights, the sizes in which the nets are used (language models with four layers). "
        "Seconds are those of one run on one machine, which may have done other work beside it: what counts is the ratio. "
        "The proof asks some twenty rows of the original and of the graph, and half of them again for the bounds: "
        "where a row costs as much as the export, as in long audio, these calls are the time."
    )
    return f"# Nets that are proven\n\n{intro}\n\n" + "\n".join(lines) + "\n"


def _measured(net: Net) -> _Result:
    module, tensors = net.make(), net.tensors()
    weights = module.parameters() if hasattr(module, "parameters") else module.weights
    parameters = sum(int(np.prod(weight.shape)) for weight in weights)
    start = time.perf_counter()
    bare = net.bare(module, tensors, net.dynamic)
    middle = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="modelport-zoo-") as folder:
        try:
            options = Options(name="net", targets=(), dynamic=net.dynamic)
            _, report = convert(module, tensors, Path(folder) / "net", options)
        except ModelportError as err:
            return _Result(net.name, parameters, 0, 0.0, middle - start, 0.0, err.what)
    found = report.targets["python-ort"]
    taken = time.perf_counter() - middle
    return _Result(net.name, parameters, found.rows, found.max_ratio, middle - start if bare else 0.0, taken, "")


def _row(result: _Result) -> list[str]:
    if result.said:
        return [result.name, f"{result.parameters:,}", result.said, "", "", "", ""]
    ratio = f"{result.convert_s / result.export_s:.2f}" if result.export_s else ""
    return [
        result.name,
        f"{result.parameters:,}",
        f"{result.rows} rows",
        f"{result.ratio:.2f}",
        f"{result.export_s:.1f}",
        f"{result.convert_s:.1f}",
        ratio,
    ]


if __name__ == "__main__":
    sys.exit(main())
