"""The trained steps of a recipe, each as what its bake() does to a table of columns."""

import re

from modelport.errors import UnsupportedModelError
from modelport.frontends.r._arithmetic import either, missing_where
from modelport.frontends.r._scope import Scope
from modelport.frontends.r.models._data_frame import DataFrame
from modelport.frontends.r.models._recipe_bins import BINS
from modelport.frontends.r.models._recipe_columns import COLUMNS
from modelport.frontends.r.models._recipe_factors import FACTORS
from modelport.frontends.r.models._recipe_numbers import NUMBERS
from modelport.frontends.r.models._recipe_table import (
    Step,
    Table,
)
from modelport.frontends.r.serialize import (
    NULL,
    RObject,
    classes,
    flag,
)

__all__ = ["bake", "skipped", "step_name", "step_reasons"]

_STEPS: dict[str, Step] = {**NUMBERS, **FACTORS, **BINS, **COLUMNS}


def step_name(step: RObject) -> str:
    """'step_normalize', with old names of imputation as the new ones."""
    found = classes(step)[0]
    old = re.fullmatch(r"step_(mean|median|mode|lower|roll|knn|bag)impute", found)
    return f"step_impute_{old.group(1)}" if old else found


def skipped(step: RObject) -> bool:
    """Steps that bake() leaves out for new data."""
    given = step.get("skip")
    return given is not None and given is not NULL and flag(given)


def step_reasons(step: RObject) -> list[str]:
    """Why a step is not converted."""
    name = step_name(step)
    trained = step.get("trained")
    if trained is None or not flag(trained):
        return [f"{name} is not trained: run prep() first"]
    if skipped(step) or name.startswith("check_"):
        return []
    return [] if name in _STEPS else [f"{name}"]


def bake(scope: Scope, steps: list[RObject], frame: DataFrame, absent: frozenset[str]) -> DataFrame:
    """The columns after all steps. Raises: UnsupportedModelError naming the step that cannot be done."""
    table = Table(scope, dict(frame), absent)
    for step in steps:
        name = step_name(step)
        if skipped(step) or name.startswith("check_"):
            continue
        try:
            _STEPS[name](table, step)
        except (ValueError, KeyError) as err:
            raise UnsupportedModelError(
                f"{name} cannot be converted: {err}", where="the recipe's steps", fix="report the recipe"
            ) from err
    if table.refused:
        gone = either(scope, *table.refused)
        for name, column in table.frame.items():
            if column.is_number:
                table.put(name, missing_where(scope, gone, column.value))
    return table.frame
