"""Packs the self-test's files into one, which the library embeds."""

from collections.abc import Mapping

__all__ = ["pack_files"]


def pack_files(files: Mapping[str, bytes]) -> bytes:
    """For each file in order of name: the length of its name, the length of its content (8 bytes each), both.

    Little-endian; what runtimes/cpp/src/runtime/vectors.hpp reads.
    """
    parts: list[bytes] = []
    for name, content in sorted(files.items()):
        encoded = name.encode()
        parts += [len(encoded).to_bytes(8, "little"), len(content).to_bytes(8, "little"), encoded, content]
    return b"".join(parts)
