"""Images in the documentation of generated libraries."""

import pytest

from modelport.ir.contract import Contract, Input
from modelport.targets._images import image_lines, image_words
from modelport.targets.cpp.target import TARGET as CPP
from modelport.targets.java.target import TARGET as JAVA
from tests.unit.targets.java.handmade import OPTIONS
from tests.unit.targets.nets import EXACT, Axis, Output, helper, net

LAST = Input(name="photo", element="float", shape=("n", 8, 9, 3), image="NHWC")
FIRST = Input(name="scan", element="float", shape=("n", 1, 8, 9), image="NCHW")
NONE = Input(name="x", element="float", shape=("n", 3))


def test_each_layout_is_told_once() -> None:
    contract = Contract(task="net", layout="tensors", inputs=(LAST, NONE, FIRST), features=(), outputs=())
    first, last = image_lines(contract)
    assert first.startswith("Images in `scan`: [batch, channels, height, width]")
    assert last.startswith("Images in `photo`: [batch, height, width, channels]")
    assert image_words(LAST) == "; images, channels last (NHWC)"
    assert image_words(NONE) == ""


@pytest.mark.parametrize("target", [JAVA, CPP])
def test_projects_tell_the_order(target) -> None:
    output = Output(name="y", role="number", dtype="float32", bound=EXACT, shape=("n", 8, 9, 3))
    nodes = [helper.make_node("Identity", ["photo"], ["y"])]
    made = net([LAST], [output], nodes, (Axis(symbol="n", least=0, most=None),), [(2,)])
    files = target.render(made, OPTIONS)
    assert "((b * height + y) * width + x) * channels + c" in files["README.md"].decode()
    assert any(
        b"images, channels last (NHWC)" in data for path, data in files.items() if path.endswith((".java", ".hpp"))
    )
