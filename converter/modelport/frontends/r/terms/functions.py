"""Which R functions a formula may call, each with the rule that compiles it."""

from modelport.frontends.r.terms.arithmetic import ARITHMETIC
from modelport.frontends.r.terms.bases import BASES
from modelport.frontends.r.terms.categories import CATEGORIES
from modelport.frontends.r.terms.compiler import Rule
from modelport.frontends.r.terms.conditions import CONDITIONS
from modelport.frontends.r.terms.joined import JOINED
from modelport.frontends.r.terms.rms_terms import RMS_TERMS
from modelport.frontends.r.terms.splines import SPLINES
from modelport.frontends.r.terms.transcendental import MATHEMATICS

__all__ = ["FUNCTIONS"]

FUNCTIONS: dict[str, Rule] = {
    **ARITHMETIC,
    **CONDITIONS,
    **MATHEMATICS,
    **CATEGORIES,
    **JOINED,
    **BASES,
    **SPLINES,
    **RMS_TERMS,
}
