"""modelport: carries a trained model to ONNX, Java and C++ with the proof that its predictions are the original's.

bundle = modelport.convert(model, frame, output="penguins", name="penguins", response="species")
modelport.load(bundle).predict(frame)["label"]
modelport.verify(bundle, targets=("python-ort", "java-ort", "cpp-ort")).passed
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from modelport.bundle.reader import Bundle, open_bundle
from modelport.errors import ConfigError, ModelportError, did_you_mean
from modelport.ir.contract import Contract
from modelport.options import Options
from modelport.parity.report import Report
from modelport.runtime.predictor import Predictor, load

__all__ = ["Bundle", "Contract", "ModelportError", "Predictor", "Report", "convert", "load", "verify"]


# Any: the values of keyword options, each checked by its own rule.
def convert(
    model: object,
    data: object = None,
    *,
    output: str | Path,
    name: str | None = None,
    targets: Sequence[str] = ("java", "cpp"),
    outputs: Sequence[str] | None = None,
    **options: Any,
) -> Bundle:
    """Compiles a fitted model to a sealed, proven bundle.

    ``model``: an object or the path of a model file; ``data``: sample rows as DataFrame, array, dict or the path of a
    CSV or Parquet file. Further options are those of ``modelport.options.Options``.
    Raises: a subclass of ModelportError; nothing is then written but, after a failed proof, ``<output>.rejected/``.
    """
    known = Options.__dataclass_fields__
    for key in options:
        if key not in known:
            raise ConfigError(f"there is no option {key!r}", where="convert()", fix=did_you_mean(key, sorted(known)))
    for key in ("redact", "trust", "levels", "dynamic"):
        options[key] = _names(options.get(key)) or ()
    chosen = Options(name=name, targets=_names(targets) or (), outputs=_names(outputs), **options)
    from modelport.pipeline import convert as run

    bundle, _ = run(model, data, Path(output), chosen)
    return bundle


def verify(bundle: Bundle | str | Path, targets: Sequence[str] = ("python-ort",)) -> Report:
    """Builds and runs targets ('python-ort', 'java-ort', 'cpp-ort') on the bundle's vectors.

    Raises: BundleError when the bundle was changed; a failed target is in the report, not raised.
    """
    from modelport.pipeline import verify as run

    opened = bundle if isinstance(bundle, Bundle) else open_bundle(bundle)
    return run(opened, _names(targets) or ())


def _names(value: Any) -> tuple[str, ...] | None:
    """A sequence of names; one name alone, or several with commas, count as well."""
    if value is None:
        return None
    names = value.split(",") if isinstance(value, str) else list(value)
    return tuple(name.strip() for name in names if name.strip() and name.strip() != "none")
