"""Finds a Java compiler and its version."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

__all__ = ["MIN_JDK", "Jdk", "find_jdk"]

MIN_JDK = 17


@dataclass(frozen=True)
class Jdk:
    """A JDK: its home, None when only a command on the PATH is known, and its major version."""

    home: Path | None
    major: int


def find_jdk() -> Jdk | str:
    """Returns the JDK that Maven will use, or the reason why there is none: JAVA_HOME first, then the PATH."""
    home = os.environ.get("JAVA_HOME")
    javac = shutil.which("javac", path=str(Path(home) / "bin")) if home else shutil.which("javac")
    if javac is None:
        place = f"JAVA_HOME ({home})" if home else "the PATH"
        return f"there is no javac on {place}; install a JDK of version {MIN_JDK} or later"
    major = _major(javac)
    if major is None or major < MIN_JDK:
        return f"javac is of version {major or 'unknown'}; version {MIN_JDK} or later is needed"
    return Jdk(Path(home) if home else None, major)


def _major(javac: str) -> int | None:
    try:
        done = subprocess.run([javac, "-version"], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r"javac (\d+)", done.stdout + done.stderr)
    return int(found.group(1)) if found else None
