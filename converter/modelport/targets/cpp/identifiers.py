"""Names of a generated C++ library: one to one with the contract, never a keyword, a macro or a name of our own."""

from collections.abc import Sequence

from modelport.ir.names import constant, pascal, snake, unique

__all__ = ["category_constants", "class_constants", "enum_types", "feature_members", "include_stem", "output_members"]

# Lower-case words that headers of Windows and of old Unix define as macros.
_MACROS = frozenset("far near huge small pascal cdecl interface i386 stdin stdout stderr signbit isnan isinf".split())

_OUR_TYPES = (
    "Column Columns Error ErrorCode Features Model Options Outputs Prediction Result Span Status "
    # Macros of X11 and of curses.
    "Bool None Success Always Above Below"
).split()
_PREDICTION_MEMBERS = ["status", "status_feature", "ok", "reason", "or_throw"]
_MODEL_CONSTANTS = ["NAME", "VERSION", "MODEL_ID", "MODEL_SHA256", "FEATURE_NAMES"]


def _member(name: str) -> str:
    word = snake(name)
    return f"{word}_" if word in _MACROS else word


def feature_members(names: Sequence[str]) -> list[str]:
    """Members of Features and Columns."""
    return unique([_member(name) for name in names])


def enum_types(names: Sequence[str]) -> list[str]:
    """Types of category features; asked for all features, so that a name never depends on the others' types."""
    return unique([pascal(name) for name in names], taken=_OUR_TYPES)


def category_constants(categories: Sequence[str]) -> list[str]:
    """Constants of one enum, which has 'unknown' besides."""
    return unique([_member(category) for category in categories], taken=["unknown"])


def output_members(names: Sequence[str]) -> list[str]:
    """Members of Prediction and Outputs; each may get an accessor <member>_of too."""
    members = [_member(name) for name in names]
    return unique(members, taken=[*_PREDICTION_MEMBERS, *(f"{member}_of" for member in members)])


def class_constants(names: Sequence[str]) -> list[str]:
    """Constants of Model that list the classes of an output."""
    return unique([f"{constant(name)}_CLASSES" for name in names], taken=_MODEL_CONSTANTS)


def include_stem(name: str) -> str:
    """The folder and the header of a model's name: what an #include and a macro can carry."""
    return name.replace("-", "_")
