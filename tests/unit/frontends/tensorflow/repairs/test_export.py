"""Functions of TensorFlow as graphs: captures, calls kept apart, layers' names, and what is refused."""

from typing import Any

import numpy as np
import pytest

from modelport.errors import UnsupportedModelError
from tests.unit.frontends.tensorflow.repairs.exported import export

RNG = np.random.default_rng(3)


def floats(*shape: int) -> Any:
    return RNG.normal(size=shape).astype(np.float32)


def test_captured_tensors_and_variables_become_constants(tf: Any, check: Any) -> None:
    shift, scale = tf.constant(floats(4)), tf.Variable(floats(4))
    exported = check(lambda x: x * scale + shift, [floats(3, 4)], [floats(1, 4)])
    assert len(exported.model.graph.inputs) == 1


def test_a_call_compiled_by_xla_is_inlined(tf: Any, check: Any) -> None:
    weights = tf.Variable(floats(3, 3, 2, 8))

    @tf.function(jit_compile=True)
    def convolve(x: Any) -> Any:
        return tf.nn.conv2d(x, weights, 2, "SAME")

    check(lambda x: tf.nn.relu(convolve(x)), [floats(2, 7, 8, 4)], shapes=[[None, None, None, 4]], atol=1e-5)


def test_what_depends_on_lengths_is_not_taken_for_known(tf: Any, check: Any) -> None:
    def shown(x: Any) -> Any:
        length = tf.shape(x)[0]
        return (
            tf.stack([length % 2, -length % 3, length // 4, tf.minimum(length, 5), tf.cast(length > 6, tf.int32)]) + 0
        )

    check(shown, *[[floats(length)] for length in range(1, 10)])


def test_windows_with_holes_over_open_lengths(tf: Any, check: Any) -> None:
    kernel = tf.constant(floats(3, 4, 5))
    feeds = [[floats(2, length, 4)] for length in (5, 6, 9, 11)]
    check(lambda x: tf.nn.conv1d(x, kernel, 1, "VALID", dilations=2), *feeds, shapes=[[None, None, 4]], atol=1e-5)


def test_between_convolutions_the_layout_stays(tf: Any, check: Any) -> None:
    kernel = tf.constant(floats(3, 3, 4, 4))

    def block(x: Any) -> Any:
        x = tf.nn.relu6(tf.nn.conv2d(x, kernel, 1, "SAME"))
        y = tf.nn.relu6(tf.nn.conv2d(x, kernel, 1, "SAME"))
        return x + tf.nn.conv2d(y, kernel, 1, "SAME")

    exported = check(block, [floats(2, 5, 6, 4)], shapes=[[None, None, None, 4]], rtol=1e-5, atol=1e-4)
    assert sum(node.op_type == "Transpose" for node in exported.model.graph) == 2


def test_inputs_and_outputs_keep_their_order(tf: Any, check: Any) -> None:
    exported = check(lambda b, a: {"z": a - b, "y": b, "x": [a, a]}, [floats(2), floats(2)])
    assert len(exported.model.graph.outputs) == 4


@pytest.mark.parametrize("approximate", [False, True])
def test_gelu(tf: Any, check: Any, approximate: bool) -> None:
    numbers = np.concatenate([np.linspace(-30, 30, 301), [np.nan, np.inf, -np.inf]]).astype(np.float32)
    check(lambda x: tf.nn.gelu(x, approximate), [numbers], atol=1e-6)


def test_large_weights_within_and_without_a_loop_are_not_mixed_up(tf: Any, check: Any) -> None:
    one, other = (tf.constant(floats(60, 60) / 8) for _ in range(2))

    def turned(x: Any) -> Any:
        with tf.name_scope("same"):
            x = tf.matmul(x, tf.constant(one.numpy(), name="weights"))

        def body(k: Any, a: Any) -> Any:
            with tf.name_scope("same"):
                return k + 1, tf.matmul(a, tf.constant(other.numpy(), name="weights"))

        return tf.while_loop(lambda k, a: k < 2, body, (0, x))[1]

    check(turned, [floats(2, 60)], shapes=[[None, 60]], rtol=1e-4, atol=1e-4)


def test_what_changes_a_variable_is_refused(tf: Any) -> None:
    count = tf.Variable(0.0)
    function = tf.function(lambda x: count.assign_add(1.0) + x).get_concrete_function(tf.TensorSpec([None]))
    with pytest.raises(UnsupportedModelError, match="changes a variable"):
        export(function, "test")


def test_a_variable_that_is_changed_but_not_read_stands_in_no_ones_way(tf: Any, check: Any) -> None:
    calls = tf.Variable(0.0)

    def counted(x: Any) -> Any:
        calls.assign_add(1.0)
        return x * 2

    check(counted, [floats(3)])


def test_dropout_within_recurrent_layers_is_off(tf: Any, check: Any) -> None:
    import keras

    layer = keras.layers.LSTM(4, dropout=0.2, recurrent_dropout=0.3)
    layer.build((None, None, 3))
    check(lambda x: layer(x, training=False), [floats(2, 5, 3)], shapes=[[None, None, 3]], atol=1e-6)


def test_chance_is_refused(tf: Any) -> None:
    function = tf.function(lambda x: x + tf.random.normal(tf.shape(x))).get_concrete_function(tf.TensorSpec([None]))
    with pytest.raises(UnsupportedModelError, match="random numbers"):
        export(function, "test")


def test_every_operator_that_is_left_is_named_with_its_scope(tf: Any) -> None:
    def unknown(x: Any) -> Any:
        with tf.name_scope("block/first"):
            x = tf.strings.to_hash_bucket_fast(x, 7)
        with tf.name_scope("block/second"):
            return tf.bitwise.left_shift(tf.bitcast(tf.cast(x, tf.float32), tf.int32), 1)

    function = tf.function(unknown).get_concrete_function(tf.TensorSpec([None], tf.string))
    with pytest.raises(UnsupportedModelError, match="operator") as raised:
        export(function, "test")
    for part in ("StringToHashBucketFast in block/first (it hashes texts", "Bitcast in block/second"):
        assert part in raised.value.what
