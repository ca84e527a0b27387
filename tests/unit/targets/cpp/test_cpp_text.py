"""Text steps in C++: what Python counts, over texts of every plane, every option and every pattern."""

import shutil
import subprocess
from pathlib import Path

import pytest

from modelport.targets.resources import runtime_sources
from tests.unit.targets.term_cases import compare, steps, tables, text_file, texts

pytestmark = [pytest.mark.cpp, pytest.mark.slow]

SOURCES = "code_points murmur3 term_counter text_step token_finder".split()
FLAGS = (
    "-std=c++17 -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -Wall -Wextra -Wpedantic -Werror".split()
)


def test_cpp_counts_what_python_counts(tmp_path: Path) -> None:
    compiler = shutil.which("g++")
    if not compiler:
        pytest.skip("there is no g++")
    root = runtime_sources("cpp")
    sources = [*(root / f"src/runtime/{name}.cpp" for name in SOURCES), Path(__file__).with_name("term_dump.cpp")]
    includes = [f"-I{root / 'include'}", f"-I{root / 'src'}"]
    subprocess.run([compiler, *FLAGS, *includes, *sources, "-o", tmp_path / "dump"], check=True)
    found_steps, found_texts = steps(), texts()
    files = [tmp_path / name for name in ("text.bin", "texts", "counts")]
    files[0].write_bytes(tables(found_steps))
    files[1].write_bytes(text_file(found_texts))
    subprocess.run([tmp_path / "dump", *files], check=True)
    compare(files[2].read_bytes(), found_steps, found_texts)
