"""Generated projects built by CMake, their vectors run, and their answers compared."""

import shutil
import time
from pathlib import Path

import numpy as np
import pytest

from modelport.bundle.assemble import with_projects
from modelport.bundle.reader import Bundle
from modelport.bundle.vectors_io import npy_bytes, read_npy
from modelport.bundle.writer import write_tree
from modelport.evidence.compare import compare
from modelport.ir.contract import Feature
from modelport.parity._runner import Answers, Failure
from modelport.parity.cpp_ort import RUNNER
from modelport.targets.cpp.target import TARGET
from modelport.toolchains.cmake import CMake
from tests.unit.targets.cpp.conftest import Project, Run
from tests.unit.targets.cpp.test_cpp_view import ODD_NAMES
from tests.unit.targets.java.handmade import OPTIONS, bundle, feature, label, number

pytestmark = [pytest.mark.cpp, pytest.mark.slow]

ODD_CATEGORIES = (
    "a", "A", "", "unknown", "1", "smile \U0001f600", "smile \U0001f601", "nul \x00", "what??/", "\\u0041", "far", "int",
)  # fmt: skip
EVERY_OUTPUT = [
    label("label", ("smile \U0001f600", "nul \x00")),
    label("tags", ("no", "yes"), width=3),
    label("grade", (-1.5, 0.0)),
    label("flag", (True, False)),
    label("count", (7, -(2**63)), width=2),
    number("probability", width=2, classes=("smile \U0001f600", "nul \x00")),
    number("score", "float32", width=2, classes=(7, -3)),
    number("value"),
    number("single", "float32"),
    number("transformed", "float32", width=70),
    number("reason"),
]


def _prove(made: Bundle, library: Path) -> None:
    result = RUNNER.run(with_projects(made, {"cpp": TARGET.render(made, OPTIONS)}))
    assert isinstance(result, Answers), result
    found = compare(made.vectors(), made.contract, result.status, result.status_feature, dict(result.outputs))
    assert found.passed, found.worst


def test_every_type(penguins_build: Project, execute: Run) -> None:
    done = execute("ctest", "--test-dir", penguins_build.build, "--output-on-failure")
    assert done.returncode == 0, done.stdout
    assert "penguins.vectors" in done.stdout


def test_odd_names_and_every_kind_of_output(cmake: CMake, library: Path) -> None:
    numbers = [feature(name, missing="accept") for name in ODD_NAMES if name]
    texts = [
        # Types that the runtime has too.
        feature("type", "string", missing="accept", categories=ODD_CATEGORIES, unknown="accept"),
        feature("Engine", "string", missing="accept", categories=ODD_CATEGORIES, unknown="refuse"),
        feature("text", "string", missing="accept"),
        feature("code", "int64", missing="accept", numbers=(1.0, 2.0), unknown="refuse"),
    ]
    _prove(bundle([*numbers, *texts], EVERY_OUTPUT, rows=60), library)


def test_130_columns_in_a_float_matrix(cmake: CMake, library: Path) -> None:
    kinds = ("float32", "int64", "bool")
    features = [feature(f"x{i}", kinds[i % 3], missing="accept") for i in range(130)]
    _prove(bundle(features, [number("transformed", "float32", width=130), number("value")], matrix="float"), library)


def test_2000_columns_compile_fast(cmake: CMake, execute: Run, tmp_path: Path) -> None:
    made = bundle([_any_feature(i) for i in range(2000)], [label("label", (0, 5))], rows=5)
    write_tree(TARGET.render(made, OPTIONS), tmp_path / "wide")
    cmake.configure(tmp_path / "wide", tmp_path / "build")
    start = time.process_time()
    cmake.build(tmp_path / "build")
    done = execute(tmp_path / "build/vector_test")
    assert done.returncode == 0, done.stdout
    assert time.process_time() - start < 300


