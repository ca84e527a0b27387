"""What the templates show of the features: members, enums and rows of the constant tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from modelport.ir.contract import Contract, Feature
from modelport.targets.cpp.identifiers import category_constants, enum_types, feature_members
from modelport.targets.cpp.literals import comment_text, double_literal, view_literal

__all__ = ["MAX_CATEGORY_LENGTH", "MAX_ENUM_CATEGORIES", "EnumView", "FeatureView", "ListView", "feature_views"]

# Above these sizes a class of constants helps nobody.
MAX_ENUM_CATEGORIES = 500
MAX_CATEGORY_LENGTH = 1_000

# dtype: member of Features with its default, which is missing; element of a column; name in the tables.
_TYPES = {
    "float64": ("double", " = std::numeric_limits<double>::quiet_NaN()", "double", "float64"),
    "float32": ("float", " = std::numeric_limits<float>::quiet_NaN()", "float", "float32"),
    "int64": ("std::optional<std::int64_t>", "", "std::int64_t", "int64"),
    "bool": ("std::optional<bool>", "", "bool", "boolean"),
    "string": ("std::optional<std::string>", "", "std::string_view", "text"),
}


@dataclass(frozen=True)
class EnumView:
    """The enum of a category feature; ``constants`` are (identifier, comment) in the contract's order."""

    type: str
    doc_name: str
    constants: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ListView:
    """A constant list of the tables: the categories or the numbers that a feature knows."""

    name: str
    element: str
    items: tuple[str, ...]


@dataclass(frozen=True)
class FeatureView:
    """One feature. ``row`` is its entry in the table of features."""

    index: int
    member: str
    name_literal: str
    doc: str
    type: str
    default: str
    element: str
    row_field: str
    column_field: str
    row: str
    categories: tuple[str, ...]
    enum: EnumView | None
    lists: tuple[ListView, ...]


def feature_views(contract: Contract, namespace: str) -> tuple[FeatureView, ...]:
    """Returns the features in the order of the contract."""
    names = [feature.name for feature in contract.features]
    parts = zip(contract.features, feature_members(names), enum_types(names), strict=True)
    inputs = {tensor.name: index for index, tensor in enumerate(contract.inputs)}
    return tuple(
        _feature(index, feature, member, enum_type, namespace, _tensor(feature, inputs))
        for index, (feature, member, enum_type) in enumerate(parts)
    )


def _tensor(feature: Feature, inputs: Mapping[str, int]) -> str:
    """The position of the input that takes it, none where only text steps read it."""
    return "NO_INPUT" if feature.input is None else str(inputs[feature.input])


def _feature(index: int, feature: Feature, member: str, enum_type: str, namespace: str, tensor: str) -> FeatureView:
    enum = _enum(feature, enum_type) if _is_enum(feature) else None
    type_, default, element, table_type = _TYPES[feature.dtype]
    row_field, column_field = f"&Features::{member}", f"&Columns::{member}"
    if enum:
        type_, element, table_type = f"std::optional<{enum.type}>", enum.type, "category"
        # Qualified: the tables stand in a namespace that has types of its own, such as Type.
        qualified = f"::{namespace}::{enum.type}"
        row_field = f"RowField<Features>::of_category<{qualified}, &Features::{member}>()"
        column_field = f"ColumnField<Columns>::of_category<{qualified}, &Columns::{member}>()"
    lists = tuple(_lists(index, feature))
    return FeatureView(
        index=index,
        member=member,
        name_literal=view_literal(feature.name),
        doc=_doc(feature),
        type=type_,
        default=default,
        element=element,
        row_field=row_field,
        column_field=column_field,
        row=_row(feature, table_type, tensor, lists),
        categories=feature.categories or (),
        enum=enum,
        lists=lists,
    )


def _is_enum(feature: Feature) -> bool:
    categories = feature.categories
    if feature.dtype != "string" or categories is None or len(categories) > MAX_ENUM_CATEGORIES:
        return False
    return all(len(category) <= MAX_CATEGORY_LENGTH for category in categories)


def _enum(feature: Feature, type_: str) -> EnumView:
    categories = feature.categories or ()
    docs = [comment_text(category) for category in categories]
    return EnumView(type_, comment_text(feature.name), tuple(zip(category_constants(categories), docs, strict=True)))


def _lists(index: int, feature: Feature) -> list[ListView]:
    found: list[ListView] = []
    if feature.dtype == "string" and feature.categories:
        found.append(ListView(f"CATEGORIES_{index}", "std::string_view", tuple(map(view_literal, feature.categories))))
    if feature.dtype != "string" and feature.numbers:
        found.append(ListView(f"NUMBERS_{index}", "double", tuple(map(double_literal, feature.numbers))))
    return found


def _row(feature: Feature, table_type: str, tensor: str, lists: Sequence[ListView]) -> str:
    """The entry of the table, with the fields of FeatureSpec that differ from their defaults at its end."""
    knows = feature.categories if feature.dtype == "string" else feature.numbers
    flags = (
        feature.missing == "refuse",
        feature.infinite == "refuse",
        feature.unknown == "refuse" and knows is not None,
    )
    largest = "ANY" if feature.max_abs is None else double_literal(feature.max_abs)
    values = [view_literal(feature.name), f"Type::{table_type}", tensor, str(feature.column)]
    values += ["true" if flag else "false" for flag in flags]
    known = [*(["{}"] if lists and feature.dtype != "string" else []), *(item.name for item in lists)]
    if feature.least is not None or feature.greatest is not None:
        known += ["{}"] * (2 - len(known))
        known.append("-ANY" if feature.least is None else double_literal(feature.least))
        known.append("ANY" if feature.greatest is None else double_literal(feature.greatest))
    return f"{{{', '.join([*values, largest, *known])}}}"


def _doc(feature: Feature) -> str:
    """'Column bill_length_mm. Missing (NaN) is accepted; infinite is refused.'"""
    absent = "NaN" if feature.dtype in ("float64", "float32") else "empty"
    parts = [f"missing ({absent}) is {feature.missing}{'ed' if feature.missing == 'accept' else 'd'}"]
    if feature.dtype in ("float64", "float32") and feature.infinite == "refuse":
        parts.append("infinite is refused")
    if feature.max_abs is not None:
        parts.append(f"refused beyond {feature.max_abs!r} in magnitude")
    if feature.least is not None:
        parts.append(f"refused below {feature.least!r}")
    if feature.greatest is not None:
        parts.append(f"refused above {feature.greatest!r}")
    if feature.unknown == "refuse" and (feature.categories is not None or feature.numbers is not None):
        parts.append("an unknown value is refused")
    text = "; ".join(parts)
    return f"Column {comment_text(feature.name)}. {text[0].upper()}{text[1:]}."
