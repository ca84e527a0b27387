"""Draws a report as one HTML page that needs nothing else: no network, no script, readable without its style sheet.

    verdict      one sentence, then what is not known
    targets      a card each: passed, failed or not run
    differences  for what failed: why, and the worst row with its inputs
    figures      a table, targets beside each other
    evidence     which rows were asked, and how far a number may lie from the original's
    making       model, compiler, passes, notes

What can be decided is decided here; report.html.j2 only places it. Jinja escapes every value, and ``visible`` writes
invisible characters out, so that hostile names neither run nor hide.
"""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from modelport.parity._plain import (
    count,
    figure,
    joined,
    language,
    log_text,
    ratio,
    seconds_text,
    shortened,
    ulp_text,
    value_text,
    visible,
)
from modelport.parity._verdict import Level, differing, differs, first_line, level, verdict
from modelport.parity.report import OutputBound, Report, TargetReport, WorstRow

__all__ = ["render_html"]

_ORIGINS = {
    "probe": (
        "Probes",
        "made to break a conversion: on the borders of the model and one floating-point number to either side, "
        "missing, infinite, unseen category, extremes",
    ),
    "synthetic": ("Synthetic rows", "drawn at random from the ranges and categories that the model knows"),
    "sample": ("Sample rows", "given with the model when it was converted; private, in a bundle only when asked for"),
}
_OF_A_NET = {
    "probe": (
        "Probes",
        "made to break a conversion: batches of other sizes, an empty one, the least and greatest lengths, zeros, extremes, "
        "NaN, infinities",
    ),
    "synthetic": ("Synthetic rows", "drawn at random from the ranges and texts that the original was shown"),
    "sample": (
        "Sample rows",
        "given with the model when it was converted, or drawn from a fixed seed where none were (a note says so); private, in a "
        "bundle only when asked for",
    ),
}
_NET = "net"
_WORDS: dict[Level, str] = {"passed": "Passed", "failed": "Failed", "not-run": "Not run"}
_BAR_WIDTH = 600


@dataclass(frozen=True)
class _Card:
    """One target at a glance."""

    language: str
    target: str
    level: Level
    word: str
    line: str


@dataclass(frozen=True)
class _Cell:
    """``absent`` says why there is no figure; ``bad`` that the figure is the reason of a failure."""

    text: str
    bad: bool = False
    absent: str = ""


@dataclass(frozen=True)
class _Measure:
    """A row of the table of figures: what is measured, in plain words, and a cell for each target."""

    title: str
    meaning: str
    cells: list[_Cell]


@dataclass(frozen=True)
class _Row:
    """The worst row of a target, or the one that came nearest to its bound."""

    language: str
    number: str
    output: str
    expected: str
    got: str
    distance: str
    inputs: list[tuple[str, str]]


@dataclass(frozen=True)
class _Failed:
    """Why a target failed: in one line, in full, and the worst row."""

    language: str
    line: str
    log: str
    worst: _Row | None


@dataclass(frozen=True)
class _Origin:
    """Rows of one origin, with their place in the bar."""

    key: str
    title: str
    meaning: str
    rows: str
    start: int
    width: int


@dataclass(frozen=True)
class _Bound:
    """How far one output may lie from the original's."""

    name: str
    rule: str
    meaning: str
    reasons: list[str]


