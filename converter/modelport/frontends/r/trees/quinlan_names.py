"""The .names text that C5.0 and Cubist read: the target, and the attributes with the values of the discrete ones.

What R writes of a level into the text of new cases, and what the C code reads there, is here too.
"""

import re
from dataclasses import dataclass

from modelport.errors import ModelFileError

__all__ = [
    "NOT_APPLICABLE",
    "UNKNOWN",
    "WRONG",
    "Attribute",
    "Names",
    "read_fields",
    "read_names",
    "read_rows",
    "written",
]

# Codes of a discrete value, as the C code has them: 0 missing, 1 "N/A", 2 the first value; -1 ends R with an error.
WRONG, UNKNOWN, NOT_APPLICABLE = -1, 0, 1
_SPACE = " \n\r\t"
_SPECIAL = re.compile(r"[:;|]")
# A line in which commas part fields, and nothing else has a meaning.
_PLAIN = re.compile(r"[^\\|]*")


@dataclass(frozen=True)
class Attribute:
    """``values`` are the discrete values as the C code holds them, empty for a number; ``levels`` the levels of R behind them."""

    name: str
    values: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    ordered: bool = False

    def value_code(self, text: str) -> int:
        """The code of a value that stands in a model; WRONG for none of them."""
        if text == "N/A":
            return NOT_APPLICABLE
        return self.values.index(text) + 2 if text in self.values else WRONG

    def level_code(self, level: str) -> int:
        """The code that a row with this level of R has."""
        text = written(level)
        return UNKNOWN if text == "?" else self.value_code(text)


@dataclass(frozen=True)
class Names:
    """``target``: the name of what is predicted; it is one of the ``attributes``."""

    target: str
    attributes: tuple[Attribute, ...]

    def place(self, name: str) -> int:
        """The place of an attribute that a model names. Raises: ModelFileError."""
        for place, attribute in enumerate(self.attributes):
            if attribute.name == name:
                return place
        raise ModelFileError(
            f"the model names the attribute {name!r}, which its $names do not have",
            where="element $names",
            fix="save the model as C5.0() or cubist() gave it; a column whose name begins with 'sample' must be renamed",
        )


def written(level: str) -> str:
    """What the C code reads where R has written a level.

    Runs of blanks become one. R escapes ':', ';' and '|' twice, so that a backslash stays before them.
    Source: Cubist/R/makeNamesFile.R, escapes; getnames.c, ReadName.
    """
    return _SPECIAL.sub(lambda found: "\\" + found.group(), re.sub(r"[ \n\r\t]+", " ", level).strip(" "))


class _Reader:
    """Names one after the other, each with the delimiter behind it and its letters as they stand. Source: ReadName."""

    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0
        self.delimiter = self.raw = ""

    def _char(self, at: int) -> str:
        return self._text[at] if at < len(self._text) else ""

    def _after_line(self) -> None:
        end = self._text.find("\n", self._at)
        self._at = len(self._text) if end < 0 else end + 1

    def name(self, colon: str) -> str | None:
        """The next name, up to a comma, a line's end, a period before a blank, or ``colon``; None at the end."""
        while (c := self._char(self._at)) and (c == "|" or c in _SPACE):
            if c == "|":
                self._after_line()
            else:
                self._at += 1
        if not c:
            self.delimiter = ""
            return None
        start, letters = self._at, list[str]()
        while (c := self._char(self._at)) not in ("", ",", "\n", "|", colon):
            if c == ".":
                follows = self._char(self._at + 1)
                if follows in ("", "|") or follows in _SPACE:
                    break
            elif c == "\\":
                self._at += 1
                c = self._char(self._at)
            self._at += 1
            if c and c in _SPACE:
                letters.append(" ")
                while (blank := self._char(self._at)) and blank in " \t":
                    self._at += 1
            else:
                letters.append(c)
        self.raw = self._text[start : self._at]
        if c == ".":
            self._at += 1
            c = self._char(self._at)
        self._at += 1
        if c == "|":
            self._after_line()
        self.delimiter = c
        if c == ":" and self._char(self._at) == "=":
            self.delimiter = "="
            self._at += 1
        return "".join(letters).rstrip(_SPACE)


