"""What the Java templates are told: names, types and refusals."""

import msgspec
import pytest

from modelport.bundle.manifest import FileEntry
from modelport.bundle.reader import Bundle
from modelport.errors import UnsupportedModelError
from modelport.targets.java.view import ProjectView, project_view
from tests.unit.targets.java.handmade import OPTIONS, bundle, feature, label, number

ODD_NAMES = [
    "class", "Class", "größe", "grosse", "123", "a-b", "a b", "builder", "of", "write", "hashCode", "values",
    "wide 中", "bill length (mm)", 'say "x"', "back\\slash", "star */ end", "line\nbreak", "_", "$",
]  # fmt: skip


def _view(made: Bundle) -> ProjectView:
    return project_view(made, OPTIONS, "1.29.0")


def test_types_of_features(penguins: Bundle) -> None:
    features = _view(penguins).features
    assert [f.type for f in features] == ["double", "float", "Long", "Boolean", "Island", "Sex", "String"]
    assert features[2].parameters == ("long", "Long")
    assert [f.builder_setter for f in features[:2]] == ["setBillLengthMm", "optMass"]
    assert features[4].getter == "Island.of(values.getText(4))"
    assert [c.identifier for c in features[4].enum.categories] == ["BISCOE", "DREAM", "EMPTY"]  # type: ignore[union-attr]


def test_odd_names_become_different_identifiers() -> None:
    features = _view(bundle([feature(name) for name in ODD_NAMES], [label("label", (0, 1))])).features
    assert len({f.field for f in features}) == len(ODD_NAMES)
    assert len({f.setter for f in features}) == len(ODD_NAMES)
    assert [f.field for f in features[:5]] == ["class_", "class__2", "groU00dfE", "grosse", "n123"]
    assert all(f.field.isidentifier() and f.field.isascii() for f in features)
    assert "builder" not in {f.field for f in features}


def test_an_enum_never_hides_a_type_that_the_class_uses() -> None:
    names = ["string", "Object", "builder", "Long"]
    made = bundle([feature(n, "string", categories=("a",)) for n in names], [label("label", (0, 1))])
    assert [e.type for e in _view(made).enums] == ["String_2", "Object_2", "Builder_2", "Long_2"]


def test_categories_of_one_spelling_stay_apart() -> None:
    texts = ("a", "A", "a!", "", "unknown", "1", "\U0001f600")
    enum = _view(bundle([feature("f", "string", categories=texts)], [label("label", (0, 1))])).enums[0]
    assert [c.identifier for c in enum.categories] == ["A", "A_2", "A_3", "EMPTY", "UNKNOWN_2", "N1", "U1F600"]


def test_many_or_long_categories_are_text() -> None:
    many = feature("many", "string", categories=tuple(f"c{i}" for i in range(501)))
    long = feature("long", "string", categories=("x" * 1001,))
    enough = feature("enough", "string", categories=tuple(f"c{i}" for i in range(500)))
    assert [f.type for f in _view(bundle([many, long, enough], [label("label", (0, 1))])).features] == [
        "String",
        "String",
        "Enough",
    ]


def test_types_of_outputs() -> None:
    outputs = _view(
        bundle(
            [feature("x")],
            [
                label("label", (0, 1)),
                label("many", ("a", "b"), width=3),
                number("probability", width=2, classes=(0, 1)),
                number("value", "float32"),
                number("status"),
            ],
        )
    ).outputs
    assert [o.type for o in outputs] == ["Long", "List<String>", "double[]", "float", "double"]
    assert outputs[2].class_type == "long"
    assert outputs[2].classes_constant == "PROBABILITY_CLASSES"
    assert outputs[3].read == "(float) work.number(3, row, 0)"
    assert outputs[4].field == "status_2"


def test_120_columns_are_a_record_and_more_are_not() -> None:
    outputs = [label("label", (0, 1))]
    assert not _view(bundle([feature(f"x{i}") for i in range(120)], outputs, matrix="double")).wide
    assert _view(bundle([feature(f"x{i}") for i in range(121)], outputs, matrix="double")).wide


def test_what_java_cannot_carry_is_refused_with_all_reasons(penguins: Bundle) -> None:
    outputs = [number(f"o{i}") for i in range(101)]
    made = bundle([feature("smile"), feature("x")], outputs)
    smile = msgspec.structs.replace(made.contract.inputs[0], name="smile \U0001f600")
    contract = msgspec.structs.replace(made.contract, inputs=(smile, *made.contract.inputs[1:]))
    files = {**made.manifest.files, "weights.bin": FileEntry("weights", "0" * 64, 1)}
    weighty = Bundle(made.files, msgspec.structs.replace(made.manifest, files=files), contract)
    with pytest.raises(UnsupportedModelError) as refusal:
        _view(weighty)
    for part in ("weights.bin", "101 outputs", "smile \\U0001f600"):
        assert part in refusal.value.what
