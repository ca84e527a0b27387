"""Odd values are rows of few calls where an input's rows may be joined, and calls of their own where not."""

import numpy as np

from modelport.evidence.tensor_probes import SEED, Call, make_calls
from modelport.ir.contract import Axis, Bound, Contract, Dimension, Input, Output


def _calls(shape: tuple[Dimension, ...], sample: np.ndarray, batch: str | None, *, together: bool = True) -> list[Call]:
    contract = Contract(
        task="net",
        layout="tensors",
        inputs=(Input(name="x", element="float", shape=shape, range=(-1.0, 1.0)),),
        features=(),
        axes=(Axis(symbol="batch", least=0, most=None),) if "batch" in shape else (),
        outputs=(Output(name="y", role="number", dtype="float32", bound=Bound(kind="exact", reason=""), shape=shape),),
        notes=(),
    )
    return make_calls(contract, {"x": sample}, batch, np.random.default_rng(SEED), {}, together=together)


SAMPLE = np.zeros((2, 3), dtype=np.float32)


def test_what_could_spoil_other_rows_is_apart() -> None:
    calls = _calls(("batch", 3), SAMPLE, "batch")
    assert [call.name for call in calls if call.origin == "probe"] == [
        "empty batch",
        "zeros, large, negative large",
        "tiny, halves",
        "denormal",
        "NaN, infinity",
    ]
    joined = next(call for call in calls if call.name == "NaN, infinity")
    assert np.isnan(joined.inputs["x"][0, 0]) and np.isposinf(joined.inputs["x"][1, 0])
    assert [part.name for part in joined.parts] == ["NaN", "infinity"]


def test_the_same_rows_are_asked_either_way() -> None:
    joined = _calls(("batch", 3), SAMPLE, "batch")
    single = _calls(("batch", 3), SAMPLE, "batch", together=False)
    rows = {part.name: part.inputs["x"] for call in joined for part in call.parts or (call,)}
    assert rows.keys() == {call.name for call in single}
    for call in single:
        np.testing.assert_array_equal(rows[call.name], call.inputs["x"])


def test_rows_that_are_columns_too_and_fixed_batches_stay_apart() -> None:
    for shape, sample, batch in (
        (("batch", "batch"), np.zeros((2, 2), dtype=np.float32), "batch"),
        ((2, 3), SAMPLE, None),
    ):
        assert "NaN" in [call.name for call in _calls(shape, sample, batch)]
