"""Finds Maven, says its version and runs it; a failure becomes a ToolError with the errors that Maven named."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from modelport.errors import ToolError
from modelport.toolchains.jdk import find_jdk
from modelport.toolchains.trust_store import maven_environment

__all__ = ["MIN_MAVEN", "Maven", "find_maven"]

# The oldest Maven that the pinned plugins run in.
MIN_MAVEN = (3, 6, 3)

_SHOWN_LINES = 40
_NOISE = re.compile(r"\[(INFO|WARNING)\]|\s+at |\[ERROR\]\s*$|\[ERROR\] .*\[Help 1\]")
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Maven:
    """A Maven of a known version, with a JDK that it can use."""

    command: str
    version: str
    jdk: int

    def run(self, project: Path, *arguments: str, timeout_s: float = 1800) -> str:
        """Runs goals in a project, without colours and questions, and returns what Maven printed.

        Raises: ToolError when Maven fails or takes too long.
        """
        command = [
            self.command,
            "--batch-mode",
            "--no-transfer-progress",
            "--file",
            str(project / "pom.xml"),
            *arguments,
        ]
        try:
            done = subprocess.run(
                command,
                cwd=project,
                env=maven_environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                timeout=timeout_s,
                check=False,
            )
        except subprocess.TimeoutExpired as err:
            raise _failed(f"Maven took longer than {timeout_s:g} s", project, str(err.stdout or "")) from err
        output = _COLOURS.sub("", done.stdout)
        if done.returncode:
            raise _failed(f"Maven failed with exit code {done.returncode}", project, output)
        return output


def find_maven() -> Maven | str:
    """Returns Maven, or the reason why it cannot be used."""
    command = shutil.which("mvn")
    if command is None:
        return f"there is no mvn on the PATH; install Maven {'.'.join(map(str, MIN_MAVEN))} or later"
    jdk = find_jdk()
    if isinstance(jdk, str):
        return jdk
    try:
        done = subprocess.run([command, "--version"], capture_output=True, text=True, timeout=120, check=False)
    except (OSError, subprocess.TimeoutExpired) as err:
        return f"mvn --version cannot be run: {err}"
    found = re.search(r"Apache Maven (\d+)\.(\d+)\.(\d+)", _COLOURS.sub("", done.stdout))
    if found is None:
        return f"mvn --version says {done.stdout.strip()[:200] or done.stderr.strip()[:200]!r}, which is no version"
    version = tuple(int(part) for part in found.groups())
    if version < MIN_MAVEN:
        return f"Maven {'.'.join(found.groups())} is too old; {'.'.join(map(str, MIN_MAVEN))} or later is needed"
    return Maven(command, ".".join(found.groups()), jdk.major)


def _failed(what: str, project: Path, output: str) -> ToolError:
    return ToolError(
        "\n    ".join([what, *_said(output)]),
        where=f"Maven project {project.name}",
        fix="correct what Maven names; without a connection, run it once where Maven Central can be reached",
    )


def _said(output: str) -> list[str]:
    """The lines from the first error on, without progress, warnings and stack frames; else the last lines."""
    lines = [line.rstrip() for line in output.splitlines()]
    marked = [index for index, line in enumerate(lines) if line.startswith("[ERROR]")]
    if not marked:
        return lines[-_SHOWN_LINES:]
    kept = [line for line in lines[marked[0] :] if line and not _NOISE.match(line)]
    return kept[:_SHOWN_LINES]
