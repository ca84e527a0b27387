"""The commands as a user runs them: results on stdout, messages on stderr, exit codes by family."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from fixtures.recipes._recipe import PENGUINS

ENVIRONMENT = {"PATH": "/usr/bin:/bin", "HOME": "/tmp", "OMP_NUM_THREADS": "1"}


def modelport(*arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "modelport", *map(str, arguments)],
        cwd=cwd,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def folder(made, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("cli")
    joblib.dump(made("tree").model, root / "tree.joblib")
    done = modelport(
        "convert", root / "tree.joblib", "--data", PENGUINS, "--response", "species", "--name", "penguins",
        "--targets", "none", "-o", root / "bundle",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "passed" in done.stdout and "report.html" in done.stdout
    return root


def test_predict_gives_a_row_for_each_row(folder: Path, made) -> None:
    frame = pd.read_csv(PENGUINS, dtype=str, keep_default_na=False)
    frame = frame[list(reversed(frame.columns))]
    frame.loc[3, "bill_length_mm"] = "inf"
    frame.loc[4, "bill_length_mm"] = "long"
    frame.to_csv(folder / "rows.csv", index=False)
    done = modelport("predict", folder / "bundle", folder / "rows.csv", "-o", folder / "out.csv")
    assert done.returncode == 0, done.stderr
    assert "ignored columns" in done.stdout and "species" in done.stdout
    with (folder / "out.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    case = made("tree")
    want = case.model.predict(case.rows)
    probability = case.model.predict_proba(case.rows)
    assert len(rows) == len(want) == 344
    assert list(rows[0]) == ["label", *(f"probability({c})" for c in case.model.classes_), "status"]
    for i, row in enumerate(rows):
        if i in (3, 4):
            assert row["label"] == "" and row["probability(Adelie)"] == "NaN"
            assert row["status"] == ("infinite: bill_length_mm" if i == 3 else "invalid: bill_length_mm")
            continue
        assert (row["label"], row["status"]) == (want[i], "ok")
        assert [float(row[f"probability({c})"]) for c in case.model.classes_] == probability[i].tolist()


def test_predict_parquet(folder: Path, made) -> None:
    frame = pd.read_csv(PENGUINS)
    frame.to_parquet(folder / "rows.parquet")
    done = modelport("predict", folder / "bundle", folder / "rows.parquet", "-o", folder / "out.parquet", "--json")
    assert json.loads(done.stdout)["rows"] == 344
    out = pd.read_parquet(folder / "out.parquet")
    np.testing.assert_array_equal(out["label"], made("tree").model.predict(frame))


def test_verify_json(folder: Path) -> None:
    done = modelport("verify", folder / "bundle", "--targets", "python-ort", "--json", "--junit", folder / "j.xml")
    report = json.loads(done.stdout)
    assert done.returncode == 0 and report["passed"] is True
    target = report["targets"]["python-ort"]
    assert target["status"] == "passed"
    assert {"rows", "flips", "max_abs", "max_ulp", "reason"} <= set(target)
    assert (folder / "j.xml").read_text().startswith("<?xml")


def test_verify_of_a_target_that_is_not_there_is_not_passed(folder: Path) -> None:
    done = modelport("verify", folder / "bundle", "--targets", "python-ort,java-ort", "--json")
    assert done.returncode == 5
    assert json.loads(done.stdout)["targets"]["java-ort"]["status"] == "not run"


def test_a_tampered_bundle_exits_4(folder: Path, tmp_path: Path) -> None:
    import shutil

    shutil.copytree(folder / "bundle", tmp_path / "b")
    (tmp_path / "b" / "contract.json").write_text("{}")
    for command in (["verify"], ["inspect"], ["predict", PENGUINS, "-o", tmp_path / "o.csv"]):
        done = modelport(command[0], tmp_path / "b", *command[1:])
        assert done.returncode == 4
        assert done.stderr.startswith("MP401")
        assert "Traceback" not in done.stderr


def test_inspect_diff_and_support(folder: Path) -> None:
    assert "bill_length_mm: float64" in modelport("inspect", folder / "bundle").stdout
    contract = json.loads(modelport("inspect", folder / "bundle", "--json").stdout)["contract"]
    assert contract["task"] == "classifier"
    assert "same model" in modelport("diff", folder / "bundle", folder / "bundle").stdout
    assert "sklearn.linear_model.Ridge " in modelport("support").stdout


def test_toml_flags_and_explain(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "modelport.toml").write_text('name = "fromfile"\n[convert]\nresponse = "species"\ntargets = "none"\n')
    done = modelport("convert", "m.pkl", "--name", "fromflag", "--explain", cwd=tmp_path)
    assert done.returncode == 0
    lines = {line.split()[0]: line for line in done.stdout.splitlines()}
    assert "fromflag  (flag)" in lines["name"]
    assert "species  (modelport.toml [convert])" in lines["response"]
    assert "1.0.0  (default)" in lines["version"]
    (tmp_path / "modelport.toml").write_text("[convert]\nrespnse = 'x'\n")
    done = modelport("convert", "m.pkl", cwd=tmp_path)
    assert done.returncode == 2
    assert "respnse" in done.stderr and "response" in done.stderr


@pytest.fixture(scope="module")
def bad_files(made, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("bad")
    (root / "empty.pkl").write_bytes(b"")
    (root / "text.pkl").write_text("this is no model\n")
    joblib.dump(made("tree").model, root / "good.joblib")
    (root / "cut.joblib").write_bytes((root / "good.joblib").read_bytes()[:-200])
    joblib.dump(make_pipeline(StandardScaler(), LogisticRegression()), root / "unfitted.joblib")
    frame = pd.read_csv(PENGUINS).dropna()
    numbers = frame[["bill_length_mm", "bill_depth_mm"]]
    joblib.dump(
        make_pipeline(StandardScaler(), MLPClassifier((3,), max_iter=1)).fit(numbers, frame["species"]),
        root / "mlp.joblib",
    )
    joblib.dump(
        make_pipeline(StandardScaler(), LogisticRegression()).fit(numbers, frame["species"]), root / "lr.joblib"
    )
    frame.drop(columns="bill_depth_mm").to_csv(root / "fewer.csv", index=False)
    frame.assign(bill_depth_mm="deep").to_csv(root / "text.csv", index=False)
    (root / "blank.csv").write_text("")
    (root / "there").mkdir()
    return root


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["absent.pkl", "-o", "out"], 2, "does not exist"),
        (["empty.pkl", "-o", "out"], 3, "empty"),
        (["text.pkl", "-o", "out"], 3, "text.pkl"),
        (["cut.joblib", "-o", "out"], 3, "cut.joblib"),
        (["unfitted.joblib", "--data", "fewer.csv", "-o", "out"], 3, "not fitted"),
        (["mlp.joblib", "--data", PENGUINS, "-o", "out"], 3, "MLPClassifier"),
        (["lr.joblib", "--data", "fewer.csv", "-o", "out"], 3, "bill_depth_mm"),
        (["lr.joblib", "--data", "text.csv", "-o", "out"], 3, "deep"),
        (["lr.joblib", "--data", "blank.csv", "-o", "out"], 3, "empty"),
        (["lr.joblib", "--data", "absent.csv", "-o", "out"], 2, "absent.csv"),
        (["lr.joblib", "--data", PENGUINS, "--response", "spezies", "-o", "out"], 3, "species"),
        (["lr.joblib", "--data", PENGUINS, "-o", "there"], 2, "exists"),
        (["lr.joblib", "--data", PENGUINS, "-o", "/proc/nowhere/out"], 2, "written"),
        (["lr.joblib", "--data", PENGUINS, "--name", "2 bad", "-o", "out"], 2, "2 bad"),
        (["lr.joblib", "--data", PENGUINS, "--java-package", "com.class", "-o", "out"], 2, "class"),
        (["lr.joblib", "--data", PENGUINS, "--cpp-namespace", "a::int", "-o", "out"], 2, "int"),
        (["lr.joblib", "--data", PENGUINS, "--version", "one", "-o", "out"], 2, "one"),
        (["lr.joblib", "--data", PENGUINS, "--targets", "rust", "-o", "out"], 2, "rust"),
        (["lr.joblib", "--data", PENGUINS, "--outputs", "lable", "-o", "out"], 2, "label"),
        (["lr.joblib", "--data", PENGUINS], 2, "-o"),
    ],
    ids=lambda value: str(value[0]) if isinstance(value, list) else str(value),
)
def test_bad_input_gets_one_clear_error(bad_files: Path, arguments, code: int, says: str) -> None:
    before = sorted(bad_files.iterdir())
    done = modelport("convert", *arguments, cwd=bad_files)
    assert done.returncode == code, done.stderr
    message = done.stderr[done.stderr.index("MP") :]
    assert says in message
    assert "\n  where: " in message and "\n  fix:   " in message
    assert "Traceback" not in done.stderr
    assert sorted(bad_files.iterdir()) == before
