"""C5.0 on texts as its C code writes them, against its steps in plain Python."""

import numpy as np
import pytest

from modelport.errors import ModelFileError
from modelport.frontends.r._arguments import with_elements
from modelport.frontends.r._model import models
from modelport.frontends.r._variables import Hints
from modelport.frontends.r.serialize import RList, RObject, RPairs, RStrings, RSymbol, RVector
from modelport.frontends.r.trees.quinlan_names import read_names, read_rows
from tests.unit.frontends.r._c50_steps import predicted
from tests.unit.frontends.r._quinlan_objects import answers, classed, named, numbers, parsnip_fit, text, texts, trained

CLASSES = ["no", "yes", "may be"]
VALUES = {"color": ["red", "green", "dark blue", "x<y"], "size": ["S", "M", "L"], "kind": ["p", "q"]}
NUMBERS = ["age", "dose"]
NAMES = """| Generated using R version 4.2.2 (2022-10-31)
| on Sat Jan 01 00:00:00 2022
outcome.

outcome: no,yes,may be.
age: continuous.
color: red,green,dark blue,x<y.
dose: continuous.
size: [ordered]S,M,L.
kind: p,q.
"""
PREDICTORS = ["age", "color", "dose", "size", "kind"]


def model_of(content: str, cost: str = "", names: str = NAMES) -> RList:
    rules = "rules=" in content
    return named(
        names=text(names),
        cost=text(cost),
        caseWeights=RVector("logical", np.array([0], dtype=np.int32)),
        trials=numbers(Requested=1.0, Actual=float(content.split('entries="')[1].split('"', maxsplit=1)[0])),
        levels=texts(*CLASSES),
        tree=text("" if rules else content),
        predictors=texts(*PREDICTORS),
        rules=text(content if rules else ""),
    )


def rows_of(rng: np.random.Generator, count: int, cuts: list[float]) -> list[dict[str, float | str | None]]:
    rows: list[dict[str, float | str | None]] = []
    for _ in range(count):
        row: dict[str, float | str | None] = {}
        for name in NUMBERS:
            near = float(rng.choice(cuts)) if cuts else 0.25
            options = [near, np.nextafter(near, 9e9), float(np.nextafter(np.float32(near), np.float32(9e9))), None]
            row[name] = options[rng.integers(4)] if rng.random() < 0.4 else float(rng.normal(2, 2))
        for name, levels in VALUES.items():
            row[name] = None if rng.random() < 0.25 else str(rng.choice(levels))
        rows.append(row)
    return rows


def check(content: str, rows: list[dict[str, float | str | None]], costs: list[list[float]] | None = None) -> None:
    cost = ""
    if costs is not None:
        cost = "".join(
            f"{CLASSES[i]}, {CLASSES[j]}: {costs[i][j]:g}\n" for i in range(3) for j in range(3) if costs[i][j] > 1
        )
    got = answers("C5.0", model_of(content, cost), rows)
    wanted = [predicted(content, CLASSES, VALUES, row, costs) for row in rows]
    np.testing.assert_array_equal(got["index"], [best for best, _ in wanted])
    if costs is None:
        np.testing.assert_array_equal(got["probability"], [shares for _, shares in wanted])
    else:
        assert "probability" not in got


HAND = """id="See5/C5.0 2.07 GPL Edition 2022-01-01"
entries="1"
type="2" class="no" freq="30,20.5,10" att="age" forks="3" cut="2.4000001"
type="0" class="no"
type="3" class="no" freq="25,5,4" att="color" forks="4" elts="N/A" elts="red","x<y" elts="green" elts="dark blue"
type="0" class="no"
type="0" class="no" freq="20,1,0"
type="1" class="yes" freq="4,4,3" att="kind" forks="3"
type="0" class="yes"
type="0" class="no" freq="4,1,3"
type="0" class="yes" freq="0,3,0"
type="0" class="no" freq="1,0,1"
type="2" class="yes" freq="5,15.5,6" att="dose" forks="3" cut="1.5"
type="0" class="yes"
type="3" class="yes" freq="2,10.5,2" att="size" forks="3" elts="N/A" elts="S" elts="M"
type="0" class="yes"
type="0" class="yes" freq="0,10.5,2"
type="0" class="no" freq="2,0,0"
type="0" class="yes" freq="3,5,4"
"""


def test_a_tree() -> None:
    check(HAND, rows_of(np.random.default_rng(0), 300, [2.4000001, 1.5]))


