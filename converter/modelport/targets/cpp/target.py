"""Renders a bundle as a CMake project: a thin generated class, the vendored runtime, the model and its vectors.

    CMakeLists.txt  README.md  .gitattributes
    cmake/                  package configuration; how bytes become a source file where no assembler is at hand
    include/<name>/         <name>.hpp: Model, Features, Columns, Prediction; types.hpp: what all models share
    src/                    <name>.cpp, tables.cpp: the contract as data; embedded.S: the model as bytes
    src/runtime/            the runtime
    model/                  model.onnx, self_test.bin, text.bin where there are text steps
    tests/                  vector_test.cpp, vectors/

A net is rendered by net.py.

Generated code holds names, types and constants and calls the runtime; what can be decided is decided in view.py.
"""

from modelport.bundle.manifest import TargetOptions
from modelport.bundle.reader import Bundle
from modelport.bundle.vectors_io import encode_vectors
from modelport.targets._example_row import plain_row
from modelport.targets._target import Target
from modelport.targets.cpp.example import example_lines
from modelport.targets.cpp.net import render_net
from modelport.targets.cpp.packing import pack_files
from modelport.targets.cpp.templates import rendered
from modelport.targets.cpp.vendor import vendored_sources
from modelport.targets.cpp.view import project_view
from modelport.targets.java.self_test import self_test_rows

__all__ = ["TARGET"]


def _render(bundle: Bundle, options: TargetOptions) -> dict[str, bytes]:
    """Returns the files of the project by path. Raises: UnsupportedModelError when C++ cannot carry the model."""
    return render_net(bundle, options) if bundle.contract.layout == "tensors" else _render_rows(bundle, options)


def _render_rows(bundle: Bundle, options: TargetOptions) -> dict[str, bytes]:
    view = project_view(bundle, options)
    vectors = bundle.vectors()
    files = vendored_sources(view.home, view.notice)
    example = example_lines(view, vectors, plain_row(bundle.contract, vectors))
    files |= rendered(["cpp"], view, example, files)
    files["model/model.onnx"] = bundle.files["model.onnx"]
    if bundle.contract.text_steps:
        files["model/text.bin"] = bundle.files["text.bin"]
    files["model/self_test.bin"] = pack_files(encode_vectors(vectors.take(self_test_rows(vectors)), bundle.contract))
    for name, data in encode_vectors(vectors, bundle.contract).items():
        files[f"tests/vectors/{name}"] = data
    return dict(sorted(files.items()))


TARGET = Target("cpp", _render, nets=True)
