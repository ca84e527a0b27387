"""Nets that take and give texts: proven with odd texts, shipped without the sample's, predicted from every form of text."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from msgspec import UNSET
from typer.testing import CliRunner

from modelport.bundle.reader import Bundle
from modelport.bundle.writer import write_tree
from modelport.cli._app import app
from modelport.errors import DataFileError, ParityError, TensorError
from modelport.evidence.cases import TensorAnswer
from modelport.evidence.known_texts import known_texts
from modelport.evidence.strength import weak_outputs
from modelport.ir.texts import held_texts
from modelport.options import Options
from modelport.parity.report import Report
from modelport.pipeline import verify
from modelport.pipeline.naming import Names, naming
from modelport.pipeline.nets import convert_net
from modelport.readers.tensors import read_tensors
from modelport.runtime import load
from tests.unit.text_net import CITIES, LABELS, SAMPLE, WORDS, TextNet, text_net


def _convert(net: TextNet, folder: Path) -> tuple[Bundle, Report]:
    options = Options(targets=())
    return convert_net(text_net(net), folder / "net", Names("net", naming("net", options)), options, lambda _: None)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Bundle, Report]:
    return _convert(TextNet(), tmp_path_factory.mktemp("texts"))


def test_it_is_proven_and_proves_itself_again(made: tuple[Bundle, Report]) -> None:
    bundle, report = made
    assert report.passed
    assert report.rows["probe"] > 200
    assert not report.notes
    assert verify(bundle, ["python-ort"]).passed


def test_the_contract_has_texts(made: tuple[Bundle, Report]) -> None:
    contract = made[0].contract
    assert [tensor.element for tensor in contract.inputs] == ["string", "string", "float"]
    assert contract.output("label").dtype == "string"
    assert contract.output("echo").bound.kind == "exact"


def test_known_changed_and_odd_texts_are_tried(made: tuple[Bundle, Report]) -> None:
    cases = made[0].cases()
    tried = {text for case in cases for text in case.inputs["city"].tolist()}
    assert {*CITIES, "BERLIN", " Berlin", "Berlin\0", "NEW YORK", "", "\u0130", "\ufeffa"} <= tried
    assert max(map(len, tried)) > 9000
    assert set(WORDS) <= {text for case in cases for text in case.inputs["words"].ravel().tolist()}
    assert {label for case in cases for label in case.answers["label"].expected.tolist()} == set(LABELS)


def test_texts_of_the_sample_do_not_travel(made: tuple[Bundle, Report]) -> None:
    assert not [path for path, data in made[0].files.items() if b"secret city" in data or b"Atlantis" in data]


def test_what_a_graph_knows() -> None:
    assert known_texts(text_net(TextNet()).program.model) == {"city": CITIES, "words": WORDS}


def test_another_lookup_fails_the_proof(tmp_path: Path) -> None:
    with pytest.raises(ParityError):
        _convert(TextNet(lower=True), tmp_path)


def test_a_label_that_never_changes_proves_little(made: tuple[Bundle, Report]) -> None:
    contract, cases = made[0].contract, made[0].cases()
    assert not weak_outputs(contract, cases)
    constant = []
    for case in cases:
        label = case.answers["label"]
        same = np.full_like(label.expected, "no")
        constant.append(replace(case, answers={**case.answers, "label": TensorAnswer(same, label.bound)}))
    (note,) = weak_outputs(contract, constant)
    assert "output 'label' hardly depends" in note


def test_predict_takes_texts_of_every_form(made: tuple[Bundle, Report]) -> None:
    predictor = load(made[0])
    expected = TextNet().ask(SAMPLE)
    for city in (
        SAMPLE["city"],
        SAMPLE["city"].astype(str),
        SAMPLE["city"].tolist(),
        np.array([text.encode() for text in SAMPLE["city"].tolist()], dtype=object),
        np.array([text.encode() for text in SAMPLE["city"].tolist()]),
    ):
        given = predictor.predict({**SAMPLE, "city": city})
        np.testing.assert_allclose(given["scores"], expected["scores"], rtol=1e-5)
        assert given["label"].tolist() == expected["label"].tolist()
        assert given["echo"].tolist() == SAMPLE["words"].tolist()
    empty = predictor.predict({"city": [], "words": np.empty((0, 2), dtype=object), "price": np.empty((0, 1))})
    assert empty["label"].shape == (0,)


@pytest.mark.parametrize("odd", [b"\xff", "\ud800", 3, None, float("nan")])
def test_what_is_no_text_is_refused(odd: object, made: tuple[Bundle, Report]) -> None:
    with pytest.raises(TensorError, match="'city' holds object, the model takes texts"):
        load(made[0]).predict({**SAMPLE, "city": np.array(["Berlin", odd, "x"], dtype=object)})


def test_numbers_are_no_texts(made: tuple[Bundle, Report]) -> None:
    with pytest.raises(TensorError, match="'city' holds int64"):
        load(made[0]).predict({**SAMPLE, "city": np.arange(3)})


def _run(*arguments: object) -> str:
    done = CliRunner().invoke(app, [str(argument) for argument in arguments])
    return done.output if done.exit_code == 0 else str(done.exception)


def test_the_commands_take_and_give_texts(made: tuple[Bundle, Report], tmp_path: Path) -> None:
    write_tree(made[0].files, tmp_path / "net")
    held = {name: value.astype(str) if value.dtype == object else value for name, value in SAMPLE.items()}
    np.savez(tmp_path / "in.npz", **held)  # type: ignore[arg-type]
    assert "echo [3, 2]" in _run("predict", tmp_path / "net", tmp_path / "in.npz", "-o", tmp_path / "out.npz")
    answers = np.load(tmp_path / "out.npz", allow_pickle=False)
    assert answers["echo"].tolist() == SAMPLE["words"].tolist()
    assert "city: string [batch]" in _run("inspect", tmp_path / "net")
    assert "label: string [batch]" in _run("inspect", tmp_path / "net")
    assert "same model" in _run("diff", tmp_path / "net", tmp_path / "net")
    assert "python-ort" in _run("verify", tmp_path / "net", "--targets", "python-ort")


def test_a_text_that_npz_cannot_hold_is_not_cut() -> None:
    ends = np.array([["red\0", "x"]], dtype=object)
    with pytest.raises(ValueError, match=r"ends in U\+0000"):
        held_texts(ends)


def test_pickled_texts_are_not_read(tmp_path: Path) -> None:
    np.savez(tmp_path / "in.npz", city=np.array(["a"], dtype=object))
    with pytest.raises(DataFileError, match="texts as arrays of dtype str"):
        read_tensors(tmp_path / "in.npz")


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> tuple[Bundle, Report]:
    known = {**SAMPLE, "city": np.array(["Berlin", "new york", "Zürich"], dtype=object)}
    options = Options(targets=("java", "cpp"))
    folder = tmp_path_factory.mktemp("strict")
    names = Names("net", naming("net", options))
    return convert_net(text_net(TextNet(strict=True), known), folder / "net", names, options, lambda _: None)


def test_a_lookup_without_a_place_for_others_refuses_them(strict: tuple[Bundle, Report], tmp_path: Path) -> None:
    bundle, report = strict
    assert report.targets["python-ort"].status == "passed"
    assert not report.notes
    assert bundle.contract.inputs[0].texts == tuple(sorted(CITIES, key=str.encode))
    assert bundle.contract.inputs[1].texts is UNSET
    assert {text for case in bundle.cases() for text in case.inputs["city"].tolist()} == set(CITIES)
    with pytest.raises(TensorError, match="'city' holds 'Berlim', which the model does not know") as refusal:
        load(bundle).predict({**SAMPLE, "city": ["Berlin", "Berlim", "Berlin"]})
    assert "Berlin" in refusal.value.fix
    write_tree(bundle.files, tmp_path / "net")
    assert (
        "city: string [batch] of {Berlin, S\u00e3o Paulo, Z\u00fcrich, new york, \u6771\u4eac}, others refused"
        in _run("inspect", tmp_path / "net")
    )


def test_diff_tells_which_texts_are_taken(
    made: tuple[Bundle, Report], strict: tuple[Bundle, Report], tmp_path: Path
) -> None:
    for name, (bundle, _) in {"old": made, "new": strict}.items():
        write_tree(bundle.files, tmp_path / name)
    said = _run("diff", tmp_path / "old", tmp_path / "new")
    assert "input 'city' lists text 'Berlin'" in said


@pytest.mark.java
@pytest.mark.slow
def test_java(strict: tuple[Bundle, Report]) -> None:
    _prove(strict[0], "java-ort")


@pytest.mark.cpp
@pytest.mark.slow
def test_cpp(strict: tuple[Bundle, Report]) -> None:
    _prove(strict[0], "cpp-ort")


def _prove(bundle: Bundle, target: str) -> None:
    found = verify(bundle, [target]).targets[target]
    if found.status == "not run" and not os.environ.get("CI"):
        pytest.skip(found.reason)
    assert found.status == "passed", f"{found.reason}\n{found.worst}"
    assert found.rows > 200
