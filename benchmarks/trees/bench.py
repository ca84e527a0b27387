"""How long does a large tree ensemble take from the fitted model to an ONNX graph, and how much memory?

Question: CPU seconds and peak memory from the model in memory to the serialized graph, without the proof; then, for
    modelport, CPU seconds of the whole conversion: graph, questions to the original, passes and proof.
Baseline: skl2onnx for scikit-learn, onnxmltools for XGBoost and LightGBM, each in its usual way. They write float32 trees
    without a proof. Every measurement runs in a process of its own, which loads the model before the clock starts.
Command: python -m benchmarks.trees.bench [--quick] [--out DIR]
Better: fewer seconds, less memory. Peaks are resident memory above that of the loaded model, the kernel's own high-water mark,
    set back when the clock starts. ``arrays`` is the memory of the forest's own tables, which stay beside the graph; ``model``
    that of the fitted trees' own arrays in scikit-learn, and the size of the booster's own file (UBJSON, text) elsewhere;
    ``export`` is the peak of that library's own writing of its file, which the conversion begins with;
    ``file`` is the ONNX file. ``times`` after a peak says how many times ``arrays`` it is.
Warm-up: each process converts a forest of two small trees first. Threads: one for onnxruntime, the model's own otherwise.
"""

import ctypes
import gc
import json
import re
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import joblib
import numpy as np

from benchmarks._common import arguments, save, table

__all__ = ["main"]

_KIB = 1024.0  # KiB in a MiB: the kernel counts in KiB


def _forest(quick: bool) -> Any:
    """200 trees: 100 fitted ones twice, which is the same work to convert and half of it to fit."""
    from sklearn.ensemble import RandomForestRegressor

    rows, values = _data(200 if quick else 10_000, 10)
    trees = RandomForestRegressor(2 if quick else 100, max_depth=20, random_state=0, n_jobs=-1).fit(rows, values)
    trees.estimators_ = trees.estimators_ * 2
    trees.n_estimators = len(trees.estimators_)
    return trees


def _xgboost(quick: bool) -> Any:
    from xgboost import XGBRegressor

    rows, values = _data(200 if quick else 10_000, 10)
    return XGBRegressor(n_estimators=4 if quick else 2000, max_depth=6).fit(rows, values)


def _lightgbm(quick: bool) -> Any:
    from lightgbm import LGBMRegressor

    rows, values = _data(200 if quick else 10_000, 10)
    return LGBMRegressor(n_estimators=4 if quick else 2000, num_leaves=63, verbose=-1).fit(rows, values)


def _data(count: int, width: int) -> tuple[Any, Any]:
    random = np.random.default_rng(0)
    rows = random.normal(size=(count, width))
    return rows, rows[:, 0] * rows[:, 1] + np.sin(3 * rows[:, 2]) + 0.1 * random.normal(size=count)


_CASES: dict[str, Callable[[bool], Any]] = {
    "random forest, 200 trees of depth 20": _forest,
    "XGBoost, 2,000 trees of depth 6": _xgboost,
    "LightGBM, 2,000 trees of 63 leaves": _lightgbm,
}


