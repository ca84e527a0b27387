"""Levels of joined texts, taken apart: whatever texts stand in the columns, the level is found that R would join of them."""

import numpy as np
import pytest

from modelport.frontends.r.terms.compiler import Compiler
from modelport.frontends.r.terms.joined import joined_code
from modelport.frontends.r.terms.values import Joined
from modelport.ir.graph_proto import to_proto
from modelport.ir.session import open_session, run
from tests.unit.frontends.r.terms._expressions import Columns, expression


def places(source: str, columns: Columns, levels: list[str]) -> list[int]:
    scope = columns.scope()
    found = Compiler(scope).compile(expression(source))
    assert isinstance(found, Joined)
    scope.builder.output(joined_code(scope, found, levels), "place")
    session = open_session(to_proto(scope.builder.build("m")).SerializeToString())
    return [int(v) for v in run(session, columns.feeds([i.name for i in session.get_inputs()]), ["place"])["place"]]


def test_a_separator_inside_the_texts() -> None:
    # "a.b.c" is "a" and "b.c", and "a.b" and "c".
    columns = Columns(f=["a", "a.b", "a", "a.b", None, "x"], g=["b.c", "c", "c", "b.c", "c", "c"])
    assert places("interaction(f, g)", columns, ["a.b.c", "a.c"]) == [0, 0, 1, 2, 2, 2]


def test_no_separator_and_a_text_between() -> None:
    columns = Columns(f=["a", "ab", "a", None], g=["bc", "c", "c", "c"])
    assert places("paste0(f, g)", columns, ["abc", "ac", "NAc"]) == [0, 0, 1, 2]
    assert places("paste('no', f, sep='-')", columns, ["no-a", "no-NA"]) == [0, 2, 0, 1]


def test_numbers_and_logicals_are_the_text_that_r_makes_of_them() -> None:
    columns = Columns(x=[4.0, 0.1, 1e5, 4.5, np.nan], y=[True, False, True, True, True])
    levels = ["4 TRUE", "0.1 FALSE", "1e+05 TRUE", "4.0 TRUE", "NA TRUE"]
    assert places("paste(x, y)", columns, levels) == [0, 1, 2, 5, 4]


def test_three_columns() -> None:
    columns = Columns({"f": ("u", "v")}, f=["u", "v", "v", "w"], g=["1", "2", "1", "1"], h=["x", "x", "y", "x"])
    assert places("interaction(f, g, h)", columns, ["u.1.x", "v.2.x", "v.1.y"]) == [0, 1, 2, 3]


def test_what_paste_is_not_compiled_with() -> None:
    with pytest.raises(Exception, match="sep only"):
        Compiler(Columns(f=["a"]).scope()).compile(expression("paste(f, collapse='')"))
