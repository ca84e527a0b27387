"""Narrows the contract of a net to what the graph answers as the original does, where ONNX Runtime is known to answer otherwise."""

import msgspec
import numpy as np
import onnxruntime as ort

from modelport.evidence.cases import Case, Tensor, Tensors
from modelport.evidence.compare_cases import compare_cases
from modelport.evidence.oracle import OracleRefusalError
from modelport.evidence.tensor_oracle import TensorOracle
from modelport.ir.contract import Contract
from modelport.ir.tensor_intake import lengths_of
from modelport.parity._runner import Failure
from modelport.parity.nets import answer_cases

__all__ = ["narrowed"]


def narrowed(
    session: ort.InferenceSession, contract: Contract, cases: list[Case], oracle: TensorOracle, *, of_half: bool
) -> tuple[Contract, list[Case], list[str]]:
    """Returns the contract, the cases that it takes, and notes: what it refuses is no part of the proof.

    The sample is always taken. ``of_half``: the original computes in half precision.
    """
    notes: list[str] = []
    if of_half:
        cases, notes = _without_overflow(session, contract, cases)
    cases, flushed = _without_denormals(session, contract, cases, oracle)
    notes += flushed
    contract, cases = _never_empty(session, contract, cases)
    contract, cases = _finite_only(session, contract, cases)
    return contract, cases, notes


def _never_empty(session: ort.InferenceSession, contract: Contract, cases: list[Case]) -> tuple[Contract, list[Case]]:
    """Refuses a length of 0 where the graph answers it otherwise: the mean of nothing is 0 in ONNX Runtime, and NaN elsewhere."""
    axes = []
    for axis in contract.axes or ():
        odd = [
            case
            for case in cases
            if case.origin != "sample" and lengths_of(contract, case.inputs).get(axis.symbol) == 0
        ]
        if odd and axis.least == 0 and not _alike(session, contract, odd):
            axes.append(msgspec.structs.replace(axis, least=1))
            cases = _without(cases, odd)
        else:
            axes.append(axis)
    return msgspec.structs.replace(contract, axes=tuple(axes)) if axes else contract, cases


def _finite_only(session: ort.InferenceSession, contract: Contract, cases: list[Case]) -> tuple[Contract, list[Case]]:
    """Refuses NaN and infinities in the contract where the graph does not carry them through as the original does.

    ONNX Runtime's recurrent layers make a number of a NaN, for one.
    """
    odd = [case for case in cases if any(_has_odd(value) for value in case.inputs.values()) and case.origin != "sample"]
    if _alike(session, contract, odd):
        return contract, cases
    inputs = tuple(
        msgspec.structs.replace(tensor, finite=True) if tensor.element in ("float", "double", "float16") else tensor
        for tensor in contract.inputs
    )
    return msgspec.structs.replace(contract, inputs=inputs), _without(cases, odd)


def _without_overflow(
    session: ort.InferenceSession, contract: Contract, cases: list[Case]
) -> tuple[list[Case], list[str]]:
    """Leaves out calls of finite numbers in which the original itself overflows half precision and the graph does not.

    Within an operation torch may keep sums in half precision or not, as its kernels of the day are; the graph has float32 there.
    """
    left: list[Case] = []
    for case in cases:
        overflows = any(_has_odd(answer.expected) for answer in case.answers.values())
        finite = not any(_has_odd(value) for value in case.inputs.values())
        if overflows and finite and case.origin == "probe" and not _alike(session, contract, [case]):
            left.append(case)
    names = ", ".join(case.name for case in left)
    return _without(cases, left), [
        f"half precision overflows in the original where the libraries give a number: {names}"
    ] if left else []


def _without_denormals(
    session: ort.InferenceSession, contract: Contract, cases: list[Case], oracle: TensorOracle
) -> tuple[list[Case], list[str]]:
    """Leaves out calls whose denormal numbers the original takes for 0 and the graph does not, where that shows in an output.

    TensorFlow switches its threads so, and compares 1e-41 with 0 as equal.
    """
    left: list[Case] = []
    for case in cases:
        plain = {name: _flushed(value) for name, value in case.inputs.items()}
        odd = any(plain[name] is not value for name, value in case.inputs.items())
        if odd and case.origin == "probe" and not _alike(session, contract, [case]) and _answers(oracle, plain, case):
            left.append(case)
    if not left:
        return cases, []
    return _without(cases, left), [
        "the original takes denormal numbers (below 1.2e-38) for 0, and the libraries take them as they are: "
        + ", ".join(case.name for case in left)
    ]


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


def _alike(session: ort.InferenceSession, contract: Contract, cases: list[Case]) -> bool:
    given = answer_cases(session, contract, cases)
    return not isinstance(given, Failure) and compare_cases(cases, contract, given).passed


def _without(cases: list[Case], left_out: list[Case]) -> list[Case]:
    return [case for case in cases if not any(case is one for one in left_out)]


def _has_odd(value: Tensor) -> bool:
    return value.dtype.kind == "f" and not bool(np.isfinite(value).all())
