"""The Contract: the named, typed inputs and outputs of a model and what every odd value does.

Python, Java and C++ types are all generated from it; ``contract.json`` is this, serialized.
"""

from collections.abc import Iterator
from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from modelport.ir.text.step import TextStep

__all__ = [
    "MISSING_STRING",
    "UNKNOWN_STRING",
    "Axis",
    "Bound",
    "Contract",
    "DType",
    "Dimension",
    "Element",
    "Feature",
    "Input",
    "Label",
    "Output",
    "Policy",
    "Status",
    "Task",
    "TextStep",
]

DType = Literal["float64", "float32", "int64", "bool", "string", "float16", "int32", "int16", "int8", "uint8"]
Element = Literal["double", "float", "int64", "bool", "string", "float16", "int32", "int16", "int8", "uint8"]
# One axis of a tensor: its length, or the symbol of a length that callers choose; equal symbols have equal lengths.
Dimension = int | str
Policy = Literal["accept", "refuse"]
Task = Literal["classifier", "regressor", "transformer", "clusterer", "outlier_detector", "density", "net"]
Label = str | int | bool | float

# ONNX has no null string. Private-use characters never stand in text, and unlike NUL they survive C strings.
MISSING_STRING = "\ue000missing"
UNKNOWN_STRING = "\ue000unknown"


class Status:
    """Why a row has no prediction: the code stored in vectors and returned by every runtime."""

    OK = 0
    MISSING = 1
    INFINITE = 2
    OUT_OF_RANGE = 3
    UNKNOWN_CATEGORY = 4
    INVALID = 5
    NAMES = ("ok", "missing", "infinite", "out_of_range", "unknown_category", "invalid")


class Input(msgspec.Struct, frozen=True, kw_only=True):
    """One input tensor of model.onnx: [N, width]; None where a text step decides how wide it is.

    In a contract of layout 'tensors' callers give the tensor itself, of ``shape``; ``range`` is where its values lie in
    the rows that the original was shown, ``finite`` says that NaN and infinities are refused, and ``texts`` lists the
    only texts that it takes, in the order of their UTF-8. ``image`` is the order of the axes of images: N of the batch, C
    of the channels, H and W.
    """

    name: str
    element: Element
    width: int | None = None
    shape: tuple[Dimension, ...] | UnsetType = UNSET
    range: tuple[float, float] | UnsetType = UNSET
    finite: bool | UnsetType = UNSET
    texts: tuple[str, ...] | UnsetType = UNSET
    image: Literal["NCHW", "NHWC"] | UnsetType = UNSET


class Feature(msgspec.Struct, frozen=True, kw_only=True):
    """One named column of a caller's row and what its odd values do.

    ``dtype`` is the type in typed APIs; the graph gets it as column ``column`` of tensor ``input``, or, where that is
    None, only what text steps make of it.
    A row is checked feature by feature in contract order, in each feature in the order missing, infinite,
    range, category; the first violation gives the row's status. A finite number is out of range beyond ``max_abs`` in
    magnitude, below ``least`` and above ``greatest``. ``categories`` (strings) or ``numbers`` list the
    values that the model knows where it only asks which of them a value is. ``numbers_as``: 'text' where a number in the
    place of text is the text of its digits, as in R, whose factors have texts for levels whatever they were made of;
    left out where a number is refused there.
    """

    name: str
    dtype: DType
    input: str | None
    column: int = 0
    missing: Policy
    missing_as: Literal["nan", "none"] | None = None
    infinite: Policy = "accept"
    max_abs: float | None = None
    least: float | None = None
    greatest: float | None = None
    categories: tuple[str, ...] | None = None
    numbers: tuple[float, ...] | None = None
    unknown: Policy = "accept"
    range: tuple[float, float] | None = None
    # Not written where it is unset: contracts without it, and the identity of their models, stay as they are.
    numbers_as: Literal["text"] | msgspec.UnsetType = msgspec.UNSET

    @property
    def tensor(self) -> str:
        """The input tensor that takes it. Raises: ValueError when only text steps read it."""
        if self.input is None:
            raise ValueError(f"feature {self.name!r} goes into no tensor as it is")
        return self.input


class Bound(msgspec.Struct, frozen=True, kw_only=True):
    """How far an output may lie from the original's answer, and why."""

    kind: Literal["exact", "per_row"]
    reason: str


class Output(msgspec.Struct, frozen=True, kw_only=True):
    """One output tensor: [N] when ``width`` is None, else [N, width]; ``shape`` in a contract of layout 'tensors'.

    ``classes`` lists the values a label output can take, in the source's class order; on a per-class output
    (probability, score) it names the columns.
    """

    name: str
    role: Literal["label", "number"]
    dtype: DType
    width: int | None = None
    classes: tuple[Label, ...] | None = None
    bound: Bound
    shape: tuple[Dimension, ...] | UnsetType = UNSET


class Axis(msgspec.Struct, frozen=True, kw_only=True):
    """A symbol in the shapes of tensors and the lengths it may have; ``most`` None where the model sets no limit."""

    symbol: str
    least: int
    most: int | None

    @property
    def limits(self) -> str:
        """'0 or more', or '1 to 512'."""
        return f"{self.least} or more" if self.most is None else f"{self.least} to {self.most}"


class Contract(msgspec.Struct, frozen=True, kw_only=True):
    """The whole agreement between a model and its callers.

    Of layout 'columns' and 'matrix' callers give rows of ``features``; of layout 'tensors' they give the ``inputs`` as they
    are, there are no features, and ``axes`` are the lengths that callers choose.
    """

    contract_version: int = 1
    task: Task
    layout: Literal["columns", "matrix", "tensors"]
    inputs: tuple[Input, ...]
    features: tuple[Feature, ...]
    axes: tuple["Axis", ...] | UnsetType = UNSET
    text_steps: tuple[TextStep, ...] = ()
    outputs: tuple[Output, ...]
    missing_string: str = MISSING_STRING
    unknown_string: str = UNKNOWN_STRING
    notes: tuple[str, ...] = ()

    def feature(self, name: str) -> Feature:
        """Returns the feature of that name; KeyError when there is none."""
        for feature in self.features:
            if feature.name == name:
                return feature
        raise KeyError(name)

    def output(self, name: str) -> Output:
        """Returns the output of that name; KeyError when there is none."""
        for output in self.outputs:
            if output.name == name:
                return output
        raise KeyError(name)

    def labels(self) -> Iterator[Output]:
        """Yields the outputs that are labels."""
        return (output for output in self.outputs if output.role == "label")
