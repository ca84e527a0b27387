"""The options of a conversion: flags of the command, keys of modelport.toml, keyword arguments of convert()."""

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["QUANTIZED", "Options"]

QUANTIZED = ("keep", "dequantize")


@dataclass(frozen=True, kw_only=True)
class Options:
    """How to convert.

    ``name``, ``version``: of the bundle and its libraries. ``response``: the column of the sample that is no
    feature. ``targets``: languages to write projects for. ``outputs``: what to predict, None for the usual ones.
    ``prove``: build and prove every target before the bundle is written. ``ship_sample``: put sample rows into the
    bundle, the columns in ``redact`` replaced by synthetic values. ``trust``: types allowed in model files.
    ``python``: the interpreter that a model file is loaded and asked in, when it is not this one. ``expected``: the
    file of predictions that the original made elsewhere, as `modelport record` has them made. ``arguments``: what the
    original's predict() is asked with besides the rows, for a front end whose models take any: ``{"s": "lambda.min"}``.
    ``levels``: two names for the numbers 0 and 1 of a response, so that its model gives labels.
    ``dynamic``: axes of a net's inputs that callers choose beside the batch, 'input:axis=symbol', or 'fixed'. ``module``:
    what makes the module of bare weights, 'package.module:factory'. ``signature``: which function of a SavedModel or a
    tf.Module is meant, where there are several. ``external_weights``: put a net's weights into a file
    beside model.onnx, as is always done above 1 GiB. ``quantized``: 'keep' the integers of a quantized .tflite file, or
    'dequantize' it.
    """

    name: str | None = None
    version: str = "1.0.0"
    response: str | None = None
    targets: tuple[str, ...] = ("java", "cpp")
    outputs: tuple[str, ...] | None = None
    java_package: str | None = None
    java_group: str | None = None
    cpp_namespace: str | None = None
    prove: bool = False
    ship_sample: bool = False
    redact: tuple[str, ...] = ()
    trust: tuple[str, ...] = ()
    python: str | None = None
    expected: str | None = None
    arguments: Mapping[str, str | float] = field(default_factory=dict)
    levels: tuple[str, ...] = ()
    dynamic: tuple[str, ...] = ()
    module: str | None = None
    signature: str | None = None
    external_weights: bool = False
    quantized: str = "keep"
