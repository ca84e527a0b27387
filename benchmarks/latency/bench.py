"""How long does a prediction take in each language, against the original's own predict?

Question: microseconds of one call for 1, 64 and 4096 rows of the demo's model (penguins: imputers, scaler, one-hot,
    random forest of 100) in python-ort (modelport.load(...).predict), java-ort and cpp-ort (the generated libraries).
Baseline: the fitted scikit-learn pipeline in this process: ``predict``, and ``predict_proba``, each on a DataFrame as a
    caller has it. One call of ours gives both, label and probability; the ratio is to ``predict`` alone all the same.
Command: python -m benchmarks.latency.bench [--quick] [--targets python-ort,java-ort,cpp-ort] [--out DIR]
Better: fewer microseconds. "x p50" and "x CPU" say how many times the baseline's predict takes ours, for as many
    rows; on a machine that others use too, the CPU ratio is the one to trust. Parity comes first: each API of each
    target answers every vector that the original takes, probes among them, and is compared with what the original said;
    a flip, or a number beyond its bound, ends the benchmark without a time.
Rows: the synthetic rows among those vectors: drawn from the contract as a caller's would be, some values missing.
    (Probes are not timed: scikit-learn has a slow path for extreme numbers, and few callers have them.) Single calls go
    through all of them in turn. Rows are in the caller's own form before the clock starts: DataFrame, Features or
    columns. Reading the answer counts, and so does filling the buffers of a Java scorer.
Clock: wall time of every call by itself (perf_counter, System.nanoTime, steady_clock), after a warm-up in time, until
    the time or 20,000 calls are over; p50, p95, p99. CPU is the mean of a call: of the process in Python, of the
    calling thread in Java (without garbage collector and compiler threads) and in C++.
Threads: one caller; onnxruntime one intra-op and one inter-op thread; scikit-learn as it comes (n_jobs None: one).
Warm-up and measuring: 1 s and 2 s for each line; with --quick 0.02 s each, and a forest of 10. A target without its
    toolchain is "not run".
"""

import json
import os
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import RandomForestClassifier

from benchmarks._common import Samples, arguments, frame, per_call, save, table
from fixtures.recipes._recipe import Made
from fixtures.recipes.sklearn._common import on_penguins
from modelport.bundle.reader import Bundle
from modelport.errors import ParityError
from modelport.evidence.compare import compare
from modelport.evidence.vectors import Vectors
from modelport.ir.contract import Status
from modelport.options import Options
from modelport.parity._runner import NotRun
from modelport.pipeline import convert
from modelport.runtime.predictor import load
from modelport.toolchains.cmake import find_cmake
from modelport.toolchains.maven import find_maven
from modelport.toolchains.onnxruntime_library import VARIABLE, find_onnxruntime_library

__all__ = ["main"]

_HERE = Path(__file__).resolve().parent
_CLASS_PATH = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:build-classpath"
_SIZES = (1, 64, 4096)
# The order of the fields in the rows file that Bench.java and bench.cpp read.
_FIELDS = ("bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g", "island", "sex")
_APIS = ("single", "list", "buffers")

Answers = Mapping[str, npt.NDArray[Any]]


class _Plan:
    """What is measured and for how long."""

    def __init__(self, bundle: Bundle, quick: bool) -> None:
        vectors = bundle.vectors()
        self.bundle = bundle
        taken = vectors.status == Status.OK
        ordinary = vectors.origin == Vectors.ORIGINS.index("synthetic")
        # Ordinary rows come first: only they are timed.
        order = np.concatenate([np.flatnonzero(taken & ordinary), np.flatnonzero(taken & ~ordinary)])
        self.vectors = vectors.take(order)
        self.timed_rows = int((taken & ordinary).sum())
        self.warm_up_s = 0.02 if quick else 1.0
        self.measure_s = 0.02 if quick else 2.0
        self.sizes = _SIZES[:2] if quick else _SIZES

    def timed(self, call: Callable[[Any], object], batches: Sequence[Any]) -> Samples:
        """Times one call after the other, each on the next batch."""
        turn = 0

        def once() -> object:
            nonlocal turn
            turn += 1
            return call(batches[turn % len(batches)])

        return per_call(once, warm_up_s=self.warm_up_s, measure_s=self.measure_s, least=5)

    def check(self, what: str, answers: Answers) -> None:
        """Parity before time. Raises: ParityError."""
        count = len(self.vectors)
        status, cause = np.zeros(count, dtype=np.uint8), np.full(count, -1, dtype=np.int32)
        found = compare(self.vectors, self.bundle.contract, status, cause, dict(answers))
        if not found.passed:
            raise ParityError(
                f"{found.flips} label(s) flipped, {found.over} number(s) left their bound; no time is measured",
                where=what,
                fix="run modelport verify on the bundle and read its report",
            )


