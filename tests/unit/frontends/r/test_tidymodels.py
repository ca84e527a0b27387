"""Workflows and parsnip models around real molds and fits, against hardhat's forge() and the engines' predict() in R."""

from pathlib import Path

import numpy as np
import pytest

from modelport.errors import NotFittedError, UnsupportedError
from modelport.frontends.r._model import find_model
from modelport.frontends.r.serialize import NULL, RList, RObject, RStrings, RVector, read
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


def text(*values: str) -> RStrings:
    return RStrings(list(values))


def of_class(names: tuple[str, ...], **parts: RObject) -> RList:
    return RList(list(parts.values()), attributes={"names": text(*parts), "class": text(*names)})


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("bundled_xgb.Booster", "bundle"), "unbundle it in R first"),
        (("my_model", "hardhat_model", "hardhat_scalar"), "no predict\\(\\) of its own"),
        (("linear_reg", "model_spec"), "not fitted"),
        (("last_fit", "resample_results", "tune_results", "tbl_df", "tbl", "data.frame"), "extract_workflow"),
        (("GraphLearner", "Learner", "R6"), "mlr3pipelines"),
        (("AutoTuner", "Learner", "R6"), "learner alone"),
        (("vetiver_model",), "save the model in it"),
    ],
)
def test_what_is_no_model_says_what_to_do(names: tuple[str, ...], said: str) -> None:
    with pytest.raises(UnsupportedError, match=said):
        find_model(of_class(names), "model.rds")


def test_a_workflow_that_is_not_fitted() -> None:
    spec = of_class(("action_model", "action_fit", "action"))
    model = of_class(
        ("workflow",),
        fit=of_class(("stage_fit", "stage"), actions=of_class((), model=spec), fit=NULL),
        trained=RVector("logical", np.array([0], dtype=np.int32)),
    )
    with pytest.raises(NotFittedError, match="fit it first"):
        find_model(model, "model.rds")[1].refuse(model)


def test_a_postprocessor_is_refused() -> None:
    model = read((HERE / "formula-lm.rds").read_bytes(), "formula-lm.rds")
    post = of_class(("stage_post", "stage"), actions=of_class((), tailor=of_class(("action_tailor",))))
    changed = of_class(("workflow",), **{**model.elements(), "post": post})
    assert any("tailor" in reason for reason in find_model(changed, "model.rds")[1].refuse(changed))


@pytest.mark.parametrize("engine", ["kknn", "keras", "other"])
def test_an_engine_that_is_not_known_is_refused(engine: str) -> None:
    model = read((HERE / "parsnip-lda.rds").read_bytes(), "parsnip-lda.rds")
    spec = of_class(("nearest_neighbor", "model_spec"), **{**model["spec"].elements(), "engine": text(engine)})
    changed = of_class(("_lda", "model_fit"), **{**model.elements(), "spec": spec})
    (reason,) = find_model(changed, "model.rds")[1].refuse(changed)
    assert engine in reason and "nearest_neighbor" in reason


def test_text_without_columns_is_refused() -> None:
    model = read((HERE / "formula-words.rds").read_bytes(), "formula-words.rds")
    assert find_model(model, "model.rds")[1].refuse(model) == []
    pre, mold = model["pre"], model["pre"]["mold"]
    text_only = of_class((), words=RStrings([]), wt=RVector("double", np.array([])), wordsmith=RStrings([]))
    ptypes = of_class((), predictors=text_only, outcomes=mold["blueprint"]["ptypes"]["outcomes"])
    kinds = ("default_formula_blueprint", "formula_blueprint", "hardhat_blueprint")
    blueprint = of_class(kinds, **{**mold["blueprint"].elements(), "ptypes": ptypes})
    changed = of_class((), **{**mold.elements(), "blueprint": blueprint})
    whole = of_class(("workflow",), **{**model.elements(), "pre": of_class((), **{**pre.elements(), "mold": changed})})
    reasons = find_model(whole, "model.rds")[1].refuse(whole)
    assert any("'wordsmith'" in reason and "'words'" not in reason for reason in reasons)
