"""What the C++ templates of a net show: names, types and tables, decided here so that templates only place them."""

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec import UNSET, UnsetType

from modelport.bundle.manifest import TargetOptions
from modelport.bundle.reader import Bundle
from modelport.errors import UnsupportedModelError
from modelport.ir.contract import Axis, Contract, Dimension, Input, Output
from modelport.ir.tensor_intake import NUMPY, shape_text
from modelport.targets._images import image_lines, image_words
from modelport.targets._values import note_lines, table_text, value_words
from modelport.targets.cpp.identifiers import feature_members
from modelport.targets.cpp.library import MODEL_FILES, EmbeddedView, LibraryView, library_view
from modelport.targets.cpp.literals import comment_line, comment_text, string_literal, view_literal

__all__ = ["NetView", "TensorView", "net_view"]

# By NumPy's name: type in the API, name in the tables. Texts are 'object' in inputs and 'string' in outputs.
_TYPES = {
    "float64": ("double", "float64"),
    "float32": ("float", "float32"),
    "float16": ("Half", "float16"),
    "int64": ("std::int64_t", "int64"),
    "int32": ("std::int32_t", "int32"),
    "int16": ("std::int16_t", "int16"),
    "int8": ("std::int8_t", "int8"),
    "uint8": ("std::uint8_t", "uint8"),
    "bool": ("bool", "boolean"),
    "object": ("std::string_view", "text"),
    "string": ("std::string", "text"),
}
# Shape::MAX_RANK of the runtime.
_MAX_RANK = 12


@dataclass(frozen=True)
class TensorView:
    """One input or output. ``known``: its shape follows from the inputs. ``table`` names its ``dimensions`` and ``texts``;
    ``name`` and ``shape`` are as a table of the README shows them.
    """

    index: int
    name: str
    member: str
    shape: str
    doc: str
    type: str
    known: bool
    table: str
    dimensions: tuple[str, ...]
    texts: tuple[str, ...]
    row: str


@dataclass(frozen=True)
class NetView(LibraryView):
    """The whole project of a net. ``notes`` are what the contract says of all tensors, for a README, ``doc_notes`` for comments."""

    axes: tuple[str, ...]
    lengths: tuple[str, ...]
    axis_docs: tuple[str, ...]
    inputs: tuple[TensorView, ...]
    outputs: tuple[TensorView, ...]
    cases: tuple[str, ...]
    self_test: tuple[str, ...]
    images: tuple[str, ...]
    notes: tuple[str, ...]
    doc_notes: tuple[str, ...]

    @property
    def has_texts(self) -> bool:
        """Whether texts go in or come out."""
        return any(tensor.type in ("std::string_view", "std::string") for tensor in (*self.inputs, *self.outputs))

    @property
    def embedded(self) -> tuple[EmbeddedView, ...]:
        """The files inside the library."""
        return MODEL_FILES

    @property
    def known(self) -> tuple[TensorView, ...]:
        """The outputs that can be written into buffers of the caller."""
        return tuple(output for output in self.outputs if output.known)


def net_view(bundle: Bundle, options: TargetOptions, cases: Sequence[str], self_test: Sequence[str]) -> NetView:
    """Decides every name and type of the project; ``cases`` and ``self_test`` are the names of calls.

    Raises: UnsupportedModelError naming everything about the net that C++ cannot carry.
    """
    contract = bundle.contract
    _refuse_unsupported(bundle)
    axes = _axes(contract)
    given = {symbol for tensor in contract.inputs for symbol in _shape(tensor.shape) if isinstance(symbol, str)}
    symbols = [axis.symbol for axis in axes]
    return NetView(
        **vars(library_view(bundle, options)),
        axes=tuple(_axis(axis) for axis in axes),
        lengths=tuple(f"`{table_text(axis.symbol)}` is {axis.limits}." for axis in axes if axis.symbol in given),
        axis_docs=tuple(f"{comment_text(axis.symbol)}: {axis.limits}" for axis in axes if axis.symbol in given),
        inputs=_tensors(contract.inputs, symbols, given),
        outputs=_tensors(contract.outputs, symbols, given),
        cases=tuple(map(view_literal, cases)),
        self_test=tuple(map(view_literal, self_test)),
        images=image_lines(contract),
        notes=note_lines(contract),
        doc_notes=note_lines(contract, comment_line),
    )


