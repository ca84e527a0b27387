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
from sklearn.cluster import DBSCAN
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from fixtures.recipes._recipe import PENGUINS

ENVIRONMENT = {"PATH": "/usr/bin:/bin", "HOME": "/tmp", "OMP_NUM_THREADS": "1"}


def modelport(*arguments: object, cwd: Path | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "modelport", *map(str, arguments)],
        cwd=cwd,
        env=ENVIRONMENT | variables,
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


def test_predict_parquet_has_the_types_of_the_contract(folder: Path) -> None:
    frame = pd.read_csv(PENGUINS).assign(bill_length_mm=np.inf)
    frame.to_csv(folder / "refused.csv", index=False)
    modelport("predict", folder / "bundle", folder / "refused.csv", "-o", folder / "refused.parquet")
    out = pd.read_parquet(folder / "refused.parquet", dtype_backend="pyarrow")
    assert [str(kind) for kind in out.dtypes] == ["string[pyarrow]", *["double[pyarrow]"] * 3, "string[pyarrow]"]
    assert out["label"].isna().all()


def test_predict_strict_names_the_row_in_the_file(folder: Path) -> None:
    frame = pd.concat([pd.read_csv(PENGUINS)] * 30, ignore_index=True)
    frame.loc[9000, "bill_length_mm"] = np.inf
    frame.to_csv(folder / "long.csv", index=False)
    done = modelport("predict", folder / "bundle", folder / "long.csv", "-o", folder / "strict.csv", "--strict")
    assert done.returncode == 3
    assert "row 9000" in done.stderr
    assert not (folder / "strict.csv").exists()


@pytest.mark.parametrize(
    ("rows", "output", "code", "says"),
    [
        (PENGUINS, "out.xlsx", 2, ".parquet"),
        (PENGUINS, "/proc/out.csv", 2, "written"),
        ("absent.csv", "out.csv", 2, "absent.csv does not exist"),
        ("cut.parquet", "out.csv", 3, "no whole Parquet file"),
        ("fewer.csv", "out.csv", 3, "bill_depth_mm"),
        ("same.csv", "same.csv", 2, "the file of rows itself"),
    ],
)
def test_predict_says_what_is_wrong(folder: Path, tmp_path: Path, rows, output: str, code: int, says: str) -> None:
    frame = pd.read_csv(PENGUINS)
    frame.to_csv(tmp_path / "same.csv", index=False)
    frame.drop(columns="bill_depth_mm").to_csv(tmp_path / "fewer.csv", index=False)
    frame.to_parquet(tmp_path / "cut.parquet")
    (tmp_path / "cut.parquet").write_bytes((tmp_path / "cut.parquet").read_bytes()[:-100])
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    done = modelport("predict", folder / "bundle", rows, "-o", output, cwd=tmp_path)
    assert done.returncode == code, done.stderr
    assert says in done.stderr and "Traceback" not in done.stderr
    assert "\n  where: " in done.stderr and "\n  fix:   " in done.stderr
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_flags_that_do_not_exist(folder: Path) -> None:
    for arguments in (["convert", "--nope"], ["verify", "x", "--targets"], ["fly"], ["inspect", "a", "b"]):
        done = modelport(*arguments)
        assert done.returncode == 2
        assert done.stderr.startswith("MP002") and "--help" in done.stderr
    assert json.loads(modelport("verify", "--nope", "--json").stdout)["error"]["code"] == "MP002"
    alone = modelport()
    assert alone.returncode == 2 and "convert" in alone.stdout + alone.stderr and "MP" not in alone.stderr


def test_a_bundle_that_is_not_there(folder: Path) -> None:
    for arguments in (["verify"], ["inspect"], ["build", "-o", "x"], ["generate", "-o", "x"], ["diff", "y"]):
        done = modelport(arguments[0], "absent", *arguments[1:])
        assert done.returncode == 2, done.stderr
        assert done.stderr.startswith("MP003: absent does not exist")


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


