"""The caller's rows do not travel: a report that does names none of them."""

import pytest

from modelport.parity.report import TargetReport, WorstRow, without_private

SHIPPED = 10


def _report(status: str, row: int) -> TargetReport:
    worst = WorstRow(row=row, output="y", inputs={}, expected="1", got="1", distance=0.1, bound=0.2)
    return TargetReport(status=status, rows=20, worst=worst)


@pytest.mark.parametrize(("status", "row", "kept"), [("passed", 9, True), ("passed", 10, False), ("failed", 10, True)])
def test_worst_row(status: str, row: int, kept: bool) -> None:
    assert (without_private(_report(status, row), SHIPPED).worst is not None) is kept
