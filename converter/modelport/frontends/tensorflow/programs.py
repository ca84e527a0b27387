"""Operators of a SavedModel that reach outside of it: a graph is a program, and loading one runs the part that sets it up."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from modelport.errors import ModelFileError, UntrustedModelError
from modelport.frontends._trust import how_to_trust

__all__ = ["check_operators"]

# Read or write files, run Python, or load code. Saving and restoring variables is what every SavedModel does.
_REACHING = frozenset(
    "EagerPyFunc PyFunc PyFuncStateless ReadFile WriteFile MatchingFiles FixedLengthRecordReader IdentityReader TextLineReader "
    "TFRecordReader WholeFileReader FileSystemSetConfiguration AudioSummary PrintV2 RpcCall TryRpc RemoteCall "
    "CollectiveGather DebugIdentity DebugIdentityV2 DebugIdentityV3 WriteSummary WriteRawProtoSummary "
    "CreateSummaryFileWriter CreateSummaryDbWriter DatasetToTFRecord SaveDataset SaveDatasetV2 LoadDataset".split()
)


def check_operators(folder: Path, trust: Sequence[str]) -> None:
    """Raises: UntrustedModelError naming all that are not in ``trust`` as tensorflow.Operator; ModelFileError."""
    found = {f"tensorflow.{name}" for name in _operators(folder) if name in _REACHING}
    refused = sorted(found - set(trust))
    if refused:
        raise UntrustedModelError(
            f"{folder.name} reaches outside of itself with {len(refused)} operator(s): {', '.join(refused)}",
            where=str(folder),
            fix=how_to_trust(refused),
        )


def _operators(folder: Path) -> Iterator[str]:
    # Any: messages of protobuf.
    saved: Any = _read(folder)
    for meta in saved.meta_graphs:
        yield from (node.op for node in meta.graph_def.node)
        for function in meta.graph_def.library.function:
            yield from (node.op for node in function.node_def)


def _read(folder: Path) -> Any:
    from google.protobuf import text_format
    from google.protobuf.message import DecodeError
    from tensorflow.core.protobuf import saved_model_pb2

    saved = saved_model_pb2.SavedModel()
    path = folder / "saved_model.pb"
    try:
        if path.is_file():
            saved.ParseFromString(path.read_bytes())
        else:
            text_format.Parse((folder / "saved_model.pbtxt").read_text(encoding="utf-8"), saved)
    except (DecodeError, text_format.ParseError, UnicodeDecodeError) as err:
        raise ModelFileError(
            f"{folder.name} holds no SavedModel that can be read: {err}", where=str(folder), fix="save the model again"
        ) from err
    return saved
