"""inspect says how a model splits text into terms."""

from pathlib import Path

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from typer.testing import CliRunner

from modelport.cli._app import app
from modelport.options import Options
from modelport.pipeline import convert

TEXTS = ["red fast car", "slow green house", "a blue e-mail", "do not go fast"] * 5


def test_the_text_steps_are_shown(tmp_path: Path) -> None:
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), strip_accents="ascii", binary=True)
    model = make_pipeline(vectorizer, LogisticRegression()).fit(TEXTS, [0, 1, 1, 0] * 5)
    convert(model, TEXTS, tmp_path / "bundle", Options(name="m", targets=()))
    shown = CliRunner().invoke(app, ["inspect", str(tmp_path / "bundle")]).stdout
    assert "text steps\n" in shown
    assert "accents taken off (ascii), 1- to 2-grams" in shown
    assert f"{len(vectorizer.vocabulary_)} terms of a vocabulary, yes or no; Unicode " in shown