def test_soft_thresholds() -> None:
    content = HAND.replace('cut="2.4000001"', 'cut="2.4000001" low="1.25" mid="2.5" high="3.7000001"')
    content = content.replace('cut="1.5"', 'cut="1.5" low="1.5" mid="1.75" high="2"')
    check(content, rows_of(np.random.default_rng(1), 400, [2.4000001, 1.25, 3.7000001, 1.5, 1.75, 2.0]))


@pytest.mark.parametrize("seed", range(6))
def test_costs(seed: int) -> None:
    rng = np.random.default_rng(seed)
    costs = np.where(np.eye(3) > 0, 0, np.round(rng.uniform(0.5, 6, (3, 3)), 1)).clip(min=1) * (1 - np.eye(3))
    content = HAND.replace('entries="1"', 'costs="1"\nentries="1"')
    check(content, rows_of(rng, 100, [2.4000001, 1.5]), costs.tolist())


class Grown:
    """Random trees whose frequencies add up, as texts."""

    def __init__(self, rng: np.random.Generator, soft: bool = False) -> None:
        self.rng, self.soft, self.cuts = rng, soft, list[float]()

    def tree(self, depth: int, freq: np.ndarray) -> str:  # type: ignore[type-arg]
        best = CLASSES[int(np.argmax(freq))]
        shown = ",".join(f"{f:g}" for f in freq)
        start = f'class="{best}"' + (f' freq="{shown}"' if freq.sum() > 0 else "")
        if depth == 0 or freq.sum() < 3 or self.rng.random() < 0.15:
            return f'type="0" {start}\n'
        kind = int(self.rng.integers(3))
        if kind == 0:
            cut = float(f"{self.rng.normal(2, 2):.8g}")
            self.cuts.append(cut)
            more = f' low="{cut - 1.5:.7g}" mid="{cut + 0.1:.7g}" high="{cut + 0.75:.7g}"' if self.soft else ""
            parts = self._parted(freq, 2)
            text = f'type="2" {start} att="{self.rng.choice(NUMBERS)}" forks="3" cut="{cut:.8g}"{more}\n'
            return text + f'type="0" class="{best}"\n' + "".join(self.tree(depth - 1, part) for part in parts)
        name = str(self.rng.choice(list(VALUES)))
        if kind == 1:
            forks = len(VALUES[name])
            text = f'type="1" {start} att="{name}" forks="{forks + 1}"\n'
        else:
            sides = self.rng.integers(0, 3, len(VALUES[name]))  # some values stand in no set
            sets = [[v for v, side in zip(VALUES[name], sides, strict=True) if side == own] for own in (0, 1)]
            sets = [own for own in sets if own]
            if not sets:
                return f'type="0" {start}\n'
            forks = len(sets)
            listed = "".join(" elts=" + ",".join(f'"{v}"' for v in own) for own in sets)
            text = f'type="3" {start} att="{name}" forks="{forks + 1}" elts="N/A"{listed}\n'
        parts = self._parted(freq, forks)
        return text + f'type="0" class="{best}"\n' + "".join(self.tree(depth - 1, part) for part in parts)

    def _parted(self, freq: np.ndarray, count: int) -> list[np.ndarray]:  # type: ignore[type-arg]
        shares = self.rng.dirichlet(np.full(count, 0.6), len(freq))
        parts = np.round(freq[:, None] * shares, 2)
        parts[:, parts.sum(axis=0) < 0.5] = 0.0
        return list(parts.T)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("trials", [1, 5])
@pytest.mark.parametrize("soft", [False, True])
def test_grown_trees(seed: int, trials: int, soft: bool) -> None:
    rng = np.random.default_rng(seed)
    grown = Grown(rng, soft)
    trees = [grown.tree(5, np.round(rng.uniform(20, 60, 3), 2)) for _ in range(trials)]
    content = f'id="See5/C5.0 2.07 GPL Edition 2022-01-01"\nentries="{trials}"\n{"".join(trees)}'
    check(content, rows_of(rng, 120, grown.cuts))


@pytest.mark.parametrize("count", [1, 2])
def test_fewer_trials(count: int) -> None:
    rng = np.random.default_rng(5)
    trees = [Grown(rng).tree(4, np.round(rng.uniform(20, 60, 3), 2)) for _ in range(3)]
    content = f'id="See5/C5.0 2.07 GPL Edition 2022-01-01"\nentries="3"\n{"".join(trees)}'
    rows = rows_of(rng, 60, [2.0])
    fewer = models()["C5.0"].arguments["trials"].put(model_of(content), float(count))
    wanted = [predicted(content.replace('entries="3"', f'entries="{count}"'), CLASSES, VALUES, row) for row in rows]
    got = answers("C5.0", fewer, rows)
    np.testing.assert_array_equal(got["index"], [best for best, _ in wanted])
    np.testing.assert_array_equal(got["probability"], [shares for _, shares in wanted])


