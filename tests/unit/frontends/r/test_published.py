"""What R itself printed for models of C50 and Cubist, in their packages' documentation, on data that ships with R and mlbench.

The models are written as texts from the rules and trees that are printed there.
"""

import subprocess

import numpy as np
import pytest

from modelport.frontends.r._model import models
from modelport.frontends.r.oracle.rscript import rscript
from modelport.frontends.r.serialize import RList, RVector
from tests.unit.frontends.r._quinlan_objects import Row, answers, named, numbers, text, texts

NO_WEIGHTS = RVector("logical", np.array([0], dtype=np.int32))

IRIS = """id="See5/C5.0 2.07 GPL Edition 2025-03-27"
entries="1"
type="2" class="setosa" freq="50,50,50" att="Petal.Length" forks="3" cut="1.9"
type="0" class="setosa"
type="0" class="setosa" freq="50,0,0"
type="2" class="versicolor" freq="0,50,50" att="Petal.Width" forks="3" cut="1.7"
type="0" class="versicolor"
type="2" class="versicolor" freq="0,49,5" att="Petal.Length" forks="3" cut="4.9000001"
type="0" class="versicolor"
type="0" class="versicolor" freq="0,47,1"
type="0" class="virginica" freq="0,2,4"
type="0" class="virginica" freq="0,1,45"
"""


def test_c50_of_iris() -> None:
    """Vignette 'Class Probability Calculations' of C50 0.2.0: predict(mod, iris[130, ], type = "prob")."""
    measures = ["Sepal.Length", "Sepal.Width", "Petal.Length", "Petal.Width"]
    listed = "".join(f"{name.replace('.', chr(92) + '.')}: continuous.\n" for name in measures)
    model = named(
        names=text(f"| Generated\n| on\noutcome.\n\noutcome: setosa,versicolor,virginica.\n{listed}"),
        cost=text(""),
        caseWeights=NO_WEIGHTS,
        trials=numbers(Requested=1.0, Actual=1.0),
        levels=texts("setosa", "versicolor", "virginica"),
        tree=text(IRIS),
        predictors=texts(*measures),
        rules=text(""),
    )
    rows: list[Row] = [dict(zip(measures, (7.2, 3.0, 5.8, 1.6), strict=True))]
    got = answers("C5.0", model, rows)
    assert [f"{share:.7g}" for share in got["probability"][0]] == ["0.04761905", "0.3333333", "0.6190476"]
    assert got["index"].tolist() == [2]


