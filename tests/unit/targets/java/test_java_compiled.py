"""Generated projects built by Maven, their vectors run, and their answers compared."""

from pathlib import Path

import numpy as np
import pytest

from modelport.bundle.assemble import with_projects
from modelport.bundle.reader import Bundle
from modelport.bundle.vectors_io import npy_bytes
from modelport.bundle.writer import write_tree
from modelport.evidence.compare import compare
from modelport.ir.contract import Feature, Output
from modelport.parity._runner import Answers, Failure, NotRun
from modelport.parity.java_ort import RUNNER
from modelport.targets.java.target import TARGET
from modelport.toolchains.maven import Maven
from tests.unit.targets.java.handmade import OPTIONS, bundle, feature, label, number
from tests.unit.targets.java.test_java_view import ODD_NAMES

pytestmark = [pytest.mark.java, pytest.mark.slow]

ODD_CATEGORIES = (
    "a", "A", "", "unknown", "1", "smile \U0001f600", "smile \U0001f601", "nul \x00 nul",
    "*/ end", "\\u0041", "by wire",
)  # fmt: skip
EVERY_OUTPUT = [
    label("label", ("smile \U0001f600", "smile \U0001f601")),
    label("tags", ("no \x00 no", "yes \U0001f600"), width=3),
    label("grade", (-1.5, 0.0)),
    label("flag", (True, False)),
    label("count", (7, -3), width=2),
    number("probability", width=2, classes=("smile \U0001f600", "smile \U0001f601")),
    number("score", "float32", width=2, classes=(7, -3)),
    number("value"),
    number("transformed", "float32", width=4),
    number("reason"),
]


EXAMPLE_TEST = """
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class ExampleTest {
  @Test
  void printsAPrediction() {
    PrintStream before = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed));
    Example.main(new String[0]);
    System.setOut(before);
    assertTrue(printed.toString().startsWith("Prediction[reason=ok"), printed.toString());
  }
}
"""


def _run(made: Bundle) -> Answers | NotRun | Failure:
    return RUNNER.run(with_projects(made, {"java": TARGET.render(made, OPTIONS)}))


def _prove(made: Bundle) -> None:
    result = _run(made)
    assert isinstance(result, Answers), result
    _compare(made, result)


def _compare(made: Bundle, result: Answers) -> None:
    vectors = made.vectors()
    found = compare(vectors, made.contract, result.status, result.status_feature, dict(result.outputs))
    assert found.passed, found.worst


def test_every_type_and_the_example(maven: Maven, penguins: Bundle) -> None:
    """The README's program is compiled with the tests and run by one of them."""
    files = TARGET.render(penguins, OPTIONS)
    example = files["README.md"].decode().split("```java\n")[1].split("```")[0]
    extra = {"src/test/java/Example.java": example.encode(), "src/test/java/ExampleTest.java": EXAMPLE_TEST.encode()}
    result = RUNNER.run(with_projects(penguins, {"java": {**files, **extra}}))
    assert isinstance(result, Answers), result
    _compare(penguins, result)


def test_odd_names_and_every_kind_of_output(maven: Maven) -> None:
    numbers = [feature(name, missing="accept") for name in ODD_NAMES]
    texts = [
        feature("string", "string", missing="accept", categories=ODD_CATEGORIES, unknown="accept"),
        feature("text", "string", missing="accept"),
        feature("code", "int64", missing="accept", numbers=(1.0, 2.0), unknown="refuse"),
    ]
    _prove(bundle([*numbers, *texts], EVERY_OUTPUT, rows=60))


def test_130_columns_in_a_float_matrix(maven: Maven) -> None:
    kinds = ("float32", "int64", "bool")
    features = [feature(f"x{i}", kinds[i % 3], missing="accept") for i in range(130)]
    _prove(bundle(features, [number("transformed", "float32", width=130), number("value")], matrix="float"))


def test_2000_columns(maven: Maven, tmp_path: Path) -> None:
    """Methods of 64 KB, records of 255 slots: none of javac's limits is met. One test runs: it loads and predicts."""
    made = bundle([_any_feature(i) for i in range(2000)], [label("label", (0, 5))])
    write_tree(TARGET.render(made, OPTIONS), tmp_path / "wide")
    maven.run(tmp_path / "wide", "test", "-Dtest=TriedModelTest#selfTestPasses")


def _any_feature(index: int) -> Feature:
    dtype = ("float64", "float32", "int64", "bool", "string")[index % 5]
    categories = ("a", "b") if dtype == "string" and index % 2 else None
    return feature(f"x{index}", dtype, missing="accept" if index % 3 else "refuse", categories=categories)


def test_a_wrong_vector_fails_and_shows_its_row(maven: Maven) -> None:
    outputs: list[Output] = [number("value")]
    made = bundle([feature("x")], outputs)
    files = TARGET.render(made, OPTIONS)
    vector = "src/test/resources/com/acme/tried/vectors/output_value.expected.npy"
    wrong = made.vectors().answers["value"].expected.copy()
    wrong[0] = 123.5
    result = RUNNER.run(with_projects(made, {"java": {**files, vector: npy_bytes(wrong)}}))
    assert isinstance(result, Failure)
    assert "expected 123.5 within 0.0, got" in result.reason
    assert "row 0 {x=" in result.reason
    assert result.answers is not None
    assert not np.array_equal(result.answers.outputs["value"], wrong, equal_nan=True)
