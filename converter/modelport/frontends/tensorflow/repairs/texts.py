"""Texts: lower case, characters taken out or replaced, splitting, joining, numbers as texts.

ONNX has no operator that looks at the characters of a text, but StringSplit takes it apart at one of them and StringConcat joins
the pieces: one character after the other is replaced so. TensorFlow lowers the 26 letters of ASCII alone, unless it is asked
otherwise. Characters of more than one byte hold none of ASCII's.

**Refused**: patterns that are more than one set of characters, lengths, parts of texts, characters beyond ASCII. tf2onnx's lower
case needs a locale that bare systems lack, and its numbers have other digits than TensorFlow's.
"""

import re
import string
from typing import Any

import numpy as np
from onnx import TensorProto

from modelport.frontends.tensorflow._repair import Handler, Repair
from modelport.frontends.tensorflow._writing import Operand, Writer, integers

__all__ = ["REPAIR"]

_SPACE = "\t\n\v\f\r"
_SET = re.compile(r"\[(?!\^)(?:\\[^a-zA-Z0-9]|[^\\\[\]]|\\[\[\]])+\]|\\?[^\w\s\\.^$*+?(){}\[\]|]|[ \w]")
_INTEGERS = frozenset((TensorProto.INT8, TensorProto.INT16, TensorProto.INT32, TensorProto.INT64))


def _cased(before: str, after: str) -> Handler:
    def case(write: Writer) -> None:
        if write.attribute("encoding", ""):
            raise ValueError("letters beyond ASCII have no case in ONNX")
        _replaced(write, dict(zip(before, after, strict=True)))

    return case


def _pattern(write: Writer) -> None:
    pattern, other = write.attribute("pattern"), write.attribute("rewrite")
    if not _SET.fullmatch(pattern) or "\\" in other or not write.attribute("replace_global", 1):
        raise ValueError(f"ONNX has no replacement of a pattern such as {pattern!r}, only of single characters")
    if any(ord(one) > 127 for one in pattern):
        raise ValueError(f"the pattern {pattern!r} holds characters beyond ASCII")
    found = [chr(code) for code in range(1, 128) if re.fullmatch(pattern, chr(code))]
    # What is put in must not be replaced itself by a later character of the set.
    if other and any(one in other for one in found):
        raise ValueError(f"the pattern {pattern!r} matches its own replacement")
    _replaced(write, dict.fromkeys(found, other))


def _match(write: Writer) -> None:
    # Both match with RE2.
    write.result("RegexFullMatch", write.inputs[0], pattern=write.attribute("pattern"))


def _split(write: Writer) -> None:
    texts, separator = write.inputs[0], write.needed(1, "the separator")
    if write.attribute("maxsplit", -1) != -1:
        raise ValueError("a limit of splits has no operator in ONNX")
    text = separator.reshape(-1)[0]
    text = text.decode() if isinstance(text, bytes) else str(text)
    if text:
        pieces, counts = write.several("StringSplit", 2, texts, delimiter=text)
        # A text without any character is one piece, of none; StringSplit says that it has no pieces.
        counts = write("Max", counts, integers(1))
    else:
        # StringSplit knows the space alone.
        pieces, counts = write.several("StringSplit", 2, _with_replaced(write, texts, dict.fromkeys(_SPACE, " ")))
    # One column more than the longest row needs, so that there is always one.
    blank = write("Expand", _texts([[""]]), write("Concat", write("Shape", texts), integers([1]), axis=0))
    wide = write("Concat", pieces, blank, axis=1)
    shape = write("Shape", wide)
    places = write(
        "Range", integers(0), write("Reshape", write("Gather", shape, integers([1])), integers([])), integers(1)
    )
    inside = write("Less", places, write("Unsqueeze", counts, integers([1])))
    indices = write("Transpose", write("NonZero", inside), perm=[1, 0])
    if write.used(0):
        write.result("Identity", indices, place=0)
    if write.used(1):
        write.result("GatherND", wide, indices, place=1)
    if write.used(2):
        most = write("Concat", integers([0]), counts, axis=0)
        rows = write("Gather", shape, integers([0]))
        write.result("Concat", rows, write("ReduceMax", most, integers([0])), place=2, axis=0)


def _join(write: Writer) -> None:
    separator = write.attribute("separator", "")
    total = write.inputs[0]
    for text in write.inputs[1:]:
        total = write("StringConcat", write("StringConcat", total, _texts(separator)) if separator else total, text)
    write.result("Identity", total)


def _told(write: Writer) -> None:
    plain = write.attribute("width", -1) == -1 and not write.attribute("fill", "")
    if write.type_of(write.inputs[0]) not in _INTEGERS or not plain:
        raise ValueError("only whole numbers are the same text in ONNX")
    write.result("Cast", write.inputs[0], to=TensorProto.STRING)


def _refuse(reason: str) -> Handler:
    def refuse(_: Writer) -> None:
        raise ValueError(reason)

    return refuse


def _replaced(write: Writer, pairs: dict[str, str]) -> None:
    write.result("Identity", _with_replaced(write, write.inputs[0], pairs))


def _with_replaced(write: Writer, texts: str, pairs: dict[str, str]) -> str:
    shape = write("Shape", texts)
    flat = write("Reshape", texts, integers([-1]))
    for before, after in pairs.items():
        pieces, counts = write.several("StringSplit", 2, flat, delimiter=before)
        flat = _joined(write, pieces, counts, after, flat)
    return write("Reshape", flat, shape, allowzero=1)


def _joined(write: Writer, pieces: str, counts: str, between: str, like: str) -> str:
    """The pieces of each row one after the other, with a text between two."""
    start = write("Expand", _texts([""]), write("Shape", like))
    length = write("Reshape", write("Gather", write("Shape", pieces), integers([1])), integers([]))

    # Any: a graph of tf2onnx.
    def body(inner: Any, place: str, so_far: str) -> str:
        piece = inner("Gather", pieces, place, axis=1)
        if between:
            follows = inner("And", inner("Greater", place, integers(0)), inner("Less", place, counts))
            piece = inner("StringConcat", inner("Where", follows, _texts(between), _texts("")), piece)
        return str(inner("StringConcat", so_far, piece))

    return write.loop(length, start, TensorProto.STRING, body)


def _texts(values: Any) -> Operand:
    return np.array(values, dtype=object)


_BYTES = "ONNX does not show the bytes of a text"

REPAIR = Repair(
    "texts",
    {
        "AsString": _told,
        "StaticRegexFullMatch": _match,
        "StaticRegexReplace": _pattern,
        "StringJoin": _join,
        "StringLength": _refuse(_BYTES),
        "StringLower": _cased(string.ascii_uppercase, string.ascii_lowercase),
        "StringSplitV2": _split,
        "StringToHashBucketFast": _refuse(f"it hashes texts, and {_BYTES}"),
        "StringToHashBucketStrong": _refuse(f"it hashes texts, and {_BYTES}"),
        "StringUpper": _cased(string.ascii_lowercase, string.ascii_uppercase),
        "Substr": _refuse(_BYTES),
        "UnicodeDecode": _refuse(_BYTES),
    },
)
