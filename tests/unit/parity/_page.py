"""Reads an HTML page as a test needs it: its elements in order, and the text that a reader sees."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

__all__ = ["Page", "read_page"]

_VOID = frozenset(("meta", "link", "br", "img", "input", "hr"))
# SVG elements that the page closes itself.
_SILENT = frozenset(("head", "style", "script", "title", "svg"))


@dataclass
class Page:
    """``elements`` as (tag, attributes); ``text`` without what no reader sees; ``unbalanced`` end tags."""

    elements: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    unbalanced: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def tags(self) -> list[str]:
        return [tag for tag, _ in self.elements]

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for found, attributes in self.elements if found == tag]


def read_page(html: str) -> Page:
    """Parses a page."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.page.unbalanced.extend(reader.open)
    return reader.page


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Page()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.page.elements.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.page.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.page.unbalanced.append(tag)

    def handle_data(self, data: str) -> None:
        if not _SILENT.intersection(self.open):
            self.page.words.append(data)