def _any_feature(index: int) -> Feature:
    dtype = ("float64", "float32", "int64", "bool", "string")[index % 5]
    categories = ("a", "b") if dtype == "string" and index % 2 else None
    return feature(f"x{index}", dtype, missing="accept" if index % 3 else "refuse", categories=categories)


def test_a_wrong_vector_fails_and_shows_its_row(
    penguins: Bundle, penguins_build: Project, execute: Run, tmp_path: Path
) -> None:
    path = penguins_build.source / "tests/vectors/output_probability.expected.npy"
    right = path.read_bytes()
    wrong = np.array(read_npy(right))
    wrong[0, 1] = 123.5
    path.write_bytes(npy_bytes(wrong))
    try:
        done = execute(penguins_build.program, "--dump", tmp_path)
    finally:
        path.write_bytes(right)
    assert done.returncode == 1
    rows = penguins.vectors().rows.columns
    first = f"row 0: bill length (mm) = {rows['bill length (mm)'].values[0]:g}, mass = {rows['mass'].values[0]:g}, "
    assert first in done.stdout
    assert "probability[1]: expected 123.5 within 0, got -7.5, off by 131" in done.stdout
    # The answers are written all the same, so that the report can show them.
    assert read_npy((tmp_path / "probability.npy").read_bytes())[0, 1] == -7.5


def test_a_runner_keeps_the_answers_of_a_failed_test(cmake: CMake, library: Path) -> None:
    made = bundle([feature("x")], [number("value")])
    vector = "tests/vectors/output_value.expected.npy"
    wrong = made.vectors().answers["value"].expected.copy()
    wrong[0] = 123.5
    files = {**TARGET.render(made, OPTIONS), vector: npy_bytes(wrong)}
    result = RUNNER.run(with_projects(made, {"cpp": files}))
    assert isinstance(result, Failure)
    assert "expected 123.5 within 0, got" in result.reason
    assert result.answers is not None


def test_a_changed_model_is_built_in_and_refused(
    cmake: CMake, penguins_build: Project, execute: Run, tmp_path: Path
) -> None:
    model = penguins_build.source / "model/model.onnx"
    right = model.read_bytes()
    model.write_bytes(right + b"\n")
    try:
        cmake.build(penguins_build.build)
        done = execute(penguins_build.program)
    finally:
        model.write_bytes(right)
        cmake.build(penguins_build.build)
    assert done.returncode == 1
    assert "MP401: this is not the model that the library was generated from: its sha256 is" in done.stdout


def test_without_onnxruntime_the_error_says_what_was_tried(penguins_build: Project, execute: Run) -> None:
    done = execute(penguins_build.program, ONNXRUNTIME_LIBRARY="")
    assert done.returncode == 1
    assert "MP501: no ONNX Runtime could be opened; tried libonnxruntime.so.1 (" in done.stdout
    assert "libonnxruntime.so (" in done.stdout
    assert "ONNXRUNTIME_LIBRARY" in done.stdout
    named = execute(penguins_build.program, ONNXRUNTIME_LIBRARY="/no/such/library.so")
    assert "tried /no/such/library.so (" in named.stdout
    assert "where: ONNXRUNTIME_LIBRARY" in named.stdout


def test_the_library_may_be_given_by_its_folder(
    penguins_build: Project, execute: Run, library: Path, tmp_path: Path
) -> None:
    (tmp_path / "libonnxruntime.so.1").symlink_to(library)
    done = execute(penguins_build.program, ONNXRUNTIME_LIBRARY=str(tmp_path))
    assert done.returncode == 0, done.stdout


