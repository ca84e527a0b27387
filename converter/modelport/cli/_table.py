"""Prints the targets of a report as a short table."""

from rich import box
from rich.console import Console
from rich.table import Table

from modelport.parity.report import Report

__all__ = ["print_report"]

_COLOURS = {"passed": "green", "failed": "red", "not run": "yellow", "unproven": "yellow"}


def print_report(report: Report) -> None:
    """One row a target: status, rows, flips, largest distance over its bound, ULPs."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title in ("target", "status", "rows", "flips", "over bound", "distance/bound", "max abs", "max ULP"):
        table.add_column(title, justify="left" if title in ("target", "status") else "right", no_wrap=True)
    for name, t in report.targets.items():
        status = f"[{_COLOURS[t.status]}]{t.status}[/]"
        if t.status == "not run" or not t.rows:
            table.add_row(name, status, *["-"] * 6)
        else:
            numbers = (t.rows, t.flips, t.over, f"{t.max_ratio:.2g}", f"{t.max_abs:.2g}", t.max_ulp)
            table.add_row(name, status, *map(str, numbers))
    console = Console(width=None if Console().is_terminal else 110)
    console.print(table)
    for name, t in report.targets.items():
        if t.reason:
            console.print(f"{name}: {t.reason}", highlight=False, markup=False, soft_wrap=True)
        if t.status == "failed" and t.worst is not None:
            w = t.worst
            console.print(
                f"  row {w.row}, {w.output}: expected {w.expected}, got {w.got}\n  inputs: {w.inputs}",
                highlight=False,
                markup=False,
                soft_wrap=True,
            )
