"""Builds the generated projects of a bundle for use: the Java jar with Maven, the C++ library with CMake."""

import shutil
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from modelport.bundle.large import FileOnDisk, LargeFile
from modelport.bundle.reader import Bundle
from modelport.bundle.writer import check_output, write_tree
from modelport.errors import ConfigError, ToolError, did_you_mean
from modelport.parity._runner import unpacked
from modelport.toolchains.cmake import find_cmake
from modelport.toolchains.maven import find_maven

__all__ = ["build_projects", "unpack_project"]


def unpack_project(bundle: Bundle, language: str, folder: Path) -> Path:
    """Writes one generated project below ``folder``, in a directory named like the bundle; returns that directory.

    Raises: ConfigError when the bundle holds no such project.
    """
    root = unpacked(bundle, language, folder)
    if root is None:
        raise ConfigError(
            f"the bundle holds no {language} project",
            where="--targets",
            fix=did_you_mean(language, bundle.manifest.targets)
            if bundle.manifest.targets
            else f"convert the model again with --targets {language}",
        )
    return root


def build_projects(bundle: Bundle, targets: Sequence[str], output: Path, progress: Callable[[str], None]) -> list[str]:
    """Builds in copies and writes java/<artifact>.jar and pom.xml, and cpp/ as an install prefix.

    Returns the paths written, relative to ``output``. Raises: ToolError, ConfigError, OutputError; then nothing is
    left behind.
    """
    builders = {"java": _build_java, "cpp": _build_cpp}
    unknown = [target for target in targets if target not in builders]
    if unknown:
        raise ConfigError(
            f"there is no target {unknown[0]!r}", where="--targets", fix=did_you_mean(unknown[0], list(builders))
        )
    check_output(output)
    files: dict[str, bytes] = {}
    large: dict[str, LargeFile] = {}
    with ExitStack() as folders:
        for target in targets:
            progress(f"building {target}")
            folder = Path(folders.enter_context(tempfile.TemporaryDirectory(prefix="modelport-build-")))
            made = builders[target](bundle, unpack_project(bundle, target, folder), folder)
            for path in sorted(made.rglob("*")):
                name = f"{target}/{path.relative_to(made).as_posix()}"
                if path.name in bundle.large:
                    large[name] = FileOnDisk(path)
                elif path.is_file():
                    files[name] = path.read_bytes()
        write_tree(files, output, large=large)
    return sorted([*files, *large])


def _build_java(bundle: Bundle, project: Path, work: Path) -> Path:
    maven = find_maven()
    if isinstance(maven, str):
        raise ToolError(maven, where="modelport build", fix="install a JDK 17 and Maven")
    maven.run(project, "package", "-DskipTests")
    made = work / "made"
    made.mkdir()
    for jar in (project / "target").glob("*.jar"):
        shutil.copy(jar, made / jar.name)
    shutil.copy(project / "pom.xml", made / "pom.xml")
    for name in bundle.large:
        # Beside the jar, where the library looks for it.
        beside = made / f"{bundle.name}-weights"
        beside.mkdir()
        (work / name).rename(beside / name)
    return made


def _build_cpp(_: Bundle, project: Path, work: Path) -> Path:
    cmake = find_cmake()
    if isinstance(cmake, str):
        raise ToolError(cmake, where="modelport build", fix="install a C++17 compiler and CMake")
    cmake.configure(project, work / "build")
    cmake.build(work / "build")
    cmake.install(work / "build", work / "made")
    return work / "made"
