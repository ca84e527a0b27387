"""Each repair against TensorFlow, where tf2onnx alone is wrong or does not know the operator."""

from typing import Any

import numpy as np
import pytest

from modelport.errors import UnsupportedModelError
from tests.unit.frontends.tensorflow.repairs.exported import export

RNG = np.random.default_rng(7)
ODD = np.array([0, -0.0, 1, -1, 0.5, -0.5, 2.5, -2.5, np.nan, np.inf, -np.inf, 3e38, -3e38, 1e-7, 20, -20], np.float32)
PAIRS = [np.repeat(ODD, len(ODD)), np.tile(ODD, len(ODD))]
WHOLE = [np.repeat(np.arange(-7, 8), 4), np.tile([-3, -1, 2, 5], 15)]


def _bound(function: Any, **options: Any) -> Any:
    """The function with these options, which are then no tensors that it is given."""
    return lambda *tensors: function(*tensors, **options)


def floats(*shape: int) -> Any:
    return RNG.normal(size=shape).astype(np.float32)


@pytest.mark.parametrize("kind", [np.int32, np.int64])
def test_whole_numbers_are_divided_towards_minus_infinity_or_zero(tf: Any, check: Any, kind: Any) -> None:
    feed = [array.astype(kind) for array in WHOLE]
    check(lambda x, y: (x // y, x % y, tf.truncatediv(x, y), tf.truncatemod(x, y)), feed)


def test_remainders_of_floats_have_the_sign_of_the_divisor(tf: Any, check: Any) -> None:
    check(lambda x, y: (tf.math.floormod(x, y), tf.truncatemod(x, y)), [floats(50), floats(50)], PAIRS)


def test_whole_division_by_zero_does_not_end_the_process(tf: Any) -> None:
    import onnx_ir as ir

    from modelport.ir.session import open_session

    spec = tf.TensorSpec([None], tf.int32)
    exported = export(tf.function(lambda x, y: x // y).get_concrete_function(spec, spec), "test")
    session = open_session(ir.serde.serialize_model(exported.model).SerializeToString())
    zero, one = np.zeros(1, np.int32), np.ones(1, np.int32)
    session.run(None, dict(zip((v.name for v in session.get_inputs()), (one, zero), strict=True)))


def test_log1p_and_expm1_keep_their_digits_near_zero(tf: Any, check: Any) -> None:
    near = np.concatenate([10.0 ** -np.arange(0.5, 9), -(10.0 ** -np.arange(0.5, 9)), ODD]).astype(np.float32)
    check(lambda x: (tf.math.log1p(x), tf.math.expm1(x)), [near], rtol=5e-7)
    # ONNX Runtime has no Atanh in float64, so that log1p is written otherwise there.
    check(tf.math.log1p, [near.astype(np.float64)], rtol=1e-14)


def test_products_with_zero(tf: Any, check: Any) -> None:
    functions = ("xlogy", "xdivy", "multiply_no_nan")
    check(lambda x, y: [getattr(tf.math, name)(x, y) for name in functions], PAIRS, rtol=5e-7, atol=1e-37)


def test_angles_in_every_quadrant(tf: Any, check: Any) -> None:
    check(tf.math.atan2, PAIRS, [floats(50), floats(50)], rtol=5e-7, atol=1e-37)


def test_a_choice_lets_nothing_of_the_other_side_through(tf: Any, check: Any) -> None:
    check(lambda x: tf.where(tf.abs(x) > 0.5, x, tf.zeros_like(x)), [ODD])
    check(lambda x, y: tf.where(x[:, None] > 0, y, -y), [floats(3), floats(4)])
    for kind in (bool, np.int8, np.uint8, np.int16, np.int64):
        x, y = (np.array([[0, 1, 2], [3, 0, 1]]).astype(kind), np.array([1, 1, 0]).astype(kind))
        check(tf.where, [np.array([[True], [False]]), x, y])


def test_buckets_on_their_boundaries(tf: Any, check: Any) -> None:
    numbers = np.concatenate([ODD, np.nextafter(np.float32([0.5, 2.5]), np.float32(0))])
    check(lambda x: tf.raw_ops.Bucketize(input=x, boundaries=[-1.0, 0.0, 0.5, 2.5]), [numbers])


@pytest.mark.parametrize("binary", [False, True])
def test_numbers_are_counted_in_each_row(tf: Any, check: Any, binary: bool) -> None:
    numbers = RNG.integers(0, 7, size=(3, 9)).astype(np.int32)
    check(
        lambda x: tf.math.bincount(x, axis=-1, minlength=5, maxlength=5, binary_output=binary),
        [numbers],
        [np.zeros((2, 0), np.int32)],
    )


def test_texts_are_compared_as_texts(tf: Any, check: Any) -> None:
    check(lambda x: (tf.equal(x, "a"), tf.not_equal(x, ["b"])), [np.array(["a", "b", "", "ü"], object)])


@pytest.mark.parametrize(
    ("keys", "values"), [("text", "int64"), ("int64", "int64"), ("int64", "text"), ("text", "text")]
)
def test_tables_are_read_from_their_resource(tf: Any, check: Any, keys: str, values: str) -> None:
    of = {"text": ["a", "ü", ""], "int64": [3, -9, 2**40]}
    given = tf.constant(of[keys], tf.string if keys == "text" else tf.int64)
    told = tf.constant(of[values], tf.string if values == "text" else tf.int64)
    default = "?" if values == "text" else -1
    table = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(given, told), default)
    query = np.array([["a", "b"], ["", "ü"]], object) if keys == "text" else np.array([[3, 4], [2**40, -9]])
    exported = check(table.lookup, [query])
    assert len(exported.model.graph.inputs) == 1


def test_lookups_of_keras(tf: Any, check: Any) -> None:
    import keras

    text = keras.layers.StringLookup(vocabulary=["a", "b c", "ü"], output_mode="multi_hot")
    whole = keras.layers.IntegerLookup(vocabulary=[5, -1, 70])
    check(lambda x, y: (text(x), whole(y)), [np.array([["a", "z"], ["ü", ""]], object), np.array([[5, 6], [70, -1]])])


@pytest.mark.parametrize("method", ["bicubic", "area", "lanczos3", "mitchellcubic"])
def test_images_are_resized_with_tensorflows_weights(tf: Any, check: Any, method: str) -> None:
    check(lambda x: tf.image.resize(x, (5, 11), method), [floats(2, 7, 9, 3)], shapes=[[None, 7, 9, 3]], atol=2e-5)


def test_images_of_whole_numbers_are_resized_to_floats(tf: Any, check: Any) -> None:
    image = RNG.integers(0, 256, size=(2, 7, 9, 3)).astype(np.uint8)
    check(lambda x: tf.image.resize(x, (5, 11)), [image], shapes=[[None, 7, 9, 3]], atol=1e-3)


@pytest.mark.parametrize("method", ["bilinear", "nearest"])
@pytest.mark.parametrize("centres", ["half_pixel_centers", "align_corners", ""])
def test_places_in_resized_images(tf: Any, check: Any, method: str, centres: str) -> None:
    operator = tf.raw_ops.ResizeBilinear if method == "bilinear" else tf.raw_ops.ResizeNearestNeighbor

    def resized(image: Any, size: Any) -> Any:
        return operator(images=image, size=size, **({centres: True} if centres else {}))

    sizes = [(300, 280, 224, 226), (64, 50, 299, 299), (7, 9, 1, 40), (8, 6, 16, 3), (5, 4, 5, 4)]
    feeds = [[floats(1, old, wide, 2), np.array([new, far], np.int32)] for old, wide, new, far in sizes]
    feeds[-1][0][0, 2, 2, 1] = np.inf
    check(resized, *feeds)
    for image, size in feeds[1:]:
        given = tf.constant(size)
        check(_bound(resized, size=given), [image], shapes=[[None, *image.shape[1:]]], atol=1e-6)


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
def test_patches_of_images(tf: Any, check: Any, padding: str) -> None:
    def patches(x: Any) -> Any:
        sizes = ([1, 3, 2, 1], [1, 2, 3, 1], [1, 1, 2, 1])
        return tf.image.extract_patches(x, *sizes, padding), tf.image.extract_patches(
            x, *[[1, 4, 4, 1]] * 2, [1] * 4, padding
        )

    image = floats(2, 9, 11, 3)
    check(patches, [image], [floats(1, 5, 6, 3)], shapes=[[None, None, None, 3]])
    check(patches, [image], shapes=[[None, 9, 11, 3]])
    check(patches, [(image * 50).astype(np.int32)])


def test_diagonals_of_matrices(tf: Any, check: Any) -> None:
    odd = np.array([[np.inf, 1, np.nan], [2, -np.inf, 3]], np.float32)
    whole = (odd[:, :2] > 1.5).astype(np.int64)
    for offset in (0, 2, -1):
        check(_bound(tf.linalg.diag, k=offset, padding_value=7), [odd])
    check(tf.linalg.diag, [whole])
    for shape, offset in (((2, 3, 4), 0), ((2, 3, 5), 2), ((2, 4, 3), -1), ((2, 5, 3), 0)):
        diagonal = odd[:, : tf.linalg.diag_part(np.zeros(shape), k=offset).shape[-1]]
        check(_bound(tf.linalg.set_diag, k=offset), [np.full(shape, np.inf, np.float32), diagonal])


@pytest.mark.parametrize("method", ["bilinear", "nearest"])
def test_crops_of_images(tf: Any, check: Any, method: str) -> None:
    edges = [[0, 0, 1, 1], [0.2, 0.1, 0.9, 1], [1, 1, 0, 0], [-0.1, 0.3, 1.2, 0.7]]
    boxes = np.concatenate([np.array(edges, np.float32), RNG.uniform(0, 1, size=(60, 4)).astype(np.float32)])
    owners = RNG.integers(0, 3, size=len(boxes)).astype(np.int32)
    for size in ([4, 5], [1, 3], [14, 14]):
        crop = _bound(tf.image.crop_and_resize, crop_size=size, method=method, extrapolation_value=-3.0)
        check(crop, [floats(3, 30, 28, 2), boxes, owners])


@pytest.mark.parametrize("kind", [np.float32, np.int64, np.int8])
def test_blocks_are_written_into_tensors(tf: Any, check: Any, kind: Any) -> None:
    from modelport.frontends.tensorflow.framework import keras

    def put(x: Any, block: Any, starts: Any) -> Any:
        return keras().ops.slice_update(x, starts, block)

    x, block = np.arange(60).reshape(3, 4, 5).astype(kind), -np.arange(1, 13).reshape(2, 2, 3).astype(kind)
    places = ([0, 0, 0], [1, 2, 2], [1, 1, 0], [9, -3, 1])
    check(put, *[[x, block, np.array(place, np.int32)] for place in places])


def test_antialiasing(tf: Any, check: Any) -> None:
    check(
        lambda x: tf.image.resize(x, (3, 4), "bilinear", antialias=True),
        [floats(2, 7, 9, 3)],
        shapes=[[None, 7, 9, 3]],
        atol=1e-5,
    )


def test_a_size_that_is_not_known_is_refused_where_weights_depend_on_it(tf: Any) -> None:
    function = tf.function(lambda x: tf.image.resize(x, (5, 6), "area"))
    with pytest.raises(UnsupportedModelError, match="height and width"):
        export(function.get_concrete_function(tf.TensorSpec([None, None, None, 3])), "test")


@pytest.mark.parametrize("stride", [1, 3])
@pytest.mark.parametrize("padding", ["SAME", "VALID"])
def test_windows_shorter_than_their_stride_and_with_holes(tf: Any, check: Any, stride: int, padding: str) -> None:
    kernel = tf.constant(floats(2, 2, 3, 4))
    shapes = [[None, None, None, 3]]
    feeds = [[floats(2, 9, 10, 3)], [floats(1, 7, 8, 3)]]
    check(lambda x: tf.nn.conv2d(x, kernel, stride, padding), *feeds, shapes=shapes, atol=1e-5)
    check(lambda x: tf.nn.avg_pool2d(x, 2, stride, padding), *feeds, shapes=shapes, atol=1e-6)
    check(lambda x: tf.nn.max_pool2d(x, 2, stride, padding), *feeds, shapes=shapes)
    if stride == 1:
        holes = [2, 3]
        check(lambda x: tf.nn.conv2d(x, kernel, 1, padding, dilations=holes), *feeds, shapes=shapes, atol=1e-5)


def test_groups_along_three_axes(tf: Any, check: Any) -> None:
    import keras

    layer = keras.layers.Conv3D(6, 2, groups=2)
    layer.build((None, None, None, None, 4))
    check(layer.call, [floats(2, 3, 4, 5, 4)], shapes=[[None, None, None, None, 4]], atol=1e-5)


@pytest.mark.parametrize(
    ("stride", "padding", "more"), [(2, "valid", 1), (3, "valid", None), (3, "same", None), (2, "same", 1)]
)
@pytest.mark.parametrize("size", [(5, 6), (None, None)])
def test_transposed_convolutions(
    tf: Any, check: Any, stride: int, padding: str, more: int | None, size: tuple[int | None, ...]
) -> None:
    import keras

    layer = keras.layers.Conv2DTranspose(4, (3, 2), stride, padding, output_padding=more, bias_initializer="ones")
    layer.build((None, None, None, 3))
    check(layer.call, [floats(2, 5, 6, 3)], shapes=[[None, *size, 3]], atol=1e-5)


def test_what_falls_on_one_place_is_added_up(tf: Any, check: Any) -> None:
    places, numbers = np.array([[1], [3], [1]], np.int32), floats(3, 2)
    check(lambda i, x: tf.scatter_nd(i, x, [5, 2]), [places, numbers], atol=1e-6)


@pytest.mark.parametrize("axis", [-1, 0, 1])
def test_a_number_out_of_range_has_no_one(tf: Any, check: Any, axis: int) -> None:
    numbers = np.array([[0, 3, -1], [4, 2, -9]])
    check(lambda x: (tf.one_hot(x, 4, axis=axis), tf.one_hot(x, 4, 5, -1, axis=axis)), [numbers])


@pytest.mark.parametrize("band", [(0, -1), (-1, 0), (1, 1)])
def test_outside_a_band_is_zero(tf: Any, check: Any, band: tuple[int, int]) -> None:
    check(
        lambda x: tf.linalg.band_part(x, *band),
        [np.where(floats(2, 4, 5) > 1, np.inf, floats(2, 4, 5)).astype(np.float32)],
    )
    check(lambda x: tf.linalg.band_part(x, *band), [floats(4, 4) > 0])


def test_searches_in_sorted_numbers(tf: Any, check: Any) -> None:
    row = [-1.0, 0.0, 0.5, 0.5, 2.5]
    check(lambda x: (tf.searchsorted(row, x), tf.searchsorted(row, x, "right")), [ODD[np.isfinite(ODD)]])


def test_fourier_transforms(tf: Any, check: Any) -> None:
    check(
        lambda x: (
            tf.abs(tf.signal.rfft(x)),
            tf.signal.irfft(tf.signal.rfft(x, [12])),
            tf.math.imag(tf.signal.rfft(x, [7])),
        ),
        [floats(3, 8)],
        shapes=[[None, 8]],
        atol=2e-5,
    )


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda tf, x: tf.cast(tf.cast(x, tf.bfloat16), tf.float32), "(?s)bfloat16.*float32"),
        (lambda tf, x: tf.abs(tf.signal.rfft(x) * tf.signal.rfft(x + 1)), "(?s)complex64.*real numbers"),
    ],
)
def test_types_that_would_come_out_otherwise_are_refused(tf: Any, function: Any, said: str) -> None:
    concrete = tf.function(lambda x: function(tf, x)).get_concrete_function(tf.TensorSpec([None, 8]))
    with pytest.raises(UnsupportedModelError, match=said):
        export(concrete, "test")


