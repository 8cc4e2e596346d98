"""The run as Markdown, for the summary page of a CI job: short, the worst first."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence

from conformance.report import summary
from conformance.report.body import clip
from conformance.report.characters import one_line, visible
from conformance.report.plain import exchange_line, exchange_text, requirement_line
from conformance.verdict import CaseResult, Layer, RequirementRef, RunReport, Verdict

# A job summary holds 1 MiB at most on GitHub; what is not detailed takes a line for each case.
_DETAILED = 20
_DETAILED_BYTES = 500_000
_EXCHANGES = 3
_BODY_LIMIT = 1_200
_EXCHANGE_LIMIT = 4_000
_VALUE_LIMIT = 1_500
_LINE_LIMIT = 500

_INLINE_MARKS = re.compile(r"([\\`*_\[\]~|$])")
# At the start of a line these would open a heading, a list or a quotation.
_LEADING_MARK = re.compile(r"^(\d*)([#>+=-]|[.)](?=\s|$))")


def render(report: RunReport) -> str:
    """Return report.md: headline, counts, and what needs attention, with the evidence folded away."""
    return "\n\n".join(_blocks(report)) + "\n"


def _blocks(report: RunReport) -> Iterator[str]:
    yield f"## {_text(summary.headline(report))}"
    yield f"Target {_code(report.target)}, kit {_text(report.kit_version)}, run {_code(report.run_id)}"
    if report.results:
        yield _counts(report)
    yield from _problems(summary.problems(report))
    for layer in Layer:
        unjudged = summary.of(report, layer, *summary.UNJUDGED)
        yield from _list(_title("Not judged", layer), map(_verdict_line, unjudged))
    yield from _list("Problems of the deviations file", map(_text, report.deviation_problems))
    for layer in Layer:
        deviating = summary.of(report, layer, Verdict.DEVIATION)
        yield from _list(_title("Known deviations", layer), map(_verdict_line, deviating))
    for layer in Layer:
        observed = summary.of(report, layer, Verdict.OBSERVED)
        differing = [result for result in observed if result.agrees is not True]
        yield from _list(_title("Observed, unlike what is assumed", layer), map(_verdict_line, differing))
    yield from _folded(f"Left at the target: {summary.count(len(report.created), 'thing')}", report.created)
    yield from _list("Notes", map(_text, report.notes))


def _counts(report: RunReport) -> str:
    rows = summary.by_profile(report)
    shown = summary.verdicts(report)
    heads = " | ".join(f"{summary.GLYPHS[verdict]} {verdict.value}" for verdict in shown)
    lines = [f"| profile | layer | {heads} |", "| --- | --- |" + " ---: |" * len(shown)]
    for profile, layer, counts in rows:
        cells = " | ".join(str(counts[verdict] or "") for verdict in shown)
        lines.append(f"| {_text(profile)} | {layer.value} | {cells} |")
    return "\n".join(lines)


def _problems(results: Sequence[CaseResult]) -> Iterator[str]:
    if not results:
        return
    yield "### What is wrong"
    size = 0
    for number, result in enumerate(results):
        block = "\n\n".join(_details(result))
        size += len(block.encode())
        if number == _DETAILED or size > _DETAILED_BYTES:
            yield from _list("More, with their evidence in report.html", map(_verdict_line, results[number:]))
            return
        yield block


def _details(result: CaseResult) -> Iterator[str]:
    chip = f"{summary.GLYPHS[result.verdict]} {result.verdict.value}"
    head = f"<b>{_html(chip)}</b> {_html(result.title)} <code>{_html(result.case_id)}</code>"
    yield f"<details open>\n<summary>{head}</summary>"
    if result.reason:
        yield _text(result.reason)
    for ref in result.requirements:
        yield f"> {_text(requirement_line(ref))}{_sources(ref)}"
    for label, value in (("Expected", result.expected), ("Actual", result.actual)):
        if value is not None:
            yield f"{label}:\n\n{_fence(clip(value, _VALUE_LIMIT))}"
    hidden = len(result.exchanges) - _EXCHANGES
    if hidden > 0:
        yield f"{summary.count(hidden, 'earlier exchange')} left out; report.html has every one."
    for exchange in result.exchanges[-_EXCHANGES:]:
        yield (
            f"<details>\n<summary><code>{_html(exchange_line(exchange))}</code></summary>\n\n"
            f"{_fence(clip(exchange_text(exchange, _BODY_LIMIT), _EXCHANGE_LIMIT))}\n\n</details>"
        )
    if result.reproduce:
        yield f"Reproduce:\n\n{_fence(result.reproduce)}"
    yield "</details>"


def _verdict_line(result: CaseResult) -> str:
    ids = ", ".join(ref.id for ref in result.requirements)
    about = f" ({_text(ids)})" if ids else ""
    reason = f": {_text(result.reason)}" if result.reason else ""
    return f"**{result.verdict.value}** {_code(result.case_id)}{about}{reason}"


def _list(title: str, items: Iterable[str]) -> Iterator[str]:
    lines = [f"- {item}" for item in items]
    if lines:
        yield f"### {title}"
        yield "\n".join(lines)


def _folded(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield f"<details>\n<summary>{_html(title)}</summary>"
        yield "\n".join(f"- {_text(line)}" for line in lines)
        yield "</details>"


def _title(title: str, layer: Layer) -> str:
    return title if layer is Layer.NAMED else f"{title} (generated cases)"


def _sources(ref: RequirementRef) -> str:
    return "".join(f" {_source(source)}" for source in ref.sources)


def _source(source: str) -> str:
    is_link = re.fullmatch(r"https?://[\w./~%?=&#:+-]+", source, re.ASCII)
    return f"[source]({source})" if is_link else _code(source)


def _text(text: str) -> str:
    """Return one line of running text in which nothing is Markdown, HTML or a mention of somebody."""
    marked = _INLINE_MARKS.sub(r"\\\1", one_line(clip(text, _LINE_LIMIT)))
    return _escape(_LEADING_MARK.sub(r"\1\\\2", marked))


def _html(text: str) -> str:
    """Return one line for an HTML block, where no Markdown is read."""
    return _escape(one_line(clip(text, _LINE_LIMIT)))


def _escape(text: str) -> str:
    return html.escape(text, quote=False).replace("@", "&#64;")


def _code(text: str) -> str:
    return f"<code>{_text(text)}</code>"


def _fence(text: str) -> str:
    """Return a code block whose fence is longer than any in the text."""
    shown = visible(text)
    longest = max((len(run) for run in re.findall("`+", shown)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{shown}\n{fence}"
