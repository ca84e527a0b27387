"""Text steps in Java: what Python counts, over texts of every plane, every option and every pattern."""

import shutil
import subprocess
from pathlib import Path

import pytest

from modelport.targets.resources import runtime_sources
from tests.unit.targets.term_cases import compare, steps, tables, text_file, texts

pytestmark = [pytest.mark.java, pytest.mark.slow]

# Those that need no onnxruntime.
CLASSES = "CodeMap CodeSet CodeText Murmur3 TermCounter TermIndex TextFile TextStep TokenFinder".split()


def test_java_counts_what_python_counts(tmp_path: Path) -> None:
    if not shutil.which("javac"):
        pytest.skip("there is no javac")
    folder = runtime_sources("java") / "src/main/java/modelport/runtime"
    sources = [*(folder / f"{name}.java" for name in CLASSES), Path(__file__).with_name("TermDump.java")]
    subprocess.run(["javac", "-Xlint:all", "-Werror", "-d", tmp_path, *sources], check=True)
    found_steps, found_texts = steps(), texts()
    (tmp_path / "text.bin").write_bytes(tables(found_steps))
    (tmp_path / "texts").write_bytes(text_file(found_texts))
    files = [tmp_path / name for name in ("text.bin", "texts", "counts")]
    subprocess.run(["java", "-cp", tmp_path, "modelport.runtime.TermDump", *files], check=True)
    compare(files[-1].read_bytes(), found_steps, found_texts)
