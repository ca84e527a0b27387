"""cubist on texts as its C code writes them, against its steps in plain Python."""

import numpy as np
import pytest

from modelport.errors import ModelFileError
from modelport.frontends.r._arguments import with_elements
from modelport.frontends.r._model import models
from modelport.frontends.r.serialize import RList, RVector
from tests.unit.frontends.r._cubist_steps import Fitted
from tests.unit.frontends.r._quinlan_objects import (
    Row,
    answers,
    classed,
    named,
    numbers,
    parsnip_fit,
    text,
    texts,
    trained,
)

VALUES = {"color": ["red", "green", "dark blue", "x<y"], "size": ["S", "M", "L"]}
ORDER = ["age", "color", "dose", "size", "weight"]
NUMBERS = ["age", "dose", "weight"]
NAMES = """| Generated using R version 4.2.2 (2022-10-31)
| on Sat Jan 01 00:00:00 2022
outcome.

outcome: continuous.
age: continuous.
color: red,green,dark blue,x<y.
dose: continuous.
size: [ordered]S,M,L.
weight: continuous.
"""
HEAD = """id="Cubist 2.07 GPL Edition 2022-01-01"
prec="1" globalmean="17.31579" extrap="{extrap}" insts="0" ceiling="88.3" floor="0"
att="outcome" mean="17.3" sd="9.1827" min="{low}" max="{high}"
att="age" mean="4.25" sd="2.105" min="0" max="9.9"
att="color" mode="green"
att="dose" mean="1.2" sd="{sd}" min="-1" max="3"
att="size" mode="M"
att="weight" mean="71.1" sd="12.3456" min="40" max="104"
"""


def escaped(value: "float | str | None") -> str:
    if value is None:
        return "?"
    return value.replace("<", "\\<") if isinstance(value, str) else f"{value:.15g}"


def model_of(content: str, rows: list[Row], target: list[float], reach: float = 1.5) -> RList:
    lines = [
        ",".join([escaped(y), *(escaped(row[name]) for name in ORDER)]) for row, y in zip(rows, target, strict=True)
    ]
    return named(
        data=text("\n".join(lines)),
        names=text(NAMES),
        caseWeights=RVector("logical", np.array([0], dtype=np.int32)),
        model=text(content),
        maxd=numbers(reach),
        vars=named(all=texts(*ORDER), used=texts(*ORDER)),
    )


def rows_of(rng: np.random.Generator, count: int, digits: int = 3, missing: float = 0.1) -> list[Row]:
    rows: list[Row] = []
    for _ in range(count):
        given: dict[str, float | str | None] = {
            "age": round(float(rng.gamma(2, 2)), digits),
            "dose": round(float(rng.normal(1, 1)), digits),
            "weight": round(float(rng.normal(70, 12)), digits),
            "color": str(rng.choice(VALUES["color"], p=[0.6, 0.2, 0.1, 0.1])),
            "size": str(rng.choice(VALUES["size"])),
        }
        rows.append({name: None if rng.random() < missing else value for name, value in given.items()})
    return rows


