"""Half precision in what torch exports: where operations of the source end, and constants that were rounded too early."""

from collections.abc import Mapping

import numpy as np
import onnx_ir as ir

from modelport.frontends._half import half_types, lower_half

__all__ = ["lower"]

_OPERATION = "pkg.torch.onnx.fx_node"
_ATTENTION = "%scaled_dot_product_attention"
# What the exporter rounded to half lies no farther than this from what torch computes in float32.
_NEAR = 2.0**-7


def lower(model: ir.Model, outputs: Mapping[str, str]) -> bool:
    """Computes in float32 what is half precision, as torch does within each operation; says whether there was any.

    ``outputs`` names those that torch gives as 'float16' or 'bfloat16'.
    """
    _exact_scales(model)
    return lower_half(model, _operation, half_types(outputs))


def _operation(node: ir.Node) -> str | None:
    """'%linear_1 : [num_users=1] = …' is '%linear_1'."""
    noted = node.metadata_props.get(_OPERATION)
    return None if noted is None else noted.partition(" ")[0]


def _exact_scales(model: ir.Model) -> None:
    """Attention multiplies queries and keys each with the root of its scale, which the exporter writes as a half.

    Torch scales in float32 (aten/src/ATen/native/cpu/FlashAttentionKernel.cpp). Only the usual scale, one over the root of the
    width of a head, is told from the rounded constant.
    """
    roots: dict[str, float | None] = {}
    for node in model.graph.all_nodes():
        operation = _operation(node) or ""
        if node.op_type != "Mul" or not operation.startswith(_ATTENTION):
            continue
        for place, value in enumerate(node.inputs):
            if value is None or not _is_half_scalar(value):
                continue
            # Queries come first; keys, transposed by then, have the same width.
            if operation not in roots:
                roots[operation] = _root(node.inputs[1 - place], value)
            root = roots[operation]
            if root is not None:
                node.replace_input_with(place, _constant(model, root))


def _is_half_scalar(value: ir.Value) -> bool:
    constant = ir.convenience.get_const_tensor(value)
    return constant is not None and constant.size == 1 and constant.dtype in (ir.DataType.FLOAT16, ir.DataType.BFLOAT16)


def _root(queries: ir.Value | None, constant: ir.Value) -> float | None:
    """The root of the usual scale where the constant is that, rounded."""
    width = None if queries is None or queries.shape is None or not len(queries.shape) else queries.shape[-1]
    tensor = ir.convenience.get_const_tensor(constant)
    if not isinstance(width, int) or width < 1 or tensor is None:
        return None
    given, root = float(tensor.numpy().astype(np.float32).reshape(-1)[0]), float(width**-0.25)
    return root if abs(given - root) <= _NEAR * root else None


def _constant(model: ir.Model, number: float) -> ir.Value:
    name = f"root_of_scale_{np.float32(number)}"
    if name in model.graph.initializers:
        return model.graph.initializers[name]
    tensor = ir.tensor(np.array(number, dtype=np.float32), name=name)
    value = ir.Value(name=name, type=ir.TensorType(ir.DataType.FLOAT), shape=ir.Shape([]), const_value=tensor)
    model.graph.register_initializer(value)
    return value