def main(argv: Sequence[str] | None = None) -> int:
    """Measures, prints a table and writes latency.json."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--targets", default="python-ort,java-ort,cpp-ort", help="which to measure (default: all)")
    options = parser.parse_args(argv)
    measures = {"python-ort": _python, "java-ort": _java, "cpp-ort": _cpp}
    chosen = options.targets.split(",")
    if unknown := set(chosen) - set(measures):
        parser.error(f"no target {', '.join(sorted(unknown))}; there are {', '.join(measures)}")
    made = on_penguins(RandomForestClassifier(10 if options.quick else 100, random_state=7))
    results: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="modelport-bench-") as folder:
        naming = Options(
            name="penguins",
            response=made.response,
            java_package="com.acme.penguins",
            java_group="com.acme",
            cpp_namespace="acme::penguins",
        )
        bundle, _ = convert(made.model, made.rows, Path(folder) / "penguins", naming)
        plan = _Plan(bundle, options.quick)
        for name, measure in [("original", _original(made)), *((name, measures[name]) for name in chosen)]:
            work = Path(folder) / name
            work.mkdir()
            found = measure(plan, work)
            results.append({"target": name, **found})
    _print(results, len(plan.vectors))
    facts = {
        "model_id": bundle.model_id,
        "rows_compared": len(plan.vectors),
        "rows_timed": plan.timed_rows,
        "results": results,
    }
    path = save(options.out, "latency", (__doc__ or "").splitlines()[0], facts, quick=options.quick)
    print(f"\n{path}")
    return 0


def _original(made: Made) -> Callable[[_Plan, Path], dict[str, Any]]:
    def measure(plan: _Plan, _: Path) -> dict[str, Any]:
        plan.check("the original itself", _class_indices(plan, made.model.predict, made.model.predict_proba))
        runs = []
        for size in plan.sizes:
            batches = _frames(plan, size)
            for api in ("predict", "predict_proba"):
                samples = plan.timed(getattr(made.model, api), batches)
                runs.append({"api": api, "batch": size, **samples.as_dict()})
        return {"runs": runs}

    return measure


def _python(plan: _Plan, _: Path) -> dict[str, Any]:
    predictor = load(plan.bundle)

    def answers(name: str) -> Callable[[Any], npt.NDArray[Any]]:
        return lambda rows: predictor.predict(rows)[name]

    plan.check("python-ort", _class_indices(plan, answers("label"), answers("probability")))
    runs = []
    for size in plan.sizes:
        samples = plan.timed(predictor.predict, _frames(plan, size))
        runs.append({"api": "DataFrame", "batch": size, **samples.as_dict()})
    return {"runs": runs}


def _java(plan: _Plan, work: Path) -> dict[str, Any]:
    """Builds the library with Maven, then runs Bench.java against its jar, as another team's program would."""
    maven = find_maven()
    if isinstance(maven, str):
        return _not_run(NotRun(maven))
    project = _project(plan.bundle, "java/", work)
    paths = work / "class-path.txt"
    maven.run(
        project, "package", "-DskipTests", _CLASS_PATH, f"-Dmdep.outputFile={paths}", "-Dmdep.includeScope=runtime"
    )
    jar = next((project / "target").glob("*.jar"))
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home) / "bin" / "java") if home else "java"
    class_path = os.pathsep.join([str(jar), paths.read_text().strip()])
    found = _program(plan, work, [java, "-cp", class_path, str(_HERE / "java" / "Bench.java")], {})
    # The Java API has no call for the version of the library; the jar's name says it.
    onnxruntime = next(Path(p).stem for p in class_path.split(os.pathsep) if Path(p).name.startswith("onnxruntime-"))
    return {**found, "runtime": f"{found['runtime']}, {onnxruntime.replace('-', ' ')}"}


def _cpp(plan: _Plan, work: Path) -> dict[str, Any]:
    """Builds bench.cpp with the library as a part of its CMake project (Release) and runs it."""
    cmake = find_cmake()
    library = find_onnxruntime_library()
    if isinstance(cmake, str) or isinstance(library, str):
        return _not_run(NotRun(cmake if isinstance(cmake, str) else str(library)))
    project = _project(plan.bundle, "cpp/", work)
    build = work / "build"
    cmake.configure(_HERE / "cpp", build, {"PENGUINS_DIR": str(project)})
    cmake.build(build)
    program = next(p for p in sorted(build.rglob("latency_bench*")) if p.name in ("latency_bench", "latency_bench.exe"))
    return _program(plan, work, [str(program)], {VARIABLE: str(library)})


