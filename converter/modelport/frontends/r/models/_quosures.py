"""Arguments that tidymodels keeps unevaluated, as quosures: the number or text that one stands for, without running anything."""

from modelport.errors import UnsupportedModelError
from modelport.frontends.r._scope import Scope
from modelport.frontends.r.serialize import NULL, REnvironment, RObject, RPairs, RPromise
from modelport.frontends.r.terms.calls import deparse
from modelport.frontends.r.terms.compiler import Compiler, constant_of
from modelport.frontends.r.terms.values import Constant
from modelport.ir.builder import GraphBuilder

__all__ = ["expression_of", "settled"]


def expression_of(given: RObject | None) -> RObject:
    """What stands behind the tilde of a quosure; anything else as it is."""
    if given is None:
        return NULL
    if isinstance(given, RPairs) and given.kind == "call" and "class" in given.attributes:
        return given.values[-1]
    return given


def settled(given: RObject | None) -> float | str | None:
    """The one value that an argument has whatever R does; None where it is NULL.

    Raises: ValueError naming the expression, where only R can tell its value.
    """
    node = expression_of(given)
    if node is NULL:
        return None
    environment = given.attributes.get(".Environment") if given is not None else None
    try:
        found = Compiler(Scope(GraphBuilder(), {}, {}), _names(environment)).compile(node)
    except UnsupportedModelError as err:
        raise ValueError(deparse(node)) from err
    if not isinstance(found, Constant) or len(found.values) != 1:
        raise ValueError(deparse(node))
    return found.values[0]


def _names(place: RObject | None) -> dict[str, Constant]:
    """Names of one number or text in an environment that the file holds, and in those around it."""
    found: dict[str, Constant] = {}
    while isinstance(place, REnvironment) and place.kind == "plain":
        for name, value in place.frame.items():
            shown = constant_of(value.value if isinstance(value, RPromise) else value)
            if shown is not None and len(shown.values) == 1:
                found.setdefault(name, shown)
        place = place.parent
    return found
