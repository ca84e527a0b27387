"""Any text becomes an identifier; equal ones are told apart."""

import re

import pytest

from modelport.errors import InvalidNameError
from modelport.ir import names

ODD = ["bill length (mm)", "class", "2nd", "", "größe", "日本", "a-b", "a_b", "A B", "hashCode", "$", "%", "x" * 200]


@pytest.mark.parametrize("text", ODD)
@pytest.mark.parametrize("function", [names.snake, names.camel, names.pascal, names.constant])
def test_every_text_becomes_an_identifier(text: str, function) -> None:
    word = function(text)
    assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", word)
    assert word not in names.JAVA_KEYWORDS
    assert word not in names.CPP_KEYWORDS or function is not names.snake


def test_clashes_get_a_counter() -> None:
    assert names.unique(["a", "a", "b", "a"], taken=["b"]) == ["a", "a_2", "b_2", "a_3"]


@pytest.mark.parametrize("name", ["", "1st", "a b", "class", "größe", "a/b", "../x"])
def test_bad_model_names_are_refused(name: str) -> None:
    with pytest.raises(InvalidNameError) as err:
        names.check_name(name)
    assert err.value.code == "MP001"
    assert "--name" in err.value.where


@pytest.mark.parametrize("package", ["com.acme.", "com.int.x", "com.1a", "", "com acme"])
def test_bad_packages_are_refused(package: str) -> None:
    with pytest.raises(InvalidNameError):
        names.check_java_package(package)


@pytest.mark.parametrize("namespace", ["a:b", "a::", "class", "a::int", "a__b", "1a"])
def test_bad_namespaces_are_refused(namespace: str) -> None:
    with pytest.raises(InvalidNameError):
        names.check_cpp_namespace(namespace)


def test_good_ones_pass() -> None:
    assert names.check_name("credit-risk_2") == "credit-risk_2"
    assert names.check_java_package("com.acme.penguins") == "com.acme.penguins"
    assert names.check_cpp_namespace("acme::penguins") == "acme::penguins"
