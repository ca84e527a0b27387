"""What is left of a conversion whose proof failed: its report."""

from pathlib import Path
from typing import NoReturn

from modelport.bundle.writer import write_tree
from modelport.errors import ParityError
from modelport.parity.evidence_files import evidence_files
from modelport.parity.report import Report

__all__ = ["reject"]


def reject(report: Report, output: Path) -> NoReturn:
    """Writes the report beside the output that is not made, and raises."""
    folder = output.with_name(f"{output.name}.rejected")
    counter = 1
    while folder.exists():
        counter += 1
        folder = output.with_name(f"{output.name}.rejected.{counter}")
    write_tree(evidence_files(report, prefix=""), folder, private=True)
    reasons = "; ".join(f"{name}: {t.reason}" for name, t in report.targets.items() if t.status == "failed")
    raise ParityError(
        f"the predictions are not those of the original: {reasons}",
        where=f"{report.name}; the report is in {folder}",
        fix="open report.html there; no bundle was written",
    )
