"""The columns that a formula makes of a row, by name: those of model.matrix(), or the variables of model.frame()."""

from collections.abc import Mapping

import numpy as np
import onnx_ir as ir

from modelport.errors import UnsupportedModelError
from modelport.frontends.r._scope import Scope
from modelport.frontends.r.models._data_frame import Column, DataFrame, data_frame_of
from modelport.frontends.r.serialize import RList, RObject, RStrings, RSymbol, RVector
from modelport.frontends.r.terms.compiler import Compiler
from modelport.frontends.r.terms.convert_types import number_value, numeric
from modelport.frontends.r.terms.design import design_of
from modelport.frontends.r.terms.frame import Frame
from modelport.frontends.r.terms.values import Grid

__all__ = ["formula_columns", "one_hot"]


def formula_columns(scope: Scope, frame: Frame, *, matrix: bool) -> DataFrame:
    """Raises: UnsupportedModelError naming a term that cannot be compiled."""
    return _design(scope, frame) if matrix else _variables(scope, frame)


def _design(scope: Scope, frame: Frame) -> DataFrame:
    design = design_of(scope, frame)
    if not design.columns:
        return {}
    rows = design.matrix()
    own = data_frame_of(scope)
    made: DataFrame = {}
    for place, name in enumerate(design.columns):
        index = scope.builder.constant(np.array([place], dtype=np.int64))
        plain = own.get(name)
        # A column that comes through as it is stays the caller's: probes are made at its thresholds.
        known = plain is not None and plain.kind == "number" and isinstance(frame.expressions.get(name), RSymbol)
        value: ir.Value = scope.builder.op("Gather", rows, index, axis=1)
        made[name] = plain if known and plain is not None else Column("number", value)
    return made


def _variables(scope: Scope, frame: Frame) -> DataFrame:
    own = data_frame_of(scope)
    made: DataFrame = {}
    compiler = Compiler(scope, frame.constants)
    for label, node in frame.expressions.items():
        if isinstance(node, RSymbol) and node.name in own:
            made[node.name] = own[node.name]
            continue
        found = compiler.compile(node)
        if isinstance(found, Grid):
            raise UnsupportedModelError(
                f"the term {label!r} is a matrix of columns, which the engine is given as one",
                where="the formula of the model",
                fix="make columns of it in a recipe",
            )
        made[label] = Column("number", number_value(scope, numeric(found)))
    return made


def one_hot(frame: Frame, *, logicals: bool) -> Mapping[str, RObject]:
    """Contrasts with a column for each level of every factor that is not ordered; ``logicals``: of these too."""
    levels = {label: own for label, own in frame.xlevels.items() if frame.kinds.get(label) != "ordered"}
    if logicals:
        levels |= {label: ("FALSE", "TRUE") for label, kind in frame.kinds.items() if kind == "logical"}
    return {**frame.contrasts, **{label: _identity(own) for label, own in levels.items()}}


def _identity(levels: tuple[str, ...]) -> RVector:
    count = len(levels)
    ways = RList([RStrings(list(levels)), RStrings(list(levels))])
    dim = RVector("integer", np.array([count, count], dtype=np.int32))
    return RVector("double", np.eye(count).ravel(), {"dim": dim, "dimnames": ways})
