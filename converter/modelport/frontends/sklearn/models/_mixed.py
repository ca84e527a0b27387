"""A table whose columns are each made of all columns of another: what projections and kernels give."""

import onnx_ir as ir

from modelport.frontends.sklearn._columns import Columns, Part

__all__ = ["mixed"]


def mixed(table: Columns, value: ir.Value, width: int) -> Columns:
    """Wraps a value [N, width] that depends on every column of ``table``."""
    return Columns((Part(value, (table.blend(),) * width),))
