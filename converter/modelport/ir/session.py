"""Runs a model in onnxruntime with the settings that every proof is made with."""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime as ort
from onnxruntime.capi import onnxruntime_pybind11_state as ort_errors

from modelport.ir.weights import WEIGHTS_FILE, Weights

__all__ = [
    "GRAPH_OPTIMIZATION",
    "Watched",
    "has_kernel",
    "open_session",
    "open_watched",
    "run",
    "run_all",
    "try_open",
    "try_run",
]

# The runtime's own optimizer differs between versions; ours is the one that was checked.
GRAPH_OPTIMIZATION = "disable_all"

# onnxruntime's errors have no base class of their own.
_ERRORS = (
    ort_errors.Fail,
    ort_errors.InvalidArgument,
    ort_errors.InvalidGraph,
    ort_errors.NotImplemented,
    ort_errors.RuntimeException,
)

Array = npt.NDArray[np.generic]
Write = Callable[[onnx.ModelProto], bytes]


def open_session(model: bytes | str, *, threads: int = 1, weights: Weights | None = None) -> ort.InferenceSession:
    """Loads a model, bytes or path: one intra-op and one inter-op thread (tree sums are in order only then).

    ``threads``: 0 takes every core, for what is no proof. ``weights``: what stands beside a graph in memory; beside a
    path it is found by itself.
    """
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 4  # what fails is raised; it need not be printed too
    if weights is None and isinstance(model, bytes):
        return ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    # Rearranged for faster products, large weights would lie in memory twice.
    options.add_session_config_entry("session.disable_prepacking", "1")
    options.enable_cpu_mem_arena = False  # which doubles what it takes at a time
    if weights is None:
        return ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    for name, value in weights.values.items():
        options.add_initializer(name, value)
    with tempfile.TemporaryDirectory(prefix="modelport-weights-") as folder:
        # onnxruntime asks for the file that the graph names though it reads nothing of it: a file without blocks does.
        with (Path(folder) / WEIGHTS_FILE).open("wb") as stand_in:
            stand_in.truncate(weights.size)
        options.add_session_config_entry("session.model_external_initializers_file_folder_path", folder)
        session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    session.modelport_weights = weights  # they must live as long as the session
    return session


def try_open(model: bytes, weights: Weights | None = None) -> ort.InferenceSession | str:
    """Loads a model; returns what onnxruntime says where it does not take it."""
    try:
        return open_session(model, weights=weights)
    except _ERRORS as err:
        return _said(err)


def has_kernel(model: bytes) -> bool:
    """Whether onnxruntime has an implementation of each node of a model for its element types."""
    try:
        open_session(model)
    except ort_errors.NotImplemented:
        return False
    except ort_errors.InvalidGraph as err:
        return "Type Error: Type " not in str(err)
    except _ERRORS:
        # A node that needs its constants or shapes to be loaded: it is found wanting, if so, with the whole model.
        return True
    return True


def run(session: ort.InferenceSession, feeds: Mapping[str, Array], outputs: Sequence[str]) -> dict[str, Array]:
    """Runs once and returns outputs by name."""
    values = session.run(list(outputs), dict(feeds))
    return dict(zip(outputs, values, strict=True))


def try_run(
    session: ort.InferenceSession, feeds: Mapping[str, Array], outputs: Sequence[str]
) -> dict[str, Array] | str:
    """Runs once; returns what onnxruntime says where it cannot."""
    try:
        return run(session, feeds, outputs)
    except _ERRORS as err:
        return _said(err)


def _said(err: Exception) -> str:
    return str(err).strip().split("\n")[0] or type(err).__name__


def _plain(model: onnx.ModelProto) -> bytes:
    return bytes(model.SerializeToString())


def open_watched(
    model: onnx.ModelProto, write: Write = _plain, weights: Weights | None = None
) -> tuple[ort.InferenceSession, list[str]]:
    """Loads a model so that every tensor a node computes is an output; returns their names too.

    ``write`` makes a file of it; it may put forests in the place of their stand-ins. ``weights`` stand beside it.
    """
    watched = onnx.ModelProto()
    watched.CopyFrom(model)
    named = [name for node in watched.graph.node for name in node.output if name]
    present = {output.name for output in watched.graph.output}
    watched.graph.output.extend(onnx.ValueInfoProto(name=name) for name in named if name not in present)
    return open_session(write(watched), weights=weights), named


class Watched:
    """A model that is run so that every tensor in it is seen; ``row_bytes`` is what a row of the last run took."""

    def __init__(self, model: onnx.ModelProto, write: Write = _plain) -> None:
        self._session, self._named = open_watched(model, write)
        self._constants = {item.name: onnx.numpy_helper.to_array(item) for item in model.graph.initializer}
        self.row_bytes = 0

    def run(self, feeds: Mapping[str, Array]) -> dict[str, Array]:
        """Returns every tensor by name, initializers and inputs too."""
        tensors = run(self._session, feeds, self._named)
        tensors.update(feeds)
        rows = max((len(value) for value in feeds.values()), default=0)
        self.row_bytes = sum(value.nbytes for value in tensors.values()) // max(1, rows)
        return tensors | self._constants


def run_all(model: onnx.ModelProto, feeds: Mapping[str, Array]) -> dict[str, Array]:
    """Runs the model once and returns every tensor in it by name, initializers and inputs too."""
    return Watched(model).run(feeds)
