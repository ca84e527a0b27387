"""What the Java templates show: every name, type and expression, decided here so that templates only place them."""

from collections.abc import Sequence
from dataclasses import dataclass

from modelport.bundle.manifest import TargetOptions
from modelport.bundle.reader import Bundle
from modelport.errors import UnsupportedModelError
from modelport.ir.contract import Contract, Feature, Output
from modelport.ir.names import camel, constant, pascal, unique
from modelport.targets._weights import weight_faults
from modelport.targets.java.library import LibraryView, library_view, unspellable
from modelport.targets.java.literals import java_string, javadoc_text

__all__ = [
    "MAX_CATEGORY_LENGTH",
    "MAX_ENUM_CATEGORIES",
    "MAX_FEATURES",
    "MAX_OUTPUTS",
    "MAX_RECORD_FEATURES",
    "CategoryView",
    "EnumView",
    "FeatureView",
    "OutputView",
    "ProjectView",
    "project_view",
]

# A record's constructor holds 255 slots and a double takes two.
MAX_RECORD_FEATURES = 120
MAX_OUTPUTS = 100
MAX_FEATURES = 10_000
MAX_ENUM_CATEGORIES = 500
MAX_CATEGORY_LENGTH = 1_000

# Names that the templates use themselves, in the scope where a generated name could hide them.
_FEATURES_TYPES = [
    *("Boolean", "Builder", "CategoryIndex", "CategoryValue", "FeatureValues", "Features"),
    *("Long", "Object", "Override", "String", "Workspace"),
]
_FEATURES_MEMBERS = ["builder", "of", "write"]
_PREDICTION_MEMBERS = ["status", "reason", "orThrow", "components", "answer", "read"]
_SCORER_MEMBERS = [*_PREDICTION_MEMBERS, "set", "run", "rows", "prediction", "close", "work"]
_MODEL_CONSTANTS = [
    "CONTRACT",
    "CONTRACT_SHA256",
    "FEATURE_NAMES",
    "MODEL_ID",
    "MODEL_SHA256",
    "NAME",
    "SETTINGS",
    "TEXT_SHA256",
    "VERSION",
]


@dataclass(frozen=True)
class CategoryView:
    """One constant of an enum: its identifier, and its text as a literal and in javadoc."""

    identifier: str
    literal: str
    doc: str


@dataclass(frozen=True)
class EnumView:
    """The enum of a category feature."""

    type: str
    doc: str
    categories: tuple[CategoryView, ...]
    unknown_literal: str


@dataclass(frozen=True)
class FeatureView:
    """One feature. ``parameters`` are the types its setters take; ``getter`` reads it from the untyped values."""

    index: int
    field: str
    setter: str
    builder_setter: str
    type: str
    parameters: tuple[str, ...]
    getter: str
    doc_name: str
    doc: str
    enum: EnumView | None


@dataclass(frozen=True)
class OutputView:
    """One output. ``type`` is what a prediction holds, ``element`` one value of it, ``box`` that as an object."""

    index: int
    field: str
    index_field: str
    label: bool
    scalar: bool
    type: str
    element: str
    box: str
    read: str
    copy: str
    text: str
    doc: str
    classes_constant: str | None
    class_type: str
    class_box: str


@dataclass(frozen=True)
class ProjectView(LibraryView):
    """The whole project."""

    text_sha256: str | None
    wide: bool
    features: tuple[FeatureView, ...]
    outputs: tuple[OutputView, ...]

    @property
    def has_lists(self) -> bool:
        """True when a row has several labels of one output."""
        return any(output.type.startswith("List<") for output in self.outputs)

    @property
    def enums(self) -> tuple[EnumView, ...]:
        """The enums of all category features."""
        return tuple(feature.enum for feature in self.features if feature.enum)


def project_view(bundle: Bundle, options: TargetOptions, onnxruntime: str) -> ProjectView:
    """Decides every name and type of the project.

    Raises: UnsupportedModelError naming everything about the model that Java cannot carry.
    """
    contract = bundle.contract
    _refuse_unsupported(bundle)
    return ProjectView(
        **vars(library_view(bundle, options, onnxruntime)),
        text_sha256=bundle.manifest.files["text.bin"].sha256 if contract.text_steps else None,
        wide=len(contract.features) > MAX_RECORD_FEATURES,
        features=_features(contract),
        outputs=_outputs(contract),
    )


def _refuse_unsupported(bundle: Bundle) -> None:
    faults = weight_faults(bundle)
    if len(bundle.contract.features) > MAX_FEATURES:
        faults.append(f"{len(bundle.contract.features)} features, at most {MAX_FEATURES} fit a typed class")
    if len(bundle.contract.outputs) > MAX_OUTPUTS:
        faults.append(f"{len(bundle.contract.outputs)} outputs, at most {MAX_OUTPUTS} fit a record")
    faults += [f"label output {o.name} lists no classes" for o in bundle.contract.labels() if o.classes is None]
    odd = list(map(ascii, unspellable(tensor.name for tensor in bundle.contract.inputs)))
    if odd:
        faults.append(f"input tensors with characters above U+FFFF in their names: {', '.join(odd)}")
    if faults:
        raise UnsupportedModelError(
            f"no Java library can be generated: {'; '.join(faults)}",
            where=f"model {bundle.name}",
            fix="leave java out of --targets, or ask for fewer outputs with --outputs",
        )


def _features(contract: Contract) -> tuple[FeatureView, ...]:
    fields = unique((camel(feature.name) for feature in contract.features), taken=_FEATURES_MEMBERS)
    types = unique((pascal(feature.name) for feature in contract.features), taken=_FEATURES_TYPES)
    return tuple(
        _feature(index, feature, field, type_name, contract)
        for index, (feature, field, type_name) in enumerate(zip(contract.features, fields, types, strict=True))
    )