def main(argv: Sequence[str] | None = None) -> int:
    """Measures every case, prints a table and writes trees.json. With ``--measure``: one measurement, as JSON."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--only", default="", help="only cases whose name contains this text")
    parser.add_argument("--measure", nargs=2, metavar=("TOOL", "MODEL"), help="used by the benchmark itself")
    options = parser.parse_args(argv)
    if options.measure:
        print(json.dumps(_measure(options.measure[0], Path(options.measure[1]))))
        return 0
    results = []
    wanted = [case for case in _CASES.items() if options.only.lower() in case[0].lower()]
    for name, make in wanted[: 1 if options.quick else None]:
        with tempfile.TemporaryDirectory(prefix="modelport-bench-") as folder:
            path = Path(folder) / "model.joblib"
            joblib.dump(make(options.quick), path)
            results.append({"case": name, **{tool: _in_process(tool, path) for tool in ("modelport", "baseline")}})
    _print(results)
    path = save(options.out, "trees", (__doc__ or "").splitlines()[0], {"results": results}, quick=options.quick)
    print(f"\n{path}")
    return 0


def _in_process(tool: str, path: Path) -> dict[str, Any]:
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.trees.bench", "--measure", tool, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _measure(tool: str, path: Path) -> dict[str, Any]:
    model = joblib.load(path)
    graph = _ours if tool == "modelport" else _theirs
    graph(_small(type(model)))
    before = _start_of_peak()
    start = time.process_time()
    size, facts = graph(model)
    seconds = time.process_time() - start
    found = {"cpu_s": seconds, "peak_mib": _peak() - before, "file_mib": size / 2**20, **facts}
    if tool == "modelport":
        before = _start_of_peak()
        found["model_mib"] = _model_bytes(model) / 2**20
        found["export_mib"] = _peak() - before
        found["proven_cpu_s"] = _proven(model)
    return found


def _start_of_peak() -> float:
    """Sets the high-water mark back to what is resident now, and returns that in MiB."""
    gc.collect()
    try:
        # Pages that malloc keeps for later would take up what is measured.
        ctypes.CDLL(None).malloc_trim(0)
        Path("/proc/self/clear_refs").write_text("5")
    except (AttributeError, OSError):
        # No such mark on this system: what was the peak before hides as much of the one to come.
        pass
    return _peak()


def _peak() -> float:
    try:
        return int(re.findall(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[0]) / _KIB
    except (OSError, IndexError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KIB


def _model_bytes(model: Any) -> int:
    if hasattr(model, "estimators_"):
        trees = {id(tree): tree.tree_.__getstate__() for tree in model.estimators_}
        return sum(state["nodes"].nbytes + state["values"].nbytes for state in trees.values())
    if hasattr(model, "booster_"):
        return len(model.booster_.model_to_string())
    return len(model.get_booster().save_raw("ubj"))


def _small(kind: type) -> Any:
    name = kind.__name__
    return {"RandomForestRegressor": _forest, "XGBRegressor": _xgboost, "LGBMRegressor": _lightgbm}[name](True)


def _ours(model: Any) -> tuple[int, dict[str, Any]]:
    from modelport.frontends._spec import LoadedModel, Request
    from modelport.frontends.sklearn import FRONTEND
    from modelport.ir.graph_proto import to_bytes

    program = FRONTEND.convert(LoadedModel(model), Request(_data(64, model.n_features_in_)[0])).program
    size = len(to_bytes(program.model))
    arrays = [value for forest in program.forests for value in vars(forest).values() if isinstance(value, np.ndarray)]
    nodes = sum(len(forest.feature) for forest in program.forests)
    arrays_mib = sum(array.nbytes for array in arrays) / 2**20
    return size, {"nodes": nodes, "arrays_mib": arrays_mib}


def _theirs(model: Any) -> tuple[int, dict[str, Any]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if type(model).__name__ == "RandomForestRegressor":
            from skl2onnx import to_onnx

            graph = to_onnx(model, _data(1, model.n_features_in_)[0].astype(np.float32))
        else:
            import onnxmltools
            from onnxmltools.convert.common.data_types import FloatTensorType

            convert = getattr(onnxmltools, f"convert_{type(model).__module__.split('.')[0]}")
            graph = convert(model, initial_types=[("rows", FloatTensorType([None, model.n_features_in_]))])
    return len(graph.SerializeToString()), {}


def _proven(model: Any) -> float:
    from modelport import convert

    start = time.process_time()
    with tempfile.TemporaryDirectory(prefix="modelport-bench-") as folder:
        convert(model, _data(300, model.n_features_in_)[0], output=Path(folder) / "bundle", name="bench", targets=())
    return time.process_time() - start


def _print(results: Sequence[dict[str, Any]]) -> None:
    rows = []
    for result in results:
        ours, base = result["modelport"], result["baseline"]
        rows.append(
            [
                result["case"],
                f"{ours['nodes']:,}",
                f"{ours['cpu_s']:.2f}",
                f"{base['cpu_s']:.2f}",
                f"{base['cpu_s'] / ours['cpu_s']:.0f}",
                f"{ours['model_mib']:.1f}",
                f"{ours['arrays_mib']:.1f}",
                f"{ours['file_mib']:.1f}",
                f"{ours['peak_mib']:.0f}",
                f"{ours['peak_mib'] / ours['arrays_mib']:.1f}",
                f"{ours['export_mib']:.0f}",
                f"{base['peak_mib']:.0f}",
                f"{ours['proven_cpu_s']:.1f}",
            ]
        )
    print("CPU seconds and MiB above those of the loaded model; the baseline is skl2onnx or onnxmltools.")
    head = [
        "case",
        "nodes",
        "modelport",
        "baseline",
        "faster",
        "model",
        "arrays",
        "file",
        "our peak",
        "times",
        "export",
        "its peak",
    ]
    print(table([*head, "with proof"], rows))


if __name__ == "__main__":
    raise SystemExit(main())
