"""Narrows the contract of a net to what the graph answers as the original does, where ONNX Runtime is known to answer otherwise."""

from collections.abc import Sequence
from typing import TypeAlias

import msgspec
import numpy as np

from modelport.evidence.cases import Case, Tensor, Tensors
from modelport.evidence.compare_cases import compare_cases
from modelport.evidence.oracle import OracleRefusalError
from modelport.evidence.tensor_oracle import TensorOracle
from modelport.ir.contract import Contract
from modelport.ir.tensor_intake import lengths_of
from modelport.parity._runner import Failure
from modelport.parity.nets import Answer, all_answered

__all__ = ["Tried", "narrowed"]

# A case, and what the graph answers it.
Tried: TypeAlias = tuple[Case, Answer]


def narrowed(
    contract: Contract, tried: Sequence[Tried], oracle: TensorOracle, *, of_half: bool
) -> tuple[Contract, list[Tried], list[str]]:
    """Returns the contract, what was tried and lies within it, and notes: what it refuses is no part of the proof.

    The sample is always taken. ``of_half``: the original computes in half precision.
    """
    kept, notes = list(tried), list[str]()
    if of_half:
        kept, notes = _without_overflow(contract, kept)
    kept, flushed = _without_denormals(contract, kept, oracle)
    contract, kept = _never_empty(contract, kept)
    contract, kept = _finite_only(contract, kept)
    return contract, kept, notes + flushed


def _never_empty(contract: Contract, tried: list[Tried]) -> tuple[Contract, list[Tried]]:
    """Refuses a length of 0 where the graph answers it otherwise: the mean of nothing is 0 in ONNX Runtime, and NaN elsewhere."""
    axes = []
    for axis in contract.axes or ():
        odd = [
            one
            for one in tried
            if one[0].origin != "sample" and lengths_of(contract, one[0].inputs).get(axis.symbol) == 0
        ]
        if odd and axis.least == 0 and not _alike(contract, odd):
            axes.append(msgspec.structs.replace(axis, least=1))
            tried = _without(tried, odd)
        else:
            axes.append(axis)
    return msgspec.structs.replace(contract, axes=tuple(axes)) if axes else contract, tried


def _finite_only(contract: Contract, tried: list[Tried]) -> tuple[Contract, list[Tried]]:
    """Refuses NaN and infinities in the contract where the graph does not carry them through as the original does.

    ONNX Runtime's recurrent layers make a number of a NaN, for one.
    """
    odd = [
        one for one in tried if any(_has_odd(value) for value in one[0].inputs.values()) and one[0].origin != "sample"
    ]
    if _alike(contract, odd):
        return contract, tried
    inputs = tuple(
        msgspec.structs.replace(tensor, finite=True) if tensor.element in ("float", "double", "float16") else tensor
        for tensor in contract.inputs
    )
    return msgspec.structs.replace(contract, inputs=inputs), _without(tried, odd)


def _without_overflow(contract: Contract, tried: list[Tried]) -> tuple[list[Tried], list[str]]:
    """Leaves out calls of finite numbers in which the original itself overflows half precision and the graph does not.

    Within an operation torch may keep sums in half precision or not, as its kernels of the day are; the graph has float32 there.
    """
    left: list[Tried] = []
    for case, given in tried:
        overflows = any(_has_odd(answer.expected) for answer in case.answers.values())
        finite = not any(_has_odd(value) for value in case.inputs.values())
        if overflows and finite and case.origin == "probe" and not _alike(contract, [(case, given)]):
            left.append((case, given))
    return _without(tried, left), [
        f"half precision overflows in the original where the libraries give a number: {_names(left)}"
    ] if left else []


def _without_denormals(contract: Contract, tried: list[Tried], oracle: TensorOracle) -> tuple[list[Tried], list[str]]:
    """Leaves out calls whose denormal numbers the original takes for 0 and the graph does not, where that shows in an output.

    TensorFlow switches its threads so, and compares 1e-41 with 0 as equal.
    """
    left: list[Tried] = []
    for case, given in tried:
        plain = {name: _flushed(value) for name, value in case.inputs.items()}
        odd = any(plain[name] is not value for name, value in case.inputs.items())
        if odd and case.origin == "probe" and not _alike(contract, [(case, given)]) and _answers(oracle, plain, case):
            left.append((case, given))
    return _without(tried, left), [
        "the original takes denormal numbers (below 1.2e-38) for 0, and the libraries take them as they are: "
        + _names(left)
    ] if left else []


def _names(tried: list[Tried]) -> str:
    return ", ".join(case.name for case, _ in tried)


def _flushed(value: Tensor) -> Tensor:
    """The tensor with 0 for denormals; itself where it has none."""
    if value.dtype.kind != "f":
        return value
    denormal = (value != 0) & (np.abs(value) < np.finfo(value.dtype.name).smallest_normal)
    return np.where(denormal, np.zeros_like(value), value) if denormal.any() else value


def _answers(oracle: TensorOracle, inputs: Tensors, case: Case) -> bool:
    """Whether the original answers the inputs exactly as it does the case, where outputs that copy an input copy denormals."""
    try:
        given = oracle.ask(inputs)
    except OracleRefusalError:
        return False
    return all(
        np.array_equal(_flushed(given[name]), _flushed(answer.expected), equal_nan=answer.expected.dtype.kind == "f")
        for name, answer in case.answers.items()
    )


def _alike(contract: Contract, tried: list[Tried]) -> bool:
    given = all_answered([answer for _, answer in tried])
    return not isinstance(given, Failure) and compare_cases([case for case, _ in tried], contract, given).passed


def _without(tried: list[Tried], left_out: list[Tried]) -> list[Tried]:
    return [one for one in tried if not any(one[0] is out for out, _ in left_out)]


def _has_odd(value: Tensor) -> bool:
    return value.dtype.kind == "f" and not bool(np.isfinite(value).all())