HOUSES = ["crim", "zn", "indus", "chas", "nox", "rm", "age", "dis", "rad", "tax", "ptratio", "b", "lstat"]
# What the text says of each column: mean and deviation, or the most frequent value.
COLUMNS = {
    "outcome": (22.5, 9.197105),
    "crim": (3.61352, 8.601546),
    "zn": (11.4, 23.32245),
    "indus": (11.14, 6.860354),
    "nox": (0.5547, 0.1158787),
    "rm": (6.285, 0.7026182),
    "age": (68.6, 28.14886),
    "dis": (3.795, 2.105711),
    "rad": (9.5, 8.70726),
    "tax": (408.0, 168.5371),
    "ptratio": (18.5, 2.164947),
    "b": (356.67, 91.2949),
    "lstat": (12.65, 7.141063),
}
RULES = """rules="4"
conds="1" cover="101" mean="13.84" loval="5" hival="27.5" esterr="1.98"
type="2" att="nox" cut="0.66799998" result=">"
coeff="-1.11" att="crim" coeff="-0.02" att="nox" coeff="21.4" att="rm" coeff="0.1" att="age" coeff="-0.003" \
att="dis" coeff="2.93" att="ptratio" coeff="-0.13" att="b" coeff="0.008" att="lstat" coeff="-0.33"
conds="2" cover="203" mean="19.42" loval="7" hival="31" esterr="2.10"
type="2" att="nox" cut="0.66799998" result="<="
type="2" att="lstat" cut="9.5900002" result=">"
coeff="23.57" att="crim" coeff="0.05" att="nox" coeff="-5.2" att="rm" coeff="3.1" att="age" coeff="-0.048" \
att="dis" coeff="-0.81" att="rad" coeff="0.02" att="tax" coeff="-0.0041" att="ptratio" coeff="-0.71" att="b" coeff="0.01" \
att="lstat" coeff="-0.15"
conds="2" cover="43" mean="24.00" loval="11.9" hival="50" esterr="2.56"
type="2" att="rm" cut="6.2259998" result="<="
type="2" att="lstat" cut="9.5900002" result="<="
coeff="1.18" att="crim" coeff="3.83" att="rm" coeff="4.3" att="age" coeff="-0.06" att="dis" coeff="-0.09" \
att="tax" coeff="-0.003" att="ptratio" coeff="-0.08" att="lstat" coeff="-0.11"
conds="2" cover="163" mean="31.46" loval="16.5" hival="50" esterr="2.78"
type="2" att="rm" cut="6.2259998" result=">"
type="2" att="lstat" cut="9.5900002" result="<="
coeff="-4.71" att="crim" coeff="2.22" att="zn" coeff="0.008" att="nox" coeff="-1.7" att="rm" coeff="9.2" att="age" coeff="-0.04" \
att="dis" coeff="-0.71" att="rad" coeff="0.03" att="tax" coeff="-0.0182" att="ptratio" coeff="-0.72" att="lstat" coeff="-0.83"
"""
FOUR = [
    (0.00632, 18.0, 2.31, "0", 0.538, 6.575, 65.2, 4.09, 1.0, 296.0, 15.3, 396.9, 4.98),
    (0.02731, 0.0, 7.07, "0", 0.469, 6.421, 78.9, 4.9671, 2.0, 242.0, 17.8, 396.9, 9.14),
    (0.02729, 0.0, 7.07, "0", 0.469, 7.185, 61.1, 4.9671, 2.0, 242.0, 17.8, 392.83, 4.03),
    (0.03237, 0.0, 2.18, "0", 0.458, 6.998, 45.8, 6.0622, 3.0, 222.0, 18.7, 394.63, 2.94),
]


def houses(data: str) -> RList:
    head = ['id="Cubist 2.07 GPL Edition 2020-01-07"', 'prec="1" globalmean="22.53281" extrap="1" insts="0"']
    for name, (mean, deviation) in COLUMNS.items():
        ends = ' min="5" max="50"' if name == "outcome" else ""
        head.append(f'att="{name}" mean="{mean:g}" sd="{deviation}"{ends}')
        if name == "indus":
            head.append('att="chas" mode="0"')
    listed = "".join(f"{name}: {'0,1.' if name == 'chas' else 'continuous.'}\n" for name in HOUSES)
    return named(
        data=text(data),
        names=text(f"| Generated\n| on\noutcome.\n\noutcome: continuous.\n{listed}"),
        caseWeights=NO_WEIGHTS,
        model=text("\n".join([*head, 'entries="1"', RULES])),
        maxd=numbers(2.1),
        vars=named(all=texts(*HOUSES), used=texts(*HOUSES)),
    )


def test_cubist_of_boston_housing() -> None:
    """Pages of predict.cubist and summary.cubist, Cubist 0.2.3: predict(mod1, BostonHousing[1:4, -14])."""
    rows: list[Row] = [dict(zip(HOUSES, row, strict=True)) for row in FOUR]
    got = answers("cubist", houses(""), rows)["value"]
    assert [f"{value:.5f}" for value in got] == ["29.00493", "22.19729", "34.17934", "32.97410"]


def test_neighbours_of_boston_housing() -> None:
    """The same page: neighbors = 5; the rows of the fit are asked of R."""
    program = rscript()
    code = "library(mlbench); data(BostonHousing); write.table(BostonHousing[c(14, 1:13)], sep = ',', quote = FALSE, \
            row.names = FALSE, col.names = FALSE)"
    done = program and subprocess.run([program, "--vanilla", "-e", code], capture_output=True, text=True, check=False)
    if not done or done.returncode:
        pytest.skip("needs R with its package mlbench")
    asked = models()["cubist"].arguments["neighbors"].put(houses(done.stdout.strip()), 5.0)
    rows: list[Row] = [dict(zip(HOUSES, row, strict=True)) for row in FOUR]
    got = answers("cubist", asked, rows)["value"]
    assert [f"{value:.5f}" for value in got] == ["26.07685", "21.67079", "33.87119", "34.64103"]
