"""How much of R is converted without R, and is anything converted wrong? python -m benchmarks.coverage_r.bench FOLDER

FOLDER holds what ``Rscript benchmarks/coverage_r/fit.R FOLDER`` wrote: models, rows, and what R itself predicted for them.
"""

import argparse
import json
import os
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import modelport
from modelport.errors import ModelportError

__all__ = ["main"]

# Numbers may differ by this share of the largest: sums in another order, and the links' last bits.
_TOLERANCE = 1e-9


def _columns(got: dict[str, Any], contract: Any) -> Iterator[tuple[str, np.ndarray]]:
    """The outputs under the names of expected.csv: label, probability:<class>, value, transformed:<k>."""
    for output in contract.outputs:
        values = np.asarray(got[output.name])
        if values.ndim == 1:
            yield output.name, values
            continue
        names = output.classes or range(1, values.shape[1] + 1)
        for name, column in zip(names, values.T, strict=True):
            yield f"{output.name}:{name}", column


def _differs(name: str, mine: np.ndarray, theirs: pd.Series) -> str | None:
    if name == "label":
        mine = [str(m).upper() if isinstance(m, bool | np.bool_) else m for m in mine]  # as R writes them
        want = theirs.astype(object).where(theirs.notna(), None)
        mine = [None if m is None or m != m else str(m) for m in mine]
        wrong = [i for i, (m, t) in enumerate(zip(mine, want, strict=True)) if m != (None if t is None else str(t))]
        return f"{len(wrong)} of {len(mine)} labels differ, first in row {wrong[0]}" if wrong else None
    want = theirs.to_numpy(dtype=float)
    have = np.asarray(mine, dtype=float)
    if (np.isnan(have) != np.isnan(want)).any():
        return f"{name}: {int((np.isnan(have) != np.isnan(want)).sum())} of {len(have)} are missing elsewhere"
    off = float(np.nanmax(np.abs(have - want), initial=0.0))
    scale = float(np.nanmax(np.abs(want), initial=1e-300))
    return f"{name}: off by {off:.3g} where the largest is {scale:.3g}" if off > _TOLERANCE * scale else None


def _judge(folder: Path, case: str) -> tuple[str, str]:
    rows = pd.read_csv(folder / f"{case}.rows.csv")
    expected = pd.read_csv(folder / f"{case}.expected.csv")
    if "label" in expected:
        text = pd.read_csv(folder / f"{case}.expected.csv", dtype=str)["label"]
        expected["label"] = text
    with tempfile.TemporaryDirectory() as temporary:
        bundle = Path(temporary) / "m"
        try:
            modelport.convert(folder / f"{case}.rds", data=folder / f"{case}.rows.csv", output=bundle, targets=())
        except ModelportError as err:
            return "refused", str(err)
        predictor = modelport.load(bundle)
        given = dict(_columns(predictor.predict(rows), predictor.contract))
    lacking = [name for name in expected if name not in given]
    if lacking:
        return "wrong", f"no output {', '.join(lacking)}; there are {', '.join(given)}"
    found = [text for name in expected if (text := _differs(name, given[name], expected[name]))]
    return ("wrong", "; ".join(found)) if found else ("right", "")


def main() -> None:
    """Judges every case and prints a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    # Conversion must not need R.
    os.environ["PATH"] = os.pathsep.join(
        place for place in os.environ["PATH"].split(os.pathsep) if not (Path(place) / "Rscript").exists()
    )
    warnings.simplefilter("ignore")
    counted: Counter[str] = Counter()
    results = []
    for file in sorted(arguments.folder.glob("*.rds")):
        if arguments.only not in file.stem:
            continue
        case = file.stem
        try:
            outcome, detail = _judge(arguments.folder, case)
        except Exception as err:  # noqa: BLE001  # a crash is a result
            outcome, detail = "crash", f"{type(err).__name__}: {err}"
        counted[outcome] += 1
        results.append({"case": case, "outcome": outcome, "detail": detail})
        if outcome != "right":
            print(f"{outcome:8s} {case}: {' '.join(detail.split())[:300]}")
    print(json.dumps(dict(counted)))


if __name__ == "__main__":
    main()
