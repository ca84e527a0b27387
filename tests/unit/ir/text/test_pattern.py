"""Token patterns: the compiled program finds what re.findall finds; what is not shared is refused by name."""

import random
import re

import pytest

from modelport.ir.text.machine import find_tokens
from modelport.ir.text.pattern import PatternError, compile_pattern
from tests.unit.ir.text.fuzz import random_texts

PATTERNS = [
    r"(?u)\b\w\w+\b",
    r"\b\w+\b",
    r"\w+",
    r"\S+",
    r"[^\s]+",
    r"[a-zA-Z]+",
    r"(?u)\b[a-zA-Z]{3,}\b",
    r"[A-Za-z][A-Za-z0-9_']*",
    r"\b[^\d\W]+\b",
    r"\w+(?:[-'’]\w+)*",
    r"\w[\w'-]*\w|\w",
    r"(?:#|@)?\w+",
    r"#(\w+)",
    r"(\w)\w*",
    r"\d+(?:\.\d+)?|\w+",
    r"[a-z]+|[0-9]+|.",
    r"(?i)[a-z]+",
    r"(?i)\bstraße\b|ſ+|k",
    r"(?a)\b\w+\b",
    r"(?s).{1,3}",
    r".{2}",
    r"(?m)^\w+|\w+$",
    r"^\w+",
    r"\w+$",
    r"\A\w|\w\Z",
    r"\w+?\b",
    r"\w{2,4}?",
    r"(?:ab|a)(?:c|bcd)*z?",
    r"\B\w",
    r"(?<!\d)\d{2}(?!\d)",
    r"(?<=-)\w+",
    r"(?=\w)[^\d]+",
    r"(?:\w\d){2,}",
    r"(?:\w-?){2,3}?x?",
    r"[\u0370-\u03ff]+|\w",
    r"[^\w\s]",
    r"(?x) \w+  # words",
    r"(?i:abc)|ABC|(?-i:d)",
    r"\n+|[ \t]+",
    r"a|b|cc|(?:zz|z)+",
]
REFUSED = {
    r"(\w)\1": "a back reference",
    r"(a)(b)": "more than one capturing group",
    r"\w*": "it can match nothing",
    r"(?:(a)|b)+": "capturing group stands inside",
    r"(a|)b|c": "capturing group stands inside",
    r"(?:a*)+b": "repeats what can match nothing",
    r"(?>ab)c": "an atomic group",
    r"a++b": "a possessive repeat",
    r"(?:\w{1,500}-){1,1000}": "instructions",
}


def _own(pattern: str, text: str) -> list[str]:
    return [text[begin:end] for begin, end in find_tokens(compile_pattern(pattern), [ord(c) for c in text])]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_finds_what_re_finds(pattern: str) -> None:
    texts = [
        *random_texts(1, 150),
        "",
        "a",
        "ab-cd",
        "#tag @x it's",
        "line one\nline two\n",
        "12 345 6.7 x9y8",
        "abcbcdz",
    ]
    for text in texts:
        assert _own(pattern, text) == re.findall(pattern, text), text


def test_random_patterns_find_what_re_finds() -> None:
    rng = random.Random(5)
    tried = 0
    while tried < 300:
        pattern = _pattern(rng, 3)
        try:
            program = compile_pattern(pattern)
        except PatternError:
            continue
        tried += 1
        for _ in range(20):
            text = "".join(rng.choice("aAbB1_ -\né") for _ in range(rng.randrange(12)))
            found = [text[begin:end] for begin, end in find_tokens(program, [ord(c) for c in text])]
            assert found == re.findall(pattern, text), (pattern, text)


def _pattern(rng: random.Random, depth: int) -> str:
    if depth == 0 or rng.random() < 0.3:
        return rng.choice(
            ["a", "b", "A", r"\w", r"\d", r"\s", ".", "[ab]", "[^a]", r"[\w-]", "é", r"\b", r"\B", "^", "$"]
        )
    kind = rng.randrange(6)
    inner = _pattern(rng, depth - 1)
    if kind < 2:
        return inner + _pattern(rng, depth - 1)
    if kind == 2:
        return f"(?:{inner}|{_pattern(rng, depth - 1)})"
    if kind == 3:
        return f"(?:{inner})" + rng.choice(["+", "{2}", "{1,2}", "?", "*", "+?", "??", "{1,3}?"])
    if kind == 4:
        return rng.choice(["(?={})", "(?!{})", "(?:{})", "(?i:{})", "(?<=a)", "(?<!b)"]).replace("{}", inner)
    return rng.choice(["a", "b", r"\w", "[ab1]"]) + rng.choice(["+", "*", "?", "{2,3}", "*?", "+?", ""])


@pytest.mark.parametrize("pattern", REFUSED)
def test_refuses_by_name(pattern: str) -> None:
    with pytest.raises(PatternError, match=REFUSED[pattern]):
        compile_pattern(pattern)
