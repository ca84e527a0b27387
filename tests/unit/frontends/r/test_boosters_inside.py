"""Boosters inside parsnip's and mlr3's objects: which level a probability is of, against the booster's own answer."""

from collections.abc import Mapping

import numpy as np
import onnx_ir as ir
import pytest

from fixtures.recipes.r._all import RECORDED
from modelport.frontends.r._model import find_model
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints
from modelport.frontends.r.serialize import NULL, REnvironment, RList, RObject, RPairs, RStrings, RSymbol, RVector, read
from modelport.ir.builder import GraphBuilder
from modelport.ir.graph_proto import to_proto
from modelport.ir.session import open_session, run

ROWS = np.random.default_rng(3).normal(size=(60, 4))


def text(*values: str) -> RStrings:
    return RStrings(list(values))


def of_class(names: tuple[str, ...], parts: Mapping[str, RObject]) -> RList:
    return RList(list(parts.values()), attributes={"names": text(*parts), "class": text(*names)})


def booster(name: str) -> RObject:
    return read((RECORDED / name / "model.rds").read_bytes(), name)


def answers(model: RObject) -> dict[str, np.ndarray]:  # type: ignore[type-arg]
    found = find_model(model, "model")[1]
    assert found.refuse(model) == []
    variables = found.variables(model, Hints())
    builder = GraphBuilder()
    inputs = {v.name: builder.input(v.name, ir.DataType.DOUBLE, 1) for v in variables}
    prediction = found.convert(Scope(builder, {v.name: v for v in variables}, inputs), model)
    for name in ("index", "probability", "value"):
        value = getattr(prediction, name)
        if value is not None:
            builder.output(value, name)
    session = open_session(to_proto(builder.build("m")).SerializeToString())
    wanted = [name for name in ("index", "probability", "value") if getattr(prediction, name) is not None]
    given = run(session, {name: ROWS[:, k : k + 1] for k, name in enumerate(inputs)}, wanted)
    made = {name: np.asarray(given[name]) for name in wanted}
    if "index" in made:
        made["label"] = np.array(prediction.classes)[made.pop("index")]
    return made


def quosure(value: RObject) -> RPairs:
    return RPairs([RSymbol("~"), value], ["", ""], "call", {"class": text("quosure", "formula")})


def parsnip(engine: str, fit: RObject, levels: tuple[str, ...], **eng_args: RObject) -> RList:
    parts = {
        "args": NULL,
        "eng_args": of_class(("quosures",), eng_args),
        "mode": text("classification"),
        "engine": text(engine),
    }
    spec = of_class(("boost_tree", "model_spec"), parts)
    whole = {"lvl": text(*levels), "spec": spec, "fit": fit, "preproc": of_class((), {"y_var": text("y")})}
    return of_class(("_xgb.Booster", "model_fit"), whole)


@pytest.mark.parametrize(("event", "place"), [(None, 0), ("first", 0), ("second", 1)])
def test_xgboost_of_two_levels(event: str | None, place: int) -> None:
    fit = booster("xgboost-base-score")
    given = {} if event is None else {"event_level": quosure(text(event))}
    made, p = answers(parsnip("xgboost", fit, ("no", "yes"), **given)), answers(fit)["value"].astype(np.float64)
    np.testing.assert_array_equal(made["probability"][:, place], p)
    np.testing.assert_array_equal(made["probability"][:, 1 - place], 1 - p)
    other = ("no", "yes")[1 - place]
    np.testing.assert_array_equal(made["label"], np.where(p >= 0.5, ("no", "yes")[place], other))


def test_xgboost_of_more_levels() -> None:
    fit = booster("xgboost-list")
    made, own = answers(parsnip("xgboost", fit, ("low", "middle", "high"))), answers(fit)
    np.testing.assert_array_equal(made["probability"], own["probability"])
    np.testing.assert_array_equal(made["label"], np.array(["low", "middle", "high"])[own["label"]])


def test_lightgbm_of_two_levels() -> None:
    fit = booster("lightgbm-number")
    made, p = answers(parsnip("lightgbm", fit, ("no", "yes"))), answers(fit)["value"]
    np.testing.assert_array_equal(made["probability"], np.stack([1 - p, p], axis=1))
    np.testing.assert_array_equal(made["label"], np.where(p > 1 - p, "yes", "no"))


def learner(fit: RObject, *levels: str) -> REnvironment:
    target = RVector("integer", np.array([], dtype=np.int32), {"levels": text(*levels), "class": text("factor")})
    private = REnvironment(frame={".predict_type": text("prob")})
    state = of_class(("learner_state",), {"model": fit, "task_prototype": of_class(("data.table",), {"y": target})})
    frame = {"state": state, ".__enclos_env__": REnvironment(frame={"private": private})}
    return REnvironment(
        frame=frame, attributes={"class": text("LearnerClassifXgboost", "LearnerClassif", "Learner", "R6")}
    )


def test_mlr3_counts_the_classes_from_the_last() -> None:
    p = answers(booster("xgboost-base-score"))["value"].astype(np.float64)
    made = answers(learner(booster("xgboost-base-score"), "yes", "no"))
    np.testing.assert_array_equal(made["probability"], np.stack([p, 1 - p], axis=1))
    np.testing.assert_array_equal(made["label"], np.where(p >= 0.5, "yes", "no"))
    own = answers(booster("xgboost-list"))
    made = answers(learner(booster("xgboost-list"), "high", "middle", "low"))
    np.testing.assert_array_equal(made["probability"], own["probability"][:, ::-1])
    np.testing.assert_array_equal(made["label"], np.array(["low", "middle", "high"])[own["label"]])
