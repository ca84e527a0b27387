"""How long does a conversion take, from the model file to the sealed bundle, without toolchains?

Question: wall and CPU seconds of ``modelport.pipeline.convert``: load the file with the safe reader, convert, ask the
    original model for its answers to probes, synthetic rows and the sample, run the passes (each is proven), render the
    Java and C++ projects without building them, prove python-ort on every row, seal and write.
Baseline: ``skl2onnx.to_onnx`` on the same model, already in memory. It writes a graph and proves nothing, so it does
    much less; it is the price of a graph alone, not a rival's time for the same work. Its graph (float32, its usual
    way) then meets the rows that the bundle carries, probes among them, and the labels it changes are counted. Where
    skl2onnx refuses the model, its last step alone is the baseline, fed with rows that scikit-learn prepared.
Command: python -m benchmarks.convert.bench [--quick] [--out DIR]
Better: lower seconds. Parity comes first: a conversion that is not proven raises, and then there is no time at all.
Warm-up: one conversion and one baseline of the smallest case, which import everything. Threads: what scikit-learn and
    NumPy take by themselves; onnxruntime one. Batch sizes do not apply.
"""

import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import numpy.typing as npt
import onnxruntime as ort
import pandas as pd
from sklearn.datasets import make_classification
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from benchmarks._common import Samples, arguments, frame, save, table
from fixtures.recipes._recipe import Made
from fixtures.recipes.sklearn._common import on_penguins
from modelport.bundle.reader import Bundle
from modelport.evidence.vectors import LabelAnswer
from modelport.ir.contract import Status
from modelport.options import Options
from modelport.pipeline import convert

__all__ = ["main"]


@dataclass(frozen=True)
class _Case:
    name: str
    make: Callable[[], Made]
    repetitions: int


@dataclass(frozen=True)
class _Baseline:
    """What skl2onnx did. ``scope``: of the model; ``refused``: why it did not take the whole model, if so."""

    scope: str
    samples: Samples | None
    graph: bytes
    refused: str


def _large() -> Made:
    rows, labels = make_classification(20_000, 20, n_informative=10, n_classes=2, random_state=0)
    frame = pd.DataFrame(rows, columns=[f"x{i}" for i in range(rows.shape[1])])
    return Made(RandomForestClassifier(100, random_state=7).fit(frame, labels), frame)


