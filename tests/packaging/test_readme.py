"""The programs of README.md are compiled against the demo's libraries and run; they say what the original says."""

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import modelport
from modelport.toolchains.cmake import CMake
from modelport.toolchains.maven import Maven
from modelport.toolchains.onnxruntime_library import VARIABLE, find_onnxruntime_library
from tests.arch.test_docs import blocks

pytestmark = pytest.mark.slow

# The row of both programs.
ROW = {
    "bill_length_mm": 46.1,
    "bill_depth_mm": 13.2,
    "flipper_length_mm": 211.0,
    "body_mass_g": 4500.0,
    "island": "Biscoe",
    "sex": "female",
}
# A customer's build: its own module beside the generated one.
PARENT = """<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>reader</groupId><artifactId>all</artifactId><version>1</version><packaging>pom</packaging>
  <modules><module>{library}</module><module>program</module></modules>
</project>
"""
PROGRAM = """<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>reader</groupId><artifactId>program</artifactId><version>1</version>
  <properties>
    <maven.compiler.release>17</maven.compiler.release>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <dependencies>
    <dependency><groupId>com.acme</groupId><artifactId>penguins</artifactId><version>1.0.0</version></dependency>
    <dependency>
      <groupId>org.junit.jupiter</groupId><artifactId>junit-jupiter</artifactId><version>5.13.4</version>
      <scope>test</scope>
    </dependency>
  </dependencies>
  <build><plugins>
    <plugin><artifactId>maven-resources-plugin</artifactId><version>3.3.1</version></plugin>
    <plugin><artifactId>maven-compiler-plugin</artifactId><version>3.14.1</version></plugin>
    <plugin><artifactId>maven-surefire-plugin</artifactId><version>3.5.4</version></plugin>
  </plugins></build>
</project>
"""
# Maven runs it with the class path that a user of the library gets.
RUN = """import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class RunTest {
  @Test
  void run() throws Exception {
    PrintStream before = System.out;
    try (PrintStream printed = new PrintStream("target/printed.txt")) {
      System.setOut(printed);
      Example.main(new String[0]);
    } finally {
      System.setOut(before);
    }
  }
}
"""
CMAKE = """cmake_minimum_required(VERSION 3.16)
project(reader CXX)
set(CMAKE_CXX_STANDARD 17)
add_subdirectory("{library}" penguins)
add_executable(example main.cpp)
target_link_libraries(example PRIVATE penguins::penguins)
"""


@pytest.fixture(scope="module")
def answer(demo: Path) -> tuple[str, float]:
    """Label and probability as the proven bundle gives them in Python."""
    predictor = modelport.load(demo)
    found = predictor.predict(pd.DataFrame([ROW]))
    classes = list(predictor.bundle.contract.output("probability").classes or ())
    return str(found["label"][0]), float(found["probability"][0, classes.index("Gentoo")])


def _said(printed: str) -> tuple[str, float]:
    label, probability = printed.split()
    return label, float(probability)


def _copy(source: Path, target: Path) -> Path:
    """The library as a team has it: builds never write into a bundle."""
    for path in sorted(source.rglob("*")):
        if path.is_file():
            place = target / path.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(path.read_bytes())
    return target


@pytest.mark.java
def test_java(maven: Maven, demo: Path, answer: tuple[str, float], tmp_path: Path) -> None:
    _copy(demo / "java", tmp_path / "penguins")
    program = tmp_path / "program"
    for name, text in (("main/java/Example", blocks("java")[0]), ("test/java/RunTest", RUN)):
        source = program / "src" / f"{name}.java"
        source.parent.mkdir(parents=True)
        source.write_text(text, encoding="utf-8")
    (tmp_path / "pom.xml").write_text(PARENT.format(library="penguins"))
    (program / "pom.xml").write_text(PROGRAM)
    # The library's own tests are run elsewhere.
    maven.run(tmp_path, "test", "-Dtest=RunTest", "-Dsurefire.failIfNoSpecifiedTests=false")
    # Java prints the shortest text that gives the same double again, so equality is exact.
    assert _said((program / "target/printed.txt").read_text()) == answer


@pytest.mark.cpp
@pytest.mark.skipif(sys.platform == "win32", reason="the program has another name there")
def test_cpp(cmake: CMake, demo: Path, answer: tuple[str, float], tmp_path: Path) -> None:
    library = find_onnxruntime_library()
    assert isinstance(library, Path), library
    copy = _copy(demo / "cpp", tmp_path / "penguins")
    (tmp_path / "main.cpp").write_text(blocks("cpp")[0], encoding="utf-8")
    (tmp_path / "CMakeLists.txt").write_text(CMAKE.format(library=copy.as_posix()))
    cmake.configure(tmp_path, tmp_path / "build", {"CMAKE_BUILD_TYPE": "Release"})
    cmake.build(tmp_path / "build")
    done = subprocess.run(
        [tmp_path / "build/example"],
        env={**os.environ, VARIABLE: str(library)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    label, probability = _said(done.stdout)
    assert label == answer[0]
    # A stream prints six digits unless told otherwise.
    assert probability == float(f"{answer[1]:.6g}")