def render_html(report: Report) -> bytes:
    """Returns the page; the same report gives the same bytes."""
    environment = Environment(
        loader=FunctionLoader(_resource),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = _resource("report.css.j2")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    names = {name: language(name, list(report.targets)) for name in report.targets}
    page = environment.get_template("report.html.j2").render(
        style=Markup(style),  # our own file, not foreign text
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:",
        title=f"{visible(report.name)} {visible(report.version)}",
        verdict=verdict(report),
        cards=[_card(name, names[name], target) for name, target in report.targets.items()],
        failed=[_failed(names[n], t) for n, t in report.targets.items() if level(t) == "failed"],
        closest=[
            _row(names[n], t.worst) for n, t in report.targets.items() if level(t) == "passed" and t.worst is not None
        ],
        has_answers=any(target.rows for target in report.targets.values()),
        measures=_measures(list(report.targets.values()), net=report.task == _NET),
        asked=all(target.status != "unproven" for target in report.targets.values()),
        total=count(sum(report.rows.values()), "row"),
        origins=_origins(report.rows, _OF_A_NET if report.task == _NET else _ORIGINS),
        fewer=_fewer(report, names),
        refused=count(report.refused, "row"),
        undefined=count(report.undefined, "row"),
        has_refused=report.refused > 0,
        has_undefined=report.undefined > 0,
        bounds=[_bound(bound) for bound in report.bounds],
        has_rounding=any(bound.kind != "exact" for bound in report.bounds),
        facts=_facts(report),
        model_class=visible(report.model_class),
        framework=visible(report.framework),
        model_id=visible(report.model_id),
        changed=[(visible(n), visible(o), visible(r)) for n, o, r in report.passes if o != "unchanged"],
        unchanged=[visible(name) for name, outcome, _ in report.passes if outcome == "unchanged"],
        notes=[_note(note) for note in report.notes],
    )
    return page.encode()


def _resource(name: str) -> str:
    return files("modelport.parity").joinpath(name).read_text(encoding="utf-8")


def _card(name: str, title: str, target: TargetReport) -> _Card:
    found = level(target)
    if found == "not-run":
        line = first_line(target.reason) or "No reason was given"
    elif found == "passed":
        line = f"0 of {count(target.rows, 'test row')} differ"
    elif differs(target):
        line = differing(target).replace("at least", "At least")
    else:
        line = "Its own tests failed" if target.rows else "It gave no answers"
    return _Card(title, visible(name), found, _WORDS[found], line)


def _failed(title: str, target: TargetReport) -> _Failed:
    log = log_text(target.reason)
    if not differs(target):
        line = first_line(log) or "no reason was given"
        return _Failed(title, line, log if log != line else "", None)
    counts = [
        (target.flips, "with a flipped label"),
        (target.over, "with a number beyond its bound"),
        (target.wrong_status, "refused or taken otherwise than by the original"),
    ]
    line = joined([f"{count(number, 'row')} {what}" for number, what in counts if number])
    return _Failed(title, line, log, None if target.worst is None else _row(title, target.worst))


def _row(title: str, worst: WorstRow) -> _Row:
    distance = ""
    if worst.output != "status" and worst.bound > 0:
        distance = f"{figure(worst.distance)} apart, where {figure(worst.bound)} is allowed"
    elif worst.output != "status" and worst.expected != worst.got:
        distance = "must be equal"
    inputs = [(visible(name), value_text(value)) for name, value in worst.inputs.items()]
    expected, got = shortened(visible(worst.expected)), shortened(visible(worst.got))
    return _Row(title, count(worst.row), visible(worst.output), expected, got, distance, inputs)


def _measures(targets: list[TargetReport], *, net: bool) -> list[_Measure]:
    def line(title: str, meaning: str, text: Callable[[TargetReport], str], wrong: str = "") -> _Measure:
        return _Measure(title, meaning, [_cell(target, text, wrong) for target in targets])

    flipped = "a whole number, truth value or text" if net else "a label"
    status = line(
        "Wrong status",
        "rows refused where the original answers, or the reverse",
        lambda t: count(t.wrong_status),
        "wrong_status",
    )
    return [
        line("Test rows", "compared with the original's answers", lambda t: count(t.rows)),
        line(
            "Flipped labels", f"rows with {flipped} that the original does not give", lambda t: count(t.flips), "flips"
        ),
        line("Numbers beyond bound", "rows with a number too far from the original's", lambda t: count(t.over), "over"),
        *([] if net else [status]),  # a tensor that does not fit is refused whole
        line("Distance ÷ bound", "the largest of all numbers; 1 is the limit", lambda t: ratio(t.max_ratio), "over"),
        line("Largest difference", "of a number, absolute", lambda t: figure(t.max_abs)),
        line("Largest ULP distance", "floating-point numbers in between", lambda t: ulp_text(t.max_ulp)),
        line("Time", "to build and run", lambda t: seconds_text(t.seconds)),
    ]


def _cell(target: TargetReport, text: Callable[[TargetReport], str], wrong: str) -> _Cell:
    if level(target) == "not-run":
        return _Cell("–", absent="not run")
    if level(target) == "failed" and not target.rows:
        return _Cell("–", absent="no answers")
    return _Cell(text(target), bad=bool(wrong and getattr(target, wrong)))


def _origins(rows: dict[str, int], known: dict[str, tuple[str, str]]) -> list[_Origin]:
    """Places each origin in a bar; one that has any rows is at least a hair wide."""
    total, start, shown = sum(rows.values()), 0, []
    for key, number in rows.items():
        title, meaning = known.get(key, (visible(key), ""))
        width = max(4, round(_BAR_WIDTH * number / total)) if number else 0
        shown.append(_Origin(key if key in known else "sample", title, meaning, count(number), start, width))
        start += width
    return shown


def _fewer(report: Report, names: dict[str, str]) -> str:
    """Says which targets answered only a part of the rows: sample rows stay with whoever converted the model."""
    total = sum(report.rows.values())
    part = [name for name, target in report.targets.items() if 0 < target.rows < total]
    if not part:
        return ""
    rows = sorted({report.targets[name].rows for name in part})
    verb = "answers" if len(part) == 1 else "answer"
    return f"{joined([names[name] for name in part])} {verb} the {joined([count(n) for n in rows])} rows in the bundle."


def _bound(bound: OutputBound) -> _Bound:
    reasons = [visible(reason.strip()) for reason in bound.reason.split(";") if reason.strip()]
    if bound.kind == "exact":
        return _Bound(visible(bound.name), "Must be equal", "", ["; ".join(reasons)] if reasons else [])
    meaning = (
        "May differ by rounding: computers round each step of a calculation, and two libraries may round in another "
        "order. How much that can be is computed for each row from theory, not measured. It comes from"
    )
    return _Bound(visible(bound.name), "Rounding only", meaning, reasons)


def _facts(report: Report) -> list[tuple[str, str]]:
    facts = [
        ("Model", f"{report.name} {report.version}"),
        ("Made with", f"{report.model_class}, {report.framework}"),
        ("Task", report.task.replace("_", " ")),
        ("Converted by", report.compiler),
    ]
    return [(title, visible(value)) for title, value in facts]


def _note(note: str) -> tuple[bool, str]:
    """A note, and whether it is a warning."""
    start = "warning:"
    return (True, visible(note[len(start) :].strip())) if note.startswith(start) else (False, visible(note))
