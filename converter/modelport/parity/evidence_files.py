"""The files of evidence/: the report as JSON, as JUnit XML and as one HTML page."""

from modelport.bundle.writer import json_bytes
from modelport.parity.report import Report
from modelport.parity.report_html import render_html
from modelport.parity.report_junit import render_junit

__all__ = ["evidence_files"]


def evidence_files(report: Report, prefix: str = "evidence/") -> dict[str, bytes]:
    """Returns {path: bytes} of the three forms."""
    return {
        f"{prefix}report.json": json_bytes(report),
        f"{prefix}report.html": render_html(report),
        f"{prefix}junit.xml": render_junit(report),
    }
