"""What the templates show of the outputs: members, class lists and rows of the constant tables."""

from collections.abc import Callable
from dataclasses import dataclass

from modelport.ir.contract import Contract, Label, Output
from modelport.targets.cpp.identifiers import class_constants, output_members
from modelport.targets.cpp.literals import class_literal, comment_text, string_literal

__all__ = ["MAX_ARRAY", "ClassesView", "OutputView", "output_views"]

# Wider rows go to the heap: an array of thousands of numbers does not belong on a stack.
MAX_ARRAY = 64

_NUMBERS = {"float64": "double", "float32": "float"}
_LABELS = {"string": "std::string", "int64": "std::int64_t", "bool": "bool", "float64": "double"}
_CLASSES: dict[str, tuple[str, Callable[[Label], Label]]] = {
    "string": ("std::string_view", str),
    "int64": ("std::int64_t", int),
    "bool": ("bool", bool),
    "float64": ("double", float),
}
_DTYPES: dict[type, str] = {str: "string", int: "int64", bool: "bool", float: "float64"}
_TABLE_TYPES = {"string": "text", "int64": "int64", "bool": "boolean", "float64": "float64", "float32": "float32"}


@dataclass(frozen=True)
class ClassesView:
    """The constant of Model that lists the classes of an output."""

    constant: str
    element: str
    items: tuple[str, ...]


@dataclass(frozen=True)
class OutputView:
    """One output. ``read`` and ``write`` move it between Answers and Prediction; ``accessor`` finds a class's number."""

    index: int
    member: str
    doc: str
    buffer_doc: str
    type: str
    default: str
    element: str
    shape: str
    name_literal: str
    row: str
    read: str
    write: str
    classes: ClassesView | None
    accessor: str | None


def output_views(contract: Contract) -> tuple[OutputView, ...]:
    """Returns the outputs in the order of the contract."""
    names = [output.name for output in contract.outputs]
    parts = zip(contract.outputs, output_members(names), class_constants(names), strict=True)
    return tuple(_output(index, output, member, constant) for index, (output, member, constant) in enumerate(parts))


def _output(index: int, output: Output, member: str, constant: str) -> OutputView:
    label = output.role == "label"
    classes = _classes(constant, output)
    type_, default = _label_type(output) if label else _number_type(output)
    listed = f", Model::{constant}" if label else ""
    kind = "label" if label else "number"
    row = [string_literal(output.name), "true" if label else "false", f"Type::{_TABLE_TYPES[output.dtype]}"]
    row += [str(output.width or 0)]
    if classes:
        row.append(f"ClassList(Span<const {classes.element}>(Model::{constant}))")
    return OutputView(
        index=index,
        member=member,
        doc=_doc(output, constant if classes else None),
        buffer_doc=_buffer_doc(output, constant),
        type=type_,
        default=default,
        element="std::int32_t" if label else _NUMBERS[output.dtype],
        shape="[rows]" if output.width is None else f"[rows][{output.width}]",
        name_literal=string_literal(output.name),
        row=f"{{{', '.join(row)}}}",
        read=f"read_{kind}(answers, {index}, row{listed}, prediction.{member})",
        write=f"write_{kind}(answers, {index}, row{listed}, prediction.{member})",
        classes=classes,
        accessor=f"{member}_of" if classes and not label and output.width is not None else None,
    )


def _label_type(output: Output) -> tuple[str, str]:
    element = _LABELS[output.dtype]
    return f"std::optional<{element if output.width is None else f'std::array<{element}, {output.width}>'}>", ""


def _number_type(output: Output) -> tuple[str, str]:
    element = _NUMBERS[output.dtype]
    if output.width is None:
        return element, " = 0"
    if output.width > MAX_ARRAY:
        return f"std::vector<{element}>", ""
    return f"std::array<{element}, {output.width}>", "{}"


def _classes(constant: str, output: Output) -> ClassesView | None:
    if output.classes is None:
        return None
    # A label's classes are of its own type; the names of a probability's columns are of the label's, which only they show.
    shown = {type(value) for value in output.classes}
    dtype = (
        output.dtype if output.role == "label" else _DTYPES.get(shown.pop(), "string") if len(shown) == 1 else "string"
    )
    element, cast = _CLASSES[dtype]
    return ClassesView(constant, element, tuple(class_literal(cast(value)) for value in output.classes))


def _doc(output: Output, constant: str | None) -> str:
    name = comment_text(output.name)
    if output.role == "label":
        return f"Output {name}, one of Model::{constant}; empty when the row is refused."
    order = f" for each class, in the order of Model::{constant}" if constant else ""
    return f"Output {name}{order}; NaN when the row is refused."


def _buffer_doc(output: Output, constant: str) -> str:
    name = comment_text(output.name)
    return (
        f"Output {name} as positions in Model::{constant}, -1 where refused"
        if output.role == "label"
        else f"Output {name}"
    )
