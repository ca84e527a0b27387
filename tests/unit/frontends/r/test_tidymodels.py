"""Workflows and parsnip models around real molds and fits, against hardhat's forge() and the engines' predict() in R."""

from pathlib import Path

import pytest

from modelport.options import Options
from modelport.pipeline import convert

HERE = Path(__file__).with_name("tidy")
NAMES = sorted(path.stem for path in HERE.glob("*.rds"))


@pytest.mark.parametrize("name", NAMES)
def test_answers_as_r(name: str, tmp_path: Path) -> None:
    options = Options(name="m", targets=(), expected=str(HERE / f"{name}-answers.csv"), ship_sample=True)
    _, report = convert(str(HERE / f"{name}.rds"), str(HERE / f"{name}-rows.csv"), tmp_path / "m", options)
    assert report.passed
    assert report.targets["python-ort"].rows == 16
