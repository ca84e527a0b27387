"""One smooth of mgcv as columns of the model matrix, or the reasons why it cannot be."""

from modelport.errors import UnsupportedModelError
from modelport.frontends.r._scope import Scope
from modelport.frontends.r.models._smooth_bases import based, basis, kind_of
from modelport.frontends.r.models._smooth_constraints import constrained
from modelport.frontends.r.models._smooth_parts import Block, Context, Lookup, given, listed
from modelport.frontends.r.serialize import RObject, RVector, classes, integer, text
from modelport.frontends.r.terms.frame import Frame

__all__ = ["smooth_block", "smooth_reasons"]


def smooth_block(scope: Scope, smooth: RObject, lookup: Lookup, frame: Frame) -> Block:
    """The columns of one smooth for its coefficients first.para to last.para."""
    try:
        return constrained(Context(scope, lookup, frame), smooth, basis)
    except ValueError as err:
        raise UnsupportedModelError(
            f"smooth {text(smooth['label'])}: {err}", where="$smooth", fix="report the model"
        ) from err


def smooth_reasons(smooth: RObject) -> list[str]:
    """Why a smooth is not converted."""
    found = _reasons(smooth)
    label = smooth.get("label")
    return [f"smooth {text(label) if label is not None else ''}: {reason}" for reason in found]


def _reasons(smooth: RObject) -> list[str]:
    kind = kind_of(smooth)
    if kind is None:
        return [f"basis {classes(smooth)[0]!r}"]
    found: list[str] = []
    if kind == "tensor.smooth":
        for margin in listed(smooth["margin"]):
            found += _reasons(margin)
    if kind in ("fs.interaction", "sz.interaction"):
        base = based(smooth)
        found += _reasons(base)
    if kind in ("pspline.smooth", "Bspline.smooth") and given(smooth, "deriv") and integer(smooth["deriv"]) != 0:
        found.append("deriv")
    if (
        kind in ("pspline.smooth",)
        and given(smooth, "mono")
        and integer(smooth["mono"]) != 0
        and not given(smooth, "B")
    ):
        found.append("a monotone P-spline without its B")
    constraint = smooth.attributes.get("qrc")
    crossed = isinstance(constraint, RVector) and len(constraint) > 1 and "sweepDrop" not in classes(constraint)
    if crossed and kind != "sz.interaction":
        found.append("a constraint by XZKr")
    return found
