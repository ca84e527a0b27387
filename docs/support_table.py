"""Writes the support table of README.md from the registry: python -m docs.support_table [--check]."""

import sys
from itertools import groupby
from pathlib import Path

from modelport.frontends.proven import proven
from modelport.frontends.registry import front_ends, supported

__all__ = ["BEGIN", "END", "README", "current_table", "support_table"]

README = Path(__file__).resolve().parent.parent / "README.md"
BEGIN = "<!-- support table: written by `make docs` -->"
END = "<!-- end of the support table -->"


def support_table() -> str:
    """Returns Markdown tables: proven classes by package with the rows of their proofs, unproven ones, what is refused."""
    counted = proven()
    lines = ["| package | proven classes | vectors |", "|---|---|---|"]
    unproven = sorted(row for front in front_ends() for row in front.unproven())
    open_ones = {name for name, _ in unproven}
    names = sorted((*_parted(name), name) for _, name, _ in supported() if name not in open_ones)
    for package, group in groupby(names, key=lambda parts: parts[0]):
        rows = list(group)
        vectors = sum(counted[name].vectors for *_, name in rows if name in counted)
        lines.append(f"| {package} | {', '.join(name for _, name, _ in rows)} | {vectors:,} |")
    if unproven:
        lines += ["", "| converted, but unproven | why |", "|---|---|"]
        lines += [f"| `{name}` | {reason} |" for name, reason in unproven]
    refused = sorted(row for front in front_ends() for row in front.refused())
    if refused:
        lines += ["", "| refused | why |", "|---|---|"]
        lines += [f"| `{name}` | {reason} |" for name, reason in refused]
    return "\n".join(lines)


def _parted(name: str) -> tuple[str, str]:
    """Package and class: of Python's sklearn.svm.SVC, of R's stats::lm."""
    package, _, kind = name.rpartition("::") if "::" in name else name.rpartition(".")
    return f"R's `{package}`" if "::" in name else f"`{package}`", kind


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