def test_shared_with_the_model_as_source_in_cpp20(cmake: CMake, penguins: Bundle, execute: Run, tmp_path: Path) -> None:
    write_tree(TARGET.render(penguins, OPTIONS), tmp_path / "penguins")
    options = {"BUILD_SHARED_LIBS": "ON", "PENGUINS_EMBED_AS_SOURCE": "ON", "CMAKE_CXX_STANDARD": "20"}
    cmake.configure(tmp_path / "penguins", tmp_path / "build", options)
    cmake.build(tmp_path / "build")
    done = execute(tmp_path / "build/vector_test")
    assert done.returncode == 0, done.stdout
    symbols = execute("nm", "-DC", "--defined-only", tmp_path / "build/libpenguins.so").stdout
    assert "Model::load" in symbols
    # Only what the header declares is shown, and the standard library's templates over it.
    # The private constructor is declared there; its parameter names the runtime, which itself stays inside.
    defined = [line.split(" T ")[1].split("(")[0] for line in symbols.splitlines() if " T " in line]
    assert defined
    assert not [name for name in defined if "runtime::" in name]
    assert "modelport_model" not in symbols


def test_memory_is_given_back(cmake: CMake, penguins: Bundle, execute: Run, tmp_path: Path) -> None:
    write_tree(TARGET.render(penguins, OPTIONS), tmp_path / "penguins")
    flags = "-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer"
    cmake.configure(tmp_path / "penguins", tmp_path / "build", {"CMAKE_BUILD_TYPE": "Debug", "CMAKE_CXX_FLAGS": flags})
    cmake.build(tmp_path / "build")
    done = execute(tmp_path / "build/vector_test", ASAN_OPTIONS="detect_leaks=1")
    assert done.returncode == 0, done.stdout


TWO_IN_ONE = """
cmake_minimum_required(VERSION 3.16)
project(two CXX)
add_subdirectory(first)
add_subdirectory(second)
add_executable(two main.cpp first.cpp second.cpp)
target_link_libraries(two PRIVATE first::first second::second)
"""
# Each source sees one header; the program has both libraries.
ONE_PART = """
#include <{name}/{name}.hpp>
#include <string>

std::string {name}() {{
  const auto model = acme::tried::Model::load();
  model.self_test();
  acme::tried::Features row;
  row.x = 2;
  return std::string(acme::tried::Model::NAME) + " " + std::to_string(model.predict(row).or_throw().{output});
}}
"""
MAIN = """
#include <iostream>
#include <string>

std::string first();
std::string second();

int main() { std::cout << first() << ", " << second() << "\\n"; }
"""


def test_two_libraries_of_one_namespace_live_in_one_program(cmake: CMake, execute: Run, tmp_path: Path) -> None:
    for name, output in (("first", "value"), ("second", "other")):
        factor = 2 if name == "second" else None
        made = bundle([feature("x")], [number(output, width=factor)], name=name)
        write_tree(TARGET.render(made, OPTIONS), tmp_path / name)
        shown = output if factor is None else f"{output}[1]"
        (tmp_path / f"{name}.cpp").write_text(ONE_PART.format(name=name, output=shown))
    (tmp_path / "main.cpp").write_text(MAIN)
    (tmp_path / "CMakeLists.txt").write_text(TWO_IN_ONE)
    cmake.configure(tmp_path, tmp_path / "build")
    cmake.build(tmp_path / "build")
    done = execute(tmp_path / "build/two")
    assert done.returncode == 0, done.stdout
    assert done.stdout == "first 2.000000, second 4.000000\n"


def test_the_program_of_the_readme_runs(
    cmake: CMake, penguins_build: Project, penguins: Bundle, execute: Run, tmp_path: Path
) -> None:
    readme = (penguins_build.source / "README.md").read_text()
    (tmp_path / "main.cpp").write_text(readme.split("```cpp\n")[1].split("```")[0])
    shutil.copy(penguins_build.build / "libpenguins.a", tmp_path)
    include = f"-I{penguins_build.source / 'include'}"
    done = execute(
        cmake.compiler,
        "-std=c++17",
        include,
        tmp_path / "main.cpp",
        tmp_path / "libpenguins.a",
        "-ldl",
        "-o",
        tmp_path / "program",
    )
    assert done.returncode == 0, done.stdout
    done = execute(tmp_path / "program")
    assert done.stdout == "ok Adelie\n"
