"""Names in expressions: which are columns, and which stand where a function takes a table of values."""

from modelport.frontends.r.serialize import RPromise, RSymbol
from modelport.frontends.r.terms.calls import deparse, settled, table_names, variables_in, without_tables
from tests.unit.frontends.r.terms._expressions import call, expression


def test_names_are_in_order_and_functions_are_none() -> None:
    assert list(variables_in(expression("log(x) + f(y, g(x))"))) == ["x", "y", "x"]


def test_a_name_behind_a_dollar_is_none() -> None:
    assert list(variables_in(call("$", RSymbol("cars"), RSymbol("mpg")))) == ["cars"]


def test_tables() -> None:
    node = expression("cut(x, edges) + (y @ c(known, 2)) + findInterval(edges, z)")
    assert list(table_names(node)) == ["edges", "known", "z"]
    assert list(variables_in(without_tables(node))) == ["x", "y", "edges"]


def test_an_argument_is_what_it_was_evaluated_to() -> None:
    value = expression("2")
    assert settled(RPromise(value, RSymbol("k"), RSymbol(""))) is value
    never = RPromise(RSymbol(""), value, RSymbol(""))
    assert settled(never) is value
    assert settled(value) is value


def test_the_text_of_a_call() -> None:
    assert deparse(expression("x ** 2 + f(y, n=3)")) == "x^2 + f(y, n = 3)"