def _feature(index: int, feature: Feature, field: str, type_name: str, contract: Contract) -> FeatureView:
    enum = _enum(feature, type_name, contract) if _is_enum(feature) else None
    type_, parameters, getter = {
        "float64": ("double", ("double",), f"values.getDouble({index})"),
        "float32": ("float", ("float",), f"values.getFloat({index})"),
        # Two setters: a whole literal such as 3 is never boxed to a Long, and null is no long.
        "int64": ("Long", ("long", "Long"), f"values.getLong({index})"),
        "bool": ("Boolean", ("Boolean",), f"values.getBoolean({index})"),
        "string": ("String", ("String",), f"values.getText({index})"),
    }[feature.dtype]
    if enum:
        type_, parameters, getter = enum.type, (enum.type,), f"{enum.type}.of({getter})"
    capital = field[0].upper() + field[1:]
    return FeatureView(
        index=index,
        field=field,
        setter=f"set{capital}",
        builder_setter=f"{'set' if feature.missing == 'refuse' else 'opt'}{capital}",
        type=type_,
        parameters=parameters,
        getter=getter,
        doc_name=javadoc_text(feature.name),
        doc=_feature_doc(feature),
        enum=enum,
    )


def _is_enum(feature: Feature) -> bool:
    """Above these sizes a class of constants helps nobody, and javac has limits."""
    categories = feature.categories
    if categories is None or len(categories) > MAX_ENUM_CATEGORIES:
        return False
    return all(len(category) <= MAX_CATEGORY_LENGTH for category in categories)


def _enum(feature: Feature, type_name: str, contract: Contract) -> EnumView:
    categories = feature.categories or ()
    identifiers = unique((constant(category) for category in categories), taken=["UNKNOWN"])
    return EnumView(
        type=type_name,
        doc=javadoc_text(feature.name),
        categories=tuple(
            CategoryView(identifier, java_string(category), javadoc_text(category))
            for identifier, category in zip(identifiers, categories, strict=True)
        ),
        unknown_literal=java_string(contract.unknown_string),
    )


def _feature_doc(feature: Feature) -> str:
    absent = "NaN" if feature.dtype in ("float64", "float32") else "null"
    parts = [f"column {javadoc_text(feature.name)}"]
    parts.append(f"{absent} where missing" if feature.missing == "accept" else f"{absent} is refused as missing")
    if feature.infinite == "refuse":
        parts.append("infinite is refused")
    if feature.max_abs is not None:
        parts.append(f"refused beyond {feature.max_abs!r} in magnitude")
    if feature.least is not None:
        parts.append(f"refused below {feature.least!r}")
    if feature.greatest is not None:
        parts.append(f"refused above {feature.greatest!r}")
    if feature.categories is not None and feature.unknown == "refuse":
        parts.append("an unknown category is refused")
    return "; ".join(parts)


def _outputs(contract: Contract) -> tuple[OutputView, ...]:
    fields = unique((camel(output.name) for output in contract.outputs), taken=_SCORER_MEMBERS)
    index_fields = unique((f"{field}Index" for field in fields), taken=[*_SCORER_MEMBERS, *fields])
    constants = unique((f"{constant(output.name)}_CLASSES" for output in contract.outputs), taken=_MODEL_CONSTANTS)
    return tuple(
        _output(index, output, field, index_field, classes)
        for index, (output, field, index_field, classes) in enumerate(
            zip(contract.outputs, fields, index_fields, constants, strict=True)
        )
    )


def _output(index: int, output: Output, field: str, index_field: str, classes_constant: str) -> OutputView:
    scalar, label = output.width is None, output.role == "label"
    class_type, class_box = _class_types(output.classes or ())
    if label:
        box = {"string": "String", "int64": "Long", "bool": "Boolean"}.get(output.dtype, "Double")
        element = box
        type_ = box if scalar else f"List<{box}>"
        read = f"work.{'label' if scalar else 'labels'}({index}, row, {box}.class)"
        copy = "" if scalar else f"List.copyOf({field})"
        text = field
    else:
        element, box = ("float", "Float") if output.dtype == "float32" else ("double", "Double")
        type_ = element if scalar else f"{element}[]"
        number = f"work.number({index}, row, 0)"
        read = (f"(float) {number}" if element == "float" else number) if scalar else f"work.{element}s({index}, row)"
        copy = "" if scalar else f"{field}.clone()"
        text = field if scalar else f"Arrays.toString({field})"
    return OutputView(
        index=index,
        field=field,
        index_field=index_field,
        label=label,
        scalar=scalar,
        type=type_,
        element=element,
        box=box,
        read=read,
        copy=copy,
        text=text,
        doc=_output_doc(output),
        classes_constant=classes_constant if output.classes is not None else None,
        class_type=class_type,
        class_box=class_box,
    )


def _class_types(classes: Sequence[object]) -> tuple[str, str]:
    """The Java types of a class: as a parameter and as an object."""
    if classes and all(isinstance(value, bool) for value in classes):
        return "boolean", "Boolean"
    if classes and all(isinstance(value, int) for value in classes):
        return "long", "Long"
    if classes and all(isinstance(value, float) for value in classes):
        return "double", "Double"
    return "String", "String"


def _output_doc(output: Output) -> str:
    name = javadoc_text(output.name)
    if output.role == "label":
        absent = "null" if output.width is None else "empty"
        return f"output {name}; {absent} when the row is refused"
    order = ", one for each class in their order" if output.classes else ""
    return f"output {name}{order}; NaN when the row is refused"
