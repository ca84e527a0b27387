"""The manifest: what a bundle is called, what it holds, and how it must be run."""

import msgspec
from msgspec import UNSET, UnsetType

__all__ = ["BUNDLE_VERSION", "FileEntry", "Manifest", "PassRecord", "RuntimeSettings", "TargetOptions"]

BUNDLE_VERSION = 1


class FileEntry(msgspec.Struct, frozen=True):
    """One sealed file. ``role`` is one of model, weights, forest, text, contract, vectors, provenance, source,
    view."""

    role: str
    sha256: str
    size: int


class PassRecord(msgspec.Struct, frozen=True):
    """What became of one pass: applied, unchanged or rolled back, the last with its reason."""

    name: str
    outcome: str
    reason: str = ""


class RuntimeSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The onnxruntime session settings that the proof was made with; every loader fixes exactly these.

    ``prepacking``: False where weights stand beside the graph, and are read where they lie; not written elsewhere.
    """

    intra_op_threads: int = 1
    inter_op_threads: int = 1
    graph_optimization: str = "disable_all"
    ir_version: int
    opsets: dict[str, int]
    onnxruntime: str
    prepacking: bool | UnsetType = UNSET


class TargetOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How the generated projects are named."""

    java_package: str
    java_group: str
    cpp_namespace: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """manifest.json. ``seal`` is the sha256 of the manifest itself with an empty seal."""

    bundle_version: int = BUNDLE_VERSION
    name: str
    version: str
    model_id: str
    compiler: str
    runtime: RuntimeSettings
    passes: tuple[PassRecord, ...]
    targets: tuple[str, ...]
    options: TargetOptions
    files: dict[str, FileEntry]
    seal: str = ""
