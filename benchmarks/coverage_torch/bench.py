"""How much of torch is converted, and is anything converted wrong?

Question: of several hundred small modules with random weights (every layer of torch.nn with many options, functions of torch,
    torchvision, transformers), how many are proven, how many refused and why, and does any proven one answer tensors
    that its proof has not seen otherwise than the module?
Baseline: none here; the comparison is with the module itself.
Command: python -m benchmarks.coverage_torch.bench [--quick] [--only TEXT] [--family NAME] [--out DIR]
Better: 0 wrong, 0 crashes, more proven. A crash is any exception that is no ModelportError, a process that ends or a case
    that takes longer than its limit: each case runs in a process that the next one uses too, unless it ended.
"""

import multiprocessing
import multiprocessing.connection
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._common import arguments, save, table
from benchmarks.coverage_torch.case import Case
from benchmarks.coverage_torch.functional_cases import functional_cases
from benchmarks.coverage_torch.judge import judge
from benchmarks.coverage_torch.language_cases import language_cases
from benchmarks.coverage_torch.layer_cases import layer_cases
from benchmarks.coverage_torch.vision_cases import vision_cases
from modelport import ModelportError, convert
from modelport.bundle.reader import open_bundle
from modelport.errors import ParityError

__all__ = ["main"]

_LIMIT_S = 240
_QUICK = 3
_OUTCOMES = ("proven", "refused", "unproven", "wrong", "crash", "unfitted")


def main(argv: Sequence[str] | None = None) -> int:
    """Converts and judges every case, prints a summary and writes coverage_torch.json; returns 1 when one is wrong."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--only", default="", help="only cases whose name contains this text")
    parser.add_argument("--family", default="", help="only cases of this family")
    options = parser.parse_args(argv)
    chosen = [
        number
        for number, case in enumerate(_cases())
        if options.only.lower() in case.name.lower() and options.family in case.family
    ]
    results = []
    with _Workers() as workers:
        for number in chosen[:_QUICK] if options.quick else chosen:
            result = workers.result(number)
            results.append(result)
            print(f"{result['outcome']:9s} {result['case']} {result['seconds']}s {result['why'][:400]}", flush=True)
    _print(results)
    save(options.out, "coverage_torch", (__doc__ or "").splitlines()[0], {"results": results}, quick=options.quick)
    return int(any(result["outcome"] in ("wrong", "crash") for result in results))


def _cases() -> list[Case]:
    return [*layer_cases(), *functional_cases(), *vision_cases(), *language_cases()]


class _Workers:
    """One process at a time, another when it ends or takes too long."""

    def __init__(self) -> None:
        self._context = multiprocessing.get_context("spawn")
        self._start()

    def _start(self) -> None:
        self._here, there = self._context.Pipe()
        self._process = self._context.Process(target=_serve, args=(there,), daemon=True)
        self._process.start()
        there.close()

    def __enter__(self) -> "_Workers":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()

    def result(self, number: int) -> dict[str, Any]:
        case = _cases()[number]
        self._here.send(number)
        why = f"longer than {_LIMIT_S} s"
        try:
            if self._here.poll(_LIMIT_S):
                found: dict[str, Any] = self._here.recv()
                return found
        except (EOFError, ConnectionError):
            self._process.join()
            why = f"the process ended with {self._process.exitcode}"
        self._process.kill()
        self._start()
        return {"case": case.name, "family": case.family, "outcome": "crash", "why": why, "seconds": 0.0, "bound": 0.0}


def _serve(pipe: multiprocessing.connection.Connection) -> None:
    import torch

    torch.set_num_threads(1)
    cases = _cases()
    while True:
        try:
            number = pipe.recv()
        except EOFError:
            return
        pipe.send(_result(cases[number]))


def _result(case: Case) -> dict[str, Any]:
    start = time.perf_counter()
    outcome, why, bound = _outcome(case)
    seconds = round(time.perf_counter() - start, 2)
    return {
        "case": case.name,
        "family": case.family,
        "outcome": outcome,
        "why": why,
        "seconds": seconds,
        "bound": bound,
    }


def _outcome(case: Case) -> tuple[str, str, float]:
    import torch

    with warnings.catch_warnings(), tempfile.TemporaryDirectory(prefix="modelport-coverage-") as folder:
        warnings.simplefilter("ignore")
        try:
            torch.manual_seed(5)
            module = case.make().eval()
            with torch.no_grad():
                module(*[torch.from_numpy(np.array(one)) for one in case.sample])
        except Exception as err:  # noqa: BLE001 - the case is wrong, not the conversion
            return "unfitted", f"{type(err).__name__}: {err}", 0.0
        path = Path(folder) / "bundle"
        try:
            convert(module, case.sample, output=path, name="m", targets=(), dynamic=tuple(case.dynamic))
            problem = judge(module, path, case.sample)
        except ParityError as err:
            return "unproven", err.what, 0.0
        except ModelportError as err:
            return "refused", f"{err.code} {err.what}", 0.0
        except Exception as err:  # noqa: BLE001 - every other exception is the finding
            return "crash", f"{type(err).__name__}: {err}", 0.0
        bound = _widest(path)
    note = f"bound {bound:.1e}" if bound > 1e-4 else ""
    return ("proven", note, bound) if problem is None else ("wrong", problem, bound)


def _widest(path: Path) -> float:
    """The widest bound of a plain call, of the largest number of its output."""
    widest = 0.0
    for case in open_bundle(path).cases():
        if not case.name.startswith(("batch of 2", "synthetic")):
            continue
        for answer in case.answers.values():
            if answer.expected.dtype.kind != "f":
                continue
            finite = np.isfinite(answer.expected)
            largest = float(np.abs(answer.expected[finite]).max(initial=0.0))
            if largest > 0:
                widest = max(widest, float(answer.bound[finite].max(initial=0.0)) / largest)
    return widest


def _print(results: Sequence[dict[str, Any]]) -> None:
    rows = []
    for family in [*dict.fromkeys(result["family"] for result in results), "all"]:
        counts = Counter(result["outcome"] for result in results if family in (result["family"], "all"))
        rows.append([family, *[str(counts[outcome]) for outcome in _OUTCOMES]])
    print()
    print(table(["family", *_OUTCOMES], rows))


if __name__ == "__main__":
    sys.exit(main())