def test_prove_without_tools_is_not_passed(folder: Path, tmp_path: Path) -> None:
    done = modelport(
        "convert", folder / "tree.joblib", "--data", PENGUINS, "--response", "species", "--name", "penguins",
        "--targets", "java", "--prove", "--json", "-o", tmp_path / "out",
        PATH="/nowhere",
    )  # fmt: skip
    assert done.returncode == 5, done.stderr
    found = json.loads(done.stdout)
    assert found["targets"]["java-ort"]["status"] == "not run"
    assert "Maven" in found["targets"]["java-ort"]["reason"]
    assert (tmp_path / "out").is_dir()


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
    rows = json.loads(modelport("support", "--json").stdout)
    assert {row["status"] for row in rows} <= {"proven", "unproven", "refused"}


def test_diff_says_what_changed_and_how_often_answers_agree(folder: Path, made, tmp_path: Path) -> None:
    joblib.dump(made("logistic-regression").model, tmp_path / "logistic.joblib")
    frame = pd.read_csv(PENGUINS)
    frame[frame["island"] != "Dream"].to_csv(tmp_path / "rows.csv", index=False)
    done = modelport(
        "convert", tmp_path / "logistic.joblib", "--data", tmp_path / "rows.csv", "--response", "species",
        "--name", "penguins", "--version", "2.0.0", "--targets", "none", "-o", tmp_path / "new",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(modelport("diff", folder / "bundle", tmp_path / "new", "--json").stdout)
    assert found["same_model"] is False
    assert "version: 1.0.0 → 2.0.0" in found["changes"]
    answers = " ".join(found["answers"])
    assert "vectors are answered by both" in answers
    assert "label: the same in" in answers and "%" in answers
    assert "probability: differs by at most" in answers


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
    # It has no predict for new rows, so it can never be converted.
    joblib.dump(DBSCAN().fit(numbers), root / "dbscan.joblib")
    joblib.dump(
        make_pipeline(StandardScaler(), LogisticRegression()).fit(numbers, frame["species"]), root / "lr.joblib"
    )
    frame.drop(columns="bill_depth_mm").to_csv(root / "fewer.csv", index=False)
    frame.assign(bill_depth_mm="deep").to_csv(root / "text.csv", index=False)
    frame.assign(bill_depth_mm=["17.5", "deep", *["17.5"] * (len(frame) - 2)]).to_csv(root / "typo.csv", index=False)
    frame[:0].to_csv(root / "header.csv", index=False)
    (root / "blank.csv").write_text("")
    joblib.dump({"model": joblib.load(root / "lr.joblib"), "when": 2020}, root / "dict.joblib")
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
        (["dbscan.joblib", "--data", PENGUINS, "-o", "out"], 3, "DBSCAN"),
        (["lr.joblib", "--data", "fewer.csv", "-o", "out"], 3, "bill_depth_mm"),
        (["lr.joblib", "--data", "text.csv", "-o", "out"], 3, "deep"),
        (["lr.joblib", "--data", "typo.csv", "-o", "out"], 3, "deep"),
        (["lr.joblib", "--data", "blank.csv", "-o", "out"], 3, "empty"),
        (["lr.joblib", "--data", "header.csv", "--response", "species", "-o", "out"], 3, "no rows"),
        (["lr.joblib", "--data", ".", "-o", "out"], 2, ". is a folder"),
        ([".", "--data", PENGUINS, "-o", "out"], 3, ". is a folder"),
        (["dict.joblib", "--data", PENGUINS, "-o", "out"], 3, "under 'model'"),
        (["lr.joblib", "--data", PENGUINS, "--redact", "sex", "-o", "out"], 2, "--ship-sample"),
        (["lr.joblib", "--data", PENGUINS, "--ship-sample", "--redact", "bill", "-o", "out"], 2, "bill_depth_mm"),
        (["lr.joblib", "--config", "absent.toml", "-o", "out"], 2, "absent.toml"),
        (["lr.joblib", "--dtaa", PENGUINS, "-o", "out"], 2, "--data"),
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
