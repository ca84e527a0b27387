"""Checks rows against a contract and feeds them to its graph: the same rules that the Java and C++ runtimes follow."""

import numpy as np
import numpy.typing as npt

from modelport.ir.contract import Contract, Feature, Status
from modelport.ir.rows import Column, Rows
from modelport.ir.text.tensors import token_tensors

__all__ = ["check_rows", "feeds", "reason"]

Statuses = npt.NDArray[np.uint8]
Features = npt.NDArray[np.int32]


def check_rows(rows: Rows, contract: Contract) -> tuple[Statuses, Features]:
    """Returns status uint8[N] and the index of the feature that caused it int32[N], -1 where the row is fine."""
    status = np.zeros(rows.count, dtype=np.uint8)
    cause = np.full(rows.count, -1, dtype=np.int32)
    for index, feature in enumerate(contract.features):
        found = _violations(rows.columns[feature.name], feature)
        first = (status == Status.OK) & (found != Status.OK)
        status[first] = found[first]
        cause[first] = index
    for row, index in rows.invalid.items():
        # A value that could not be read is a violation of its feature like the others: the first feature counts.
        if status[row] == Status.OK or index <= cause[row]:
            status[row], cause[row] = Status.INVALID, index
    return status, cause


def reason(status: int, cause: int, contract: Contract) -> str:
    """The text of a status: 'ok', or 'missing: bill_length_mm'."""
    if status == Status.OK:
        return Status.NAMES[Status.OK]
    if not (0 < status < len(Status.NAMES) and 0 <= cause < len(contract.features)):
        return f"status {status} of feature {cause}"
    return f"{Status.NAMES[status]}: {contract.features[cause].name}"


def feeds(rows: Rows, contract: Contract, usable: npt.NDArray[np.bool_]) -> dict[str, npt.NDArray[np.generic]]:
    """Returns the input tensors; rows that are not usable go in with harmless values."""
    tensors: dict[str, npt.NDArray[np.generic]] = {}
    elements = {tensor.name: tensor.element for tensor in contract.inputs}
    for step in contract.text_steps:
        column = rows.columns[step.feature]
        dtype = np.float32 if elements[step.counts] == "float" else np.float64
        tensors[step.ids], tensors[step.counts] = token_tensors(
            step, column.values.tolist(), usable & column.valid, dtype
        )
    for tensor in contract.inputs:
        if tensor.width is None:
            continue
        members = [feature for feature in contract.features if feature.input == tensor.name]
        if tensor.element == "string":
            text = [_text(rows.columns[f.name], contract.missing_string, usable) for f in members]
            tensors[tensor.name] = np.stack(text, axis=1)
        else:
            dtype = np.float32 if tensor.element == "float" else np.float64
            matrix = np.empty((rows.count, tensor.width), dtype=dtype)
            for f in members:
                matrix[:, f.column] = _number(rows.columns[f.name], usable)
            tensors[tensor.name] = matrix
    return tensors


def _violations(column: Column, feature: Feature) -> Statuses:
    found = np.zeros(len(column.valid), dtype=np.uint8)
    valid = column.valid
    if feature.categories is not None and feature.dtype == "string" and feature.unknown == "refuse":
        known = set(feature.categories)
        unknown = np.fromiter((v not in known for v in column.values), dtype=np.bool_, count=len(valid))
        found[valid & unknown] = Status.UNKNOWN_CATEGORY
    if feature.numbers is not None and feature.unknown == "refuse":
        found[valid & ~np.isin(column.values.astype(np.float64), feature.numbers)] = Status.UNKNOWN_CATEGORY
    if feature.dtype != "string":
        magnitude = np.abs(column.values.astype(np.float64))
        if feature.max_abs is not None:
            found[valid & (magnitude > feature.max_abs) & ~np.isinf(magnitude)] = Status.OUT_OF_RANGE
        if feature.least is not None:
            found[valid & (column.values.astype(np.float64) < feature.least) & ~np.isinf(magnitude)] = (
                Status.OUT_OF_RANGE
            )
        if feature.greatest is not None:
            above = column.values.astype(np.float64) > feature.greatest
            found[valid & above & ~np.isinf(magnitude)] = Status.OUT_OF_RANGE
        infinite = valid & np.isinf(magnitude)
        if feature.infinite == "refuse":
            found[infinite] = Status.INFINITE
    if feature.missing == "refuse":
        found[~valid] = Status.MISSING
    return found


def _text(column: Column, missing: str, usable: npt.NDArray[np.bool_]) -> npt.NDArray[np.object_]:
    text = np.where(column.valid, column.values, missing)
    return np.where(usable, text, "").astype(object)


def _number(column: Column, usable: npt.NDArray[np.bool_]) -> npt.NDArray[np.floating]:
    # float32 stays float32: float64 would round the same way, but twice.
    values = column.values if column.values.dtype.kind == "f" else column.values.astype(np.float64)
    present = np.where(column.valid, values, np.nan)
    return np.where(usable, present, 0.0)