def read_fields(text: str) -> list[str]:
    """Every name in a text without colons that part names."""
    reader, found = _Reader(_bytes_of(text)), list[str]()
    while (name := reader.name("")) is not None:
        found.append(_text(name))
    return found


def read_rows(text: str) -> list[list[str]]:
    """The fields of each line of a text of cases; lines without any are left out."""
    rows = []
    for line in _bytes_of(text).split("\n"):
        if _PLAIN.fullmatch(line):
            fields = [re.sub(r"[ \t\r]+", " ", part).strip(" ") for part in line.split(",")]
        else:
            reader, fields = _Reader(line), list[str]()
            while (name := reader.name("")) is not None:
                fields.append(name)
        if line.strip():
            rows.append([_text(field) for field in fields])
    return rows


def read_names(text: str) -> Names:
    """Raises: ModelFileError for a text that R does not write."""
    reader = _Reader(_bytes_of(text))
    target = reader.name(":")
    if target is None or reader.delimiter in (",", ":"):
        raise _damaged("it does not begin with the name of the outcome")
    found: list[Attribute] = []
    while (name := reader.name(":")) is not None:
        if reader.delimiter != ":":
            raise _damaged(f"no colon stands behind the attribute {_text(name)!r}")
        found.append(_attribute(reader, _text(name)))
    if _text(target) not in [attribute.name for attribute in found]:
        raise _damaged("the outcome is none of its attributes")
    return Names(_text(target), tuple(found))


def _attribute(reader: _Reader, name: str) -> Attribute:
    first = reader.name(":")
    if first is None or (reader.delimiter != "," and first != "continuous"):
        raise _damaged(f"the attribute {name!r} is neither continuous nor has values")
    if reader.delimiter != ",":
        return Attribute(name)
    ordered = first.startswith("[ordered]")
    lead = len("[ordered]") if ordered else 0
    values, raws = [first[lead:].lstrip(_SPACE)], [reader.raw[lead:].lstrip(_SPACE)]
    while reader.delimiter == ",":
        value = reader.name(":")
        if value is None:
            raise _damaged(f"the values of {name!r} do not end")
        values.append(value)
        raws.append(reader.raw)
    own = tuple(_text(value) for value in values)
    levels = [_level(_text(raw), value) for raw, value in zip(raws, own, strict=True)]
    # Fewer than three ordered values count as not ordered.
    return Attribute(name, own, tuple(level for level in levels if level is not None), ordered and len(own) > 2)


def _level(raw: str, value: str) -> str | None:
    """The level of R that is read as this value; None where no level is."""
    for level in (raw, re.sub(r"\\(.)", r"\1", raw, flags=re.DOTALL), re.sub(r"\\([:;|])", r"\1", value)):
        if written(level) == value:
            return level
    return None


def _bytes_of(text: str) -> str:
    """The text byte by byte: R puts its backslashes between the bytes of one character, so that a file's text is no UTF-8."""
    if text.isascii():
        return text
    if re.search(r"\\[^\x00-\x7f]|[^\x00-\x7f]\\", text):
        for encoding in ("cp1252", "latin-1"):
            try:
                return text.encode(encoding).decode("latin-1")
            except UnicodeError:
                continue
    return text.encode("utf-8", "surrogateescape").decode("latin-1")


def _text(of_bytes: str) -> str:
    try:
        return of_bytes.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return of_bytes


def _damaged(what: str) -> ModelFileError:
    return ModelFileError(
        f"the text $names of the model cannot be read: {what}",
        where="element $names",
        fix="save the model as C5.0() or cubist() gave it",
    )
