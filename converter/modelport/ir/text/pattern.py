"""Compiles a token pattern to a small program that Python, Java and C++ run alike; refuses what lies outside.

The pattern is parsed by ``re`` itself, and ``re`` is asked which code points each single character of it takes, flags
included. What is left are concatenation, alternation, repeats, anchors and looking around, whose meaning is the same
in every backtracking matcher.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from typing import Any

from modelport.ir.text.machine import (
    BACK,
    BEGIN,
    BOUNDARY,
    CLASS,
    END,
    GROUP,
    JUMP,
    LAST,
    LAZY,
    LINE_BEGIN,
    LINE_END,
    LOOK,
    MATCH,
    NO_LIMIT,
    REPEAT,
    SPLIT,
)
from modelport.ir.text.step import Program
from modelport.ir.text.unicode_tables import HERE, Alphabet, ranges_of

__all__ = ["PatternError", "compile_pattern"]

_MOST_INSTRUCTIONS = 2000
_IGNORECASE, _LOCALE, _MULTILINE, _DOTALL, _UNICODE, _DEBUG, _ASCII = 2, 4, 8, 16, 32, 128, 256
_ALPHABETS = _LOCALE | _UNICODE | _ASCII


class PatternError(Exception):
    """Why a pattern lies outside of what all runtimes share."""


@cache
def compile_pattern(pattern: str, alphabet: Alphabet = HERE) -> Program:
    """Returns the program, with the sets of characters of an alphabet. Raises: PatternError."""
    # Any: the parser of re has no types; its tree is stable since Python 3.11.
    parser: Any = import_module("re._parser")
    parsed = parser.parse(pattern)
    if parsed.state.groups - 1 > 1:
        raise PatternError("it has more than one capturing group")
    if parsed.state.flags & _DEBUG:
        raise PatternError("it has the flag DEBUG")
    if parsed.getwidth()[0] == 0:
        raise PatternError("it can match nothing at all")
    compiler = _Compiler(alphabet)
    compiler.sequence(parsed, parsed.state.flags, outer=True)
    compiler.emit(MATCH)
    return Program(tuple(n for instruction in compiler.code for n in instruction), tuple(compiler.sets))


class _Compiler:
    def __init__(self, alphabet: Alphabet) -> None:
        self._alphabet = alphabet
        self.code: list[list[int]] = []
        self.sets: list[tuple[int, ...]] = []

    def emit(self, op: int, a: int = 0, b: int = 0, c: int = 0) -> int:
        if len(self.code) >= _MOST_INSTRUCTIONS:
            raise PatternError(f"it needs more than {_MOST_INSTRUCTIONS} instructions")
        self.code.append([op, a, b, c])
        return len(self.code) - 1

    def sequence(self, nodes: Iterable[Any], flags: int, *, outer: bool = False) -> None:
        for op, argument in nodes:
            self._node(str(op), argument, flags, outer)

    def _node(self, op: str, argument: Any, flags: int, outer: bool) -> None:
        if op in ("LITERAL", "NOT_LITERAL", "IN", "ANY"):
            self.emit(CLASS, self._set(op, argument, flags))
        elif op == "AT":
            self._at(str(argument), flags)
        elif op == "BRANCH":
            self._branch([lambda part=part: self.sequence(part, flags) for part in argument[1]])
        elif op == "SUBPATTERN":
            self._group(argument, flags, outer)
        elif op in ("MAX_REPEAT", "MIN_REPEAT"):
            self._repeat(argument, flags, lazy=op == "MIN_REPEAT")
        elif op in ("ASSERT", "ASSERT_NOT"):
            self._look(argument, flags, negate=op == "ASSERT_NOT")
        else:
            raise PatternError(f"it uses {_NAMES.get(op, op.lower())}")

    def _set(self, op: str, argument: Any, flags: int) -> int:
        text = "".join(_class_text(op, argument, bool(flags & _DOTALL)))
        ranges = ranges_of(text, flags & (_IGNORECASE | _ASCII), self._alphabet)
        if ranges not in self.sets:
            self.sets.append(ranges)
        return self.sets.index(ranges)

    def _at(self, where: str, flags: int) -> None:
        if where in ("AT_BOUNDARY", "AT_NON_BOUNDARY"):
            word = self._set("IN", [("CATEGORY", "CATEGORY_WORD")], flags & _ASCII)
            self.emit(BOUNDARY, word, int(where == "AT_NON_BOUNDARY"))
        elif where == "AT_BEGINNING":
            self.emit(LINE_BEGIN if flags & _MULTILINE else BEGIN)
        elif where == "AT_END":
            self.emit(LINE_END if flags & _MULTILINE else LAST)
        else:
            self.emit({"AT_BEGINNING_STRING": BEGIN, "AT_END_STRING": END}[where])

    def _branch(self, parts: list[Any]) -> None:
        leave: list[int] = []
        for part in parts[:-1]:
            split = self.emit(SPLIT)
            self.code[split][1] = len(self.code)
            part()
            leave.append(self.emit(JUMP))
            self.code[split][2] = len(self.code)
        parts[-1]()
        for jump in leave:
            self.code[jump][1] = len(self.code)

    def _group(self, argument: Any, flags: int, outer: bool) -> None:
        group, added, removed, inner = argument
        if group is not None and not outer:
            # Which text a group holds after backtracking out of a repeat or a branch is a matter of re's own.
            raise PatternError("its capturing group stands inside of a repeat, an alternative or another group")
        if group is not None:
            self.emit(GROUP, 0)
        if added & _ALPHABETS:
            flags &= ~_ALPHABETS
        self.sequence(inner, (flags | added) & ~removed, outer=outer and group is None)
        if group is not None:
            self.emit(GROUP, 1)

    def _repeat(self, argument: Any, flags: int, *, lazy: bool) -> None:
        least, most, inner = int(argument[0]), min(int(argument[1]), NO_LIMIT), argument[2]
        endless = str(argument[1]) == "MAXREPEAT"
        if len(inner) == 1 and str(inner[0][0]) in ("LITERAL", "NOT_LITERAL", "IN", "ANY"):
            which = self._set(str(inner[0][0]), inner[0][1], flags)
            self.emit(LAZY if lazy else REPEAT, which, least, NO_LIMIT if endless else most)
            return
        if inner.getwidth()[0] == 0:
            raise PatternError("it repeats what can match nothing")
        for _ in range(least):
            self.sequence(inner, flags)
        if endless:
            start = self._choice(lazy)
            self.sequence(inner, flags)
            self.emit(JUMP, start)
            self._leave(start, lazy)
            return
        starts: list[int] = []
        for _ in range(most - least):
            starts.append(self._choice(lazy))
            self.sequence(inner, flags)
        for start in starts:
            self._leave(start, lazy)

    def _choice(self, lazy: bool) -> int:
        start = self.emit(SPLIT)
        self.code[start][2 if lazy else 1] = len(self.code)
        return start

    def _leave(self, start: int, lazy: bool) -> None:
        self.code[start][1 if lazy else 2] = len(self.code)

    def _look(self, argument: Any, flags: int, *, negate: bool) -> None:
        direction, inner = argument
        width = 0
        if direction < 0:
            least, most = inner.getwidth()
            if least != most:
                raise PatternError("it looks behind by a variable width")
            width = int(least)
        look = self.emit(LOOK, int(negate) | (BACK if direction < 0 else 0), width)
        self.sequence(inner, flags)
        self.emit(MATCH)
        self.code[look][3] = len(self.code)


_NAMES = {
    "POSSESSIVE_REPEAT": "a possessive repeat",
    "ATOMIC_GROUP": "an atomic group",
    "GROUPREF": "a back reference",
    "GROUPREF_EXISTS": "a condition on a group",
}
_CATEGORIES = {
    "CATEGORY_DIGIT": r"\d",
    "CATEGORY_NOT_DIGIT": r"\D",
    "CATEGORY_SPACE": r"\s",
    "CATEGORY_NOT_SPACE": r"\S",
    "CATEGORY_WORD": r"\w",
    "CATEGORY_NOT_WORD": r"\W",
}


def _class_text(op: str, argument: Any, dotall: bool) -> Iterator[str]:
    """The pattern of one character, spelled for ``re`` again."""
    if op == "ANY":
        yield r"[\s\S]" if dotall else r"[^\n]"
        return
    items = argument if op == "IN" else [("LITERAL", argument)]
    yield "[^" if op == "NOT_LITERAL" or (items and str(items[0][0]) == "NEGATE") else "["
    for kind, value in items:
        if str(kind) == "LITERAL":
            yield f"\\U{value:08x}"
        elif str(kind) == "RANGE":
            yield f"\\U{value[0]:08x}-\\U{value[1]:08x}"
        elif str(kind) == "CATEGORY":
            yield _CATEGORIES[str(value)]
    yield "]"
