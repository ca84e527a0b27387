"""A net with texts in and out, made by hand: words and a city are looked up in tables, a label and the words come back."""

from dataclasses import dataclass

import numpy as np
import onnx
import onnx_ir as ir
from onnx import TensorProto as T
from onnx import helper, numpy_helper

from modelport.evidence.cases import Tensor, Tensors
from modelport.evidence.oracle import OracleRefusalError
from modelport.frontends._nets import net_inputs, net_outputs
from modelport.frontends._spec import ConvertedNet
from modelport.ir.contract import Axis, Contract
from modelport.ir.program import Program
from modelport.ir.provenance import Provenance

__all__ = ["CITIES", "LABELS", "SAMPLE", "WORDS", "TextNet", "text_net"]

CITIES = ("Berlin", "Zürich", "東京", "São Paulo", "new york")
WORDS = ("red", "green", "blue", " padded ", "smile \U0001f600", "half\0way", "İstanbul")
LABELS = ("no", "yes \U0001f44d", "may\0be")
SAMPLE: Tensors = {
    "city": np.array(["Zürich", "Atlantis", "secret city"], dtype=object),
    "words": np.array([["red", "blue"], ["Red", ""], ["green", "red"]], dtype=object),
    "price": np.array([[1.5], [-2.0], [0.25]], dtype=np.float32),
}
_RNG = np.random.default_rng(3)
# Row 0 is that of unknown texts.
_CITY_ROWS = _RNG.normal(size=(len(CITIES) + 1, 4)).astype(np.float32)
_WORD_ROWS = _RNG.normal(size=(len(WORDS) + 1, 4)).astype(np.float32)
_WEIGHTS = _RNG.normal(size=(9, len(LABELS))).astype(np.float32)


@dataclass(frozen=True)
class TextNet:
    """The same in plain Python, the original. ``strict``: a city that it does not know is refused; ``lower``: cities are lower-cased."""

    strict: bool = False
    lower: bool = False

    def ask(self, inputs: Tensors) -> Tensors:
        cities = [_place(self._known(text), CITIES) for text in inputs["city"].tolist()]
        if self.strict and 0 in cities:
            raise OracleRefusalError("a city that is not known")
        words = np.array([[_place(text, WORDS) for text in row] for row in inputs["words"].tolist()], dtype=np.int64)
        rows = _WORD_ROWS[words.reshape(inputs["words"].shape)].sum(axis=1)
        joined = np.concatenate([_CITY_ROWS[np.array(cities, dtype=np.int64)], rows, inputs["price"]], axis=1)
        with np.errstate(all="ignore"):
            scores = joined.astype(np.float32) @ _WEIGHTS
        labels = np.array([LABELS[i] for i in scores.argmax(axis=1)], dtype=object)
        return {"scores": scores, "label": labels, "echo": inputs["words"]}

    def trace(self, inputs: Tensors) -> Tensors:
        return {}

    def _known(self, text: str) -> str:
        return text.lower() if self.lower else text


def _place(text: str, known: tuple[str, ...]) -> int:
    return known.index(text) + 1 if text in known else 0


def _lookup(tensor: str, output: str, keys: tuple[str, ...]) -> onnx.NodeProto:
    return helper.make_node(
        "LabelEncoder",
        [tensor],
        [output],
        domain="ai.onnx.ml",
        keys_strings=list(keys),
        values_int64s=list(range(1, len(keys) + 1)),
        default_int64=0,
    )


def _model() -> onnx.ModelProto:
    nodes = [
        _lookup("city", "city_place", CITIES),
        helper.make_node("Gather", ["city_rows", "city_place"], ["city_row"]),
        _lookup("words", "word_places", WORDS),
        helper.make_node("Gather", ["word_rows", "word_places"], ["each_row"]),
        helper.make_node("ReduceSum", ["each_row", "axis"], ["word_row"], keepdims=0),
        helper.make_node("Concat", ["city_row", "word_row", "price"], ["joined"], axis=1),
        helper.make_node("MatMul", ["joined", "weights"], ["scores"]),
        helper.make_node("ArgMax", ["scores"], ["best"], axis=1, keepdims=0),
        helper.make_node(
            "LabelEncoder",
            ["best"],
            ["label"],
            domain="ai.onnx.ml",
            keys_int64s=list(range(len(LABELS))),
            values_strings=list(LABELS),
        ),
        helper.make_node("Identity", ["words"], ["echo"]),
    ]
    graph = helper.make_graph(
        nodes,
        "net",
        [
            helper.make_tensor_value_info("city", T.STRING, ["batch"]),
            helper.make_tensor_value_info("words", T.STRING, ["batch", 2]),
            helper.make_tensor_value_info("price", T.FLOAT, ["batch", 1]),
        ],
        [
            helper.make_tensor_value_info("scores", T.FLOAT, ["batch", len(LABELS)]),
            helper.make_tensor_value_info("label", T.STRING, ["batch"]),
            helper.make_tensor_value_info("echo", T.STRING, ["batch", 2]),
        ],
        [
            numpy_helper.from_array(_CITY_ROWS, "city_rows"),
            numpy_helper.from_array(_WORD_ROWS, "word_rows"),
            numpy_helper.from_array(_WEIGHTS, "weights"),
            numpy_helper.from_array(np.array([1]), "axis"),
        ],
    )
    opsets = [helper.make_opsetid("", 21), helper.make_opsetid("ai.onnx.ml", 3)]
    model = onnx.shape_inference.infer_shapes(helper.make_model(graph, opset_imports=opsets, ir_version=10))
    onnx.checker.check_model(model)
    return model


def text_net(original: TextNet, sample: dict[str, Tensor] | Tensors = SAMPLE) -> ConvertedNet:
    """The net as a front end gives it; ``original`` is what it is proven against."""
    model = ir.from_proto(_model())
    contract = Contract(
        task="net",
        layout="tensors",
        inputs=net_inputs(model, sample),
        features=(),
        outputs=net_outputs(model),
        axes=(Axis(symbol="batch", least=0, most=None),),
    )
    provenance = Provenance(framework="none", framework_version="0", model_class="TextNet")
    return ConvertedNet(Program(model, contract, provenance), original, sample, "batch")
