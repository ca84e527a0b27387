"""Renders a bundle as a CMake project: a thin generated class, the vendored runtime, the model and its vectors.

    CMakeLists.txt  README.md  .gitattributes
    cmake/                  package configuration; how bytes become a source file where no assembler is at hand
    include/<name>/         <name>.hpp: Model, Features, Columns, Prediction; types.hpp: what all models share
    src/                    <name>.cpp, tables.cpp: the contract as data; embedded.S: the model as bytes
    src/runtime/            the runtime
    model/                  model.onnx, self_test.bin, text.bin where there are text steps
    tests/                  vector_test.cpp, vectors/

Generated code holds names, types and constants and calls the runtime; what can be decided is decided in view.py.
"""

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from modelport.bundle.manifest import TargetOptions
from modelport.bundle.reader import Bundle
from modelport.bundle.vectors_io import encode_vectors
from modelport.targets._example_row import plain_row
from modelport.targets._target import Target
from modelport.targets.cpp.example import example_lines
from modelport.targets.cpp.packing import pack_files
from modelport.targets.cpp.vendor import vendored_sources
from modelport.targets.cpp.view import ProjectView, project_view
from modelport.targets.java.self_test import self_test_rows
from modelport.targets.resources import bindings

__all__ = ["TARGET"]


def _render(bundle: Bundle, options: TargetOptions) -> dict[str, bytes]:
    """Returns the files of the project by path. Raises: UnsupportedModelError when C++ cannot carry the model."""
    view = project_view(bundle, options)
    vectors = bundle.vectors()
    files = vendored_sources(view.home, view.notice)
    sources = [path for path in sorted(files) if path.startswith("src/") and path.endswith(".cpp")]
    example = example_lines(view, vectors, plain_row(bundle.contract, vectors))
    files |= _templates(view=view, example=example, sources=sources)
    files["model/model.onnx"] = bundle.files["model.onnx"]
    if bundle.contract.text_steps:
        files["model/text.bin"] = bundle.files["text.bin"]
    files["model/self_test.bin"] = pack_files(encode_vectors(vectors.take(self_test_rows(vectors)), bundle.contract))
    for name, data in encode_vectors(vectors, bundle.contract).items():
        files[f"tests/vectors/{name}"] = data
    return dict(sorted(files.items()))


def _templates(*, view: ProjectView, example: list[str], sources: list[str]) -> dict[str, bytes]:
    root = bindings("cpp")
    environment = Environment(
        loader=FileSystemLoader(root),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    files: dict[str, bytes] = {}
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        name = path.relative_to(root).as_posix()
        if path.suffix == ".j2":
            text = environment.get_template(name).render(view=view, example=example, sources=sources)
        else:
            text = path.read_text(encoding="utf-8")
        files[_target_path(name, view)] = text.encode()
    return files


def _target_path(name: str, view: ProjectView) -> str:
    """Fills the placeholders of a template's path. A leading dot is written out: tools skip files that have one."""
    placed = name.replace("__stem__", view.stem).replace("__name__", view.name).replace("_dot_", ".")
    return placed.removesuffix(".j2")


TARGET = Target("cpp", _render)
