"""Live Keras models: inputs and outputs as their layers are called, open axes as they state them, the rest as the sample is."""

from typing import Any

import numpy as np
import pytest

from modelport.errors import (
    ConfigError,
    MissingColumnError,
    ParityError,
    SampleError,
    TensorError,
    UnsupportedModelError,
)
from modelport.runtime import load


def _names(bundle: Any) -> tuple[list[Any], list[Any]]:
    return (
        [(one.name, one.shape) for one in bundle.contract.inputs],
        [(one.name, one.shape) for one in bundle.contract.outputs],
    )


def test_layers_name_the_tensors(keras: Any, converted: Any) -> None:
    a, b = keras.Input((4,), name="left"), keras.Input((None, 4), name="right")
    both = keras.layers.Dense(3, name="both")(a + keras.ops.sum(b, 1))
    model = keras.Model([a, b], [both, keras.layers.Dense(2, name="steps")(b)])
    sample = {"left": np.ones((2, 4)), "right": np.random.default_rng(0).normal(size=(2, 5, 4))}
    bundle, report = converted(model, sample, dynamic=("right:1=time",))
    assert report.passed
    assert _names(bundle) == (
        [("left", ("batch", 4)), ("right", ("batch", "time", 4))],
        [("both", ("batch", 3)), ("steps", ("batch", "time", 2))],
    )


def test_keys_name_the_tensors(keras: Any, converted: Any) -> None:
    a, b = keras.Input((3,), name="z"), keras.Input((3,), name="a")
    model = keras.Model({"z": a, "a": b}, {"sum": a + b, "rest": {"less": a - b}})
    sample = {"z": np.full((2, 3), 5.0), "a": np.eye(3)[:2]}
    bundle, report = converted(model, sample)
    assert report.passed
    assert _names(bundle) == (
        [("z", ("batch", 3)), ("a", ("batch", 3))],
        [("sum", ("batch", 3)), ("rest_less", ("batch", 3))],
    )
    assert load(bundle).predict(sample)["rest_less"] == pytest.approx(sample["z"] - sample["a"])


