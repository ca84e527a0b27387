"""Operators of float graphs, a file for each family, beside the interpreter."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

Agree = Callable[..., None]
IMAGE = (None, 9, 10, 4)
ROWS = (None, 6)
STEPS = (None, 5, 6)


def _weights(*shape: int) -> Any:
    return np.random.default_rng(sum(shape)).normal(size=shape).astype(np.float32)


def test_convolutions(tf: Any, agree: Agree) -> None:
    nn = tf.nn
    kernel = _weights(3, 3, 4, 6)

    def net(x: Any) -> Any:
        return {
            "same": nn.relu(nn.conv2d(x, kernel, 2, "SAME") + _weights(6)),
            "valid": nn.conv2d(x, _weights(3, 2, 4, 6), [1, 2], "VALID"),
            "dilated": nn.conv2d(x, kernel, 1, "SAME", dilations=2),
            "grouped": nn.conv2d(x, _weights(3, 3, 2, 6), 1, "SAME"),
            "depthwise": nn.relu6(nn.depthwise_conv2d(x, _weights(3, 3, 4, 2), [1, 1, 1, 1], "SAME")),
            "far": nn.depthwise_conv2d(x, _weights(3, 3, 4, 1), [1, 1, 1, 1], "VALID", dilations=[2, 2]),
            "line": nn.conv1d(x[:, 0], _weights(3, 4, 5), 2, "SAME"),
        }

    agree(net, IMAGE)


def test_transposed_convolutions(tf: Any, agree: Agree) -> None:
    kernel = _weights(3, 3, 6, 4)

    def net(x: Any) -> Any:
        return {
            "same": tf.nn.conv2d_transpose(x, kernel, [tf.shape(x)[0], 18, 20, 6], 2, "SAME"),
            "odd": tf.nn.conv2d_transpose(x, kernel, [tf.shape(x)[0], 17, 19, 6], 2, "SAME"),
            "valid": tf.nn.conv2d_transpose(x, _weights(2, 3, 6, 4), [tf.shape(x)[0], 26, 30, 6], 3, "VALID"),
        }

    agree(net, IMAGE)


def test_volumes(tf: Any, agree: Agree) -> None:
    agree(lambda x: tf.nn.conv3d(x, _weights(2, 3, 3, 4, 5), [1, 1, 2, 1, 1], "SAME"), (None, 5, 6, 7, 4))


def test_pooling(tf: Any, agree: Agree) -> None:
    def net(x: Any) -> Any:
        return {
            "mean": tf.nn.avg_pool2d(x, 3, 2, "SAME"),
            "valid": tf.nn.avg_pool2d(x, [2, 3], [1, 2], "VALID"),
            "greatest": tf.nn.max_pool2d(x, 3, 2, "SAME"),
            "near": tf.nn.local_response_normalization(x, 2, 1.0, 0.3, 0.6),
        }

    agree(net, IMAGE)


@pytest.mark.parametrize(("corners", "half"), [(False, False), (True, False), (False, True)])
def test_resizing(tf: Any, agree: Agree, corners: bool, half: bool) -> None:
    image = tf.compat.v1.image

    def net(x: Any) -> Any:
        return {
            f"{name}_{size[0]}": resize(x, size, align_corners=corners, half_pixel_centers=half)
            for size in ([21, 7], [5, 20], [27, 30])
            for name, resize in (("linear", image.resize_bilinear), ("nearest", image.resize_nearest_neighbor))
        }

    agree(net, IMAGE)


def test_activations(tf: Any, agree: Agree) -> None:
    nn = tf.nn

    def net(x: Any) -> Any:
        return {
            "softmax": nn.softmax(x),
            "log": nn.log_softmax(x),
            "hard": x * nn.relu6(x + 3) * (1 / 6),
            "leaky": nn.leaky_relu(x, 0.3),
            "elu": nn.elu(x),
            "selu": nn.selu(x),
            "softplus": nn.softplus(x),
            "sigmoid": tf.sigmoid(x),
            "tanh": tf.tanh(x),
            "one": tf.minimum(tf.maximum(x, -1.0), 1.0),
            "length": tf.math.l2_normalize(x, -1),
        }

    agree(net, ROWS)


@pytest.mark.parametrize("approximate", [False, True])
def test_gelu(tf: Any, agree: Agree, approximate: bool) -> None:
    agree(lambda x: tf.nn.gelu(x, approximate=approximate), ROWS)


def test_arithmetic(tf: Any, agree: Agree) -> None:
    def net(a: Any, b: Any) -> Any:
        math = tf.math
        return {
            "pow": tf.pow(tf.abs(a) + 0.1, 1.7),
            "rsqrt": math.rsqrt(tf.abs(a) + 0.1),
            "steps": math.ceil(a) + math.floor(b) + tf.round(a * 3) + math.sign(b),
            "waves": tf.cos(a) + tf.sin(b) + tf.exp(-tf.square(a)) + math.log(tf.abs(b) + 1),
            "floor": math.floordiv(a, b),
            "rest": math.floormod(a, b),
            "apart": math.squared_difference(a, b) - tf.maximum(a, b) + tf.minimum(a, b * 2),
            "angle": math.atan2(a, b),
            "three": tf.add_n([a, b, a]),
            "truth": tf.logical_or(tf.logical_and(a < b, a != 0.0), tf.logical_not(a >= b + 1)),
            "chosen": tf.where(a > b, a, b * 2),
            "whole": tf.cast(a * 3, tf.int32) + tf.cast(a > 0, tf.int32),
        }

    agree(net, ROWS, ROWS)


def test_whole_numbers(tf: Any, agree: Agree) -> None:
    def net(a: Any, b: Any) -> Any:
        low = a - 1
        return {
            "floor": tf.math.floordiv(low, b + 3),
            "rest": tf.math.floormod(low * 5, b + 3),
            "sum": a * 2 + tf.reduce_sum(a, 1, keepdims=True) - tf.reduce_max(b, 1, keepdims=True),
            "hot": tf.one_hot(low, 5),
            "inside": tf.one_hot(a, 5, axis=1, on_value=2.0, off_value=-1.0),
            "rows": tf.gather(_weights(11, 4), a),
        }

    agree(net, ROWS, ROWS, kinds=[tf.int32, tf.int32])


def test_moving(tf: Any, agree: Agree) -> None:
    def net(x: Any) -> Any:
        one, *_, last = tf.unstack(x, axis=1)
        return {
            "stacked": tf.stack([one, last], 1),
            "strided": x[:, 1:5:2, ::-1],
            "last": x[:, -1, tf.newaxis, 2:],
            "far": x[1:, 2, -3],
            "slice": tf.slice(x, [0, 1, 2], [-1, 3, 2]),
            "gathered": tf.gather(x, [3, 1, 1], axis=1),
            "parts": tf.concat(tf.split(x, [1, -1, 2], -1)[::-1], -1),
            "halves": tf.split(x, 2, -1)[1],
            "padded": tf.pad(x, [[0, 0], [1, 2], [0, 3]], constant_values=2.5),
            "mirror": tf.pad(x, [[0, 0], [1, 2], [0, 3]], "REFLECT"),
            "symmetric": tf.pad(x, [[0, 0], [1, 2], [0, 3]], "SYMMETRIC"),
            "tiled": tf.tile(x, [1, 2, 3]),
            "turned": tf.transpose(x, [2, 0, 1]),
            "flat": tf.reshape(x, [tf.shape(x)[0], 3, 10]),
            "squeezed": tf.squeeze(x[:, :1], 1),
            "wide": tf.expand_dims(x, -2),
            "back": tf.reverse(x, [1]),
            "filled": tf.fill(tf.shape(x), 2.0) + x,
            "counted": tf.range(tf.shape(x)[0]),
        }

    agree(net, STEPS)


def test_blocks(tf: Any, agree: Agree) -> None:
    def net(x: Any) -> Any:
        return {
            "deep": tf.nn.space_to_depth(x, 2),
            "flat": tf.nn.depth_to_space(x, 2),
            "batch": tf.space_to_batch(x, [2, 3], [[1, 1], [0, 0]]),
            "back": tf.batch_to_space(tf.concat([x, x, x, x], 0), [2, 2], [[0, 1], [1, 0]]),
        }

    agree(net, (None, 4, 6, 8))


def test_reductions(tf: Any, agree: Agree) -> None:
    def net(x: Any) -> Any:
        found = {name: getattr(tf, f"reduce_{name}")(x, [1, 2]) for name in ("sum", "mean", "max", "min", "prod")}
        kept = {f"{name}_kept": getattr(tf, f"reduce_{name}")(x, -1, keepdims=True) for name in ("mean", "max")}
        values, places = tf.math.top_k(x, 3)
        return {
            **found,
            **kept,
            "any": tf.reduce_any(x > 1, 1),
            "all": tf.reduce_all(x > -1, 1),
            "greatest": tf.argmax(x, 1),
            "least": tf.argmin(x, -1, output_type=tf.int32),
            "values": values,
            "places": places,
            "running": tf.cumsum(x, 1, exclusive=True, reverse=True),
            "where": tf.where(x > 1),
        }

    agree(net, STEPS)


def test_products(tf: Any, agree: Agree) -> None:
    def net(a: Any, b: Any) -> Any:
        return {
            "plain": tf.matmul(a, b, transpose_b=True),
            "turned": tf.matmul(a, b[:, :5], transpose_a=True),
            "dense": tf.nn.relu6(tf.matmul(a[:, 0], _weights(6, 5)) + _weights(5)),
            "steps": tf.tensordot(a, _weights(6, 5), 1),
        }

    agree(net, STEPS, (None, 7, 6))


def test_scatters(tf: Any, agree: Agree) -> None:
    def net(x: Any) -> Any:
        return {
            "added": tf.scatter_nd([[1], [3], [1]], x, [5, 6]),
            "set": tf.tensor_scatter_nd_update(x, [[1], [0]], tf.ones([2, 6])),
            "found": tf.gather_nd(x, [[0, 1], [2, 0]]),
            "groups": tf.math.unsorted_segment_sum(x, [0, 1, 0], 4),
            "reversed": tf.reverse_sequence(x, tf.constant([2, 5, 6]), 1, 0),
        }

    agree(net, (3, 6))


def test_rows_of_each(tf: Any, agree: Agree) -> None:
    agree(lambda x, i: tf.gather(x, i, axis=1, batch_dims=1), STEPS, (None, 3), kinds=[tf.float32, tf.int32])


def test_branches_and_loops(tf: Any, agree: Agree) -> None:
    def net(x: Any) -> Any:
        def go(i: Any, y: Any) -> Any:
            return tf.logical_and(i < 5, tf.reduce_max(y) < 50.0)

        _, last = tf.while_loop(go, lambda i, y: (i + 1, y * 1.5 + tf.cast(i, tf.float32)), [0, x])
        return tf.cond(tf.reduce_sum(x) > 0, lambda: last * 2, lambda: last - x)

    agree(net, ROWS)


def test_free_lengths(tf: Any, agree: Agree) -> None:
    agree(lambda x: tf.reduce_mean(tf.tensordot(x, _weights(6, 5), 1), 1), (None, None, 6))
