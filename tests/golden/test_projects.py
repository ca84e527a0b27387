"""The generated projects as text: a change of a template is seen, and reviewed, as a diff of files beside this one.

Left out are the runtimes, which every project carries unchanged, and what depends on the versions of our tools: hashes. The
same bundle is compiled and run by tests/unit/targets. `make golden` writes the files anew.
"""

import re
from pathlib import Path

import pytest

from modelport.targets.registry import find_targets
from modelport.targets.resources import runtime_sources
from tests.unit.targets.java.handmade import OPTIONS, penguins_like

EXPECTED = Path(__file__).parent / "penguins"
_HASH = re.compile(r"(?<![0-9A-Za-z])(?:[0-9a-f]{64}|[0-9a-f]{16}|[0-9a-f]{12})(?![0-9A-Za-z])")
_DATA = (".npy", ".bin", ".onnx")


def _text(data: bytes) -> str:
    return _HASH.sub("<hash>", data.decode())


@pytest.fixture(scope="module")
def rendered() -> dict[str, str]:
    """{path: text} of everything that comes from a template."""
    carried = {path.name for language in ("java", "cpp") for path in runtime_sources(language).rglob("*")}
    bundle = penguins_like()
    return {
        # git would obey a .gitattributes here.
        f"{target.name}/{path.replace('.git', '_dot_git')}": _text(data)
        for target in find_targets(("java", "cpp"))
        for path, data in target.render(bundle, OPTIONS).items()
        if not path.endswith(_DATA) and "/vectors/" not in path
        if Path(path).name not in carried - {"CMakeLists.txt", "pom.xml"}
    }


def test_the_projects_are_the_golden_ones(rendered: dict[str, str], golden: bool) -> None:
    if golden:
        for old in [path for path in EXPECTED.rglob("*") if path.is_file()]:
            old.unlink()
        for path, text in rendered.items():
            (EXPECTED / path).parent.mkdir(parents=True, exist_ok=True)
            (EXPECTED / path).write_text(text, encoding="utf-8")
    found = {
        p.relative_to(EXPECTED).as_posix(): p.read_text(encoding="utf-8") for p in EXPECTED.rglob("*") if p.is_file()
    }
    assert sorted(found) == sorted(rendered), "run: make golden"
    changed = [path for path in rendered if rendered[path] != found[path]]
    assert not changed, "run: make golden, and review the diff"
