"""The runners by name, and the proof of a bundle with some of them."""

import time
from collections.abc import Callable, Sequence
from importlib import import_module

from modelport.bundle.reader import Bundle
from modelport.errors import ConfigError, did_you_mean
from modelport.evidence.vectors import Vectors
from modelport.parity._runner import Runner
from modelport.parity.report import TargetReport, target_report

__all__ = ["RUNNER_NAMES", "find_runners", "prove"]

RUNNER_NAMES = ("python-ort", "java-ort", "cpp-ort")


def find_runners(names: Sequence[str]) -> list[Runner]:
    """Returns the runners of these names in order. Raises: ConfigError for an unknown one."""
    unknown = [name for name in names if name not in RUNNER_NAMES]
    if unknown:
        raise ConfigError(
            f"there is no target {', '.join(map(repr, unknown))}",
            where="--targets",
            fix=did_you_mean(unknown[0], RUNNER_NAMES),
        )
    return [import_module(f"modelport.parity.{name.replace('-', '_')}").RUNNER for name in names]


def prove(
    bundle: Bundle, runners: Sequence[Runner], vectors: Vectors, progress: Callable[[str], None]
) -> dict[str, TargetReport]:
    """Runs each target on the vectors that travel with the bundle and compares."""
    results: dict[str, TargetReport] = {}
    for runner in runners:
        progress(f"{runner.name}: building and running")
        start = time.perf_counter()
        result = runner.run(bundle)
        results[runner.name] = target_report(vectors, bundle, result, round(time.perf_counter() - start, 3))
    return results
