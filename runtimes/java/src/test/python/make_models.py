"""Writes the small graphs and contracts of the runtime's own tests; run it again after a change, the files are in git.

python runtimes/java/src/test/python/make_models.py
"""

import sys
from pathlib import Path

import onnx
from onnx import TensorProto as T
from onnx import helper

from modelport.bundle.contract_io import contract_files
from modelport.ir.contract import MISSING_STRING, Axis, Bound, Contract, Feature, Input, Output, TextStep
from modelport.ir.text.pattern import compile_pattern
from modelport.ir.text.step import CodeMap, TextTables
from modelport.ir.text.unicode_tables import HERE, lower_map, sigma_sets, unicode_fold, white_space

FOLDER = Path(__file__).parent.parent / "resources" / "modelport" / "runtime"
EXACT = Bound(kind="exact", reason="copies and comparisons")


def tensor(name: str, kind: int, width: int | str | None) -> onnx.ValueInfoProto:
    """A tensor [N] or [N, width]."""
    return helper.make_tensor_value_info(name, kind, ["N"] if width is None else ["N", width])


def write(
    contract: Contract,
    name: str,
    nodes: list[onnx.NodeProto],
    outputs: list[onnx.ValueInfoProto],
    constants: list[onnx.TensorProto],
) -> None:
    """Writes NAME.onnx, NAME.json and, with text steps, NAME.bin."""
    kinds = {"double": T.DOUBLE, "float": T.FLOAT, "string": T.STRING, "int64": T.INT64}
    inputs = [tensor(i.name, kinds[i.element], i.width or "L") for i in contract.inputs]
    graph = helper.make_graph(nodes, name, inputs, outputs, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 19)], ir_version=9)
    onnx.checker.check_model(model, full_check=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{name}.onnx").write_bytes(model.SerializeToString(deterministic=True))
    files = contract_files(contract)
    (FOLDER / f"{name}.json").write_bytes(files["contract.json"])
    if contract.text_steps:
        (FOLDER / f"{name}.bin").write_bytes(files["text.bin"])


def types() -> None:
    """Every type of feature and label, one tensor a column; texts that JNI spells differently among them."""
    red, smile, nul = "red", "smile \U0001f600", "nul \x00 inside"
    node = helper.make_node
    nodes = [
        node("Cast", ["f32"], ["f32_double"], to=T.DOUBLE),
        node("Concat", ["f64", "f32_double", "i64", "flag"], ["seen"], axis=1),
        node("Squeeze", ["f64", "axis"], ["value"]),
        node("Greater", ["value", "zero"], ["positive"]),
        node("Where", ["positive", "text_yes", "text_no"], ["label"]),
        node("Where", ["positive", "grade_yes", "grade_no"], ["grade"]),
        node("Squeeze", ["colour", "axis"], ["colour_1d"]),
        node("Equal", ["colour_1d", "smile"], ["is_smile"]),
        node("Equal", ["colour_1d", "nul"], ["is_nul"]),
        node("Where", ["is_nul", "thirty", "ten"], ["nul_or_ten"]),
        node("Where", ["is_smile", "twenty", "nul_or_ten"], ["colour_code"]),
        node("Equal", ["text", "missing"], ["text_missing"]),
        node("Equal", ["text", "odd"], ["text_odd"]),
        node("Concat", ["text_missing", "text_odd"], ["text_flags"], axis=1),
    ]

    def text(name: str, value: str) -> onnx.TensorProto:
        return helper.make_tensor(name, T.STRING, [1], [value.encode()])

    constants = [
        helper.make_tensor("axis", T.INT64, [1], [1]),
        helper.make_tensor("zero", T.DOUBLE, [1], [0.0]),
        text("text_yes", "yes \U0001f600"),
        text("text_no", "no \U0001f601"),
        helper.make_tensor("grade_yes", T.DOUBLE, [1], [1.5]),
        helper.make_tensor("grade_no", T.DOUBLE, [1], [-0.0]),
        text("smile", smile),
        text("nul", nul),
        *[helper.make_tensor(n, T.INT64, [1], [v]) for n, v in (("ten", 10), ("twenty", 20), ("thirty", 30))],
        text("missing", MISSING_STRING),
        text("odd", "odd \U0001f600 \x00 text"),
    ]
    contract = Contract(
        task="classifier",
        layout="columns",
        inputs=(
            Input(name="f64", element="double", width=1),
            Input(name="f32", element="float", width=1),
            Input(name="i64", element="double", width=1),
            Input(name="flag", element="double", width=1),
            Input(name="colour", element="string", width=1),
            Input(name="text", element="string", width=1),
        ),
        features=(
            Feature(name="f64", dtype="float64", input="f64", missing="refuse", infinite="refuse", max_abs=100.0),
            Feature(name="f32", dtype="float32", input="f32", missing="accept", missing_as="nan"),
            Feature(name="i64", dtype="int64", input="i64", missing="accept", missing_as="nan"),
            Feature(name="flag", dtype="bool", input="flag", missing="accept", missing_as="nan"),
            Feature(
                name="colour",
                dtype="string",
                input="colour",
                missing="refuse",
                categories=(red, smile, nul),
                unknown="refuse",
            ),
            Feature(name="text", dtype="string", input="text", missing="accept", missing_as="none"),
        ),
        outputs=(
            Output(
                name="label",
                role="label",
                dtype="string",
                classes=("no \U0001f601", "yes \U0001f600"),
                bound=EXACT,
            ),
            Output(name="seen", role="number", dtype="float64", width=4, bound=EXACT),
            Output(name="value", role="number", dtype="float64", bound=EXACT),
            Output(name="grade", role="label", dtype="float64", classes=(1.5, 0.0), bound=EXACT),
            Output(name="colour_code", role="label", dtype="int64", classes=(30, 10, 20), bound=EXACT),
            Output(name="text_flags", role="label", dtype="bool", width=2, classes=(False, True), bound=EXACT),
        ),
    )
    outputs = [
        tensor("label", T.STRING, None),
        tensor("seen", T.DOUBLE, 4),
        tensor("value", T.DOUBLE, None),
        tensor("grade", T.DOUBLE, None),
        tensor("colour_code", T.INT64, None),
        tensor("text_flags", T.BOOL, 2),
    ]
    write(contract, "types", nodes, outputs, constants)


def matrix() -> None:
    """One float tensor, features in another order than its columns, float answers, plain text labels [N, 2]."""
    nodes = [
        helper.make_node("Mul", ["X", "two"], ["transformed"]),
        helper.make_node("Greater", ["X", "zero"], ["above"]),
        helper.make_node("Where", ["above", "high", "low"], ["all"]),
        helper.make_node("Slice", ["all", "first", "third", "axis"], ["label"]),
    ]
    constants = [
        helper.make_tensor("two", T.FLOAT, [1], [2.0]),
        helper.make_tensor("zero", T.FLOAT, [1], [0.0]),
        helper.make_tensor("high", T.STRING, [1], ["h\u00f6ch".encode()]),
        helper.make_tensor("low", T.STRING, [1], [b"low"]),
        helper.make_tensor("first", T.INT64, [1], [0]),
        helper.make_tensor("third", T.INT64, [1], [2]),
        helper.make_tensor("axis", T.INT64, [1], [1]),
    ]
    contract = Contract(
        task="transformer",
        layout="matrix",
        inputs=(Input(name="X", element="float", width=3),),
        features=tuple(
            Feature(name=name, dtype=dtype, input="X", column=column, missing="refuse")
            for name, dtype, column in (("c", "float32", 2), ("a", "int64", 0), ("b", "bool", 1))
        ),
        outputs=(
            Output(name="transformed", role="number", dtype="float32", width=3, bound=EXACT),
            Output(name="label", role="label", dtype="string", width=2, classes=("low", "h\u00f6ch"), bound=EXACT),
        ),
    )
    outputs = [tensor("transformed", T.FLOAT, 3), tensor("label", T.STRING, 2)]
    write(contract, "matrix", nodes, outputs, constants)


def terms() -> None:
    """Two steps over one text: words by a vocabulary, and signed hashes of characters; their counts as they are."""
    cased, ignorable = sigma_sets()
    small = tuple(chr(code) for code in (*range(0x20, 0x180), *range(0x370, 0x400)))
    lower, fold = (_only(table, small) for table in (lower_map(), unicode_fold()))
    common = {"feature": "review", "lowercase": True, "binary": False, "unicode": HERE.version}
    words = TextStep(
        **common,
        ids="word_ids",
        counts="word_counts",
        width=4,
        analyzer="word",
        ngrams=(1, 2),
        accents="unicode",
        pattern=r"(?u)\b\w\w+\b",
        counting="vocabulary",
        tables=TextTables(
            terms=("cafe", "good cafe", "\u03bf\u03b4\u03bf\u03c2", "\u6771\u4eac"),
            stop_words=("the",),
            lower=lower,
            fold=fold,
            cased=cased,
            ignorable=ignorable,
            program=compile_pattern(r"(?u)\b\w\w+\b"),
        ),
    )
    characters = TextStep(
        **common,
        ids="char_ids",
        counts="char_counts",
        width=16,
        analyzer="char_wb",
        ngrams=(2, 3),
        accents="keep",
        pattern=None,
        counting="signed_hash",
        tables=TextTables(lower=lower, cased=cased, ignorable=ignorable, spaces=white_space()),
    )
    node = helper.make_node
    nodes = [
        node("ReduceSum", ["word_counts", "axis"], ["word_total"], keepdims=0),
        node("Abs", ["char_counts"], ["char_sizes"]),
        node("ReduceSum", ["char_sizes", "axis"], ["char_single"], keepdims=0),
        node("Cast", ["char_single"], ["char_total"], to=T.DOUBLE),
        node("ReduceSum", ["word_ids", "axis"], ["word_id_sum"], keepdims=0),
        node("ReduceMax", ["char_ids", "axis"], ["char_id_max"], keepdims=0),
        node("Mul", ["char_id_max", "hundred"], ["char_hundreds"]),
        node("Add", ["word_id_sum", "char_hundreds"], ["id_sum"]),
        node("Cast", ["id_sum"], ["id_total"], to=T.DOUBLE),
    ]
    contract = Contract(
        task="transformer",
        layout="columns",
        inputs=(
            Input(name="word_ids", element="int64", width=None),
            Input(name="word_counts", element="double", width=None),
            Input(name="char_ids", element="int64", width=None),
            Input(name="char_counts", element="float", width=None),
        ),
        features=(Feature(name="review", dtype="string", input=None, missing="refuse"),),
        text_steps=(words, characters),
        outputs=tuple(
            Output(name=name, role="number", dtype="float64", bound=EXACT)
            for name in ("word_total", "id_total", "char_total")
        ),
    )
    constants = [
        helper.make_tensor("axis", T.INT64, [1], [1]),
        helper.make_tensor("hundred", T.INT64, [1], [100]),
    ]
    outputs = [tensor(output.name, T.DOUBLE, None) for output in contract.outputs]
    write(contract, "terms", nodes, outputs, constants)


def net() -> None:
    """A net: a batch of at most 4 finite rows, a mask of the same batch, a step without axes."""
    node = helper.make_node
    nodes = [
        node("Unsqueeze", ["mask", "last"], ["column"]),
        node("Where", ["column", "x", "zero"], ["y"]),
        node("Not", ["mask"], ["hidden"]),
        node("Add", ["step", "one"], ["next"]),
    ]
    contract = Contract(
        task="net",
        layout="tensors",
        inputs=(
            Input(name="x", element="float", shape=("batch", 2), finite=True),
            Input(name="mask", element="bool", shape=("batch",)),
            Input(name="step", element="int64", shape=()),
        ),
        features=(),
        axes=(Axis(symbol="batch", least=0, most=4),),
        outputs=(
            Output(name="y", role="number", dtype="float32", bound=EXACT, shape=("batch", 2)),
            Output(name="hidden", role="number", dtype="bool", bound=EXACT, shape=("batch",)),
            Output(name="next", role="number", dtype="int64", bound=EXACT, shape=()),
        ),
    )
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        nodes,
        "net",
        [value("x", T.FLOAT, ["batch", 2]), value("mask", T.BOOL, ["batch"]), value("step", T.INT64, [])],
        [value("y", T.FLOAT, ["batch", 2]), value("hidden", T.BOOL, ["batch"]), value("next", T.INT64, [])],
        [
            helper.make_tensor("last", T.INT64, [1], [1]),
            helper.make_tensor("zero", T.FLOAT, [], [0.0]),
            helper.make_tensor("one", T.INT64, [], [1]),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 19)], ir_version=9)
    onnx.checker.check_model(model, full_check=True)
    (FOLDER / "net.onnx").write_bytes(model.SerializeToString(deterministic=True))
    (FOLDER / "net.json").write_bytes(contract_files(contract)["contract.json"])


def _only(table: CodeMap, keys: tuple[str, ...]) -> CodeMap:
    pairs = [(k, t) for k, t in zip(table.keys, table.texts, strict=True) if chr(k) in keys]
    return CodeMap(tuple(k for k, _ in pairs), tuple(t for _, t in pairs))


if __name__ == "__main__":
    types()
    matrix()
    terms()
    net()
    sys.stdout.write(f"wrote {FOLDER}\n")
