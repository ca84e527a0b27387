"""Puts the files of a bundle together: from a Program and its vectors to a Bundle in memory."""

from collections.abc import Mapping, Sequence
from importlib.metadata import version as package_version

import onnx
from msgspec import UNSET
from msgspec.structs import replace

from modelport.bundle.cases_io import encode_cases
from modelport.bundle.contract_io import contract_files
from modelport.bundle.forest_bin import encode_forests
from modelport.bundle.large import LargeFile
from modelport.bundle.manifest import Manifest, PassRecord, RuntimeSettings, TargetOptions
from modelport.bundle.mlmodel import mlmodel
from modelport.bundle.reader import Bundle
from modelport.bundle.seal import manifest_bytes, model_id
from modelport.bundle.vectors_io import encode_vectors
from modelport.bundle.writer import file_entries, json_bytes
from modelport.evidence.cases import Case
from modelport.evidence.vectors import Vectors
from modelport.ir.graph_proto import to_bytes
from modelport.ir.opsets import IR_VERSION, OPSETS
from modelport.ir.program import Program
from modelport.ir.session import GRAPH_OPTIMIZATION
from modelport.ir.weights import WEIGHTS_FILE, Weights

__all__ = ["assemble", "with_projects"]


def assemble(
    program: Program,
    evidence: Vectors | Sequence[Case],
    *,
    name: str,
    version: str,
    options: TargetOptions,
    passes: Sequence[PassRecord],
    graph: tuple[bytes, Weights | None] | None = None,
) -> Bundle:
    """Returns the bundle without generated projects: model, forests, contract, provenance, vectors, MLflow's view.

    ``evidence`` are the vectors of rows, or the cases of a net; ``graph`` is the file of the program's model, and what stands
    beside it, where they were made before.
    """
    model, weights = graph or (to_bytes(program.model), None)
    onnx.checker.check_model(model if weights is None else _without_weights(model))
    large: dict[str, LargeFile] = {} if weights is None else {WEIGHTS_FILE: weights}
    files = {
        "model.onnx": model,
        **contract_files(program.contract),
        "provenance.json": json_bytes(program.provenance),
    }
    if program.forests:
        files["forest.bin"] = encode_forests(program.forests)
    encoded = (
        encode_vectors(evidence, program.contract)
        if isinstance(evidence, Vectors)
        else encode_cases(evidence, program.contract)
    )
    files |= {f"vectors/{inner}": data for inner, data in encoded.items()}
    weighed = file_entries({}, large)
    identity = model_id(file_entries(files) | weighed)
    files["MLmodel"] = mlmodel(program.contract, name, version, identity, package_version("onnx"))
    manifest = Manifest(
        name=name,
        version=version,
        model_id=identity,
        compiler=f"modelport {package_version('modelport')}",
        runtime=RuntimeSettings(
            graph_optimization=GRAPH_OPTIMIZATION,
            ir_version=IR_VERSION,
            opsets=dict(OPSETS),
            onnxruntime=package_version("onnxruntime"),
            prepacking=False if large else UNSET,
        ),
        passes=tuple(passes),
        targets=(),
        options=options,
        files=dict(sorted((file_entries(files) | weighed).items())),
    )
    return Bundle({**files, "manifest.json": manifest_bytes(manifest)}, manifest, program.contract, large=large)


def _without_weights(model: bytes) -> onnx.ModelProto:
    """The graph with inputs in the place of what stands beside it: onnx's checker wants to see that file on disk."""
    proto = onnx.ModelProto.FromString(model)
    inside = []
    for tensor in proto.graph.initializer:
        if tensor.data_location == onnx.TensorProto.EXTERNAL:
            proto.graph.input.append(onnx.helper.make_tensor_value_info(tensor.name, tensor.data_type, tensor.dims))
        else:
            inside.append(tensor)
    del proto.graph.initializer[:]
    proto.graph.initializer.extend(inside)
    return proto


def with_projects(bundle: Bundle, projects: Mapping[str, Mapping[str, bytes]]) -> Bundle:
    """Returns the bundle with generated projects under java/, cpp/ …, sealed anew; the model_id stays."""
    weighed = {path: entry for path, entry in bundle.manifest.files.items() if path in bundle.large}
    files = {path: bundle.files[path] for path in bundle.manifest.files if path not in weighed}
    for target, project in projects.items():
        files |= {f"{target}/{inner}": data for inner, data in project.items()}
    manifest = replace(
        bundle.manifest, targets=tuple(projects), files=dict(sorted((file_entries(files) | weighed).items()))
    )
    sealed = {**files, "manifest.json": manifest_bytes(manifest)}
    return Bundle(sealed, manifest, bundle.contract, large=bundle.large)