def content_of(rng: np.random.Generator, members: int, sd: float = 1.01) -> str:
    extrap, low, high = (
        rng.choice([0.0, 0.05, 1.0]),
        round(float(rng.uniform(-20, 5)), 1),
        round(float(rng.uniform(20, 60)), 1),
    )
    lines = [HEAD.format(extrap=f"{extrap:g}", low=low, high=high, sd=sd).rstrip()]
    lines.append(('redn="0.934" ' if members > 1 else "") + f'entries="{members}"')
    for _ in range(members):
        count = int(rng.integers(1, 6))
        lines.append(f'rules="{count}"')
        for _ in range(count):
            tests: list[str] = []
            for name in rng.permutation(ORDER)[: int(rng.integers(0, 3))]:
                if name in NUMBERS:
                    cut = {"age": rng.gamma(2, 2), "dose": rng.normal(1, 1), "weight": rng.normal(70, 12)}[name]
                    tests.append(f'type="2" att="{name}" cut="{cut:.8g}" result="{rng.choice(["<=", ">"])}"')
                else:
                    own = rng.choice(VALUES[name], int(rng.integers(1, len(VALUES[name]))), replace=False)
                    tests.append(f'type="3" att="{name}" elts=' + ",".join(f'"{v}"' for v in own))
            ends = np.sort(rng.uniform(-10, 50, 2)).round(1)
            lines.append(
                f'conds="{len(tests)}" cover="12" mean="9.1" loval="{ends[0]:g}" hival="{ends[1]:g}" esterr="1.2"'
            )
            lines += tests
            terms = "".join(f' att="{n}" coeff="{rng.normal():.14g}"' for n in NUMBERS if rng.random() < 0.6)
            lines.append(f'coeff="{rng.normal(10, 10):.14g}"{terms}')
    return "\n".join([*lines, ""])


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("members", [1, 6])
def test_rules(seed: int, members: int) -> None:
    rng = np.random.default_rng(seed)
    content = content_of(rng, members)
    rows = rows_of(rng, 200)
    steps = Fitted(content, ORDER, VALUES, {"size"})
    got = answers("cubist", model_of(content, rows, [1.0] * len(rows)), rows)
    np.testing.assert_array_equal(got["value"], [steps.predicted(row) for row in rows])


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("wanted", [1, 5, 9])
@pytest.mark.parametrize(("digits", "count", "reach"), [(3, 150, 1.4), (0, 250, 0.3), (1, 30, 0.1)])
def test_neighbours(seed: int, wanted: int, digits: int, count: int, reach: float) -> None:
    rng = np.random.default_rng(seed)
    content = content_of(rng, 2)
    fitted, rows = rows_of(rng, count, digits), rows_of(rng, 60, digits)
    target = [round(float(y), 1) for y in rng.normal(17, 9, count)]
    model = model_of(content, fitted, target, reach)
    asked = models()["cubist"].arguments["neighbors"].put(model, float(wanted))
    steps = Fitted(content, ORDER, VALUES, {"size"})
    steps.keep(fitted, target, reach)
    got = answers("cubist", asked, [*rows, *fitted[:20]])["value"]
    np.testing.assert_array_equal(got, [steps.predicted(row, wanted) for row in [*rows, *fitted[:20]]])


@pytest.mark.parametrize("wanted", [0, 5])
def test_caret_asks_for_the_neighbours_that_it_chose(wanted: int) -> None:
    rng = np.random.default_rng(7)
    content = content_of(rng, 2)
    fitted, rows = rows_of(rng, 60), rows_of(rng, 40)
    target = [round(float(y), 1) for y in rng.normal(17, 9, 60)]
    model = model_of(content, fitted, target)
    final = with_elements(
        classed("cubist", model), tuneValue=named(committees=numbers(2.0), neighbors=numbers(float(wanted)))
    )
    found = trained("cubist", final, {name: VALUES.get(name, ()) for name in ORDER}, regression=True)
    asked = models()["cubist"].arguments["neighbors"].put(model, float(wanted))
    np.testing.assert_array_equal(answers("train", found, rows)["value"], answers("cubist", asked, rows)["value"])


@pytest.mark.parametrize(("given", "wanted"), [(None, 0), (-1.0, 0), (5.0, 5), (12.0, 9)])
def test_parsnip_asks_for_neighbours(given: float | None, wanted: int) -> None:
    rng = np.random.default_rng(8)
    content = content_of(rng, 2)
    fitted, rows = rows_of(rng, 60), rows_of(rng, 40)
    target = [round(float(y), 1) for y in rng.normal(17, 9, 60)]
    model = model_of(content, fitted, target)
    args = {} if given is None else {"neighbors": numbers(given)}
    found = parsnip_fit("cubist_rules", "Cubist", classed("cubist", model), regression=True, **args)
    asked = models()["cubist"].arguments["neighbors"].put(model, float(wanted))
    np.testing.assert_array_equal(answers("model_fit", found, rows)["value"], answers("cubist", asked, rows)["value"])


