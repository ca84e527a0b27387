"""Boosters of XGBoost inside caret's train, against XGBoost itself and the rules of caret's methods."""

from typing import Any

import numpy as np
import onnx_ir as ir
import pytest

from modelport.frontends.r._model import models
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints
from modelport.frontends.r.serialize import RList, RObject, RStrings, RVector
from modelport.ir.builder import GraphBuilder
from modelport.ir.graph_proto import to_proto
from modelport.ir.session import open_session, run

xgboost = pytest.importorskip("xgboost")
NAMES = ["a", "b", "c"]


def _named(**values: RObject) -> RList:
    return RList(list(values.values()), attributes={"names": RStrings(list(values))})


def _train(method: str, raw: bytes, levels: list[str]) -> RList:
    booster = _named(
        raw=RVector("raw", np.frombuffer(raw, dtype=np.uint8)),
        xNames=RStrings(list(NAMES)),
        obsLevels=RStrings(levels),
    )
    booster.attributes["class"] = RStrings(["xgb.Booster"])
    kind = "Classification" if levels else "Regression"
    given = _named(method=RStrings([method]), modelType=RStrings([kind]), finalModel=booster, levels=RStrings(levels))
    given.attributes["class"] = RStrings(["train"])
    return given


def _answers(model: RList, rows: np.ndarray[Any, np.dtype[np.float64]]) -> dict[str, Any]:
    found = models()["train"]
    assert found.refuse(model) == []
    variables = found.variables(model, Hints())
    builder = GraphBuilder()
    inputs = {v.name: builder.input(v.name, ir.DataType.DOUBLE, 1) for v in variables}
    prediction = found.convert(Scope(builder, {v.name: v for v in variables}, inputs), model)
    named = {"index": prediction.index, "value": prediction.value, "probability": prediction.probability}
    kept = {name: value for name, value in named.items() if value is not None}
    for name, value in kept.items():
        builder.output(value, name)
    session = open_session(to_proto(builder.build("m")).SerializeToString())
    feeds = {name: rows[:, k : k + 1] for k, name in enumerate(inputs)}
    return {name: np.asarray(value) for name, value in run(session, feeds, list(kept)).items()}


@pytest.mark.parametrize(("method", "booster"), [("xgbTree", "gbtree"), ("xgbLinear", "gblinear"), ("xgbDART", "dart")])
@pytest.mark.parametrize("count", [0, 2, 3])
def test_boosters_answer_by_the_levels_of_caret(method: str, booster: str, count: int) -> None:
    rng = np.random.default_rng(0)
    rows = np.round(rng.normal(size=(200, 3)), 2)
    score = rows[:, 0] - rows[:, 1] * rows[:, 2]
    settings: dict[str, Any] = {0: {"objective": "reg:squarederror"}, 2: {"objective": "binary:logistic"}}.get(
        count, {"objective": "multi:softprob", "num_class": count}
    )
    response = {0: score, 2: score > 0}.get(count, np.digitize(score, [-0.5, 0.5]))
    data = xgboost.DMatrix(rows, label=response, feature_names=NAMES)
    fitted = xgboost.train({**settings, "booster": booster, "nthread": 1}, data, 7)
    told = fitted.predict(xgboost.DMatrix(rows, feature_names=NAMES)).astype(np.float64)
    levels = ["u", "w", "a"][:count]
    found = _answers(_train(method, bytes(fitted.save_raw("ubj")), levels), rows)
    if not count:
        np.testing.assert_allclose(found["value"], told, rtol=1e-6)
        return
    # Of two levels the booster was told of the first as 1.
    shares = np.column_stack([told, 1 - told]) if count == 2 else told
    assert found["probability"].dtype == np.float64
    np.testing.assert_allclose(found["probability"], shares, rtol=1e-5, atol=1e-7)
    wanted = np.where(told >= 0.5, 0, 1) if count == 2 else shares.argmax(axis=1)
    np.testing.assert_array_equal(found["index"], wanted)
