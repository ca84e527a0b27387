"""Says which kind of scikit-learn model file a path holds, from its bytes and never from its name.

It builds nothing and needs neither scikit-learn nor joblib nor skops.
"""

import io
import pickletools
import warnings
import zipfile
from pathlib import Path

from modelport.frontends.sklearn.loading.inflate import compression, inflate
from modelport.frontends.sklearn.loading.machine import StreamError

__all__ = ["looks_pickled", "sniff"]

_HEAD = 64 * 1024
_JOBLIB = b"joblib.numpy_pickle"
_OLD_JOBLIB = b"ZF0x"  # before joblib 0.10: recognised, so that the refusal can say what to do
_FIRST_OPCODES = frozenset(b"c(]}lditVSIFLN")


def sniff(path: Path) -> str | None:
    """Returns "pickle", "joblib" or "skops"; None for anything else, a missing or empty file included.

    "joblib" is a compressed pickle, or one that names joblib's wrapper of arrays near its start; a joblib file
    without either is a plain pickle, byte by byte, and is read the same way.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        return None
    if head.startswith(b"PK\x03\x04"):
        return "skops" if _has_schema(path) else None
    if head.startswith(_OLD_JOBLIB):
        return "joblib"
    packed = compression(head)
    if packed is not None:
        return "joblib" if _packs_pickle(packed, head) else None
    if not looks_pickled(head):
        return None
    return "joblib" if _JOBLIB in head else "pickle"


def _has_schema(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return "schema.json" in archive.namelist()
    except (OSError, ValueError, NotImplementedError, zipfile.BadZipFile):
        return False


def _packs_pickle(packed: str, head: bytes) -> bool:
    try:
        return looks_pickled(inflate(packed, head, _HEAD, partial=True))
    except ImportError:  # lz4 is not installed; what is inside shows when it is
        return True
    except StreamError:
        return False


def looks_pickled(head: bytes) -> bool:
    """Whether ``head`` starts like a pickle: with its header, or (protocols 0 and 1) with opcodes that name a class."""
    if len(head) >= 2 and head[0] == 0x80:
        return 2 <= head[1] <= 5
    if not head or head[0] not in _FIRST_OPCODES:
        return False
    named = False
    source = io.BytesIO(head)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about odd escapes in what is no pickle
            for opcode, _, _ in pickletools.genops(source):
                named = named or opcode.name in ("GLOBAL", "INST")
    except (ValueError, EOFError):
        # Cut in the middle of an argument or between two opcodes: fine. A byte that is no opcode: no pickle.
        return named and source.tell() >= len(head)
    return True
