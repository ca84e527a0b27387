"""Predicts rows with a bundle in Python: the python-ort target."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime as ort

from modelport.bundle.reader import Bundle, open_bundle
from modelport.bundle.session import open_model
from modelport.errors import RowRefusedError
from modelport.ir.contract import Contract, Output, Status
from modelport.ir.intake import rows_from
from modelport.ir.row_check import check_rows, feeds, reason
from modelport.ir.rows import Rows
from modelport.ir.session import run
from modelport.ir.tensor_answers import empty_answer
from modelport.ir.tensor_intake import tensors_from
from modelport.ir.text.batches import batches

__all__ = ["Predictor", "Scored", "load", "score_rows"]

Array = npt.NDArray[np.generic]


@dataclass(frozen=True)
class Scored:
    """What the graph says of rows.

    Shapes: status uint8[N]; cause int32[N]; outputs as the graph gives them, with the rows that are not OK still to
    be taken out.
    """

    status: npt.NDArray[np.uint8]
    cause: npt.NDArray[np.int32]
    outputs: dict[str, Array]


def score_rows(session: ort.InferenceSession, contract: Contract, rows: Rows) -> Scored:
    """Checks the rows, runs the graph once, and leaves numbers NaN in refused rows."""
    status, cause = check_rows(rows, contract)
    usable = status == Status.OK
    names = [output.name for output in contract.outputs]
    parts = [
        run(session, feeds(rows.take(np.arange(rows.count)[part]), contract, usable[part]), names)
        for part in batches(contract.text_steps, rows.count)
    ]
    outputs = {name: np.concatenate([part[name] for part in parts]) for name in names} if parts[1:] else parts[0]
    for output in contract.outputs:
        if output.role == "number":
            outputs[output.name] = np.array(outputs[output.name])
            outputs[output.name][~usable] = np.nan
    return Scored(status, cause, outputs)


class Predictor:
    """Predicts with one bundle.

    Thread-safe: the session is shared and holds no state between calls.

        predictor = modelport.load("penguins.bundle")
        answers = predictor.predict(frame)       # DataFrame, dict of columns, list of dicts, or array
        answers["label"], answers["probability"], answers["status"]

    A net takes its input tensors by name and gives its output tensors:

        predictor.predict({"images": images})["logits"]
    """

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle
        self.contract = bundle.contract
        self._session = open_model(bundle)

    @property
    def model_id(self) -> str:
        """The identity of what predicts."""
        return self.bundle.model_id

    def read(self, rows: object) -> tuple[Rows, tuple[str, ...]]:
        """Types rows as the contract wants them; returns them and the columns that the model does not use.

        Raises: MissingColumnError.
        """
        return rows_from(rows, self.contract)

    def predict(self, rows: object, *, strict: bool = False) -> dict[str, Array]:
        """Returns the outputs by name, and ``status``.

        Shapes: label [N] in the source's own type (object with None where a row is refused); numbers [N] or [N, M],
        NaN where refused; status str[N], 'ok' or the reason. Of a net: its outputs as the contract states them.
        Raises: MissingColumnError; RowRefusedError for the first refused row when ``strict``; TensorError.
        """
        if self.contract.layout == "tensors":
            names = [output.name for output in self.contract.outputs]
            tensors = tensors_from(rows, self.contract)
            return empty_answer(self.contract, tensors) or run(self._session, tensors, names)
        typed, _ = self.read(rows)
        return self.predict_rows(typed, strict=strict)

    def predict_rows(self, rows: Rows, *, strict: bool = False, first: int = 0) -> dict[str, Array]:
        """The same for rows that are already typed; ``first`` is the number of their first row, for messages."""
        scored = score_rows(self._session, self.contract, rows)
        texts = [reason(int(s), int(c), self.contract) for s, c in zip(scored.status, scored.cause, strict=True)]
        refused = np.flatnonzero(scored.status != Status.OK)
        if strict and len(refused):
            raise RowRefusedError(
                f"{len(refused)} row(s) refused, the first: {texts[refused[0]]}",
                where=f"row {first + int(refused[0])}",
                fix="correct the row, or predict without strict to get a status for each row",
            )
        result = dict(scored.outputs)
        for output in self.contract.labels():
            result[output.name] = _labels(scored.outputs[output.name], output, refused)
        result["status"] = np.array(texts, dtype=object)
        return result


def load(bundle: Bundle | str | Path) -> Predictor:
    """Opens a bundle, checks its seal and returns its Predictor. Raises: BundleError."""
    return Predictor(bundle if isinstance(bundle, Bundle) else open_bundle(bundle))


def _labels(values: Array, output: Output, refused: npt.NDArray[np.intp]) -> Array:
    if not len(refused) and output.dtype != "string":
        return values
    labels = values.astype(object)
    labels[refused] = None
    return labels