_SMALL = _Case("penguins, logistic regression", lambda: on_penguins(LogisticRegression(max_iter=1000)), 5)
_CASES = (
    _SMALL,
    _Case("penguins, random forest of 100", lambda: on_penguins(RandomForestClassifier(100, random_state=7)), 5),
    _Case("penguins, HistGradientBoosting", lambda: on_penguins(HistGradientBoostingClassifier()), 5),
    # Its sample is its whole training set: 20,000 rows to ask about and to prove.
    _Case("20,000 x 20, random forest of 100", _large, 1),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Measures, prints a table and writes convert.json."""
    options = arguments(__doc__ or "").parse_args(argv)
    cases = (_SMALL,) if options.quick else _CASES
    warm = _SMALL.make()
    _ours(warm, 1)
    _baseline(warm, 1)
    results = []
    for case in cases:
        made = case.make()
        repetitions = 1 if options.quick else case.repetitions
        ours, steps, bundle = _ours(made, repetitions)
        baseline = _baseline(made, repetitions)
        base: dict[str, Any] = {"scope": baseline.scope, "refused": baseline.refused}
        if baseline.samples is not None:
            base |= {**baseline.samples.as_dict(), "parity": _baseline_flips(baseline, made, bundle)}
        results.append(
            {
                "case": case.name,
                "modelport": ours.as_dict(),
                "steps_cpu_s": steps,
                "skl2onnx": base,
            }
        )
    _print(results)
    path = save(options.out, "convert", (__doc__ or "").splitlines()[0], {"results": results}, quick=options.quick)
    print(f"\n{path}")
    return 0


def _ours(made: Made, repetitions: int) -> tuple[Samples, dict[str, float], Bundle]:
    """Converts from a file each time; returns the times, the mean CPU seconds of each step, and the last bundle."""
    wall: list[float] = []
    cpu = 0.0
    steps: dict[str, float] = {}
    options = Options(name="bench", response=made.response)
    with tempfile.TemporaryDirectory(prefix="modelport-bench-") as folder:
        model = Path(folder) / "model.joblib"
        joblib.dump(made.model, model)
        for turn in range(repetitions):
            marks: list[tuple[str, float]] = []

            def progress(step: str, marks: list[tuple[str, float]] = marks) -> None:
                marks.append((step, time.process_time()))

            output = Path(folder) / f"bundle{turn}"
            start, start_cpu = time.perf_counter(), time.process_time()
            bundle, report = convert(model, made.rows, output, options, progress)
            wall.append(time.perf_counter() - start)
            marks.append(("", time.process_time()))
            cpu += marks[-1][1] - start_cpu
            for (step, begin), (_, end) in pairwise(marks):
                steps[step] = steps.get(step, 0.0) + (end - begin) / repetitions
        proof = report.targets["python-ort"]
        facts = {
            "parity": {"rows": proof.rows, "flips": proof.flips},
            "sample_rows": len(made.rows),
            "model_onnx_bytes": len(bundle.files["model.onnx"]),
            "model_file_bytes": model.stat().st_size,
        }
        bundle = Bundle(dict(bundle.files), bundle.manifest, bundle.contract)
    return Samples(np.array(wall), cpu, facts), steps, bundle


def _baseline(made: Made, repetitions: int) -> _Baseline:
    """Times skl2onnx on the whole model; where it refuses that, on the last step alone, which is less work still."""
    features = made.rows.drop(columns=made.response) if made.response else made.rows
    if not hasattr(made.model, "steps"):
        return _timed(made.model, [("rows", len(features.columns))], repetitions, "whole model")
    kinds = [(name, 1 if pd.api.types.is_numeric_dtype(features[name]) else 0) for name in made.model.feature_names_in_]
    whole = _timed(made.model, kinds, repetitions, "whole model")
    if not whole.refused:
        return whole
    last = made.model[-1]
    return replace(_timed(last, [("rows", last.n_features_in_)], repetitions, "last step"), refused=whole.refused)


# Any: estimators have no types.
def _timed(model: Any, inputs: Sequence[tuple[str, int]], repetitions: int, scope: str) -> _Baseline:
    """``inputs``: name and number of columns, 0 for a column of text."""
    from skl2onnx import to_onnx
    from skl2onnx.common.data_types import FloatTensorType, StringTensorType

    kinds = [(name, FloatTensorType([None, n]) if n else StringTensorType([None, 1])) for name, n in inputs]
    wall: list[float] = []
    graph = b""
    start_cpu = time.process_time()
    for _ in range(repetitions):
        start = time.perf_counter()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                graph = to_onnx(model, initial_types=kinds, options={"zipmap": False}).SerializeToString()
        except Exception as err:  # noqa: BLE001 - skl2onnx raises anything from KeyError to RuntimeError
            return _Baseline(scope, None, b"", f"{type(err).__name__}: {str(err).partition(chr(10))[0]}")
        wall.append(time.perf_counter() - start)
    samples = Samples(np.array(wall), time.process_time() - start_cpu, {"model_onnx_bytes": len(graph)})
    return _Baseline(scope, samples, graph, "")


def _baseline_flips(baseline: _Baseline, made: Made, bundle: Bundle) -> dict[str, Any]:
    """How often the baseline's graph gives another label than the original, on the rows that the bundle carries."""
    vectors = bundle.vectors()
    vectors = vectors.take(np.flatnonzero(vectors.status == Status.OK))
    rows = frame(vectors.rows)
    try:
        session = ort.InferenceSession(baseline.graph, providers=["CPUExecutionProvider"])
        with np.errstate(over="ignore"):
            if baseline.scope == "last step":
                rows = made.model[:-1].transform(rows)
                rows = rows.toarray() if hasattr(rows, "toarray") else rows
            if len(session.get_inputs()) == 1:
                feeds = {"rows": np.asarray(rows, dtype=np.float32)}
            else:
                feeds = {i.name: _tensor(rows[i.name], i.type) for i in session.get_inputs()}
            labels = session.run(None, feeds)[0]
    except Exception as err:  # noqa: BLE001 - onnxruntime raises classes of its own, none of them public
        return {"rows": len(vectors), "failed": str(err).partition("\n")[0]}
    answer = vectors.answers["label"]
    assert isinstance(answer, LabelAnswer)
    position = {label: index for index, label in enumerate(bundle.contract.output("label").classes or ())}
    index = np.array([position[label] for label in labels.tolist()], dtype=np.int64)
    accepted = np.take_along_axis(answer.accepted, index[:, None], axis=1)
    return {"rows": len(vectors), "flips": int((~accepted).sum())}


def _tensor(values: pd.Series, kind: str) -> npt.NDArray[Any]:
    return values.to_numpy(dtype=object if kind == "tensor(string)" else np.float32).reshape(-1, 1)


def _print(results: Sequence[dict[str, Any]]) -> None:
    rows = []
    for result in results:
        ours, base = result["modelport"], result["skl2onnx"]
        flips = base.get("parity", {}).get("flips")
        rows.append(
            [
                result["case"],
                f"{ours['wall_p50_s']:.2f}",
                f"{ours['wall_max_s']:.2f}",
                f"{ours['cpu_mean_s']:.2f}",
                f"{ours['parity']['flips']} of {ours['parity']['rows']:,}",
                base["scope"] if "cpu_mean_s" in base else "refused",
                f"{base['cpu_mean_s']:.2f}" if "cpu_mean_s" in base else "-",
                "-" if flips is None else f"{flips} of {base['parity']['rows']:,}",
                f"{ours['cpu_mean_s'] / base['cpu_mean_s']:.1f}" if "cpu_mean_s" in base else "-",
            ]
        )
    print("modelport: file to sealed bundle, proof included. skl2onnx: a graph alone, without proof. Seconds.")
    head = ["case", "wall p50", "wall max", "CPU", "flips", "skl2onnx of", "its CPU", "its flips", "CPU ratio"]
    print(table(head, rows))
    print("\nwhere modelport's CPU seconds go")
    names = list(dict.fromkeys(step for result in results for step in result["steps_cpu_s"]))
    steps = [[name, *[f"{result['steps_cpu_s'].get(name, 0.0):.2f}" for result in results]] for name in names]
    print(table(["step", *[result["case"] for result in results]], steps))
    for result in results:
        base = result["skl2onnx"]
        for problem in filter(None, (base.get("refused"), base.get("parity", {}).get("failed"))):
            print(f"skl2onnx, {result['case']}: {problem}")


if __name__ == "__main__":
    raise SystemExit(main())
