"""The documents say what is so: table, commands, links and code blocks are checked against the repository."""

import re
from pathlib import Path

import pytest

from docs.contract_schema import SCHEMA, contract_schema
from docs.support_table import README, current_table, support_table

ROOT = README.parent
DOCUMENTS = sorted({*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "fixtures").glob("*.md")})
_LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)\)")
# A path of one machine, an address of one network: neither is of use to a reader elsewhere.
_PRIVATE = re.compile(r"(?<![\w.-])/(?:work|home|root|tmp|mnt)/|\b\d{1,3}(?:\.\d{1,3}){3}\b|\blocalhost\b|:\d{4,5}/")


def blocks(language: str) -> list[str]:
    """The fenced blocks of the README in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", README.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def test_the_support_table_is_the_registry() -> None:
    assert current_table(README.read_text(encoding="utf-8")) == support_table(), "run: make docs"


def test_the_schema_is_that_of_the_contract() -> None:
    assert SCHEMA.read_bytes() == contract_schema(), "run: make docs"


def test_the_two_commands_come_first() -> None:
    first = blocks("sh")[0].splitlines()
    assert [line.split("#")[0].strip() for line in first] == ["make demo", "make test"]
    assert README.read_text(encoding="utf-8").index("```sh") < 20


@pytest.mark.parametrize("language", ["java", "cpp", "python"])
def test_examples_are_short(language: str) -> None:
    found = blocks(language)
    assert len(found) == 1
    assert len(found[0].splitlines()) <= 15


def test_commands_exist() -> None:
    text = README.read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    code = "\n".join([*blocks("sh"), *re.findall(r"`([^`\n]+)`", text)])
    assert set(re.findall(r"^make ([a-z]+)", code, re.MULTILINE)) <= targets
    commands = {path.stem for path in (ROOT / "converter/modelport/cli").glob("[a-z]*.py")}
    assert set(re.findall(r"^modelport ([a-z]+)", code, re.MULTILINE)) <= commands


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path: Path) -> None:
    dead = [link for link in _LINK.findall(path.read_text(encoding="utf-8")) if not (path.parent / link).exists()]
    assert not dead


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_nothing_private(path: Path) -> None:
    assert not _PRIVATE.findall(path.read_text(encoding="utf-8"))


def test_the_example_of_contributing_is_the_file() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    shown = re.findall(r"<!-- file: (\S+) -->\n```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    assert len(shown) == 2
    for name, code in shown:
        assert code == (ROOT / name).read_text(encoding="utf-8"), f"copy {name} into CONTRIBUTING.md again"


def test_decisions_are_numbered_and_shaped_alike() -> None:
    found = sorted((ROOT / "docs/decisions").glob("*.md"))
    assert [path.name[:4] for path in found] == [f"{number:04}" for number in range(1, len(found) + 1)]
    for path in found:
        headings = re.findall(r"^## (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert headings == ["Context", "Choice", "Rejected", "Cost"], path.name