def test_saturation_is_refused(tf: Any) -> None:
    concrete = tf.function(lambda x: tf.image.adjust_saturation(x, 1.5)).get_concrete_function(
        tf.TensorSpec([1, 4, 4, 3])
    )
    with pytest.raises(UnsupportedModelError, match="AdjustSaturation"):
        export(concrete, "test")


def test_empty_batches_are_reshaped(tf: Any, check: Any) -> None:
    def folded(x: Any) -> Any:
        length = tf.shape(x)
        return tf.reshape(x, [length[0], -1]), tf.reshape(x, [length[0], length[1] * 4]), tf.reshape(x, [-1, 4])

    check(folded, [floats(2, 3, 4)], [floats(0, 3, 4)], [floats(2, 0, 4)])


TEXTS = np.array(["Hello, World", " a\tB ", "", "ÜñÏ code!", "x  y\nz"], object)


def test_texts_in_lower_and_upper_case(tf: Any, check: Any) -> None:
    check(lambda x: (tf.strings.lower(x), tf.strings.upper(x)), [TEXTS], [TEXTS[:0]])


def test_characters_are_replaced(tf: Any, check: Any) -> None:
    check(
        lambda x: (tf.strings.regex_replace(x, "[,!]", ""), tf.strings.regex_replace(x, "[lo]", "--")),
        [
            TEXTS,
        ],
    )


