"""Every benchmark still runs and says what it must; no time is asserted."""

import json
import math
from pathlib import Path

import pytest

from benchmarks._common import Samples, per_call
from benchmarks.convert import bench as convert_bench
from benchmarks.coverage import bench as coverage_bench
from benchmarks.coverage_torch import bench as coverage_torch_bench
from benchmarks.large import bench as large_bench
from benchmarks.latency import bench as latency_bench
from benchmarks.rds import bench as rds_bench
from benchmarks.tflite_kernels import bench as tflite_kernels_bench
from benchmarks.trees import bench as trees_bench
from modelport.toolchains.cmake import find_cmake
from modelport.toolchains.maven import find_maven


def _run(bench, tmp_path: Path, *arguments: str) -> dict:
    assert bench.main(["--quick", "--out", str(tmp_path), *arguments]) == 0
    (path,) = tmp_path.glob("*.json")
    written = json.loads(path.read_text())
    assert written["quick"] is True
    assert written["machine"]["cores"] >= 1
    assert written["versions"]["modelport"]
    return written


def test_convert(tmp_path, capsys):
    written = _run(convert_bench, tmp_path)
    (result,) = written["results"]
    assert result["modelport"]["parity"]["flips"] == 0
    assert result["modelport"]["parity"]["rows"] > 0
    assert "running passes" in result["steps_cpu_s"]
    # Its CPU seconds, or why there are none.
    assert "cpu_mean_s" in result["skl2onnx"] or result["skl2onnx"]["refused"]
    assert "penguins, logistic regression" in capsys.readouterr().out


def test_latency_in_python(tmp_path, capsys):
    written = _run(latency_bench, tmp_path, "--targets", "python-ort")
    assert [result["target"] for result in written["results"]] == ["original", "python-ort"]
    for result in written["results"]:
        for run in result["runs"]:
            assert 0 < run["wall_p50_s"] <= run["wall_p95_s"] <= run["wall_p99_s"]
    assert "python-ort DataFrame" in capsys.readouterr().out


def test_tflite_kernels(tmp_path, capsys):
    written = _run(tflite_kernels_bench, tmp_path)
    found = {(result["operator"], result["kernels"]): result for result in written["results"]}
    assert len(found) == 22
    # All kernels add and look up alike.
    assert not any(result["steps"] for (operator, _), result in found.items() if operator in ("addition", "sigmoid"))
    assert "most steps" in capsys.readouterr().out


def test_rds(tmp_path, capsys):
    written = _run(rds_bench, tmp_path)
    assert [result["case"] for result in written["results"]] == [
        "numbers",
        "numbers, gzip",
        "texts",
        "lists and functions",
    ]
    assert "MB/s" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("target", "find"),
    [
        pytest.param("java-ort", find_maven, marks=[pytest.mark.java, pytest.mark.slow]),
        pytest.param("cpp-ort", find_cmake, marks=[pytest.mark.cpp, pytest.mark.slow]),
    ],
)
def test_latency_of_a_generated_library(target, find, tmp_path):
    if isinstance(reason := find(), str):
        pytest.skip(reason)
    written = _run(latency_bench, tmp_path, "--targets", target)
    _, result = written["results"]
    found = {(run["api"], run["batch"]) for run in result["runs"]}
    assert found == {("single", 1), ("buffers", 1), ("list", 64), ("buffers", 64)}


def test_a_missing_toolchain_is_not_run(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(latency_bench, "find_maven", lambda: "there is no mvn here")
    written = _run(latency_bench, tmp_path, "--targets", "java-ort")
    assert written["results"][1] == {"target": "java-ort", "not_run": "there is no mvn here", "runs": []}
    assert "java-ort: not run: there is no mvn here" in capsys.readouterr().out


def test_an_unknown_target_is_refused(tmp_path, capsys):
    with pytest.raises(SystemExit):
        latency_bench.main(["--targets", "rust-ort", "--out", str(tmp_path)])
    assert "rust-ort" in capsys.readouterr().err


def test_percentiles_are_values_that_were_measured():
    import numpy as np

    samples = Samples(np.arange(1.0, 101.0), 50.0)
    assert [samples.quantile(p) for p in (0, 50, 95, 99, 100)] == [1, 50, 95, 99, 100]
    assert math.isclose(samples.cpu_mean_s, 0.5)


def test_the_warm_up_is_not_counted():
    calls = []
    samples = per_call(lambda: calls.append(1), warm_up_s=0.0, measure_s=0.0, least=5)
    assert len(samples.wall_s) == 5
    assert len(calls) == 6


def test_coverage(tmp_path, capsys):
    written = _run(coverage_bench, tmp_path, "--only", "DecisionTreeRegressor(")
    assert {result["outcome"] for result in written["results"]} == {"proven"}
    assert "proven of fitted" in capsys.readouterr().out


def test_trees(tmp_path, capsys):
    (result,) = _run(trees_bench, tmp_path)["results"]
    assert result["modelport"]["nodes"] > 100
    assert result["modelport"]["cpu_s"] > 0 < result["baseline"]["cpu_s"]
    assert "random forest" in capsys.readouterr().out


def test_coverage_of_torch(tmp_path, capsys):
    written = _run(coverage_torch_bench, tmp_path, "--only", "ReLU6() of [3, 8]")
    assert {result["outcome"] for result in written["results"]} == {"proven"}
    assert "ReLU6" in capsys.readouterr().out


def test_large(tmp_path, capsys):
    written = _run(large_bench, tmp_path)
    assert set(written["results"]) == {"imports alone", "made", "convert", "predict"}
    assert written["results"]["convert"]["peak_bytes"] > written["weights_bytes"]
    assert "of the weights" in capsys.readouterr().out