def test_many_equally_near_rows() -> None:
    """More rows than Cubist keeps are as near as each other: the order of its search decides."""
    rng = np.random.default_rng(0)
    content = content_of(rng, 1, sd=40.0)
    fitted = [{**row, "age": 4.0, "weight": float(rng.choice([70.0, 70.5])), "size": "M"} for row in rows_of(rng, 400)]
    target = [round(float(y), 1) for y in rng.normal(17, 9, len(fitted))]
    asked = models()["cubist"].arguments["neighbors"].put(model_of(content, fitted, target, 0.4), 9.0)
    steps = Fitted(content, ORDER, VALUES, {"size"})
    steps.keep(fitted, target, 0.4)
    rows = [{**row, "age": 4.1, "weight": 70.25, "size": "S"} for row in rows_of(rng, 150)]
    want = [steps.predicted(row, 9) for row in rows]
    np.testing.assert_array_equal(answers("cubist", asked, rows)["value"], want)
    assert len(set(want)) > 50


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("wanted", [2, 5, 9])
def test_neighbours_that_the_search_skips(seed: int, wanted: int) -> None:
    """Columns of long tails: where one is more than five deviations away, Cubist leaves out rows that are near."""
    rng = np.random.default_rng(seed)
    content = content_of(rng, 1, sd=0.2).replace('sd="2.105"', 'sd="0.4"')
    fitted, rows = rows_of(rng, 150), rows_of(rng, 80)
    target = [round(float(y), 1) for y in rng.normal(17, 9, len(fitted))]
    model = model_of(content, fitted, target, 2.6)
    asked = models()["cubist"].arguments["neighbors"].put(model, float(wanted))
    steps = Fitted(content, ORDER, VALUES, {"size"})
    steps.keep(fitted, target, 2.6)
    got = answers("cubist", asked, rows)["value"]
    np.testing.assert_array_equal(got, [steps.predicted(row, wanted) for row in rows])


def test_what_ends_with_an_error_in_r() -> None:
    content = content_of(np.random.default_rng(0), 1)
    good: Row = {"age": 1.0, "color": "red", "dose": 1.0, "size": "S", "weight": 70.0}
    rows: list[Row] = [good, {**good, "age": -np.inf}, {**good, "size": "XL"}, {**good, "weight": None}]
    got = answers("cubist", model_of(content, [good], [1.0]), rows)["value"]
    assert np.isnan(got).tolist() == [False, True, True, False]


def test_a_sample_of_the_rows() -> None:
    content = content_of(np.random.default_rng(3), 2)
    sampled = content.replace('redn="0.934" entries', 'sample="0.7" init="12"\nredn="0.934" entries')
    rows = rows_of(np.random.default_rng(4), 50)
    plain, cut = (answers("cubist", model_of(c, rows, [1.0] * 50), rows)["value"] for c in (content, sampled))
    np.testing.assert_array_equal(plain, cut)


def test_names_that_predict_cuts_are_refused() -> None:
    content = content_of(np.random.default_rng(3), 1).replace("dark blue", "sample")
    assert "sample" in models()["cubist"].refuse(model_of(content.replace('mode="green"', 'mode="sample"'), [], []))[0]


@pytest.mark.parametrize(("old", "new"), [('att="dose"', 'att="dosage"'), ("entries", "entry"), ("coeff", "coef")])
def test_damaged_texts(old: str, new: str) -> None:
    content = content_of(np.random.default_rng(2), 1)
    with pytest.raises(ModelFileError):
        models()["cubist"].refuse(model_of(content.replace(old, new), [], []))


@pytest.mark.parametrize(("wanted", "counted"), [(None, 0), (4, 4), (12, 9)])
def test_parsnip_asks_for_its_neighbours(wanted: int | None, counted: int) -> None:
    rng = np.random.default_rng(4)
    fitted = rows_of(rng, 40, missing=0.0)
    target = [round(float(y), 2) for y in rng.normal(20, 9, 40)]
    model = model_of(content_of(rng, 1), fitted, target)
    rows = rows_of(rng, 20)
    arguments = named() if wanted is None else named(neighbors=numbers(float(wanted)))
    spec = classed("cubist_rules", named(args=arguments, mode=text("regression"), engine=text("Cubist")))
    wrapped = classed("model_fit", named(spec=spec, fit=classed("cubist", model), preproc=named(y_var=text("y"))))
    asked = models()["cubist"].arguments["neighbors"].put(model, float(counted))
    np.testing.assert_array_equal(answers("model_fit", wrapped, rows)["value"], answers("cubist", asked, rows)["value"])