def _all(contract: Contract) -> list[Input | Output]:
    return [*contract.inputs, *contract.outputs]


def _axes(contract: Contract) -> list[Axis]:
    """Those of the contract, and the lengths of outputs that only the values of inputs decide."""
    axes = [] if contract.axes is UNSET else list(contract.axes)
    known = {axis.symbol for axis in axes}
    for tensor in _all(contract):
        for symbol in _shape(tensor.shape):
            if isinstance(symbol, str) and symbol not in known:
                known.add(symbol)
                axes.append(Axis(symbol=symbol, least=0, most=None))
    return axes


def _axis(axis: Axis) -> str:
    return f"{{{string_literal(axis.symbol)}, {axis.least}, {'ANY' if axis.most is None else axis.most}}}"


def _tensors(tensors: Sequence[Input | Output], symbols: Sequence[str], given: set[str]) -> tuple[TensorView, ...]:
    members = feature_members([tensor.name for tensor in tensors])
    return tuple(
        _tensor(index, tensor, member, symbols, given)
        for index, (tensor, member) in enumerate(zip(tensors, members, strict=True))
    )


def _tensor(index: int, tensor: Input | Output, member: str, symbols: Sequence[str], given: set[str]) -> TensorView:
    type_, element = _TYPES[_dtype(tensor)]
    shape = _shape(tensor.shape)
    table = f"{'INPUT' if isinstance(tensor, Input) else 'OUTPUT'}_{index}"
    finite = isinstance(tensor, Input) and tensor.finite is True
    texts = tensor.texts or () if isinstance(tensor, Input) else ()
    values = [string_literal(tensor.name), f"NetElement::{element}", table if shape else "{}"]
    if texts:
        values += [str(finite).lower(), f"{table}_TEXTS"]
    elif finite:
        values.append("true")
    return TensorView(
        index=index,
        name=table_text(tensor.name),
        member=member,
        shape=table_text(shape_text(shape)),
        doc=_doc(tensor),
        type=type_,
        known=all(symbol in given for symbol in shape if isinstance(symbol, str)),
        table=table,
        dimensions=tuple(f"{{0, {symbols.index(d)}}}" if isinstance(d, str) else f"{{{d}}}" for d in shape),
        texts=tuple(map(view_literal, texts)),
        row=f"{{{', '.join(values)}}}",
    )


def _doc(tensor: Input | Output) -> str:
    """'Input words: int64 [batch, length]. The original was shown 0 to 99.'"""
    kind = "Input" if isinstance(tensor, Input) else "Output"
    shape = comment_text(shape_text(_shape(tensor.shape)))[1:-1]
    parts = [f"{kind} {comment_text(tensor.name)}: {_said(tensor)} {shape}{image_words(tensor)}."]
    parts += [f"{words[0].upper()}{words[1:]}." for words in value_words(tensor, comment_text)]
    return " ".join(parts)


def _said(tensor: Input | Output) -> str:
    return "texts in UTF-8" if _TYPES[_dtype(tensor)][1] == "text" else _dtype(tensor)


def _dtype(tensor: Input | Output) -> str:
    return NUMPY[tensor.element] if isinstance(tensor, Input) else tensor.dtype


def _shape(shape: tuple[Dimension, ...] | UnsetType) -> tuple[Dimension, ...]:
    return () if isinstance(shape, UnsetType) else shape


def _refuse_unsupported(bundle: Bundle) -> None:
    faults: list[str] = []
    for tensor in _all(bundle.contract):
        if _dtype(tensor) not in _TYPES:
            faults.append(f"tensor {tensor.name!r} holds {_dtype(tensor)}")
        if len(_shape(tensor.shape)) > _MAX_RANK:
            faults.append(f"tensor {tensor.name!r} has more than {_MAX_RANK} axes")
    if faults:
        raise UnsupportedModelError(
            f"no C++ library can be generated: {'; '.join(faults)}",
            where=f"model {bundle.name}",
            fix="leave cpp out of --targets",
        )
