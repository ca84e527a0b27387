"""Translations that torch's exporter of TorchScript lacks, or where it loses the number of axes; registered while it runs."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from modelport.frontends.torch.script.cells import CELLS

__all__ = ["registered"]


@contextlib.contextmanager
def registered(opset: int) -> Iterator[None]:
    """Within, the exporter has these translations."""
    import torch

    for name, translate in _TRANSLATIONS.items():
        torch.onnx.register_custom_op_symbolic(name, translate, opset)
    try:
        yield
    finally:
        for name in _TRANSLATIONS:
            torch.onnx.unregister_custom_op_symbolic(name, opset)


# Any here and below: the exporter's graph and values of it.
def _unflatten(g: Any, value: Any, axis: Any, sizes: Any) -> Any:
    """Like torch's own, and its result has a rank: attention takes projections apart this way and then transposes them."""
    from torch.onnx._internal.torchscript_exporter import symbolic_helper as helper

    rank = helper._get_tensor_rank(value)
    lengths = helper._unpack_list(sizes) if helper._is_packed_list(sizes) else None
    constant = helper._maybe_get_const(sizes, "is")
    count = len(lengths) if lengths is not None else len(constant) if isinstance(constant, list) else None
    if rank is None or count is None:
        return helper._unimplemented("unflatten", "the number of axes is not known", value)
    place = helper._get_const(axis, "i", "axis") % rank
    parts = [_number(g, length) for length in lengths] if lengths is not None else [_numbers(g, constant)]
    shape = g.op("Shape", value)
    before = g.op("Slice", shape, _numbers(g, [0]), _numbers(g, [place]), _numbers(g, [0]))
    after = g.op("Slice", shape, _numbers(g, [place + 1]), _numbers(g, [rank]), _numbers(g, [0]))
    result = g.op("Reshape", value, g.op("Concat", before, *parts, after, axis_i=0))
    result.setType(value.type().with_sizes([None] * (rank - 1 + count)))
    return result


def _not(g: Any, value: Any) -> Any:
    return g.op("Not", value)


def _never(g: Any, *_: Any) -> Any:
    import torch

    return g.op("Constant", value_t=torch.tensor(False))


def _contains(g: Any, items: Any, item: Any) -> Any:
    """Whether a list of numbers that is known holds one: recurrent cells ask it of the number of axes."""
    from torch.onnx._internal.torchscript_exporter import symbolic_helper as helper

    known = helper._maybe_get_const(items, "is")
    wanted = helper._maybe_get_const(item, "i")
    if not isinstance(known, list):
        return helper._unimplemented("__contains__", "the list is not known", items)
    if isinstance(wanted, int):
        import torch

        return g.op("Constant", value_t=torch.tensor(wanted in known))
    found = g.op("Equal", _numbers(g, known), item)
    return g.op("Cast", g.op("ReduceMax", g.op("Cast", found, to_i=7), keepdims_i=0), to_i=9)


def _number(g: Any, value: Any) -> Any:
    return g.op("Reshape", value, _numbers(g, [-1]))


def _numbers(g: Any, values: list[int]) -> Any:
    import torch

    return g.op("Constant", value_t=torch.tensor(values, dtype=torch.int64))


_TRANSLATIONS: dict[str, Callable[..., Any]] = {
    "aten::unflatten": _unflatten,
    # The exporter takes one underscore off the end, as of operators that write in place.
    "aten::__not_": _not,
    "aten::__contains_": _contains,
    "aten::is_autocast_enabled": _never,
    **CELLS,
}
