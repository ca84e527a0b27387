"""Files that R wrote: every kind of object, in every format, compression and version, gives the same values."""

import math
from pathlib import Path

import numpy as np
import pytest

from modelport.frontends.r.serialize import (
    NULL,
    RS4,
    RBuiltin,
    RBytecode,
    RClosure,
    REnvironment,
    RList,
    RPairs,
    RStrings,
    RSymbol,
    RVector,
    classes,
    factor,
    is_na,
    is_workspace,
    looks_like_r,
    matrix,
    names,
    number,
    read,
    read_workspace,
    text,
    texts,
)

FILES = Path(__file__).parent / "files"
NA = -(2**31)
EVERYTHING = sorted(FILES.glob("everything_*.rds"))


def _read(path: Path) -> RList:
    found = read(path.read_bytes(), path.name)
    assert isinstance(found, RList)
    return found


def _values(x: object) -> list[object]:
    assert isinstance(x, RVector)
    values: list[object] = x.values.tolist()
    return values


def test_the_files_are_there() -> None:
    assert len(EVERYTHING) == 12


@pytest.mark.parametrize("path", EVERYTHING, ids=lambda path: path.stem)
def test_numbers(path: Path) -> None:
    x = _read(path)
    assert _values(x["logical"]) == [1, NA, 0]
    assert _values(x["integer"]) == [3, NA, -2147483647]
    assert str(_values(x["double"])) == "[1.5, nan, nan, inf, -inf, -0.0, 0.1]"
    assert is_na(x["double"]).tolist() == [False, True, False, False, False, False, False]
    assert _values(x["complex"])[0] == 1 + 2j
    assert is_na(x["complex"]).tolist() == [False, True]
    assert _values(x["raw"]) == [0, 127, 255]
    assert _values(x["sequence"]) == list(range(1, 501))
    assert _values(x["down"]) == list(range(5, -6, -1))
    assert _values(x["reals"]) == [1, 2, 3, 4]
    assert _values(x["sorted"]) == [1.5, 2.5]


@pytest.mark.parametrize("path", EVERYTHING, ids=lambda path: path.stem)
def test_texts(path: Path) -> None:
    x = _read(path)
    found = x["texts"]
    assert isinstance(found, RStrings)
    assert found.values == ["plain", None, "café", '\\ "quoted"\n\ttab', "", "日本"]
    assert is_na(found).tolist() == [False, True, False, False, False, False]
    assert texts(x["latin"]) == ["naïve €"]
    assert texts(x["bytes"]) == ["x\\xff"]
    assert texts(x["shown"]) == [str(n) for n in range(1, 13)]


@pytest.mark.parametrize("path", EVERYTHING, ids=lambda path: path.stem)
def test_attributes(path: Path) -> None:
    x = _read(path)
    codes, levels = factor(x["factor"])
    assert (codes.tolist(), levels) == ([0, 1, -1, 0], ["u", "v"])
    assert classes(x["ordered"]) == ["ordered", "factor"]
    assert texts(x["factor"]) == ["u", "v", "NA", "u"]
    values, rows, columns = matrix(x["matrix"])
    assert (values.tolist(), rows, columns) == ([[1, 3, 5], [2, 4, 6]], ["a", "b"], [])
    assert names(x["table"]) == ["p", "q"]
    assert names(x["frame"]) == ["n", "t"]
    assert classes(x["frame"]) == ["data.frame"]
    assert x["null"] is NULL


@pytest.mark.parametrize("path", EVERYTHING, ids=lambda path: path.stem)
def test_language(path: Path) -> None:
    x = _read(path)
    call = x["call"]
    assert isinstance(call, RPairs)
    assert call.kind == "call"
    assert call.tags == ["", "", "y", ""]
    assert [text(call.values[0]), text(call.values[1]), number(call["y"])] == ["f", "x", 2]
    assert isinstance(x["symbol"], RSymbol)
    formula = x["formula"]
    assert classes(formula) == ["formula"]
    assert formula.attributes[".Environment"] is x["global"]
    expression = x["expression"]
    assert isinstance(expression, RList)
    assert (expression.kind, len(expression)) == ("expression", 2)
    assert names(x["pairs"]) == ["a", ""]
    assert isinstance(x["missing"], RPairs)
    assert text(x["missing"]["x"]) == ""


@pytest.mark.parametrize("path", EVERYTHING, ids=lambda path: path.stem)
def test_environments_and_functions(path: Path) -> None:
    x = _read(path)
    environment = x["environment"]
    assert isinstance(environment, REnvironment)
    assert environment["self"] is environment is x["same"]
    assert environment.locked
    assert set(names(environment)) == {"self", "add", "hidden", "reach"}
    closure = x["closure"]
    assert isinstance(closure, RClosure)
    assert closure.environment is environment
    assert names(closure.formals) == ["x", "..."]
    compiled = x["compiled"]
    assert isinstance(compiled, RClosure)
    assert isinstance(compiled.body, RBytecode)
    assert isinstance(compiled.body.expression, RPairs)
    assert text(compiled.body.expression.values[0]) == "{"
    assert [x[name].describe() for name in ("global", "base", "empty", "namespace", "package")] == [
        "global environment",
        "base environment",
        "empty environment",
        "namespace environment stats",
        "package environment package:stats",
    ]
    assert isinstance(x["builtin"], RBuiltin)
    assert [x["builtin"].describe(), x["special"].describe()] == ["function 'sum'", "function 'if'"]
    s4 = x["s4"]
    assert isinstance(s4, RS4)
    assert (classes(s4), text(s4["label"])) == (["Point"], "p")


@pytest.mark.parametrize("path", sorted(FILES.glob("two_*.RData")), ids=lambda path: path.stem)
def test_workspaces(path: Path) -> None:
    data = path.read_bytes()
    found = read_workspace(data, path.name)
    assert list(found) == ["one", "two"]
    assert (number(found["one"]), text(found["two"])) == (1, "b")
    assert is_workspace(data)


def test_doubles_are_shown_as_r_shows_them() -> None:
    """Numbers kept as a recipe for their texts give the texts that as.character made."""
    from modelport.frontends.r.serialize.altrep import expand
    from modelport.frontends.r.serialize.limits import LIMITS, Budget

    x = _read(FILES / "shown.rds")
    shown = expand("deferred_string", RPairs([x["numbers"]], [""]), Budget(LIMITS, "x"))
    expected = x["texts"]
    assert isinstance(shown, RStrings)
    assert isinstance(expected, RStrings)
    assert shown.values == expected.values


@pytest.mark.parametrize("path", [*EVERYTHING, *sorted(FILES.glob("two_*.RData"))], ids=lambda path: path.name)
def test_the_first_bytes_tell(path: Path) -> None:
    data = path.read_bytes()
    assert looks_like_r(data)
    assert is_workspace(data) == (path.suffix == ".RData")


def test_all_formats_hold_the_same_numbers_bit_for_bit() -> None:
    found = [np.array(_values(_read(path)["double"])).tobytes() for path in EVERYTHING]
    assert len(set(found)) == 1
    assert math.isnan(np.frombuffer(found[0])[1])