def test_a_model_with_a_call_of_its_own(keras: Any, rows: Any, converted: Any) -> None:
    class Own(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.dense = keras.layers.Dense(2)

        def call(self, pair: Any, scale: Any = None, training: Any = None) -> Any:
            left, right = pair
            noisy = left + keras.random.normal(keras.ops.shape(left)) if training else left
            return {"scores": self.dense(noisy + right) * scale, "parts": (left, [right])}

    sample = {"pair": [rows, rows + 1], "scale": np.full((4, 1), 2.0)}
    bundle, report = converted(Own(), sample)
    assert report.passed
    assert _names(bundle) == (
        [("pair_0", ("batch", 6)), ("pair_1", ("batch", 6)), ("scale", ("batch", 1))],
        [("scores", ("batch", 2)), ("parts_0", ("batch", 6)), ("parts_1_0", ("batch", 6))],
    )


def test_the_flat_names_are_taken_too(keras: Any, rows: Any, converted: Any) -> None:
    class Pair(keras.Model):
        def call(self, pair: Any) -> Any:
            return pair[0] - pair[1]

    bundle, _ = converted(Pair(), {"pair_0": rows, "pair_1": rows + 1})
    assert _names(bundle)[0] == [("pair_0", ("batch", 6)), ("pair_1", ("batch", 6))]


def test_a_batch_that_was_only_met_first(keras: Any, rows: Any, converted: Any) -> None:
    model = keras.Sequential([keras.layers.Dense(3)])
    model(rows)
    assert model.inputs[0].shape == (4, 6)
    bundle, _ = converted(model, rows)
    assert bundle.contract.inputs[0].shape == ("batch", 6)


def test_fixed_lengths(net: Any, rows: Any, converted: Any) -> None:
    assert converted(net, rows, dynamic=("fixed",))[0].contract.inputs[0].shape == (4, 6)


@pytest.mark.parametrize(
    ("dynamic", "said"),
    [("x:1=k", "the model fixes axis 1 of 'x' to 6"), ("y:0=k", "no input 'y'"), ("x:2=k", "has 2 axes")],
)
def test_axes_that_are_not_open(dynamic: str, said: str, net: Any, rows: Any, converted: Any) -> None:
    with pytest.raises(ConfigError, match=said):
        converted(net, rows, dynamic=(dynamic,))


def test_samples_that_do_not_fit(net: Any, rows: Any, converted: Any) -> None:
    with pytest.raises(SampleError, match=r"the sample of 'x' is float32\[4, 3\]") as caught:
        converted(net, rows[:, :3])
    assert "x float32[?, 6]" in caught.value.fix
    with pytest.raises(SampleError, match="is <U1"):
        converted(net, np.full((4, 6), "a"))
    with pytest.raises(MissingColumnError, match="'x'"):
        converted(net, {"y": rows})
    with pytest.raises(TensorError, match="no input 'y'"):
        converted(net, {"x": rows, "y": rows})


def test_a_sample_is_needed_where_values_mean_something(keras: Any, converted: Any) -> None:
    words = keras.Input((None,), dtype="int32", name="words")
    model = keras.Model(words, keras.layers.Embedding(7, 3)(words))
    with pytest.raises(SampleError, match=r"needs a sample: words int32\[\?, \?\]"):
        converted(model)


def test_a_model_that_states_nothing_needs_a_sample(keras: Any, rows: Any, converted: Any) -> None:
    class Stateless(keras.Model):
        def call(self, first: Any, second: Any) -> Any:
            return first * second

    with pytest.raises(SampleError, match=r"call\(first, second\)"):
        converted(Stateless())
    with pytest.raises(SampleError, match="the sample lacks 'second'"):
        converted(Stateless(), {"first": rows})
    with pytest.raises(SampleError, match="the model takes no 'secnd'") as caught:
        converted(Stateless(), {"first": rows, "secnd": rows})
    assert "did you mean 'second'?" in caught.value.fix


def test_a_branch_on_values(keras: Any, rows: Any, converted: Any) -> None:
    class Branch(keras.Model):
        def call(self, x: Any) -> Any:
            return x * 2 if keras.ops.sum(x) > 0 else x

    with pytest.raises(UnsupportedModelError, match="cannot trace the model"):
        converted(Branch(), rows)


def test_chance(keras: Any, rows: Any, converted: Any) -> None:
    class Chance(keras.Model):
        def call(self, x: Any) -> Any:
            return x + keras.random.normal(keras.ops.shape(x))

    with pytest.raises(UnsupportedModelError, match=r"two ways|random|chance"):
        converted(Chance(), rows)


def test_what_only_other_outputs_need_is_not_converted(keras: Any, rows: Any, converted: Any) -> None:
    class Encoder(keras.Model):
        def call(self, x: Any) -> Any:
            return {"mean": x * 2, "drawn": x + keras.random.normal(keras.ops.shape(x))}

    with pytest.raises(ConfigError, match="no output 'men'"):
        converted(Encoder(), rows, outputs=("men",))
    bundle, report = converted(Encoder(), rows, outputs=("mean",))
    assert report.passed
    assert [one.name for one in bundle.contract.outputs] == ["mean"]


def test_dropout_is_out_of_training(keras: Any, rows: Any, converted: Any) -> None:
    model = keras.Sequential([keras.Input((6,)), keras.layers.Dropout(0.5), keras.layers.Dense(2)])
    assert converted(model, rows)[1].passed


def test_a_signature_of_a_keras_model(net: Any, rows: Any, converted: Any) -> None:
    with pytest.raises(ConfigError, match="only a SavedModel"):
        converted(net, rows, signature="serve")


def test_lengths_shorter_than_a_window(keras: Any, converted: Any) -> None:
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((None, 2), name="x"),
            layers.Conv1D(3, 3, dilation_rate=2),
            layers.MaxPooling1D(2),
            layers.Conv1D(3, 3, strides=2),
            layers.GlobalAveragePooling1D(),
        ]
    )
    bundle, report = converted(model, np.ones((2, 30, 2), np.float32) * np.arange(60).reshape(1, 30, 2))
    assert report.passed
    assert {axis.symbol: axis.least for axis in bundle.contract.axes}["x_1"] == 10


def test_lengths_that_belong_together(keras: Any, converted: Any) -> None:
    words, mask = keras.Input((None, 3), name="words"), keras.Input((None, 1), name="mask")
    other = keras.Input((None, 2), name="other")
    model = keras.Model([words, mask, other], [words * mask, keras.ops.sum(other, 1)])
    rng = np.random.default_rng(0)
    sample = {
        "words": rng.normal(size=(2, 5, 3)),
        "mask": rng.normal(size=(2, 5, 1)),
        "other": rng.normal(size=(2, 5, 2)),
    }
    bundle, report = converted(model, sample)
    assert report.passed
    assert [one.shape[1] for one in bundle.contract.inputs] == ["words_1", "words_1", "other_1"]


def test_the_first_wrong_layer_is_named(net: Any, rows: Any, converted: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import onnx_ir as ir

    from modelport.frontends.tensorflow import convert as front_end

    honest = front_end.finished

    def finished(graph: Any, where: str) -> Any:
        for value in graph.graph.initializers.values():
            if value.const_value is not None and list(value.const_value.shape) == [8, 3]:
                value.const_value = ir.tensor(value.const_value.numpy() + np.float32(0.01), name=value.name)
        return honest(graph, where)

    monkeypatch.setattr(front_end, "finished", finished)
    with pytest.raises(ParityError, match="the first layer that differs is 'scores'"):
        converted(net, rows)


def test_a_sample_that_the_model_does_not_take(keras: Any, rows: Any, converted: Any) -> None:
    class InFives(keras.Model):
        def call(self, x: Any) -> Any:
            return keras.ops.reshape(x, (-1, 5))

    with pytest.raises(SampleError, match="does not take the sample"):
        converted(InFives(), rows)