def test_small_shares_end_at_thresholds() -> None:
    lines = ['id="See5/C5.0 2.07 GPL Edition 2022-01-01"', 'entries="1"']
    for age in range(4):
        lines.append(f'type="2" class="no" freq="1000,0.03,0" att="age" forks="3" cut="{age}"')
        lines.append('type="0" class="no"')
        lines.append('type="0" class="no" freq="999.97,0,0"')
    lines.append('type="2" class="yes" freq="0,0.03,0" att="dose" forks="3" cut="0"')
    lines += ['type="0" class="no"', 'type="0" class="yes" freq="0,0.02,0"', 'type="0" class="yes" freq="0,0,0.01"', ""]
    rng = np.random.default_rng(3)
    rows = rows_of(rng, 50, [2.0])
    check("\n".join(lines), [*rows, *({**row, "age": None} for row in rows)])


def random_rules(rng: np.random.Generator, trials: int) -> tuple[str, list[float]]:
    cuts: list[float] = []
    lines = ['id="See5/C5.0 2.07 GPL Edition 2022-01-01"', f'entries="{trials}"']
    for _ in range(trials):
        count = int(rng.integers(0, 9))
        lines.append(f'rules="{count}" default="{rng.choice(CLASSES)}"')
        for _ in range(count):
            cover = int(rng.integers(2, 6)) if rng.random() < 0.6 else round(float(rng.uniform(2, 40)), 1)
            tests: list[str] = []
            for name in rng.permutation(PREDICTORS)[: int(rng.integers(0, 4))]:
                if name in NUMBERS:
                    cut = float(f"{rng.normal(2, 2):.8g}")
                    cuts.append(cut)
                    tests.append(f'type="2" att="{name}" cut="{cut:.8g}" result="{rng.choice(["<", ">"])}"')
                elif rng.random() < 0.5:
                    tests.append(f'type="1" att="{name}" val="{rng.choice(VALUES[name])}"')
                else:
                    own = rng.choice(VALUES[name], int(rng.integers(1, len(VALUES[name]))), replace=False)
                    tests.append(f'type="3" att="{name}" elts=' + ",".join(f'"{v}"' for v in own))
            ok = round(float(rng.uniform(0, cover)), 1)
            lines.append(f'conds="{len(tests)}" cover="{cover:g}" ok="{ok:g}" lift="1.5" class="{rng.choice(CLASSES)}"')
            lines += tests
    return "\n".join([*lines, ""]), cuts


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("trials", [1, 4])
def test_rulesets(seed: int, trials: int) -> None:
    rng = np.random.default_rng(seed)
    content, cuts = random_rules(rng, trials)
    check(content, rows_of(rng, 150, cuts))


def test_what_ends_with_an_error_in_r() -> None:
    rows: list[dict[str, float | str | None]] = [
        {"age": 1.0, "color": "red", "dose": 1.0, "size": "S", "kind": "p"},
        {"age": np.inf, "color": "red", "dose": 1.0, "size": "S", "kind": "p"},
        {"age": 1.0, "color": "red", "dose": -1e39, "size": "S", "kind": "p"},
        {"age": 1.0, "color": "pink", "dose": 1.0, "size": "S", "kind": "p"},
    ]
    got = answers("C5.0", model_of(HAND), rows)
    assert np.isnan(got["probability"]).all(axis=1).tolist() == [False, True, True, True]
    assert np.isnan(got["scores"]).all(axis=1).tolist() == [False, True, True, True]


def by_formula(model: RList, first: RObject) -> RList:
    """The model of a formula: its terms, with an expression in the place of the first predictor, and the levels."""
    nodes = [RSymbol("outcome"), first, *(RSymbol(name) for name in PREDICTORS[1:])]
    listed = RPairs([RSymbol("list"), *nodes], [""] * (len(nodes) + 1), "call")
    kinds = {name: {"size": "ordered"}.get(name, "factor" if name in VALUES else "numeric") for name in PREDICTORS[1:]}
    label = "age" if isinstance(first, RSymbol) else "abs(age)"
    classes = {"outcome": "factor", label: "numeric", **kinds}
    one = RVector("integer", np.array([1], dtype=np.int32))
    attributes: dict[str, RObject] = {
        "variables": listed,
        "predvars": listed,
        "dataClasses": RStrings(list(classes.values()), {"names": texts(*classes)}),
        "response": one,
        "intercept": one,
    }
    terms = RPairs([RSymbol("~"), RSymbol("outcome"), RSymbol(".")], ["", "", ""], "call", attributes)
    return with_elements(model, Terms=terms, xlevels=named(**{name: texts(*own) for name, own in VALUES.items()}))


