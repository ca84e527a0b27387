"""How much memory does a net of more than 2 GB take, on its way into a bundle and in use?

Question: the greatest resident memory of a process that converts a live module of torch, or a model of Keras, of 2.3 GB of
    float32 (a table and dense layers with random weights), proves it, hashes and writes it; and of one that opens the bundle and
    predicts.
Baseline: the size of its weights. What the frameworks' own libraries take once imported, without any model, is told beside it,
    and what the framework takes to make the model.
Command: python -m benchmarks.large.bench [--quick] [--out DIR] [--framework torch|keras]
Better: nearer to the weights themselves; 1.5 times them is what is promised. Parity comes first: a net that is not
    proven has no figures.
Each step is a process of its own, so that its greatest memory is its own. Threads: one, but for the runs that find how far
rounding reaches. Pages of the weights' file that a process maps count as its memory, though the system takes them back at will.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._common import arguments, save, table

__all__ = ["main"]

# Rows of the table, width, width within a block, blocks.
_SIZES = {"full": (140_000, 2048, 8192, 9), "quick": (500, 64, 128, 2)}


# Any: a module of torch.
def _module(size: str) -> Any:
    import torch

    rows, width, inner, blocks = _SIZES[size]

    class Block(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.norm = torch.nn.LayerNorm(width)
            self.up = torch.nn.Linear(width, inner)
            self.down = torch.nn.Linear(inner, width)

        def forward(self, x: Any) -> Any:
            return x + self.down(torch.nn.functional.gelu(self.up(self.norm(x))))

    torch.manual_seed(1)
    layers = [torch.nn.Embedding(rows, width), *(Block() for _ in range(blocks)), torch.nn.Linear(width, 10)]
    return torch.nn.Sequential(*layers).eval()


# Any: a model of Keras.
def _model(size: str) -> Any:
    from modelport.frontends.tensorflow.framework import keras

    rows, width, inner, blocks = _SIZES[size]
    layers = keras().layers
    keras().utils.set_random_seed(1)
    ids = keras().Input((None,), dtype="int32", name="input")
    x = layers.Embedding(rows, width)(ids)
    for _ in range(blocks):
        x = layers.Add()([x, layers.Dense(width)(layers.Dense(inner, "gelu")(layers.LayerNormalization()(x)))])
    return keras().Model(ids, layers.Dense(10)(x))


_MAKERS = {"torch": _module, "keras": _model}


def _bytes(size: str) -> int:
    rows, width, inner, blocks = _SIZES[size]
    return 4 * (rows * width + blocks * (2 * width * inner + inner + 3 * width) + 10 * width + 10)


def _imports(framework: str, _: str, __: Path) -> None:
    if framework == "torch":
        import onnxscript
        import torch

        del torch, onnxscript
    else:
        import tf2onnx

        from modelport.frontends.tensorflow.framework import keras

        keras()
        del tf2onnx
    import onnxruntime

    import modelport

    del onnxruntime, modelport


def _made(framework: str, size: str, _: Path) -> None:
    _MAKERS[framework](size)


def _convert(framework: str, size: str, folder: Path) -> None:
    from modelport.options import Options
    from modelport.pipeline import convert

    ids = np.random.default_rng(0).integers(0, _SIZES[size][0], size=(2, 3))
    options = Options(name="large", targets=(), external_weights=True)
    _, report = convert(_MAKERS[framework](size), {"input": ids}, folder / "large", options)
    if not report.passed:
        raise SystemExit("not proven")


def _predict(_: str, size: str, folder: Path) -> None:
    import modelport

    ids = np.random.default_rng(0).integers(0, _SIZES[size][0], size=(2, 3))
    modelport.load(folder / "large").predict({"input": ids})


_STEPS: dict[str, Callable[[str, str, Path], None]] = {
    "imports alone": _imports,
    "made": _made,
    "convert": _convert,
    "predict": _predict,
}


def _in_child(step: str, framework: str, size: str, folder: Path) -> dict[str, float]:
    """Runs a step in a process of its own; returns seconds and the greatest memory."""
    asked = ["--step", step, "--framework", framework, "--size", size, "--folder", str(folder)]
    command = [sys.executable, "-m", "benchmarks.large.bench", *asked]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{step} failed:\n{done.stderr[-2000:]}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _step(given: list[str]) -> None:
    parser = argparse.ArgumentParser()
    for name in ("--step", "--framework", "--size", "--folder"):
        parser.add_argument(name, required=True)
    asked = parser.parse_args(given)
    start = time.perf_counter()
    _STEPS[asked.step](asked.framework, asked.size, Path(asked.folder))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"seconds": time.perf_counter() - start, "peak_bytes": peak}))


def main(argv: list[str] | None = None) -> int:
    """Runs the steps and prints what each took."""
    given = sys.argv[1:] if argv is None else argv
    if "--step" in given:
        _step(given)
        return 0
    parser = arguments(__doc__ or "")
    parser.add_argument("--framework", choices=tuple(_MAKERS), default="torch")
    asked = parser.parse_args(given)
    size = "quick" if asked.quick else "full"
    weights = _bytes(size)
    with tempfile.TemporaryDirectory(prefix="modelport-large-") as folder:
        found = {step: _in_child(step, asked.framework, size, Path(folder)) for step in _STEPS}
    rows = [
        [step, f"{one['seconds']:.1f}", f"{one['peak_bytes'] / 1e6:,.0f}", f"{one['peak_bytes'] / weights:.2f}"]
        for step, one in found.items()
    ]
    print(f"weights: {weights / 1e6:,.0f} MB")
    print(table(["step", "seconds", "peak MB", "of the weights"], rows))
    question = "how much memory does a net of more than 2 GB take?"
    figures = {"framework": asked.framework, "weights_bytes": weights, "results": found}
    save(asked.out, "large", question, figures, quick=asked.quick)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
