"""A conversion that fails its proof leaves a report and no bundle; each refusal leaves nothing at all."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import modelport
from modelport.errors import MissingColumnError, ParityError
from modelport.frontends.sklearn.oracle import SklearnOracle
from modelport.ir.rows import Rows


@pytest.fixture
def another_original(monkeypatch: pytest.MonkeyPatch) -> None:
    """The original says something else than what is converted: what a wrong conversion looks like."""
    ask = SklearnOracle.ask

    def other(self: SklearnOracle, rows: Rows) -> Mapping[str, Any]:
        answers = dict(ask(self, rows))
        answers["probability"] = answers["probability"] * (1 - 1e-9)
        return answers

    monkeypatch.setattr(SklearnOracle, "ask", other)


@pytest.mark.usefixtures("another_original")
def test_a_failed_proof_leaves_a_report_and_no_bundle(made, tmp_path: Path) -> None:
    case = made("tree")
    for folder in ("out.rejected", "out.rejected.2"):
        with pytest.raises(ParityError) as err:
            modelport.convert(
                case.model, case.rows, output=tmp_path / "out", name="penguins", response="species", targets="none"
            )
        assert err.value.exit_code == 1
        assert str(tmp_path / folder) in err.value.where
        report = json.loads((tmp_path / folder / "report.json").read_text())
        assert report["passed"] is False
        assert report["targets"]["python-ort"]["over"] > 0
        assert "does not give the same predictions" in (tmp_path / folder / "report.html").read_text()
        assert "<failure" in (tmp_path / folder / "junit.xml").read_text()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.rejected", "out.rejected.2"]


def test_a_refusal_leaves_nothing(made, tmp_path: Path) -> None:
    case = made("tree")
    with pytest.raises(MissingColumnError):
        modelport.convert(case.model, case.rows.drop(columns="bill_length_mm"), output=tmp_path / "out", name="x")
    assert not list(tmp_path.iterdir())
