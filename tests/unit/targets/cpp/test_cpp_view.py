"""What the C++ templates are told: names, types, table entries and refusals."""

import msgspec
import pytest

from modelport.bundle.manifest import FileEntry, RuntimeSettings
from modelport.bundle.reader import Bundle
from modelport.errors import UnsupportedModelError
from modelport.targets.cpp.identifiers import category_constants, enum_types, feature_members, output_members
from modelport.targets.cpp.onnxruntime_versions import least_minor, reason
from modelport.targets.cpp.view import ProjectView, project_view
from tests.unit.targets.java.handmade import OPTIONS, bundle, feature, label, number

ODD_NAMES = [
    "class", "Class", "größe", "123", "a-b", "a b", "double", "far", "std", "NULL", "features", "wide 中",
    "bill length (mm)", 'say "x"', "back\\slash", "what??/", "star */ end", "line\nbreak", "zero\0byte", "_", "$", "",
]  # fmt: skip


def _view(made: Bundle) -> ProjectView:
    return project_view(made, OPTIONS)


def test_types_of_features(penguins: Bundle) -> None:
    features = _view(penguins).features
    assert [f.type for f in features] == [
        "double",
        "float",
        "std::optional<std::int64_t>",
        "std::optional<bool>",
        "std::optional<Island>",
        "std::optional<Sex>",
        "std::optional<std::string>",
    ]
    assert features[4].column_field == "ColumnField<Columns>::of_category<::acme::tried::Island, &Columns::island>()"
    assert features[0].doc == (
        "Column bill length (mm). Missing (NaN) is refused; infinite is refused; refused beyond 1000000.0 in magnitude."
    )


def test_table_entries() -> None:
    features = [
        feature("plain"),
        feature("strict", missing="accept", infinite="refuse", max_abs=1e300),
        feature("code", "int64", numbers=(1.0, 2.0), unknown="refuse"),
        feature("kind", "string", categories=("a",), unknown="refuse"),
        feature("lax", "string", categories=("a", "b")),
    ]
    view = _view(bundle(features, [number("value")]))
    assert [f.row for f in view.features] == [
        '{"plain", Type::float64, 0, 0, true, false, false, ANY}',
        '{"strict", Type::float64, 1, 0, false, true, false, 1e+300}',
        '{"code", Type::int64, 2, 0, true, false, true, ANY, {}, NUMBERS_2}',
        '{"kind", Type::category, 3, 0, true, false, true, ANY, CATEGORIES_3}',
        '{"lax", Type::category, 4, 0, true, false, false, ANY, CATEGORIES_4}',
    ]
    assert next((item.name, item.items) for item in view.lists) == ("NUMBERS_2", ("1.0", "2.0"))


def test_matrix_layout() -> None:
    view = _view(bundle([feature("x0"), feature("x1", "bool")], [number("value")], matrix="float"))
    assert view.inputs == ('{"X", Element::float32, 2}',)
    assert view.features[1].row == '{"x1", Type::boolean, 0, 1, true, false, false, ANY}'


def test_types_of_outputs() -> None:
    outputs = [
        label("label", ("a", "b")),
        label("tags", (1, 2), width=3),
        label("flag", (False, True)),
        label("grade", (1.5, 2.0)),
        number("probability", width=2, classes=("a", "b")),
        number("score", "float32", width=2, classes=(1, 2)),
        number("value"),
        number("transformed", width=65),
    ]
    view = _view(bundle([feature("x")], outputs))
    assert [o.type for o in view.outputs] == [
        "std::optional<std::string>",
        "std::optional<std::array<std::int64_t, 3>>",
        "std::optional<bool>",
        "std::optional<double>",
        "std::array<double, 2>",
        "std::array<float, 2>",
        "double",
        "std::vector<double>",
    ]
    assert [o.accessor for o in view.outputs if o.accessor] == ["probability_of", "score_of"]
    assert (
        view.outputs[1].row
        == '{"tags", true, Type::int64, 3, ClassList(Span<const std::int64_t>(Model::TAGS_CLASSES))}'
    )


def test_odd_names_become_different_identifiers() -> None:
    members = feature_members(ODD_NAMES)
    assert len(set(members)) == len(ODD_NAMES)
    assert members[:9] == ["class_", "class__2", "gro_u00df_e", "n123", "a_b", "a_b_2", "double_", "far_", "std_"]
    assert all(m.isidentifier() and m.isascii() for m in members)


def test_names_of_our_own_are_left_alone() -> None:
    assert enum_types(["model", "Span", "type"]) == ["Model_2", "Span_2", "Type"]
    assert category_constants(["unknown", "Unknown", "a", "A"]) == ["unknown_2", "unknown_3", "a", "a_2"]
    assert output_members(["label", "reason", "status", "label of"]) == ["label", "reason_2", "status_2", "label_of_2"]


def test_many_or_long_categories_are_text() -> None:
    many = feature("many", "string", categories=tuple(f"c{i}" for i in range(501)))
    long = feature("long", "string", categories=("x" * 1001,))
    enough = feature("enough", "string", categories=tuple(f"c{i}" for i in range(500)))
    view = _view(bundle([many, long, enough], [label("label", (0, 1))]))
    assert [f.type for f in view.features] == [
        "std::optional<std::string>",
        "std::optional<std::string>",
        "std::optional<Enough>",
    ]
    # Their categories are checked all the same.
    assert len(view.lists) == 3


def test_what_cannot_be_carried_is_named_at_once(penguins: Bundle) -> None:
    files = {**penguins.manifest.files, "model.data": FileEntry("weights", "0" * 64, 1)}
    outputs = (*penguins.contract.outputs, number("odd", "string"))
    made = Bundle(
        penguins.files,
        msgspec.structs.replace(penguins.manifest, files=files),
        msgspec.structs.replace(penguins.contract, outputs=outputs),
    )
    with pytest.raises(UnsupportedModelError, match=r"model\.data; number output odd is of type string"):
        _view(made)


@pytest.mark.parametrize(
    ("opsets", "ir_version", "minor"),
    [
        ({"": 15}, 8, 15),
        ({"": 21}, 10, 18),
        ({"": 21, "ai.onnx.ml": 5}, 10, 20),
        ({"": 99}, 10, 32),
        ({"": 15}, 99, 32),
    ],
)
def test_the_oldest_onnxruntime(opsets: dict[str, int], ir_version: int, minor: int) -> None:
    settings = RuntimeSettings(ir_version=ir_version, opsets=opsets, onnxruntime="1.32.0")
    assert least_minor(settings) == minor


def test_why_it_is_the_oldest() -> None:
    settings = RuntimeSettings(ir_version=10, opsets={"": 21, "ai.onnx.ml": 5}, onnxruntime="1.32.0")
    assert reason(settings) == "ONNX IR 10, operator sets ai.onnx 21 and ai.onnx.ml 5"
