"""Numbers, values and foreign text as a reader of a report should see them; knows nothing of HTML or XML."""

import math
import re
import unicodedata
from collections.abc import Sequence
from typing import Any

__all__ = [
    "count",
    "figure",
    "joined",
    "language",
    "log_text",
    "ratio",
    "seconds_text",
    "shortened",
    "ulp_text",
    "value_text",
    "visible",
]

_LANGUAGES = {"python": "Python", "java": "Java", "cpp": "C++"}
_BACKENDS = {"ort": "ONNX Runtime", "native": "native"}
# Controls, formatting marks (a right-to-left override can turn a name around), surrogates, private use (the
# contract's sentinels start with one), unassigned, line and paragraph separators.
_HIDDEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
_TERMINAL = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.)")
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_UNORDERED = 2**63 - 1


def visible(text: str) -> str:
    """Writes every character that is invisible, or steers how others are shown, as an escape such as \\u202e."""
    return "".join(c if unicodedata.category(c) not in _HIDDEN else _escape(c) for c in text)


def log_text(text: str) -> str:
    """The output of a tool without terminal colours and control characters; lines stay lines."""
    plain = _TERMINAL.sub("", text).replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
    lines = ("".join(c for c in line if unicodedata.category(c) != "Cc") for line in plain.split("\n"))
    return "\n".join(visible(line).rstrip() for line in lines).strip("\n")


def shortened(text: str, limit: int = 400) -> str:
    """Cuts a long text and says so."""
    if len(text) <= limit:
        return text
    return f"{text[:limit].rstrip()} … ({len(text) - limit:,} more characters)"


def language(target: str, others: Sequence[str] = ()) -> str:
    """'java-ort' as 'Java', or as 'Java (ONNX Runtime)' where ``others`` hold another target in Java."""
    start, _, backend = target.partition("-")
    if start not in _LANGUAGES:
        return visible(target)
    if not any(other != target and other.partition("-")[0] == start for other in others):
        return _LANGUAGES[start]
    return f"{_LANGUAGES[start]} ({_BACKENDS.get(backend, visible(backend))})"


def joined(words: Sequence[str]) -> str:
    """'a', 'a and b', 'a, b and c'."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""


def count(number: int, noun: str = "") -> str:
    """'1,173', or '1,173 rows' and '1 row' with the noun 'row'."""
    return f"{number:,}" if not noun else f"{number:,} {noun}{'' if number == 1 else 's'}"


def figure(number: float) -> str:
    """A measured number with two significant digits: more would be noise to a reader."""
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "∞" if number > 0 else "−∞"
    size = abs(number)
    if number == 0 or 1e-3 <= size < 100:
        return f"{number:.2g}"
    if 100 <= size < 1e6:
        return f"{number:,.0f}"
    mantissa, exponent = f"{number:.1e}".split("e")
    return f"{mantissa}\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}10{str(int(exponent)).translate(_SUPERSCRIPT)}"


def ratio(number: float) -> str:
    """Distance over bound, rounded away from 1: what is beyond its bound never reads as on it, nor the reverse."""
    if number == 0 or not math.isfinite(number) or number >= 100:
        return figure(number)
    if number < 0.01:
        return "< 0.01"
    hundredths = math.floor(number * 100) if number < 1 else math.ceil(number * 100)
    return f"{hundredths / 100:.2f}"


def ulp_text(number: int) -> str:
    """Units in the last place; the comparison counts the largest int64 where one side is not a number."""
    return "NaN" if number >= _UNORDERED else figure(float(number)) if number >= 1_000_000 else count(number)


def seconds_text(seconds: float) -> str:
    """A duration as one would say it; 0 means that nobody measured."""
    if seconds <= 0:
        return "not timed"
    if seconds < 0.1:
        return "< 0.1 s"
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes >= 2 else f"{round(seconds)} s"


def value_text(value: Any) -> str:
    """An input value in full, since a probe may lie one float beside a border; text in quotes, None as 'missing'."""
    if value is None:
        return "missing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "infinity" if value > 0 else "-infinity"
    if isinstance(value, str):
        return f'"{visible(value)}"'
    return visible(repr(value))


def _escape(character: str) -> str:
    code = ord(character)
    short = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(character)
    return short or (f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}")