def test_a_formula() -> None:
    rows = rows_of(np.random.default_rng(11), 80, [1.5])
    rows[0]["color"] = "pink"  # model.frame() ends with an error
    alone, inside = (answers("C5.0", m, rows) for m in (model_of(HAND), by_formula(model_of(HAND), RSymbol("age"))))
    for name in ("index", "probability", "scores"):
        np.testing.assert_array_equal(inside[name], alone[name])


def test_an_expression_in_a_formula() -> None:
    rows = rows_of(np.random.default_rng(12), 80, [1.5])
    content, names = HAND.replace('att="age"', 'att="abs(age)"'), NAMES.replace("age:", "abs\\(age\\):")
    call = RPairs([RSymbol("abs"), RSymbol("age")], ["", ""], "call")
    found = answers("C5.0", by_formula(model_of(content, names=names), call), rows)
    moved = [{**row, "age": None if row["age"] is None else abs(float(row["age"]))} for row in rows]
    np.testing.assert_array_equal(found["probability"], answers("C5.0", model_of(HAND), moved)["probability"])


def test_in_a_train_object() -> None:
    model = with_elements(classed("C5.0", model_of(HAND)), obsLevels=texts(*CLASSES))
    found = trained("C5.0", model, {name: VALUES.get(name, ()) for name in PREDICTORS}, regression=False)
    rows = rows_of(np.random.default_rng(9), 60, [1.5])
    rows[0]["color"] = "pink"  # R ends with an error, as without caret
    alone, inside = answers("C5.0", model, rows), answers("train", found, rows)
    for name in ("index", "probability", "scores"):
        np.testing.assert_array_equal(inside[name], alone[name])
    assert np.isnan(inside["probability"][0]).all()


def test_in_a_model_of_parsnip() -> None:
    model = model_of(random_rules(np.random.default_rng(2), 3)[0])
    fit = classed("C5_rules", model, "C5.0")
    found = parsnip_fit("C5_rules", "C5.0", fit, regression=False, lvl=texts(*CLASSES))
    rows = rows_of(np.random.default_rng(9), 60, [1.5])
    alone, inside = answers("C5.0", model, rows), answers("model_fit", found, rows)
    for name in ("index", "probability", "scores"):
        np.testing.assert_array_equal(inside[name], alone[name])


def test_levels_that_r_escapes() -> None:
    names = NAMES.replace("no,yes,may be", "\\<no\\>,yes,may be").replace("p,q.", "1.5 mg,a\\\\\\:b.")
    found = models()["C5.0"].variables(model_of(HAND, names=names), Hints())
    assert found[-1].levels == ("1.5 mg", "a:b")
    assert found[3].kind == "ordered"


def test_letters_that_r_escapes_byte_by_byte() -> None:
    # What R makes of "café" in a UTF-8 locale, as a file's reader shows bytes that are no text.
    broken = "caf\xc3\\\xa9"
    names = NAMES.replace("dose:", f"{broken}:").replace("p,q.", "p,\xc3\xbc.").replace("no,yes", f"{broken},yes")
    found = read_names(names)
    assert found.attributes[3].name == "café"
    assert found.attributes[5].values == ("p", "ü")
    assert found.attributes[0].values == ("café", "yes", "may be")
    assert read_rows(f"1,{broken},2\n3,\xc3\xbc,?\n") == [["1", "café", "2"], ["3", "ü", "?"]]
    assert read_names(NAMES.replace("p,q.", "p,ü.")).attributes[5].levels == ("p", "ü")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('att="age"', 'att="agee"'),
        ('class="no"', 'class="nope"'),
        ('cut="1.5"', 'cut="x"'),
        ('forks="3"', 'forks="three"'),
        ('"x<y"', '"x>y"'),
        ('type="0" class="yes" freq="3,5,4"\n', ""),
    ],
)
def test_damaged_texts(old: str, new: str) -> None:
    with pytest.raises(ModelFileError):
        models()["C5.0"].refuse(model_of(HAND.replace(old, new, 1)))
