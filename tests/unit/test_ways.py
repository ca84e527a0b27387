"""Ways from a net to a graph: the first that proves is taken, those before it are told, and nothing hides a wrong input."""

from types import SimpleNamespace
from typing import Any

import pytest

from modelport.errors import SampleError, UnsupportedModelError
from modelport.frontends._spec import Way
from modelport.parity.report import Report, TargetReport
from modelport.pipeline.ways import first_proven


def _report(status: str) -> Report:
    return Report(
        model_id="",
        name="net",
        version="",
        compiler="",
        framework="",
        model_class="",
        task="net",
        passed=status == "passed",
        rows={},
        refused=0,
        undefined=0,
        bounds=(),
        passes=(),
        notes=("own",),
        targets={"python-ort": TargetReport(status=status, reason="2 row(s) differ")},
    )


def _raising(kind: type[Exception]) -> Any:
    def convert() -> Any:
        raise kind("no loops", where="here", fix="unroll it")  # type: ignore[call-arg]

    return convert


# The converted net of a way is its status here.
def _way(name: str, result: str) -> Any:
    return Way(name, lambda: SimpleNamespace(status=result))


def _prove(converted: Any) -> Any:
    return converted.status, _report(converted.status)


def test_the_first_that_holds_is_taken_and_no_other_is_gone() -> None:
    never = Way("third", _raising(AssertionError))
    bundle, report = first_proven((_way("first", "passed"), never), _prove)
    assert (bundle, report.notes) == ("passed", ("own",))


def test_a_further_one_is_told_with_the_reason() -> None:
    ways = (Way("first", _raising(UnsupportedModelError)), _way("second", "failed"), _way("third", "passed"))
    said: list[str] = []
    _, report = first_proven(ways, _prove, said.append)
    assert report.passed
    assert report.notes == (
        "own",
        "first ends: no loops",
        "second fails its proof: python-ort: 2 row(s) differ",
        "so third was taken",
    )
    assert [text.rpartition("; ")[2] for text in said] == ["trying second", "trying third"]


def test_none_that_holds() -> None:
    raising = Way("other", _raising(UnsupportedModelError))
    _, report = first_proven((raising, _way("second", "failed")), _prove)
    assert not report.passed
    assert "other ends: no loops" in report.notes
    with pytest.raises(UnsupportedModelError, match="other ends: no loops; last ends: no loops") as caught:
        first_proven((raising, Way("last", _raising(UnsupportedModelError))), _prove)
    assert caught.value.fix == "unroll it"


def test_a_wrong_sample_ends_the_search() -> None:
    with pytest.raises(SampleError):
        first_proven((Way("first", _raising(SampleError)), _way("second", "passed")), _prove)
