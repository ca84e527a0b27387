"""What the templates of every Java library show, of rows or of a net: names, identity, and the runtime it was proven with."""

from collections.abc import Iterable
from dataclasses import dataclass

from modelport.bundle.manifest import TargetOptions
from modelport.bundle.reader import Bundle
from modelport.ir.names import pascal
from modelport.targets._weights import WeightsView, weights_view
from modelport.targets.java.literals import java_string, javadoc_text

__all__ = ["LibraryView", "library_view", "unspellable"]


@dataclass(frozen=True)
class LibraryView:
    """The library as such."""

    name: str
    doc_name: str
    version: str
    model_id: str
    model_sha256: str
    contract_sha256: str
    compiler: str
    onnxruntime: str
    task: str
    package: str
    group: str
    model: str
    intra_op_threads: int
    inter_op_threads: int
    graph_optimization: str
    weights: WeightsView | None


def library_view(bundle: Bundle, options: TargetOptions, onnxruntime: str) -> LibraryView:
    """Decides the names of the library."""
    manifest, runtime = bundle.manifest, bundle.manifest.runtime
    return LibraryView(
        name=manifest.name,
        doc_name=javadoc_text(manifest.name),
        version=manifest.version,
        model_id=manifest.model_id,
        model_sha256=manifest.files["model.onnx"].sha256,
        contract_sha256=manifest.files["contract.json"].sha256,
        compiler=manifest.compiler,
        onnxruntime=onnxruntime,
        task=bundle.contract.task.replace("_", " "),
        package=options.java_package,
        group=options.java_group,
        model=f"{pascal(manifest.name)}Model",
        intra_op_threads=runtime.intra_op_threads,
        inter_op_threads=runtime.inter_op_threads,
        graph_optimization=java_string(runtime.graph_optimization),
        weights=weights_view(manifest),
    )


def unspellable(names: Iterable[str]) -> list[str]:
    """The names of tensors that onnxruntime's Java binding spells in JNI's modified UTF-8: the graph would not know them."""
    return [name for name in names if any(c == "\0" or c > "\uffff" for c in name)]
