"""Opens pages in headless Chromium."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

__all__ = ["dump_dom", "screenshot"]

_FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --hide-scrollbars"
).split()
_TIMEOUT_S = 120


def dump_dom(page: Path, *flags: str) -> str:
    """The document after it was loaded, scripts included."""
    return _run(page, "--dump-dom", *flags)


def screenshot(page: Path, output: Path, *flags: str) -> bytes:
    """The PNG of a page."""
    _run(page, f"--screenshot={output}", *flags)
    return output.read_bytes()


def _run(page: Path, *flags: str) -> str:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [_chromium(), *_FLAGS, f"--user-data-dir={profile}", *flags, page.as_uri()]
        done = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None and os.environ.get("CI"):
        pytest.fail("Chromium is missing; scripts/setup-tools browser installs it")
    if found is None:
        pytest.skip("Chromium is missing; scripts/setup-tools browser installs it")
    return found
