"""Compiles one R expression to values of the graph: a walk over the call, each function by a rule of its own.

Nothing is evaluated by R's rules of scope: a name is a column of the row, or a constant of one number that the formula's
own environment holds. A function without a rule is refused by its name.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from modelport.errors import UnsupportedModelError
from modelport.frontends.r._arithmetic import concat
from modelport.frontends.r._scope import Scope
from modelport.frontends.r.serialize import (
    RObject,
    RPromise,
    RStrings,
    RSymbol,
    RVector,
    as_array,
    is_factor,
)
from modelport.frontends.r.terms.calls import Call, as_call, deparse
from modelport.frontends.r.terms.values import Constant, Grid, Term, Vector

__all__ = ["Compiler", "Rule", "constant_of"]

_NAMED = {"pi": Constant("number", (np.pi,)), "T": Constant("logical", (1.0,)), "F": Constant("logical", (0.0,))}


@dataclass
class Compiler:
    """Compiles expressions over the columns of ``scope``; ``constants`` are names that stand for one value."""

    scope: Scope
    constants: Mapping[str, Constant] = field(default_factory=dict)

    def compile(self, node: RObject) -> Term:
        """Raises: UnsupportedModelError for what cannot be compiled, naming it and what can."""
        if isinstance(node, RSymbol):
            return self._named(node.name)
        if isinstance(node, RPromise):
            return self.compile(node.expression)
        call = as_call(node)
        if call is None:
            return constant_of(node) or node
        from modelport.frontends.r.terms.functions import FUNCTIONS

        rule = FUNCTIONS.get(call.name)
        if rule is None:
            raise self.refused(
                f"the function {call.name}() in {deparse(node)}",
                f"use a column of your own for it, or one of: {', '.join(sorted(FUNCTIONS))}",
            )
        try:
            return rule(self, call)
        except ValueError as err:
            raise self.refused(f"{deparse(node)}: {err}", "write the term otherwise, or make it a column") from err

    def _named(self, name: str) -> Term:
        scope = self.scope
        if name in scope.variables:
            variable = scope.variables[name]
            if variable.kind in ("factor", "ordered"):
                return Vector("factor", scope.code(name), variable.levels or (), name)
            kind = {"number": "number", "logical": "logical", "character": "text"}[variable.kind]
            return Vector(kind, scope.inputs[name], (), name)  # type: ignore[arg-type]
        columns = [variable.name for variable in scope.variables.values() if variable.matrix == name]
        if columns:
            return Grid(concat(scope, [scope.inputs[column] for column in columns]), tuple(columns))
        if name in self.constants:
            return self.constants[name]
        if name in _NAMED:
            return _NAMED[name]
        raise self.refused(f"the name {name!r}, which is no column", "give it as a column of the sample")

    def refused(self, what: str, fix: str) -> UnsupportedModelError:
        """The error for a term that cannot be compiled."""
        return UnsupportedModelError(f"a term of the formula cannot be compiled: {what}", where="the formula", fix=fix)


Rule = Callable[[Compiler, Call], Term]


def constant_of(node: RObject) -> Constant | None:
    """A vector of R that stands in an expression as it is, None for a list, a factor and the like."""
    if isinstance(node, RStrings):
        return Constant("text", tuple(node.values))
    if isinstance(node, RVector) and node.kind in ("double", "integer", "logical") and not is_factor(node):
        numbers = as_array(node).tolist()
        if node.kind == "logical":
            return Constant("logical", tuple(None if n != n else n for n in numbers))
        return Constant("number", tuple(numbers))
    return None
