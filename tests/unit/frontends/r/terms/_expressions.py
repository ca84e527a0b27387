"""Expressions of R for tests, written as Python writes them, and what the compiled graph makes of columns.

x ** y is x^y, x % y is x %% y, x // y is x %/% y, x @ y is x %in% y, and ~x is !x.
"""

import ast
import re
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Variable
from modelport.frontends.r.serialize import RObject, RPairs, RStrings, RSymbol, RVector
from modelport.frontends.r.terms.compiler import Compiler
from modelport.frontends.r.terms.values import Constant, Grid, Term, Vector
from modelport.ir.builder import GraphBuilder
from modelport.ir.contract import MISSING_STRING
from modelport.ir.graph_proto import to_proto
from modelport.ir.session import open_session, run

__all__ = ["Columns", "call", "expression", "value_of"]

_BINARY = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "^",
    ast.Mod: "%%",
    ast.FloorDiv: "%/%",
    ast.MatMult: "%in%",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}


def call(name: str, *arguments: RObject, tags: Sequence[str] | None = None) -> RPairs:
    """name(…)."""
    return RPairs([RSymbol(name), *arguments], ["", *(tags or [""] * len(arguments))], "call")


def expression(source: str) -> RObject:
    """The call that R's parser would make of it."""
    # A middle dot may stand in a name of Python.
    return _node(ast.parse(re.sub(r"(?<=[a-z])\.(?=[a-z])", "·", source), mode="eval").body)


def _node(node: ast.expr) -> RObject:
    if isinstance(node, ast.Constant):
        if isinstance(node.value, bool):
            return RVector("logical", np.array([node.value], dtype=np.int32))
        if isinstance(node.value, str):
            return RStrings([node.value])
        return RVector("double", np.array([node.value], dtype=np.float64))
    if isinstance(node, ast.Name):
        return RVector("double", np.array([np.inf])) if node.id == "Inf" else RSymbol(node.id)
    if isinstance(node, ast.UnaryOp):
        return call("-" if isinstance(node.op, ast.USub) else "!", _node(node.operand))
    if isinstance(node, ast.BinOp):
        return call(_BINARY[type(node.op)], _node(node.left), _node(node.right))
    if isinstance(node, ast.Compare):
        return call(_BINARY[type(node.ops[0])], _node(node.left), _node(node.comparators[0]))
    assert isinstance(node, ast.Call)
    tags = [""] * len(node.args) + [str(keyword.arg).replace("·", ".") for keyword in node.keywords]
    return call(
        ast.unparse(node.func).replace("·", "."),
        *map(_node, [*node.args, *(keyword.value for keyword in node.keywords)]),
        tags=tags,
    )


class Columns:
    """Columns by name: numbers (NaN is NA), bools, or texts (None is NA), those with levels factors."""

    def __init__(self, levels: Mapping[str, tuple[str, ...]] | None = None, **values: Sequence[object]) -> None:
        self.levels = levels or {}
        self.values = values

    def scope(self) -> Scope:
        """A scope of these columns."""
        builder = GraphBuilder()
        variables = {name: self._variable(name) for name in self.values}
        inputs = {
            name: builder.input(name, ir.DataType.STRING if v.is_text else ir.DataType.DOUBLE, 1)
            for name, v in variables.items()
        }
        return Scope(builder, variables, inputs)

    def _variable(self, name: str) -> Variable:
        values = [value for value in self.values[name] if value is not None]
        if name in self.levels:
            return Variable(name, "factor", self.levels[name])
        if values and all(isinstance(value, str) for value in values):
            return Variable(name, "character")
        return Variable(name, "logical" if values and all(isinstance(v, bool) for v in values) else "number")

    def feeds(self, used: Sequence[str]) -> dict[str, npt.NDArray[np.generic]]:
        """The columns as tensors [N, 1]."""
        scope = self.scope()
        found: dict[str, npt.NDArray[np.generic]] = {}
        for name in used:
            if scope.variables[name].is_text:
                texts = [MISSING_STRING if value is None else value for value in self.values[name]]
                found[name] = np.array(texts, dtype=object).reshape(-1, 1)
            else:
                numbers = [np.nan if value is None else float(value) for value in self.values[name]]  # type: ignore[arg-type]
                found[name] = np.array(numbers).reshape(-1, 1)
        return found


def value_of(source: str | RObject, columns: Columns) -> npt.NDArray[np.generic]:
    """What the graph of an expression gives: numbers [N] or [N, K], the level of a factor as text (None: NA)."""
    scope = columns.scope()
    found = Compiler(scope).compile(expression(source) if isinstance(source, str) else source)
    return computed(scope, found, columns)


def computed(scope: Scope, found: Term, columns: Columns) -> npt.NDArray[np.generic]:
    """Runs the graph up to a term."""
    if isinstance(found, Constant):
        return np.array(found.values)
    assert isinstance(found, Vector | Grid)
    scope.builder.output(found.value, "found")
    model = to_proto(scope.builder.build("m"))
    used = {name for node in model.graph.node for name in node.input} & set(columns.values)
    session = open_session(model.SerializeToString())
    feeds = columns.feeds([i.name for i in session.get_inputs()]) if used else {}
    value = np.asarray(run(session, feeds, ["found"])["found"])
    if isinstance(found, Grid):
        return value
    if found.kind == "factor":
        return np.array([found.levels[place] if place < len(found.levels) else None for place in value], dtype=object)
    return value.reshape(-1)
