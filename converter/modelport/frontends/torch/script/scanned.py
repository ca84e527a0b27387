"""Reads the code in a TorchScript file before torch does: what touches files is refused, operators of extensions are named."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

from modelport.errors import UntrustedModelError
from modelport.frontends._trust import how_to_trust

__all__ = ["extensions", "refuse_files"]

# torch.save(…), torch.from_file(…), ops.image.read_file(…): loading a file runs some of its methods, and the proof all the rest.
_FILES = re.compile(r"(?<![\w.])(?:torch|ops\.\w+)\.(?:save|load|from_file|\w*read_file|\w*write_file)\b")
_CALLED = re.compile(r"(?<![\w.])ops\.(\w+)\.(\w+)\(")
_OWN = frozenset(("aten", "prim", "prims", "quantized", "profiler"))


def refuse_files(path: Path, trust: Sequence[str]) -> None:
    """Raises UntrustedModelError where the code reads or writes files and ``trust`` does not name each of the operators."""
    found = sorted({call.group(0) for call in _FILES.finditer(_code(path))} - set(trust))
    if found:
        raise UntrustedModelError(
            f"{path.name} reads or writes files: {', '.join(found)}",
            where=str(path),
            fix=how_to_trust(found),
        )


def extensions(path: Path) -> list[str]:
    """Returns 'namespace::operator' of each operator that is not torch's own."""
    return sorted({f"{space}::{name}" for space, name in _CALLED.findall(_code(path)) if space not in _OWN})


def _code(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        named = [name for name in archive.namelist() if "/code/" in name and name.endswith(".py")]
        return "\n".join(archive.read(name).decode("utf-8", "replace") for name in sorted(named))