def test_texts_are_split_and_joined(tf: Any, check: Any) -> None:
    check(
        lambda x: (
            tf.strings.split(x).to_tensor(),
            tf.strings.split(x, "l").to_tensor(),
            tf.strings.split(x).row_lengths(),
            tf.strings.join([x, "a", x], "-"),
        ),
        [TEXTS],
        [TEXTS[2:3]],
    )


def test_texts_become_tokens_as_in_keras(tf: Any, check: Any) -> None:
    import keras

    layer = keras.layers.TextVectorization(vocabulary=["hello", "world", "a", "code"], output_sequence_length=5)
    check(layer, [TEXTS])


@pytest.mark.parametrize("mode", ["multi_hot", "count", "tf_idf"])
def test_words_are_counted_as_in_keras(tf: Any, check: Any, mode: str) -> None:
    import keras

    layer = keras.layers.TextVectorization(output_mode=mode)
    layer.adapt(["hello world a code", "a world"])
    check(layer, [TEXTS], [TEXTS[2:3]], [np.array(["", "a a world", "", "z a", ""], object)])


@pytest.mark.parametrize(
    "function",
    [
        lambda tf, x: tf.strings.regex_replace(x, "a+", "b"),
        lambda tf, x: tf.strings.regex_replace(x, r"\s", "b"),
        lambda tf, x: tf.strings.regex_replace(x, "[^a]", "b"),
        lambda tf, x: tf.strings.regex_replace(x, "[ab]", "ba"),
        lambda tf, x: tf.strings.regex_replace(x, "[a]", "b", replace_global=False),
        lambda tf, x: tf.strings.lower(x, "utf-8"),
        lambda tf, x: tf.strings.as_string(tf.strings.to_number(x)),
        lambda tf, x: tf.strings.length(x),
        lambda tf, x: tf.strings.split(x, maxsplit=1).to_tensor(),
    ],
)
def test_what_onnx_cannot_do_with_texts_is_refused(tf: Any, function: Any) -> None:
    concrete = tf.function(lambda x: function(tf, x)).get_concrete_function(tf.TensorSpec([None], tf.string))
    with pytest.raises(UnsupportedModelError):
        export(concrete, "test")


