"""Turns the names of columns, classes and categories into identifiers of Java and C++, one to one.

The original name is kept in the contract; here only its spelling in a language is decided.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from modelport.errors import InvalidNameError

__all__ = [
    "CPP_KEYWORDS",
    "JAVA_KEYWORDS",
    "camel",
    "check_cpp_namespace",
    "check_java_package",
    "check_name",
    "check_version",
    "constant",
    "pascal",
    "snake",
    "tensor_names",
    "unique",
]

JAVA_KEYWORDS = frozenset(
    "abstract assert boolean break byte case catch char class const continue default do double else enum extends "
    "final finally float for goto if implements import instanceof int interface long native new package private "
    "protected public return short static strictfp super switch synchronized this throw throws transient try void "
    "volatile while true false null var record sealed permits yield _".split()
)
CPP_KEYWORDS = frozenset(
    "alignas alignof and and_eq asm auto bitand bitor bool break case catch char char8_t char16_t char32_t class "
    "compl concept const consteval constexpr constinit const_cast continue co_await co_return co_yield decltype "
    "default delete do double dynamic_cast else enum explicit export extern false float for friend goto if inline "
    "int long mutable namespace new noexcept not not_eq nullptr operator or or_eq private protected public register "
    "reinterpret_cast requires return short signed sizeof static static_assert static_cast struct switch template "
    "this thread_local throw true try typedef typeid typename union unsigned using virtual void volatile wchar_t "
    "while xor xor_eq std linux unix errno NULL EOF assert major minor".split()
)
# Members that every record, enum or object already has: a column of that name would not compile.
_JAVA_TAKEN = frozenset("hashCode toString getClass notify notifyAll wait clone finalize equals values valueOf".split())

# Names of graph outputs: an input of the same name would make the graph invalid.
_OUTPUTS = frozenset(
    "label probability score value link transformed score_samples outF pathLength average_depth anomaly_score".split()
)

_SYMBOLS = {"+": "plus", "%": "percent", "&": "and", "@": "at", "<": "lt", ">": "gt", "=": "eq", "#": "number"}
_VERSION = re.compile(r"[0-9]+(\.[0-9]+){0,3}(-[A-Za-z0-9.]+)?\Z")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*\Z")
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


def _words(name: str) -> list[str]:
    """Splits any text into ASCII words: 'bill length (mm)' → bill, length, mm; 'fooBar2' → foo, Bar2."""
    text = "".join(f" {_SYMBOLS[c]} " if c in _SYMBOLS else c for c in name)
    # NFKD takes accents off; what has no ASCII form becomes its code point, so that names stay different.
    text = "".join(
        c if c.isascii() else ("" if unicodedata.combining(c) else f" u{ord(c):04x} ")
        for c in unicodedata.normalize("NFKD", text)
    )
    text = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", text)
    return re.findall(r"[A-Za-z0-9]+", text) or ["empty"]


def snake(name: str) -> str:
    """bill_length_mm: a C++ field."""
    word = "_".join(w.lower() for w in _words(name))
    word = f"n{word}" if word[0].isdigit() else word
    return f"{word}_" if word in CPP_KEYWORDS else word


def camel(name: str) -> str:
    """billLengthMm: a Java field."""
    first, *rest = _words(name)
    word = first.lower() + "".join(w[:1].upper() + w[1:].lower() for w in rest)
    word = f"n{word}" if word[0].isdigit() else word
    return f"{word}_" if word in JAVA_KEYWORDS or word in _JAVA_TAKEN else word


def pascal(name: str) -> str:
    """BillLengthMm: a class or an enum of Java or C++."""
    word = "".join(w[:1].upper() + w[1:].lower() for w in _words(name))
    return f"N{word}" if word[0].isdigit() else word


def constant(name: str) -> str:
    """BILL_LENGTH_MM: an enum constant of Java."""
    word = "_".join(w.upper() for w in _words(name))
    return f"N{word}" if word[0].isdigit() else word


def unique(identifiers: Iterable[str], taken: Sequence[str] = ()) -> list[str]:
    """Makes equal identifiers different by a counter, in order: a, a → a, a_2; never one of ``taken``."""
    result: list[str] = []
    seen = set(taken)
    for identifier in identifiers:
        candidate, count = identifier, 1
        while candidate in seen:
            count += 1
            candidate = f"{identifier}_{count}"
        seen.add(candidate)
        result.append(candidate)
    return result


def tensor_names(columns: Sequence[str]) -> list[str]:
    """Names the graph's inputs like their columns, but for those that clash with an output or that JNI would garble."""
    wanted = [
        f"{name}_feature"
        if name in _OUTPUTS or name.startswith("probability_")
        else f"column_{index}"
        if not name or "\0" in name or any(ord(c) > 0xFFFF for c in name)
        else name
        for index, name in enumerate(columns)
    ]
    return unique(wanted)


def check_name(name: str) -> str:
    """Returns the model's name when Maven, CMake, Java and C++ can carry it.

    Raises: InvalidNameError when it is empty, does not start with a letter, or has other characters.
    """
    if not _NAME.match(name) or snake(name).endswith("_") or camel(name).endswith("_"):
        raise InvalidNameError(
            f"the model name {name!r} is no identifier in Java or C++",
            where="--name",
            fix="choose ASCII letters, digits, '-' and '_' with a letter first, and no keyword: --name "
            + (re.sub(r"[^A-Za-z0-9_]+", "_", name).strip("_0123456789") or "my")
            + "_model",
        )
    return name


def check_java_package(package: str, flag: str = "--java-package") -> str:
    """Returns a dotted Java package or Maven group. Raises: InvalidNameError naming the part that is no identifier."""
    for part in package.split("."):
        if not _IDENTIFIER.match(part) or part in JAVA_KEYWORDS:
            raise InvalidNameError(
                f"{part!r} in {package!r} is no identifier in Java",
                where=flag,
                fix="use dotted identifiers such as com.acme.penguins",
            )
    return package


def check_cpp_namespace(namespace: str) -> str:
    """Returns a C++ namespace, parts joined by '::'. Raises: InvalidNameError naming the part that is none."""
    for part in namespace.split("::"):
        if not _IDENTIFIER.match(part) or part in CPP_KEYWORDS or "__" in part or part.startswith("_"):
            raise InvalidNameError(
                f"{part!r} in the C++ namespace {namespace!r} is no identifier in C++",
                where="--cpp-namespace",
                fix="use identifiers joined by '::' such as acme::penguins",
            )
    return namespace


def check_version(version: str) -> str:
    """Returns a version that Maven and CMake both take. Raises: InvalidNameError."""
    if not _VERSION.match(version):
        raise InvalidNameError(
            f"{version!r} is no version", where="--version", fix="use up to four numbers with dots, such as 1.0.0"
        )
    return version
