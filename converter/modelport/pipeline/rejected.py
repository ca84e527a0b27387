"""What is left of a conversion whose proof failed: its report."""

from pathlib import Path
from typing import NoReturn

from modelport.bundle.writer import write_tree
from modelport.errors import ParityError
from modelport.parity.evidence_files import evidence_files
from modelport.parity.report import Report

__all__ = ["is_rejected", "reasons", "reject"]


def is_rejected(report: Report) -> bool:
    """Whether a target failed, so that nothing may be written."""
    return any(target.status == "failed" for target in report.targets.values())


def reasons(report: Report) -> str:
    """What the targets that failed say."""
    return "; ".join(f"{name}: {t.reason}" for name, t in report.targets.items() if t.status == "failed")


def reject(report: Report, output: Path) -> NoReturn:
    """Writes the report beside the output that is not made, and raises."""
    folder = output.with_name(f"{output.name}.rejected")
    counter = 1
    while folder.exists():
        counter += 1
        folder = output.with_name(f"{output.name}.rejected.{counter}")
    write_tree(evidence_files(report, prefix=""), folder, private=True)
    raise ParityError(
        f"the predictions are not those of the original: {reasons(report)}",
        where=f"{report.name}; the report is in {folder}",
        fix="open report.html there; no bundle was written",
    )
