"""Spells any value inside C++ source, which stays ASCII: literals and comments."""

import json
import re

import numpy as np

__all__ = [
    "class_literal",
    "comment_line",
    "comment_text",
    "double_literal",
    "int64_literal",
    "string_literal",
    "view_literal",
]

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_ .,:;()%/+-]*\Z")


def string_literal(text: str) -> str:
    """Returns a string literal, quotes included.

    Other characters are octal bytes of UTF-8: three digits, so that a digit after them stays apart. So is the question
    mark, because two of them start a trigraph, which compilers warn about.
    """
    parts: list[str] = []
    for char in text:
        if char in _ESCAPES:
            parts.append(_ESCAPES[char])
        elif char.isascii() and char.isprintable() and char != "?":
            parts.append(char)
        else:
            parts += [f"\\{byte:03o}" for byte in char.encode()]
    return f'"{"".join(parts)}"'


def view_literal(text: str) -> str:
    """Returns an initialiser of a std::string_view: with the length where a zero byte would end it early."""
    literal = string_literal(text)
    return f"std::string_view({literal}, {len(text.encode())})" if "\0" in text else literal


def double_literal(value: float) -> str:
    """Returns a double that reads back as the same bits; infinities are never asked for, NaN is spelled out."""
    if np.isnan(value):
        return "std::numeric_limits<double>::quiet_NaN()"
    if np.isinf(value):
        return f"{'-' if value < 0 else ''}std::numeric_limits<double>::infinity()"
    return repr(float(value))


def int64_literal(value: int) -> str:
    """Returns a std::int64_t; the smallest has no literal of its own, because minus is an operator."""
    return "std::numeric_limits<std::int64_t>::min()" if value == -(2**63) else str(value)


def class_literal(value: str | int | bool | float) -> str:
    """Returns a class of the source's own type."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return int64_literal(value)
    return double_literal(value) if isinstance(value, float) else view_literal(value)


def comment_line(text: str) -> str:
    """Returns a sentence for a comment of one line, in printable ASCII; what is else stands as \\u of JSON."""
    return json.dumps(text)[1:-1].replace('\\"', '"')


def comment_text(text: str) -> str:
    """Returns text for a comment of one line: plain names as they are, others quoted, in ASCII and without line breaks."""
    return text if _PLAIN.match(text) else json.dumps(text)
