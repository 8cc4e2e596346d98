"""The run as one HTML page that opens offline: no request leaves it, and it works without its script."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from conformance.report import summary
from conformance.report.body import clip, pretty
from conformance.report.characters import visible
from conformance.verdict import CaseResult, ExitCode, Layer, RunReport, Verdict

_BODY_LIMIT = 30_000
_VALUE_LIMIT = 4_000
_BAR_WIDTH = 1000

_TONES = {
    ExitCode.AS_EXPECTED: Verdict.PASS,
    ExitCode.NOT_CONFORMANT: Verdict.FAIL,
    ExitCode.HARNESS: Verdict.HARNESS_ERROR,
    ExitCode.NOTHING_RAN: Verdict.NOT_RUN,
}
"""The verdict whose colour the headline takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A result with the name of its place on the page; ids of cases are not fit to be one."""

    anchor: str
    result: CaseResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One stretch of the bar of verdicts, in thousandths of its width."""

    verdict: Verdict
    start: int
    width: int
    cases: int


def render(report: RunReport) -> str:
    """Return report.html."""
    style = _resource("report.css")
    script = _resource("report.js")
    template = _environment().from_string(_resource("report.html.jinja"))
    anchors = {id(result): f"case-{number}" for number, result in enumerate(report.results, start=1)}

    def cases(results: Sequence[CaseResult]) -> list[Case]:
        return [Case(anchor=anchors[id(result)], result=result) for result in results]

    def select(layer: Layer) -> Callable[..., list[Case]]:
        return lambda *verdicts: cases(summary.of(report, layer, *verdicts))

    page = template.render(
        report=report,
        headline=summary.headline(report),
        tone=_tone(report),
        Verdict=Verdict,
        profiles=summary.by_profile(report),
        shown_verdicts=summary.verdicts(report),
        segments=_segments(report),
        operations=summary.by_operation(report),
        named=select(Layer.NAMED),
        generated=select(Layer.GENERATED),
        problems=cases(summary.problems(report)),
        anchor=lambda result: anchors[id(result)],
        bar_width=_BAR_WIDTH,
        style=Markup(style),
        script=Markup(script),
        style_hash=_csp_hash(style),
        script_hash=_csp_hash(script),
    )
    return page.lstrip()


def _environment() -> Environment:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=_finalize
    )
    environment.filters.update(
        glyph=summary.GLYPHS.__getitem__,
        slug=lambda verdict: verdict.value.lower(),
        noun=summary.count,
        body=lambda text: clip(pretty(text), _BODY_LIMIT),
        value=lambda text: clip(text, _VALUE_LIMIT),
        is_link=lambda text: text.startswith(("https://", "http://")),
        path=_path,
        moment=_moment,
        seconds=lambda milliseconds: f"{milliseconds // 1000}.{milliseconds % 1000:03d} s",
    )
    return environment


def _finalize(value: Any) -> Any:
    """Spell out unseen characters in everything that the template prints."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return visible(value)
    return value


def _tone(report: RunReport) -> Verdict:
    if any(result.verdict is Verdict.HAZARD for result in report.results):
        return Verdict.HAZARD
    return _TONES[summary.exit_code(report)]


def _segments(report: RunReport) -> list[Segment]:
    counts = report.counts(Layer.NAMED)
    total = counts.total()
    segments: list[Segment] = []
    before = 0
    for verdict in Verdict:
        cases = counts[verdict]
        if cases:
            start, end = before * _BAR_WIDTH // total, (before + cases) * _BAR_WIDTH // total
            segments.append(Segment(verdict=verdict, start=start, width=end - start, cases=cases))
        before += cases
    return segments


def _path(url: str) -> str:
    """Return path and query of a URL, or all of it where it has no such parts."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    path = parts.path or "/"
    return f"{path}?{parts.query}" if parts.query else path


def _moment(stamp: str) -> str:
    """Return an RFC 3339 stamp as a person reads it, or as it is when it is none."""
    try:
        moment = datetime.fromisoformat(stamp)
    except ValueError:
        return stamp
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if moment.tzinfo else stamp


def _csp_hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _resource(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")
