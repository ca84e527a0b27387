"""What generated documentation says of the values of tensors."""

import pytest

from modelport.ir.contract import Contract, Input
from modelport.targets._values import note_lines, value_words
from modelport.targets.cpp.literals import comment_line
from modelport.targets.cpp.target import TARGET as CPP
from modelport.targets.java.target import TARGET as JAVA
from tests.unit.targets.java.handmade import OPTIONS
from tests.unit.targets.nets import EXACT, Axis, Output, helper, net

UNIT = "input 'x' is int8: it stands for 0.5 * (stored + 128)"


def test_truth_values_have_no_range() -> None:
    assert value_words(Input(name="mask", element="bool", shape=("n",), range=(0.0, 1.0)), str) == []
    assert value_words(Input(name="ids", element="int64", shape=("n",), range=(0.0, 9.0)), str) == [
        "the original was shown 0 to 9"
    ]


def test_a_note_stays_one_line_of_text() -> None:
    contract = Contract(task="net", layout="tensors", inputs=(), features=(), outputs=(), notes=("a | `b`\n\u00e9 \\",))
    assert note_lines(contract) == ("A \\| 'b' \u00e9 \\",)
    assert note_lines(contract, comment_line) == ("A | `b`\\n\\u00e9 \\\\",)


@pytest.mark.parametrize("target", [JAVA, CPP])
def test_projects_tell_what_integers_stand_for(target) -> None:
    given = Input(name="x", element="int8", shape=("n", 3))
    output = Output(name="y", role="number", dtype="int8", bound=EXACT, shape=("n", 3))
    nodes = [helper.make_node("Identity", ["x"], ["y"])]
    made = net([given], [output], nodes, (Axis(symbol="n", least=0, most=None),), [(2,)], notes=(UNIT,))
    files = target.render(made, OPTIONS)
    assert f"- I{UNIT[1:]}." in files["README.md"].decode()
    assert "| input `x` |" in files["README.md"].decode()
    assert "`n` is 0 or more." in files["README.md"].decode()
    sources = [data for path, data in files.items() if path.endswith((".java", ".hpp"))]
    assert any(b"Input 'x' is int8: it stands for 0.5" in data for data in sources)
