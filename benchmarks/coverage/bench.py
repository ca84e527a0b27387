"""How much of the field is converted, and is anything converted wrong?

Question: of several hundred fitted models (every scikit-learn estimator with its defaults, many options, the three
    boosting libraries), how many are proven, how many refused and why, and does any proven one answer rows that
    its proof has not seen otherwise than the original?
Baseline: none here; the comparison is with the original itself.
Command: python -m benchmarks.coverage.bench [--quick] [--only TEXT] [--out DIR]
Better: 0 wrong, 0 crashes, more proven. A crash is any exception that is no ModelportError.
"""

import signal
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from benchmarks._common import arguments, save, table
from benchmarks.coverage.boosting_cases import boosting_cases
from benchmarks.coverage.case import Case
from benchmarks.coverage.data import make
from benchmarks.coverage.judge import judge
from benchmarks.coverage.sklearn_cases import sklearn_cases
from modelport import ModelportError, convert
from modelport.errors import ParityError

__all__ = ["main"]

_LIMIT_S = 120
_QUICK = 3


class _TooLongError(Exception):
    """The case took longer than the limit."""


def main(argv: Sequence[str] | None = None) -> int:
    """Converts and judges every case, prints a summary and writes coverage.json."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--only", default="", help="only cases whose name contains this text")
    options = parser.parse_args(argv)
    cases = [case for case in (*sklearn_cases(), *boosting_cases()) if options.only.lower() in case.name.lower()]
    results = [_result(case) for case in (cases[:_QUICK] if options.quick else cases)]
    _print(results)
    path = save(options.out, "coverage", (__doc__ or "").splitlines()[0], {"results": results}, quick=options.quick)
    print(f"\n{path}")
    return 0


def _result(case: Case) -> dict[str, Any]:
    start = time.perf_counter()
    outcome, why = _outcome(case)
    seconds = time.perf_counter() - start
    if outcome != "proven":
        print(f"{outcome:9s} {case.name}: {why[:300]}", flush=True)
    return {"case": case.name, "family": case.family, "outcome": outcome, "why": why, "seconds": round(seconds, 2)}


def _outcome(case: Case) -> tuple[str, str]:
    data = make(case.data)
    with warnings.catch_warnings(), tempfile.TemporaryDirectory(prefix="modelport-coverage-") as folder:
        warnings.simplefilter("ignore")
        try:
            with _limited():
                model = case.fit(data)
        except Exception as err:  # noqa: BLE001 - the case is wrong, not the conversion
            return "unfitted", f"{type(err).__name__}: {err}"
        try:
            with _limited():
                bundle = convert(model, data.x, output=Path(folder) / "bundle", name="m", targets=())
                problem = judge(model, bundle, data.x, data.unseen)
        except ParityError as err:
            return "unproven", err.what
        except ModelportError as err:
            return "refused", f"{err.code} {err.what}"
        except Exception as err:  # noqa: BLE001 - every other exception is the finding
            return "crash", f"{type(err).__name__}: {err}"
    return ("proven", "") if problem is None else ("wrong", problem)


@contextmanager
def _limited() -> Iterator[None]:
    def stop(_: int, __: FrameType | None) -> None:
        raise _TooLongError(f"longer than {_LIMIT_S} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(_LIMIT_S)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _print(results: Sequence[dict[str, Any]]) -> None:
    outcomes = ("proven", "refused", "unproven", "wrong", "crash", "unfitted")
    families = [*dict.fromkeys(result["family"] for result in results), "all"]
    rows = []
    for family in families:
        own = [result for result in results if family in (result["family"], "all")]
        counts = Counter(result["outcome"] for result in own)
        judged = len(own) - counts["unfitted"]
        share = f"{100 * counts['proven'] / judged:.1f} %" if judged else "-"
        rows.append([family, *[str(counts[outcome]) for outcome in outcomes], share])
    print()
    print(table(["family", *outcomes, "proven of fitted"], rows))


if __name__ == "__main__":
    raise SystemExit(main())
