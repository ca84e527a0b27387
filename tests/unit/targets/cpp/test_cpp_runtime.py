"""The hand-written runtime's own tests, and its declarations against ONNX Runtime's header."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from modelport.errors import ToolError
from modelport.targets.resources import runtime_sources
from modelport.toolchains.cmake import CMake

pytestmark = [pytest.mark.cpp, pytest.mark.slow]

HEADER = "onnxruntime_c_api.h"


@pytest.mark.parametrize("sanitize", ["OFF", "ON"])
def test_runtime(cmake: CMake, tmp_path: Path, sanitize: str) -> None:
    options = {"MODELPORT_SANITIZE": sanitize, "CMAKE_BUILD_TYPE": "Debug" if sanitize == "ON" else "Release"}
    cmake.configure(runtime_sources("cpp"), tmp_path, options)
    cmake.build(tmp_path)
    done = subprocess.run(["ctest", "--output-on-failure"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def headers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of ONNX Runtime's header as Debian ships it, fetched beside the system's own packages."""
    folder = tmp_path_factory.mktemp("headers")
    sources = sorted(Path("/etc/apt/sources.list.d").glob("*.sources"))
    if not shutil.which("apt-get") or not sources:
        pytest.skip("no Debian: its package of ONNX Runtime's headers cannot be fetched")
    mirror = next(line.split()[1] for line in sources[0].read_text().splitlines() if line.startswith("URIs:"))
    for name in ("sources", "lists/partial", "cache/archives/partial"):
        (folder / name).mkdir(parents=True)
    (folder / "sources/trixie.sources").write_text(
        f"Types: deb\nURIs: {mirror}\nSuites: trixie\nComponents: main\n"
        "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n"
    )
    settings = {
        "Dir::Etc::sourcelist": "/dev/null",
        "Dir::Etc::sourceparts": folder / "sources",
        "Dir::State::lists": folder / "lists",
        "Dir::Cache": folder / "cache",
        "APT::Sandbox::User": "root",
    }
    (folder / "apt.conf").write_text("".join(f'{key} "{value}";\n' for key, value in settings.items()))
    for command in (["apt-get", "-qq", "update"], ["apt-get", "-qq", "download", "libonnxruntime-dev"]):
        done = subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, "APT_CONFIG": str(folder / "apt.conf")},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            pytest.skip(f"{' '.join(command)} failed: {done.stderr.strip()[-200:]}")
    package = next(folder.glob("libonnxruntime-dev_*.deb"))
    subprocess.run(["dpkg-deb", "-x", package, folder / "package"], check=True)
    return next((folder / "package").rglob(HEADER)).parent


def _check(cmake: CMake, headers: Path, sources: Path, build: Path) -> None:
    cmake.configure(sources, build, {"MODELPORT_ONNXRUNTIME_HEADERS": str(headers)})
    done = subprocess.run(
        [cmake.command, "--build", build, "--target", "ort_abi_check"], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ToolError(done.stdout + done.stderr, where="ort_abi_check", fix="correct ort_abi.hpp")


def test_our_declarations_are_those_of_the_header(cmake: CMake, headers: Path, tmp_path: Path) -> None:
    _check(cmake, headers, runtime_sources("cpp"), tmp_path)


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [("Entry<9, ", "Entry<8, ", "Run"), ("ELEMENT_BOOL = 9", "ELEMENT_BOOL = 10", "ELEMENT_BOOL")],
)
def test_a_wrong_declaration_is_found(
    cmake: CMake, headers: Path, tmp_path: Path, right: str, wrong: str, said: str
) -> None:
    shutil.copytree(runtime_sources("cpp"), tmp_path / "cpp")
    declarations = tmp_path / "cpp/src/runtime/ort_abi.hpp"
    text = declarations.read_text()
    assert right in text
    declarations.write_text(text.replace(right, wrong))
    with pytest.raises(ToolError, match=rf"static assertion failed[\s\S]*{said}"):
        _check(cmake, headers, tmp_path / "cpp", tmp_path / "build")