def test_the_sign_of_zero(check: Any) -> None:
    from modelport.frontends.tensorflow.framework import keras

    ops = keras().ops
    zeros = np.array([[0, -0.0, 0], [-0.0, 0, -1], [-1, -2, -0.0], [1, -np.inf, 3]], np.float32)
    check(lambda x: (ops.signbit(x), ops.argmax(x, -1), ops.argmin(x, 0)), [zeros])


def test_other_bits_are_refused(tf: Any) -> None:
    function = tf.function(lambda x: tf.bitcast(x, tf.int32)).get_concrete_function(tf.TensorSpec([None]))
    with pytest.raises(UnsupportedModelError, match="Bitcast"):
        export(function, "test")


@pytest.mark.parametrize("kind", [np.float32, np.int32])
@pytest.mark.parametrize("name", ["sum", "prod", "max", "min"])
def test_segments_without_members(tf: Any, check: Any, name: str, kind: Any) -> None:
    numbers, owners = (floats(5, 2) * 9).astype(kind), np.array([0, 0, 1, 3, 3], np.int32)
    check(getattr(tf.math, f"segment_{name}"), [numbers, owners], rtol=1e-6)
    some = np.array([3, 0, 1, 0, -1], np.int32)
    check(lambda x, i: getattr(tf.math, f"unsorted_segment_{name}")(x, i, 5), [numbers, some], rtol=1e-6)


def test_means_of_segments(tf: Any, check: Any) -> None:
    check(tf.math.segment_mean, [floats(5, 2), np.array([0, 0, 1, 3, 3], np.int32)], rtol=1e-6)


def test_loops_and_branches_on_data(tf: Any, check: Any) -> None:
    def grown(x: Any) -> Any:
        x = tf.while_loop(lambda a: tf.reduce_sum(a) < 100.0, lambda a: (a + a * a + 1,), (x,))[0]
        return tf.cond(x[0] > 50.0, lambda: x * 2, lambda: x - 1)

    check(grown, [floats(3)], [floats(3) + 200], [np.array([60, 1, 50], np.float32)], rtol=1e-5)
