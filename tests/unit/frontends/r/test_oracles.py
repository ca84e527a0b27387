"""Who says what R predicts: a record, or nobody, and then nothing is called passed."""

import dataclasses
import shutil
from pathlib import Path

import numpy as np
import pytest

from fixtures.recipes.r._all import RECORDED
from modelport.errors import ModelportError, UnsupportedModelError
from modelport.frontends.r import convert as front_end
from modelport.frontends.r.oracle.answers import ROracle
from modelport.frontends.r.oracle.predictions import Predictions
from modelport.ir.contract import Bound, Feature, Output
from modelport.ir.rows import Column, Rows
from modelport.options import Options
from modelport.pipeline import convert, record

MODEL = RECORDED / "lm-terms" / "model.rds"


def test_without_r_a_bundle_is_unproven(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front_end, "rscript", lambda: None)
    bundle, report = convert(str(MODEL), None, tmp_path / "m", Options(name="m", targets=()))
    assert not report.passed
    assert report.targets["python-ort"].status == "unproven"
    assert any("unproven against R" in note for note in bundle.contract.notes)


def test_a_record_holds_what_r_needs(tmp_path: Path) -> None:
    files = record(str(MODEL), None, tmp_path / "r", Options())
    assert set(files) == {"rows.bin", "record.R"}
    assert b"predict(model, data)" in files["record.R"]


def test_another_answer_of_r_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "r"
    shutil.copytree(MODEL.parent, folder)
    lines = (folder / "predictions.csv").read_text().splitlines()
    place = next(i for i, line in enumerate(lines) if line.startswith("0,") and "0x1" in line)
    lines[place] = lines[place].rsplit(",", 1)[0] + ",0x1p+9"
    (folder / "predictions.csv").write_text("\n".join(lines) + "\n")
    options = Options(name="m", targets=(), expected=str(folder / "predictions.csv"))
    with pytest.raises(ModelportError, match="not those of the original"):
        convert(str(MODEL), None, tmp_path / "m", options)


def _by_hand(tmp_path: Path, text: str) -> Options:
    (tmp_path / "mine.csv").write_text(text)
    return Options(name="m", targets=(), expected=str(tmp_path / "mine.csv"), ship_sample=True)


def _values(tmp_path: Path) -> tuple[dict[str, list[object]], list[float]]:
    """Rows that the model takes, and what a conversion says of them."""
    bundle, _ = convert(
        str(MODEL),
        None,
        tmp_path / "first",
        Options(name="m", targets=(), expected=str(MODEL.with_name("predictions.csv"))),
    )
    vectors = bundle.vectors()
    good = [row for row in range(len(vectors)) if vectors.status[row] == 0][:20]
    rows = vectors.rows.take(np.array(good))
    columns = {
        name: [v if ok else None for v, ok in zip(c.values.tolist(), c.valid, strict=True)]
        for name, c in rows.columns.items()
    }
    return columns, vectors.answers["value"].expected[good].tolist()


def test_a_table_of_predictions_answers_the_sample(tmp_path: Path) -> None:
    rows, values = _values(tmp_path)
    text = "value\n" + "".join(f"{value:.17g}\n" for value in values)
    options = _by_hand(tmp_path, text)
    _, report = convert(str(MODEL), rows, tmp_path / "m", options)
    assert report.passed and report.targets["python-ort"].rows == len(values)
    with pytest.raises(ModelportError, match="do not travel"):
        convert(str(MODEL), rows, tmp_path / "n", dataclasses.replace(options, ship_sample=False))
    with pytest.raises(ModelportError, match="not those of the original"):
        convert(str(MODEL), rows, tmp_path / "o", _by_hand(tmp_path, text.replace(f"{values[3]:.17g}", "77")))
    with pytest.raises(ModelportError, match="19 predictions, the sample has 20 rows"):
        convert(str(MODEL), rows, tmp_path / "p", _by_hand(tmp_path, text.rsplit("\n", 2)[0] + "\n"))


def test_predictions_without_their_rows(tmp_path: Path) -> None:
    shutil.copy(MODEL.parent / "predictions.csv", tmp_path)
    options = Options(name="m", targets=(), expected=str(tmp_path / "predictions.csv"))
    with pytest.raises(ModelportError, match=r"rows\.bin"):
        convert(str(MODEL), None, tmp_path / "m", options)


def test_a_model_that_reads_nothing_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front_end, "rscript", lambda: None)
    from modelport.frontends.r.terms.frame import Frame

    monkeypatch.setattr(Frame, "variables", lambda *_, **__: [])
    with pytest.raises(UnsupportedModelError, match="reads no column"):
        convert(str(MODEL), None, tmp_path / "m", Options(name="m", targets=()))


def test_a_row_refused_for_want_of_others_is_asked_again_beside_them() -> None:
    feature = Feature(name="x", dtype="float64", input="x", missing="accept", missing_as="nan", numbers=(1.0, 2.0))
    asked: list[list[float]] = []

    def ask(rows: Rows) -> Predictions:
        """factor(x, labels = c("a", "b")): it wants two values among the rows, whichever they are."""
        values = rows.columns["x"].values.astype(np.float64)
        asked.append(values.tolist())
        levels = np.unique(values)
        refused = np.full(len(values), len(levels) != 2)
        places = np.searchsorted(levels, values).astype(np.float64)[:, None]
        message = "invalid 'labels'; length 2 should be 1 or 1"
        return Predictions(refused, [message if no else "" for no in refused], {"value": places}, "R 4.2.2")

    output = Output(name="value", role="number", dtype="float64", bound=Bound(kind="exact", reason="a test"))
    oracle = ROracle([feature], [output], ask)

    def rows(*values: float) -> Rows:
        return Rows({"x": Column(np.array(values), np.ones(len(values), dtype=np.bool_))}, len(values))

    oracle.ask(rows(2.0))
    oracle.ask(rows(2.0, 7.0))
    assert oracle.ask(rows(1.0, 2.0))["value"].tolist() == [0.0, 1.0]
    assert [2.0, 7.0] not in asked
    assert oracle.ask(rows(2.0, 1.0))["value"].tolist() == [1.0, 0.0]
