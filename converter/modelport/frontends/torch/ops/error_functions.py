"""aten.erfc and aten.special_erfcx, and log_ndtr, which torch makes of them: the exporter's have no digits left beyond 4.

    1 - erf(x) is 0 from 4 on, where erfc(x) is 1.5e-8; and exp(x²) times it is 0 and then no number, where torch gives 1 / (x √π)

Source: aten/src/ATen/native/Math.h, calc_erfcx; torch/_refs/special, log_ndtr. Computed in float64, as torch's own for float32.
"""

from modelport.frontends import _double_functions
from modelport.frontends.torch._doubles import of_doubles
from modelport.frontends.torch._operator import Operator

__all__ = ["OP"]

OP = Operator(
    {
        "aten.erfc.default": of_doubles(_double_functions.erfc),
        "aten.special_erfc.default": of_doubles(_double_functions.erfc),
        "aten.special_erfcx.default": of_doubles(_double_functions.erfcx),
    }
)