def _project(bundle: Bundle, prefix: str, work: Path) -> Path:
    root = work / bundle.name
    for path in bundle.files:
        if path.startswith(prefix):
            target = root / PurePosixPath(path.removeprefix(prefix))
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(bundle.files[path])
    return root


def _program(plan: _Plan, work: Path, command: list[str], environment: Mapping[str, str]) -> dict[str, Any]:
    """Runs a program that times itself; its answers are checked before its times are taken."""
    rows, answers = work / "rows.tsv", work / "answers"
    answers.mkdir()
    _write_rows(plan, rows)
    times = [f"{seconds * 1000:.0f}" for seconds in (plan.warm_up_s, plan.measure_s)]
    sizes = ",".join(map(str, plan.sizes))
    done = subprocess.run(
        [*command, str(rows), str(answers), str(plan.timed_rows), *times, sizes],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{Path(command[0]).name} failed with exit code {done.returncode}\n{done.stderr.strip()}")
    for api in _APIS:
        given = np.loadtxt(answers / f"{api}.txt", ndmin=2)
        plan.check(f"{command[-1]}, {api}", {"label": given[:, 0].astype(np.int32), "probability": given[:, 1:]})
    said = json.loads(done.stdout)
    if said["model_id"] != plan.bundle.model_id:
        raise SystemExit(f"{Path(command[0]).name} ran another model: {said['model_id']}")
    runs = []
    for run in said["runs"]:
        samples = Samples(np.array(run["wall_ns"], dtype=np.float64) / 1e9, run["cpu_ns"] / 1e9)
        runs.append({"api": run["api"], "batch": run["batch"], **samples.as_dict()})
    return {"runtime": said["runtime"], "load_s": said["load_ns"] / 1e9, "runs": runs}


def _not_run(reason: NotRun) -> dict[str, Any]:
    return {"not_run": reason.reason, "runs": []}


def _class_indices(plan: _Plan, label: Callable[[Any], Any], probability: Callable[[Any], Any]) -> Answers:
    rows = frame(plan.vectors.rows)
    position = {name: index for index, name in enumerate(plan.bundle.contract.output("label").classes or ())}
    with warnings.catch_warnings():
        # scikit-learn adds a column up to see whether it is finite; the extremes among the probes overflow.
        warnings.simplefilter("ignore", RuntimeWarning)
        indices = np.array([position[name] for name in np.asarray(label(rows)).tolist()], dtype=np.int32)
        return {"label": indices, "probability": np.asarray(probability(rows))}


def _frames(plan: _Plan, size: int) -> list[Any]:
    """Every single row as a DataFrame of its own; larger batches are the rows again and again."""
    rows = frame(plan.vectors.rows).iloc[: plan.timed_rows]
    if size == 1:
        return [rows.iloc[[i]] for i in range(len(rows))]
    return [rows.iloc[np.arange(size) % len(rows)].reset_index(drop=True)]


def _write_rows(plan: _Plan, path: Path) -> None:
    """One row a line, tabs between, a missing value empty; repr of a double reads back as the same double.

    Text that the model never saw becomes "?": the typed APIs have one constant for all of it.
    """
    columns = []
    for name in _FIELDS:
        column, known = plan.vectors.rows.columns[name], plan.bundle.contract.feature(name).categories
        texts = [str(value) if known is None or value in known else "?" for value in column.values.tolist()]
        columns.append([text if valid else "" for text, valid in zip(texts, column.valid, strict=True)])
    path.write_text("".join("\t".join(row) + "\n" for row in zip(*columns, strict=True)), encoding="utf-8")


def _print(results: Sequence[dict[str, Any]], count: int) -> None:
    base = {run["batch"]: run for run in results[0]["runs"] if run["api"] == "predict"}
    rows = []
    for result in results:
        for run in result["runs"]:
            rows.append(
                [
                    f"{result['target']} {run['api']}",
                    f"{run['batch']:,}",
                    *[_micros(run[f"wall_p{p}_s"]) for p in (50, 95, 99)],
                    _micros(run["cpu_mean_s"]),
                    _micros(run["wall_p50_s"] / run["batch"], 2),
                    *[f"{base[run['batch']][clock] / run[clock]:,.1f}" for clock in ("wall_p50_s", "cpu_mean_s")],
                ]
            )
    print(f"microseconds of one call; parity first: every target answered {count:,} rows as the original did")
    print(table(["target and API", "rows", "p50", "p95", "p99", "CPU mean", "p50 a row", "x p50", "x CPU"], rows))
    for result in results:
        if "not_run" in result:
            print(f"{result['target']}: not run: {result['not_run']}")


def _micros(seconds: float, digits: int = 1) -> str:
    return f"{seconds * 1e6:,.{digits}f}"


if __name__ == "__main__":
    raise SystemExit(main())
