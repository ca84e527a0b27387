"""Writes the support table of README.md from the registry: python docs/support_table.py [--check]."""

import sys
from itertools import groupby
from pathlib import Path

from modelport.frontends.registry import front_ends

__all__ = ["BEGIN", "END", "README", "current_table", "support_table"]

README = Path(__file__).resolve().parent.parent / "README.md"
BEGIN = "<!-- support table: written by `make docs` -->"
END = "<!-- end of the support table -->"


def support_table() -> str:
    """Returns the Markdown table: one line a package, its classes in alphabetical order."""
    lines = ["| framework | package | classes |", "|---|---|---|"]
    for front in front_ends():
        names = sorted(name.rsplit(".", 1) for name, _ in front.support())
        for package, group in groupby(names, key=lambda parts: parts[0]):
            lines.append(f"| {front.name} | `{package}` | {', '.join(name for _, name in group)} |")
    return "\n".join(lines)


def current_table(text: str) -> str:
    """Returns what stands between the two markers."""
    return text.split(BEGIN, 1)[1].split(END, 1)[0].strip()


def main() -> int:
    """Rewrites the table; with --check only says whether it would change."""
    text = README.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    renewed = f"{before}{BEGIN}\n{support_table()}\n{END}{after}"
    if "--check" in sys.argv[1:]:
        return int(renewed != text)
    README.write_text(renewed, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
