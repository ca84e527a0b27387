"""What the Java templates of a net show: the names and types of its tensors, decided here so that templates only place them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from modelport.bundle.manifest import TargetOptions
from modelport.bundle.reader import Bundle
from modelport.errors import UnsupportedModelError
from modelport.ir.contract import Contract, Input, Output
from modelport.ir.names import camel, unique
from modelport.ir.tensor_intake import shape_text
from modelport.targets._images import image_lines, image_words
from modelport.targets._values import note_lines, table_text, value_words
from modelport.targets.java.library import LibraryView, library_view, unspellable
from modelport.targets.java.literals import javadoc_text

__all__ = ["MAX_TENSORS", "AxisView", "NetView", "TensorView", "net_view"]

# Enough for any net that people call by hand; javac has limits, and so has a reader.
MAX_TENSORS = 500

# element or dtype -> array, buffer (none of texts), constant of the runtime's Element
_TYPES = {
    "double": ("double[]", "DoubleBuffer", "FLOAT64"),
    "float": ("float[]", "FloatBuffer", "FLOAT32"),
    # Half precision: numbers in arrays, their 16 bits in buffers.
    "float16": ("float[]", "ShortBuffer", "FLOAT16"),
    "int64": ("long[]", "LongBuffer", "INT64"),
    "int32": ("int[]", "IntBuffer", "INT32"),
    "int16": ("short[]", "ShortBuffer", "INT16"),
    "int8": ("byte[]", "ByteBuffer", "INT8"),
    "uint8": ("byte[]", "ByteBuffer", "UINT8"),
    "bool": ("boolean[]", "ByteBuffer", "BOOL"),
    "string": ("String[]", "", "STRING"),
}
_ELEMENTS = {"float64": "double", "float32": "float"}
# Members of Outputs and of every object.
_TAKEN = ("tensors",)


@dataclass(frozen=True)
class TensorView:
    """One tensor. ``buffer`` is empty for texts, ``text`` one that the input takes.

    ``field`` is its accessor, ``setter`` its setter; ``name`` and ``shape`` as a table of the README shows them.
    """

    index: int
    name: str
    field: str
    setter: str
    array: str
    buffer: str
    element: str
    shape: str
    doc_shape: str
    doc_name: str
    doc: str
    text: str


@dataclass(frozen=True)
class AxisView:
    """A length that callers choose, and its limits in words."""

    symbol: str
    limits: str


@dataclass(frozen=True)
class NetView(LibraryView):
    """The whole project. ``notes`` are what the contract says of all tensors, for a README, ``doc_notes`` for javadoc."""

    inputs: tuple[TensorView, ...]
    outputs: tuple[TensorView, ...]
    axes: tuple[AxisView, ...]
    images: tuple[str, ...]
    notes: tuple[str, ...]
    doc_notes: tuple[str, ...]

    @property
    def has_texts(self) -> bool:
        """Whether texts go in or come out."""
        return any(not tensor.buffer for tensor in (*self.inputs, *self.outputs))

    @property
    def input_buffers(self) -> list[str]:
        """The buffer classes that inputs use."""
        return sorted({tensor.buffer for tensor in self.inputs if tensor.buffer})

    @property
    def output_buffers(self) -> list[str]:
        """The buffer classes that outputs use."""
        return sorted({tensor.buffer for tensor in self.outputs if tensor.buffer})


def net_view(bundle: Bundle, options: TargetOptions, onnxruntime: str) -> NetView:
    """Decides every name and type of the project.

    Raises: UnsupportedModelError naming everything about the net that Java cannot carry.
    """
    contract = bundle.contract
    _refuse_unsupported(bundle)
    axes = {axis.symbol: axis for axis in contract.axes or ()}
    return NetView(
        **vars(library_view(bundle, options, onnxruntime)),
        inputs=_tensors(contract.inputs, unique(camel(tensor.name) for tensor in contract.inputs)),
        outputs=_tensors(contract.outputs, _output_fields(contract)),
        axes=tuple(AxisView(table_text(symbol), axis.limits) for symbol, axis in axes.items()),
        images=image_lines(contract),
        notes=note_lines(contract),
        doc_notes=note_lines(contract, javadoc_text),
    )


def _refuse_unsupported(bundle: Bundle) -> None:
    contract = bundle.contract
    faults: list[str] = []
    for kind, tensors in (("inputs", contract.inputs), ("outputs", contract.outputs)):
        if len(tensors) > MAX_TENSORS:
            faults.append(f"{len(tensors)} {kind}, at most {MAX_TENSORS} fit a typed class")
        for tensor in tensors:
            if _element(tensor) not in _TYPES:
                faults.append(f"{_element(tensor)} tensors ({tensor.name!a}), for which Java has no type")
            if unspellable([tensor.name]):
                faults.append(f"a tensor with characters above U+FFFF in its name: {tensor.name!a}")
    if faults:
        raise UnsupportedModelError(
            f"no Java library can be generated: {'; '.join(faults)}",
            where=f"model {bundle.name}",
            fix="leave java out of --targets",
        )


def _element(tensor: Input | Output) -> str:
    name = tensor.element if isinstance(tensor, Input) else tensor.dtype
    return _ELEMENTS.get(name, name)


def _output_fields(contract: Contract) -> list[str]:
    """Accessors: an output x also has xBuffer and xShape, which no other output may be called."""
    taken = set(_TAKEN)
    fields: list[str] = []
    for output in contract.outputs:
        base = camel(output.name)
        field, count = base, 1
        while taken & _members(field):
            count += 1
            field = f"{base}_{count}"
        taken |= _members(field)
        fields.append(field)
    return fields


def _members(field: str) -> set[str]:
    return {field, f"{field}Buffer", f"{field}Shape"}


def _tensors(tensors: Sequence[Input | Output], fields: Iterable[str]) -> tuple[TensorView, ...]:
    return tuple(
        _tensor(index, tensor, field) for index, (tensor, field) in enumerate(zip(tensors, fields, strict=True))
    )


def _tensor(index: int, tensor: Input | Output, field: str) -> TensorView:
    array, buffer, element = _TYPES[_element(tensor)]
    shape = shape_text(tensor.shape or ())
    return TensorView(
        index=index,
        name=table_text(tensor.name),
        field=field,
        setter=f"set{field[0].upper()}{field[1:]}",
        array=array,
        buffer=buffer,
        element=element,
        shape=table_text(shape),
        doc_shape=javadoc_text(shape),
        doc_name=javadoc_text(tensor.name),
        doc=f"{'texts' if element == 'STRING' else _element(tensor)} {javadoc_text(shape)}{_conditions(tensor)}",
        text=next(iter(tensor.texts or ()), "") if isinstance(tensor, Input) else "",
    )


def _conditions(tensor: Input | Output) -> str:
    """What else a caller should know of the values: '; the original was shown 0 to 1; NaN and infinities are refused'."""
    return image_words(tensor) + "".join(f"; {words}" for words in value_words(tensor, javadoc_text))
