"""Makes streams by hand, in big-endian binary: what R would not write, or not any more."""

from struct import pack

__all__ = [
    "altrep",
    "characters",
    "doubles",
    "integers",
    "item",
    "listed",
    "pairs",
    "rds",
    "symbol",
]

NULL = pack(">i", 254)


def rds(body: bytes, version: int = 2) -> bytes:
    """A whole file around one item."""
    encoding = pack(">i", 5) + b"UTF-8" if version == 3 else b""
    return b"X\n" + pack(">iii", version, 0x040202, 0x020300) + encoding + body


def item(code: int, body: bytes, attributes: bytes = b"", flags: int = 0) -> bytes:
    return pack(">i", code | flags | (0x200 if attributes else 0)) + body + attributes


def integers(*values: int, attributes: bytes = b"") -> bytes:
    return item(13, pack(f">i{len(values)}i", len(values), *values), attributes)


def doubles(*values: float, attributes: bytes = b"") -> bytes:
    return item(14, pack(f">i{len(values)}d", len(values), *values), attributes)


def text(value: bytes | None, flags: int = 1 << 15) -> bytes:
    return pack(">ii", 9 | flags, -1) if value is None else pack(">ii", 9 | flags, len(value)) + value


def characters(*values: bytes | None, flags: int = 1 << 15, attributes: bytes = b"") -> bytes:
    return item(16, pack(">i", len(values)) + b"".join(text(value, flags) for value in values), attributes)


def symbol(name: bytes) -> bytes:
    return item(1, text(name))


def listed(*values: bytes, attributes: bytes = b"") -> bytes:
    return item(19, pack(">i", len(values)) + b"".join(values), attributes)


def pairs(*cells: tuple[bytes, bytes], code: int = 2, end: bytes = NULL) -> bytes:
    """Cells of a tag (an item, or b'' for none) and a value."""
    made = b""
    for index, (tag, value) in enumerate(cells):
        made += pack(">i", (code if index == 0 else 2) | (0x400 if tag else 0)) + tag + value
    return made + end


def altrep(name: bytes, state: bytes, attributes: bytes = NULL) -> bytes:
    info = pairs((b"", symbol(name)), (b"", symbol(b"base")), (b"", integers(13)))
    return pack(">i", 238) + info + state + attributes
