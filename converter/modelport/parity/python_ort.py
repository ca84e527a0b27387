"""Runs the vectors through the Python runtime."""

import numpy as np
import numpy.typing as npt
import onnxruntime as ort

from modelport.bundle.reader import Bundle
from modelport.bundle.session import open_model
from modelport.ir.contract import Contract
from modelport.ir.rows import Rows
from modelport.parity._runner import Answers, Failure, NotRun, Runner
from modelport.runtime.predictor import score_rows

__all__ = ["RUNNER", "answer"]


def answer(session: ort.InferenceSession, contract: Contract, rows: Rows) -> Answers:
    """Answers rows as every runner does: labels as class indices."""
    scored = score_rows(session, contract, rows)
    outputs: dict[str, npt.NDArray[np.generic]] = dict(scored.outputs)
    for output in contract.labels():
        position = {label: index for index, label in enumerate(output.classes or ())}
        values = scored.outputs[output.name]
        found = [position.get(label, -1) for label in values.ravel().tolist()]
        index = np.array(found, dtype=np.int32).reshape(values.shape)
        index[scored.status != 0] = -1
        outputs[output.name] = index
    return Answers(scored.status, scored.cause, outputs)


def _run(bundle: Bundle) -> Answers | NotRun | Failure:
    return answer(open_model(bundle), bundle.contract, bundle.vectors().rows)


RUNNER = Runner("python-ort", _run)
