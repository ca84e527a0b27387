"""Runs a compiled token pattern: the definition that the Java and C++ runtimes follow instruction by instruction.

An instruction is four numbers: what to do, and three arguments a, b, c.

    MATCH                       the end: what was read is a match
    CLASS      set              read one character of the set
    REPEAT     set least most   read as many of the set as there are, then try with fewer
    LAZY       set least most   read as few of the set as allowed, then try with more
    SPLIT      first second     go on at ``first``; where that fails, at ``second``
    JUMP       target           go on at ``target``
    GROUP      slot             note the position: slot 0 begins, slot 1 ends the token
    BOUNDARY   set negate       between a character of the set and one outside of it, the ends counting as outside
    BEGIN, END                  at the very beginning or end
    LAST                        at the end, or before a line feed that ends the text
    LINE_BEGIN, LINE_END        there, or after or before a line feed
    LOOK       kind width then  the instructions up to the next MATCH match here, or ``width`` characters back where
                                bit 1 of ``kind`` is set; bit 0 negates; go on at ``then``
"""

from bisect import bisect_right
from collections.abc import Sequence

from modelport.ir.text.step import Program

__all__ = [
    "BACK",
    "BEGIN",
    "BOUNDARY",
    "CLASS",
    "END",
    "GROUP",
    "JUMP",
    "LAST",
    "LAZY",
    "LINE_BEGIN",
    "LINE_END",
    "LOOK",
    "MATCH",
    "NO_LIMIT",
    "REPEAT",
    "SPLIT",
    "contains",
    "find_tokens",
]

MATCH, CLASS, REPEAT, LAZY, SPLIT, JUMP, GROUP, BOUNDARY = range(8)
BEGIN, END, LAST, LINE_BEGIN, LINE_END, LOOK = range(8, 14)
NO_LIMIT = 0x7FFFFFFF
BACK = 2
_LINE_FEED = 10


def contains(ranges: Sequence[int], code: int) -> bool:
    """Whether a code point lies in ranges first, last, first, last, …."""
    at = bisect_right(ranges, code)
    # Behind a first but not behind its last; on a last itself counts as behind it.
    return at % 2 == 1 or (at > 0 and ranges[at - 1] == code)


def find_tokens(program: Program, text: Sequence[int]) -> list[tuple[int, int]]:
    """Returns begin and end of each token, as re.findall finds them: from left to right, none overlapping."""
    machine = _Machine(program, text)
    found: list[tuple[int, int]] = []
    start = 0
    while start < len(text):
        end = machine.match(0, start)
        if end < 0:
            start += 1
            continue
        found.append((start, end) if machine.begin < 0 else (machine.begin, machine.end))
        start = end
    return found


class _Machine:
    def __init__(self, program: Program, text: Sequence[int]) -> None:
        self._code, self._sets, self._text = program.code, program.sets, text
        # The group is noted anew on every path that matches, so nothing is taken back when one fails.
        self.begin = self.end = -1

    def match(self, pc: int, position: int) -> int:
        """Returns the end of the match at a position, -1 when there is none."""
        # What is left to try: an instruction, the position to go on from, and up to which other position, one by one.
        waiting = [(pc, position, position)]
        while waiting:
            pc, at, bound = waiting.pop()
            if bound > at:
                # More of a lazy repeat: the character at ``at`` was seen to be of the set.
                waiting.append((pc, at + 1, bound))
            elif bound < at:
                waiting.append((pc, at - 1, bound))
            end = self._run(pc, at, waiting)
            if end >= 0:
                return end
        return -1

    def _run(self, pc: int, at: int, waiting: list[tuple[int, int, int]]) -> int:
        text = self._text
        while True:
            op, a, b, c = self._code[4 * pc : 4 * pc + 4]
            pc += 1
            if op == MATCH:
                return at
            if op == CLASS:
                if at == len(text) or not contains(self._sets[a], text[at]):
                    return -1
                at += 1
            elif op in (REPEAT, LAZY):
                most = min(len(text), at + c)
                end = at
                while end < most and contains(self._sets[a], text[end]):
                    end += 1
                if end - at < b:
                    return -1
                first, last = (end, at + b) if op == REPEAT else (at + b, end)
                if first != last:
                    waiting.append((pc, first - 1 if op == REPEAT else first + 1, last))
                at = first
            elif op == SPLIT:
                waiting.append((b, at, at))
                pc = a
            elif op == JUMP:
                pc = a
            elif op == GROUP:
                if a == 0:
                    self.begin = at
                else:
                    self.end = at
            elif op == LOOK:
                if not self._look(pc, at, a, b):
                    return -1
                pc = c
            elif not self._at(op, a, b, at):
                return -1

    def _look(self, pc: int, at: int, kind: int, width: int) -> bool:
        start = at - width if kind & BACK else at
        matched = start >= 0 and self.match(pc, start) >= 0
        return matched != bool(kind & 1)

    def _at(self, op: int, a: int, b: int, at: int) -> bool:
        text, last = self._text, len(self._text)
        if op == BOUNDARY:
            before = at > 0 and contains(self._sets[a], text[at - 1])
            after = at < last and contains(self._sets[a], text[at])
            return (before != after) != bool(b)
        if op == BEGIN:
            return at == 0
        if op == END:
            return at == last
        if op == LAST:
            return at == last or (at == last - 1 and text[at] == _LINE_FEED)
        if op == LINE_BEGIN:
            return at == 0 or text[at - 1] == _LINE_FEED
        return at == last or text[at] == _LINE_FEED
