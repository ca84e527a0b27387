"""TimeDistributed over a free axis: Keras's own graphs count its steps by the batch; what is converted answers as the call does."""

from typing import Any

import numpy as np

from modelport.runtime import load


def _net(keras: Any) -> Any:
    """Pictures of any number, a model within, and two free axes one in the other."""
    layers = keras.layers
    video = keras.Input((None, 4, 4, 2), name="video")
    seen = layers.TimeDistributed(layers.Conv2D(3, 3, activation="relu"))(video)
    seen = layers.TimeDistributed(layers.Flatten())(seen)
    words = keras.Input((None, None), dtype="int32", name="words")
    inner = keras.Input((None,), dtype="int32")
    text = keras.Model(inner, layers.GlobalAveragePooling1D()(layers.Embedding(9, 4, mask_zero=True)(inner)))
    read = layers.TimeDistributed(text)(words)
    twice = layers.TimeDistributed(layers.TimeDistributed(layers.Dense(2)))(keras.ops.expand_dims(seen, 2))
    return keras.Model([video, words], [seen, read, twice])


def test_a_free_axis_has_its_own_length(keras: Any, converted: Any) -> None:
    model = _net(keras)
    rng = np.random.default_rng(3)

    def drawn(rows: int, frames: int, lines: int) -> dict[str, Any]:
        video = rng.normal(size=(rows, frames, 4, 4, 2)).astype(np.float32)
        return {"video": video, "words": rng.integers(0, 9, (rows, lines, 5)).astype(np.int32)}

    bundle, report = converted(model, drawn(2, 3, 4), dynamic=("video:1=frames", "words:1=lines", "words:2=letters"))
    assert report.passed
    assert "repaired: time-distributed layers over a free axis" in report.notes
    # More rows than steps: Keras's own graph ends there.
    odd = drawn(5, 2, 3)
    given = list(load(bundle).predict(odd).values())
    for got, expected in zip(given, model([odd["video"], odd["words"]]), strict=True):
        np.testing.assert_allclose(got, expected, rtol=1e-4, atol=1e-6)


def test_masks_follow_the_steps(keras: Any, converted: Any) -> None:
    steps = keras.Input((None, 3, 2), name="steps")
    mask = keras.ops.any(keras.ops.not_equal(steps, 0.0), axis=-1)
    model = keras.Model(steps, keras.layers.TimeDistributed(keras.layers.GlobalAveragePooling1D())(steps, mask=mask))
    sample = np.random.default_rng(4).normal(size=(2, 4, 3, 2)).astype(np.float32)
    sample[:, :, 2] = 0.0
    bundle, report = converted(model, sample, dynamic=("steps:1=time",))
    assert report.passed
    longer = np.concatenate([sample, sample[:, :1]], axis=1)
    got = next(iter(load(bundle).predict({"steps": longer}).values()))
    np.testing.assert_allclose(got, model(longer), rtol=1e-4, atol=1e-6)
