"""The rows of svm() and ksvm() by formula: these keep terms, but not the levels of their factors.

The levels are found again in the names of the columns, which hold them, and in the sample.
"""

from collections.abc import Mapping, Sequence

import onnx_ir as ir

from modelport.errors import UnsupportedModelError
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.models._matrix_columns import make_name
from modelport.frontends.r.serialize import RObject, RSymbol
from modelport.frontends.r.terms.calls import as_call
from modelport.frontends.r.terms.compiler import Compiler
from modelport.frontends.r.terms.design import design_of
from modelport.frontends.r.terms.frame import Frame
from modelport.frontends.r.terms.values import Vector

__all__ = ["formula_rows", "formula_variables"]

_TEXT = ("factor", "ordered", "character")
_PLAIN = ("factor", "as.factor", "ordered", "as.ordered")


def formula_variables(frame: Frame, columns: Sequence[str], hints: Hints) -> list[Variable]:
    """The columns of a row. Raises: UnsupportedModelError, for all factors whose levels cannot be known."""
    levels = _recovered(frame, columns, hints)
    found = Frame(frame.terms, levels).variables(hints)
    # R makes a factor of a character column, with the levels of the rows it happens to get.
    return [Variable(v.name, "factor", v.levels) if v.kind == "character" and v.levels else v for v in found]


def formula_rows(scope: Scope, frame: Frame, columns: Sequence[str]) -> ir.Value:
    """float64 [N, P]: the design matrix. Raises: UnsupportedModelError when its columns are not those of the fit."""
    levels: dict[str, tuple[str, ...]] = {}
    for label, node in frame.expressions.items():
        if frame.kinds.get(label) in _TEXT:
            levels[label] = _known(scope, frame, node)
    design = design_of(scope, Frame(frame.terms, levels))
    # kernlab drops the name of a single column.
    alone = not columns and len(design.columns) == 1
    if not alone and [make_name(name) for name in design.columns] != [make_name(name) for name in columns]:
        raise UnsupportedModelError(
            f"the formula gives columns {', '.join(design.columns)}, the model was fitted on {', '.join(columns)}",
            where="the terms of the model",
            fix="report the formula: a term is not compiled as R does it",
        )
    return design.matrix()


def _known(scope: Scope, frame: Frame, node: RObject) -> tuple[str, ...]:
    """The levels of a factor: those of its column, or those that its expression gives."""
    name = _column_of(node)
    if name is not None and name in scope.variables:
        variable = scope.variables[name]
        if variable.levels is not None:
            return variable.levels
        if variable.numbers is not None:
            return tuple(f"{value:.15g}" for value in variable.numbers)
    value = Compiler(scope, frame.constants).compile(node)
    return value.levels if isinstance(value, Vector) else ()


def _column_of(node: RObject) -> str | None:
    """The column that a factor is made of as it stands: f, factor(f)."""
    if isinstance(node, RSymbol):
        return node.name
    call = as_call(node)
    if call is None or call.name not in _PLAIN or len(call.arguments) != 1:
        return None
    inner = call.arguments[0][1]
    return inner.name if isinstance(inner, RSymbol) else None


def _recovered(frame: Frame, columns: Sequence[str], hints: Hints) -> Mapping[str, tuple[str, ...]]:
    """Levels by the text of the variable.

    The first factor has a column for each level, as there is no intercept; of the others the first level has none: it is
    the one text of the sample that no column stands for. ``columns`` may have gone through make.names().
    """
    codes, rows, terms = frame.factors
    found: dict[str, tuple[str, ...]] = {}
    wrong: list[str] = []
    full = _first_factor(frame)
    for label, node in frame.expressions.items():
        name = _column_of(node)
        if frame.kinds.get(label) not in _TEXT or name is None:
            continue
        if name in hints.levels:
            found[label] = hints.levels[name]
            continue
        if label not in terms or codes[list(rows).index(label), list(terms).index(label)] == 0:
            wrong.append(f"{label!r} stands in an interaction only")
            continue
        texts = hints.texts.get(name, ())
        known = tuple(_level(label, column, texts) for column in _columns_of(label, columns, [*terms, *rows]))
        base = _base(known, texts)
        if label == full:
            found[label] = known
        elif frame.kinds.get(label) == "ordered":
            wrong.append(f"{label!r} is ordered, and its levels are in no part of the model")
        elif base is None:
            wrong.append(f"the first level of {label!r} is in no part of the model, and not certain from the sample")
        else:
            found[label] = (base, *known)
    if wrong:
        raise UnsupportedModelError(
            f"levels of factors that the model does not keep: {'; '.join(wrong)}",
            where="the terms of the model",
            fix="give --data with every level, or fit on model.matrix() of the formula instead of the formula",
        )
    return found


def _first_factor(frame: Frame) -> str | None:
    """The factor that gets a column for each level where there is no intercept."""
    if frame.intercept:
        return None
    codes, rows, _ = frame.factors
    for term in range(codes.shape[1]):
        for place, row in enumerate(rows):
            if codes[place, term] > 0 and frame.kinds.get(row) in (*_TEXT, "logical"):
                return row
    return None


def _columns_of(label: str, columns: Sequence[str], others: Sequence[str]) -> list[str]:
    """The first run of columns that begin with the label: main effects stand before interactions."""
    starts = (label, make_name(label))
    later = tuple(
        other for text in others if text.startswith(label) and text != label for other in (text, make_name(text))
    )
    run: list[str] = []
    for column in columns:
        joined = any(column.startswith((f"{own}:", f"{own}.")) for own in run)
        # make.names makes a dot of the colon between the columns of an interaction.
        crossed = joined and any(":" in text for text in others)
        if (
            column.startswith(starts)
            and column not in starts
            and not column.startswith(later or ("\0",))
            and not crossed
        ):
            run.append(column)
        elif run:
            break
    return run


def _level(label: str, column: str, texts: Sequence[str]) -> str:
    """The level in a column's name: as the sample writes it, where make.names() has changed it."""
    for text in texts:
        if column in (label + text, make_name(label + text)):
            return text
    return column[len(label) :]


def _base(known: Sequence[str], texts: Sequence[str]) -> str | None:
    """The text that no column stands for; of several the one before all others, as factor() sorts them."""
    others = [text for text in texts if text not in known]
    if len(others) > 1:
        first = min((text.casefold() for text in known), default="")
        others = [text for text in others if text.casefold() < first]
    return others[0] if len(others) == 1 else None
