"""The HTML report in a real browser."""

import html
import re
import struct
import zlib
from pathlib import Path

import pytest

from modelport.parity.report_html import render_html
from tests.unit.parity import _reports
from tests.unit.parity._browser import dump_dom, screenshot
from tests.unit.parity._page import read_page

pytestmark = pytest.mark.browser

SAYS = {
    "passed": ("Passed", "give the same predictions as the original: 0 of 1,173 test rows differ."),
    "failed": ("Failed", "does not give the same predictions as the original: at least 3 of 1,173 test rows differ."),
    "not_run": ("Not run", "Nothing is proven: no library was run."),
}
DARK = "--blink-settings=preferredColorScheme=0"


@pytest.mark.parametrize("name", SAYS)
def test_page_opens(name: str, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.write_bytes(render_html(getattr(_reports, name)()))
    word, sentence = SAYS[name]
    page = read_page(dump_dom(file))
    assert word in page.text
    assert sentence in page.text
    assert "Parity report".lower() in page.text
    light = screenshot(file, tmp_path / "light.png", "--window-size=1280,900")
    dark = screenshot(file, tmp_path / "dark.png", "--window-size=1280,900", DARK)
    # The corner is the page's background: the style sheet got through the page's own policy, in both schemes.
    assert _corner(light) == "f3f5f7"
    assert _corner(dark) == "10161c"


def test_hostile_page_runs_nothing(tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.write_bytes(render_html(_reports.hostile()))
    page = read_page(dump_dom(file))
    assert not {"script", "img"} & set(page.tags())
    assert "<script>alert(1)</script>" in page.text


def test_no_width_scrolls_sideways(tmp_path: Path) -> None:
    """Frames of a phone's, a tablet's and a desk's width; a script outside of them measures their content."""
    widths = (320, 390, 768, 1280)
    pages = [html.escape(render_html(report()).decode()) for report in (_reports.failed, _reports.hostile)]
    frames = [f'<iframe width="{width}" height="900" srcdoc="{page}"></iframe>' for page in pages for width in widths]
    script = """
        onload = () => { document.title = [...document.querySelectorAll("iframe")].map(frame => {
            const root = frame.contentDocument.documentElement;
            return `${frame.width}:${root.scrollWidth - root.clientWidth}`;
        }).join(" "); };"""
    file = tmp_path / "frames.html"
    file.write_text(f"<!doctype html><meta charset=utf-8><title></title><script>{script}</script>{''.join(frames)}")
    title = re.search("<title>(.*?)</title>", dump_dom(file))
    assert title is not None
    assert title[1] == " ".join(f"{width}:0" for _ in pages for width in widths)


def _corner(png: bytes) -> str:
    """The colour of the first pixel of a picture that is not empty."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", png[16:24]) == (1280, 900)
    assert len(png) > 20_000, "hardly anything is drawn"
    start = png.index(b"IDAT")
    # A byte for the line's filter, which has nothing to the left of or above the first pixel to work on.
    return zlib.decompressobj().decompress(png[start + 4 :], 4)[1:].hex()
