"""The first bytes of a stream: is it R's, a single object or a workspace, in which format, version and encoding.

[RDX2|RDX3|RDA2|RDA3|RDB2|RDB3 \\n]  X|A|B \\n  version  R that wrote it  oldest R that reads it  [native encoding]
"""

import re
from dataclasses import dataclass

from modelport.frontends.r.serialize.ascii import AsciiStream
from modelport.frontends.r.serialize.decompress import decompress_head
from modelport.frontends.r.serialize.limits import Budget
from modelport.frontends.r.serialize.refusals import damaged
from modelport.frontends.r.serialize.stream import BinaryStream, ByteStream

__all__ = ["Header", "is_workspace", "looks_like_r", "open_stream"]

_WORKSPACE = re.compile(rb"RD[XAB][23]\r?\n")
_OLD_WORKSPACE = re.compile(rb"(RD[XAB]1|RDATA)\r?\n?")
_FORMAT = re.compile(rb"([XAB])\r?\n")
_HEAD = 32


@dataclass(frozen=True)
class Header:
    """What a stream says of itself. ``written_by`` is R's version, such as 4.2.2."""

    workspace: bool
    version: int
    written_by: str
    encoding: str


def looks_like_r(head: bytes) -> bool:
    """Whether these first bytes of a file, compressed or not, begin what saveRDS or save writes."""
    plain = decompress_head(head, _HEAD)
    if _WORKSPACE.match(plain) or _OLD_WORKSPACE.match(plain):
        return True
    found = _FORMAT.match(plain)
    if not found:
        return False
    rest = plain[found.end() :]
    if found[1] == b"A":
        return re.match(rb"\s*[23]\s+\d", rest) is not None
    return rest[:4] in (b"\0\0\0\2", b"\0\0\0\3", b"\2\0\0\0", b"\3\0\0\0")


def is_workspace(head: bytes) -> bool:
    """Whether the first bytes begin a file of save() or save.image(), which holds named objects."""
    return _WORKSPACE.match(decompress_head(head, _HEAD)) is not None


def open_stream(data: bytes, where: str, budget: Budget) -> tuple[ByteStream, Header]:
    """The stream behind the header. Raises: ModelFileError when it is none of R, or of a version that is not read."""
    if _OLD_WORKSPACE.match(data):
        raise damaged(
            "the workspace is of a format that R left behind in 2001",
            where,
            "load it in R, then: saveRDS(model, 'model.rds')",
        )
    workspace = _WORKSPACE.match(data)
    start = workspace.end() if workspace else 0
    found = _FORMAT.match(data, start)
    if not found:
        raise damaged(
            f"the file is no serialized object of R: it begins with {data[start : start + 12]!r}",
            where,
            "save the model in R: saveRDS(model, 'model.rds')",
        )
    stream = _stream(found[1], data, found.end(), budget)
    version, writer, _ = stream.integer(), stream.integer(), stream.integer()
    if version not in (2, 3):
        raise damaged(
            f"the stream is of version {version}; 2 and 3 are read",
            where,
            "save it in R with saveRDS(model, 'model.rds', version = 3)",
        )
    encoding = stream.text(stream.integer()).decode("latin-1") if version == 3 else ""
    written_by = f"{writer >> 16 & 255}.{writer >> 8 & 255}.{writer & 255}"
    return stream, Header(workspace is not None, version, written_by, encoding)


def _stream(letter: bytes, data: bytes, at: int, budget: Budget) -> ByteStream:
    if letter == b"A":
        return AsciiStream(data, at, budget)
    if letter == b"X":
        return BinaryStream(data, at, ">", budget)
    # Native: the version, a small number, tells the order of its bytes.
    return BinaryStream(data, at, "<" if data[at : at + 1] != b"\0" else ">", budget)
