"""Arguments of predict(): which a class takes, what stands for them in R, and what is said of others."""

from pathlib import Path

import pytest

from fixtures.recipes.r._all import RECORDED
from modelport.cli._settings import pairs
from modelport.errors import ConfigError
from modelport.frontends.r import convert as front_end
from modelport.frontends.r._arguments import as_chosen, in_r
from modelport.options import Options
from modelport.pipeline import convert, record

CROSSED = RECORDED / "glmnet-at-least-error" / "model.rds"
LINEAR = RECORDED / "lm-terms" / "model.rds"


def test_r_gets_the_argument(tmp_path: Path) -> None:
    files = record(str(CROSSED), None, tmp_path / "r", Options(arguments={"s": "lambda.min"}))
    assert b'formals(ask)[["s"]] <- "lambda.min"\n' in files["record.R"]


def test_the_contract_says_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front_end, "rscript", lambda: None)
    bundle, _ = convert(str(CROSSED), None, tmp_path / "m", Options(name="m", targets=(), arguments={"s": 0.25}))
    assert "predict() is asked with s = 0.25" in bundle.contract.notes


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"lambda": "0.1"}, "it takes here s (lambda.1se, lambda.min or a lambda)"),
        ({"s": "lambda.2se"}, "give one that it takes: lambda.1se, lambda.min or a lambda"),
        ({"s": "nan"}, "give one that it takes"),
    ],
)
def test_what_a_class_does_not_take(arguments: dict[str, str], said: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as found:
        convert(str(CROSSED), None, tmp_path / "m", Options(name="m", targets=(), arguments=arguments))
    assert said in str(found.value)


def test_a_class_without_arguments(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="it takes here no argument"):
        convert(str(LINEAR), None, tmp_path / "m", Options(name="m", targets=(), arguments={"s": 1}))


def test_another_front_end_takes_none(tmp_path: Path) -> None:
    from sklearn.linear_model import LinearRegression

    model = LinearRegression().fit([[0.0], [1.0]], [0.0, 1.0])
    with pytest.raises(ConfigError, match="with its rows alone"):
        convert(model, None, tmp_path / "m", Options(name="m", targets=(), arguments={"s": 1}))


def test_numbers_are_told_to_r_as_they_are() -> None:
    assert in_r(as_chosen("0.1")) == "0x1.999999999999ap-4"
    assert in_r(as_chosen(7)) == "7"
    assert in_r(as_chosen('a"\\')) == '"a\\"\\\\"'


def test_a_flag_is_a_name_and_a_value() -> None:
    assert pairs(["s = lambda.min", "n.trees=5"], "--argument") == {"s": "lambda.min", "n.trees": "5"}
    for wrong in (["s"], ["=1"], ["s=1", "s=2"]):
        with pytest.raises(ConfigError):
            pairs(wrong, "--argument")


def test_levels_are_two_names_of_a_model_of_numbers(tmp_path: Path) -> None:
    named = RECORDED / "glm-named-levels" / "model.rds"
    files = record(str(named), None, tmp_path / "r", Options(levels=("no", "yes")))
    assert b'formals(ask)[["named"]] <- c("no", "yes")\n' in files["record.R"]
    with pytest.raises(ConfigError, match="two different names"):
        convert(str(named), None, tmp_path / "m", Options(name="m", targets=(), levels=("no", "no")))
    with pytest.raises(ConfigError, match="no model of a response of numbers 0 and 1"):
        convert(str(LINEAR), None, tmp_path / "m", Options(name="m", targets=(), levels=("no", "yes")))
