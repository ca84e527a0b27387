"""Libraries of a net whose weights stand beside them: proven, built, and found by the programs of a customer."""

import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from modelport.bundle.reader import open_bundle
from modelport.options import Options
from modelport.parity.build import build_projects
from modelport.pipeline import convert, verify
from modelport.toolchains.cmake import CMake
from modelport.toolchains.maven import Maven
from modelport.toolchains.onnxruntime_library import VARIABLE, find_onnxruntime_library
from tests.tied_net import tied_net

IDS = np.random.default_rng(0).integers(0, 50, size=(3, 4))
DATA = "model.onnx.data"

JAVA = """
import com.acme.tags.*;

class Main {
  public static void main(String[] args) {
    try (TinyTagsModel model = TinyTagsModel.load()) {
      model.selfTest();
      System.out.println(model.predict(Inputs.builder().setIds(new long[] {1, 2, 3, 4}, 1, 4).build()).outputShape()[2]);
    } catch (ModelException refused) {
      System.out.println(refused.code() + " " + refused.where() + " " + refused.fix());
    }
  }
}
"""

CPP = """
#include <tiny_tags/tiny_tags.hpp>
#include <cstdint>
#include <iostream>

int main() {
  const auto model = acme::tags::Model::try_load();
  if (!model) return std::cout << model.error()->what() << std::endl, 1;
  const std::int64_t ids[] = {1, 2, 3, 4};
  acme::tags::Inputs inputs;
  inputs.ids = {ids, {1, 4}};
  std::cout << model.value().self_test() << " " << model.value().predict(inputs).output.shape().text() << std::endl;
}
"""

CMAKE = """
cmake_minimum_required(VERSION 3.16)
project(customer LANGUAGES CXX)
find_package(tiny-tags REQUIRED)
add_executable(customer main.cpp)
target_link_libraries(customer PRIVATE tiny-tags::tiny-tags)
"""


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One table for both ends, in bfloat16."""
    path = tmp_path_factory.mktemp("large") / "tiny-tags"
    names = {"java_package": "com.acme.tags", "java_group": "com.acme", "cpp_namespace": "acme::tags"}
    convert(tied_net(64).bfloat16(), {"ids": IDS}, path, Options(name="tiny-tags", external_weights=True, **names))
    return path


def _prove(bundle: Path, target: str) -> None:
    found = verify(open_bundle(bundle), [target]).targets[target]
    assert found.status == "passed", f"{found.reason}\n{found.worst}"
    assert (found.flips, found.over) == (0, 0)


def test_no_project_holds_the_weights(bundle: Path) -> None:
    assert [path.parent for path in bundle.rglob(DATA)] == [bundle]
    largest = max(path.stat().st_size for path in bundle.rglob("*") if path.is_file() and path.name != DATA)
    assert largest < 200_000


@pytest.mark.java
@pytest.mark.slow
def test_a_program_in_java(maven: Maven, bundle: Path, tmp_path: Path) -> None:
    _prove(bundle, "java-ort")
    out = tmp_path / "out"
    build_projects(open_bundle(bundle), ["java"], out, lambda _: None)
    beside = out / "java/tiny-tags-weights"
    assert [path.name for path in beside.iterdir()] == [DATA]
    (tmp_path / "Main.java").write_text(JAVA)
    repository = Path(os.environ.get("MAVEN_REPOSITORY", Path.home() / ".m2/repository"))
    runtime = next(repository.rglob("onnxruntime-1.29.0.jar"), None)
    if runtime is None:
        pytest.skip(f"Maven keeps its jars elsewhere than in {repository}")

    def run(*flags: str, **variables: str) -> str:
        path = os.pathsep.join([str(out / "java/tiny-tags-1.0.0.jar"), str(runtime)])
        command = ["java", *flags, "-cp", path, str(tmp_path / "Main.java")]
        return subprocess.run(
            command, capture_output=True, text=True, check=True, env={**os.environ, **variables}
        ).stdout

    assert run().strip() == "50"
    shutil.move(beside, tmp_path / "elsewhere")
    assert run().startswith("MP402")
    assert "TINY_TAGS_WEIGHTS" in run()
    assert run(TINY_TAGS_WEIGHTS=str(tmp_path / "elsewhere")).strip() == "50"
    assert run(f"-Dcom.acme.tags.weights={bundle}", TINY_TAGS_WEIGHTS="/nowhere").strip() == "50"
    with (tmp_path / "elsewhere" / DATA).open("r+b") as file:
        file.write(b"\xff\xff")
    assert run(TINY_TAGS_WEIGHTS=str(tmp_path / "elsewhere")).startswith("MP401")


@pytest.mark.cpp
@pytest.mark.slow
@pytest.mark.parametrize("shared", ["OFF", "ON"])
def test_a_program_in_cpp(cmake: CMake, bundle: Path, tmp_path: Path, shared: str) -> None:
    library = find_onnxruntime_library()
    if isinstance(library, str):
        pytest.skip(library)
    if shared == "OFF":
        _prove(bundle, "cpp-ort")
    # From its place in the bundle, as a customer builds it.
    cmake.configure(bundle / "cpp", tmp_path / "build", {"BUILD_SHARED_LIBS": shared, "TINY_TAGS_TESTS": "OFF"})
    cmake.build(tmp_path / "build")
    cmake.install(tmp_path / "build", tmp_path / "prefix")
    (beside,) = [path.parent for path in (tmp_path / "prefix").rglob(DATA)]
    assert beside.name == "tiny-tags-weights"
    customer = tmp_path / "customer"
    customer.mkdir()
    (customer / "main.cpp").write_text(CPP)
    (customer / "CMakeLists.txt").write_text(CMAKE)
    cmake.configure(customer, customer / "build", {"CMAKE_PREFIX_PATH": str(tmp_path / "prefix")})
    cmake.build(customer / "build")

    def run(**variables: str) -> str:
        environment = {**os.environ, VARIABLE: str(library), **variables}
        done = subprocess.run(
            [customer / "build/customer"], capture_output=True, text=True, check=False, env=environment
        )
        return done.stdout.strip()

    if shared == "OFF":
        assert "TINY_TAGS_WEIGHTS" in run(), "a static library looks beside the program"
        shutil.move(beside, customer / "build/tiny-tags-weights")
    assert run().endswith("[1, 4, 50]")
    assert run(TINY_TAGS_WEIGHTS=str(bundle)).endswith("[1, 4, 50]")
    assert "is not there" in run(TINY_TAGS_WEIGHTS="/nowhere")
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / DATA).write_bytes(b"\xff" + (bundle / DATA).read_bytes()[1:])
    assert "not the weights that were proven" in run(TINY_TAGS_WEIGHTS=str(copy))
