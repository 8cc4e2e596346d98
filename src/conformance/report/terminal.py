"""The run on a terminal: every verdict, then what is wrong and what to do, the headline last.

The end of the output is what a person sees first. Nothing depends on colour, on a terminal, or on
more than 80 columns; an output that can't show a character gets its escape.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from conformance.report import summary
from conformance.report.body import clip
from conformance.report.characters import one_line, visible
from conformance.report.plain import exchange_line
from conformance.verdict import CaseResult, Layer, RequirementRef, RunReport, Verdict

_DETAILED = 12
_LISTED = 8
_VALUE_LIMIT = 600

_STYLES = {
    Verdict.HAZARD: "bold white on magenta",
    Verdict.FAIL: "bold red",
    Verdict.HARNESS_ERROR: "bold yellow",
    Verdict.NOT_RUN: "yellow",
    Verdict.OBSERVED: "cyan",
    Verdict.DEVIATION: "yellow",
    Verdict.NOT_APPLICABLE: "dim",
    Verdict.PASS: "green",
}


def show(report: RunReport, console: Console) -> None:
    """Print the run to the console."""
    printer = _Printer(console)
    if report.smoke_failure is not None:
        printer.block("Smoke check failed", [visible(report.smoke_failure)], "bold red")
    listed = [result for result in report.results if _is_listed(result)]
    if listed:
        printer.table(listed)
    observed = [result for result in report.results if result.verdict is Verdict.OBSERVED]
    if observed:
        printer.observed(observed)
    printer.block("Left at the target", report.created, "bold")
    printer.block("Notes", report.notes, "bold")
    printer.problems(report)
    printer.block("Problems of the deviations file", report.deviation_problems, "bold red")
    if report.results:
        printer.counts(report)
    printer.line(summary.headline(report), f"bold {'green' if not summary.exit_code(report) else 'red'}")


def show_problems(report: RunReport, console: Console) -> None:
    """Print what is wrong, case by case, and nothing if all is well."""
    _Printer(console).problems(report)


def _is_listed(result: CaseResult) -> bool:
    """Observations have a list of their own."""
    return result.verdict is not Verdict.OBSERVED


class _Printer:
    """Prints text that a target may have written: never as markup, never as control sequences."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._ascii = console.options.ascii_only

    def rule(self, title: str, style: str) -> None:
        self._console.print()
        self._console.print(Rule(self._text(title, style), align="left", style="dim"))

    def line(self, text: str, style: str = "") -> None:
        self._console.print(self._text(one_line(text), style))

    def block(self, title: str, lines: Sequence[str], style: str) -> None:
        if lines:
            self.rule(title, style)
            for line in lines[:_LISTED]:
                self.line(line)
            if len(lines) > _LISTED:
                self.line(f"{len(lines) - _LISTED} more are in the reports.", "dim")

    def table(self, results: Sequence[CaseResult]) -> None:
        """Print one row for each result, under the module of its case."""
        table = Table(box=box.SIMPLE_HEAD, expand=True, padding=(0, 1), header_style="bold")
        table.add_column("verdict", no_wrap=True)
        table.add_column("requirement", no_wrap=True)
        table.add_column("case and reason", ratio=1, overflow="fold")
        module = ""
        told: tuple[Verdict, str] | None = None
        for result in results:
            parent, _, name = result.case_id.rpartition(".")
            if parent != module:
                module = parent
                table.add_row("", "", self._text(one_line(module), "bold"))
            cell = self._text(one_line(name))
            # What stops one case often stops its neighbours: one reason is told once in a row.
            if result.reason and told != (result.verdict, result.reason):
                cell.append_text(self._text(f"\n{one_line(result.reason)}", "dim"))
            told = (result.verdict, result.reason)
            indented = Padding(cell, (0, 0, 0, 2))
            table.add_row(self._verdict(result.verdict), self._text(_requirements(result)), indented)
        self._console.print(table)

    def problems(self, report: RunReport) -> None:
        """Print the first cases that went wrong, with all that is known of each."""
        wrong = summary.problems(report)
        if not wrong:
            return
        self.rule(f"What is wrong: {summary.count(len(wrong), 'case')}", "bold red")
        for result in wrong[:_DETAILED]:
            self.details(result)
        if len(wrong) > _DETAILED:
            self.line(f"{len(wrong) - _DETAILED} more are in the reports.")

    def observed(self, results: Sequence[CaseResult]) -> None:
        """Print the observations that differ from what is assumed; those that agree are only counted."""
        differing = [result for result in results if result.agrees is not True]
        self.rule(
            f"Observed: {summary.count(len(results), 'case')}, {len(differing)} unlike what is assumed",
            "bold cyan",
        )
        grid = self._grid(12)
        for result in differing:
            text = self._text(one_line(result.title))
            if result.reason:
                text.append_text(self._text(f"\n{one_line(result.reason)}", "dim"))
            grid.add_row(self._text(_requirements(result) or result.layer.value, "cyan"), text)
        if differing:
            self._console.print(grid)

    def details(self, result: CaseResult) -> None:
        """Print what is wrong, which sentence says so, and what to do next."""
        self._console.print()
        head = self._verdict(result.verdict)
        head.append_text(self._text(f" {one_line(result.title)}", "bold"))
        self._console.print(head)
        grid = self._grid(11)
        for label, value in _facts(result):
            grid.add_row(self._text(f"  {label}", "dim"), self._text(visible(clip(value, _VALUE_LIMIT))))
        self._console.print(grid)
        if result.reproduce:
            # Outside the grid and unwrapped, so that it can be copied whole.
            command = self._text("  again     ", "dim")
            command.append_text(self._text(one_line(result.reproduce), "bold"))
            self._console.print(command, soft_wrap=True)

    def counts(self, report: RunReport) -> None:
        """Print the number of cases by verdict, one row for each profile and layer."""
        rows = summary.by_profile(report)
        self.rule("Cases", "bold")
        grid = self._grid(28)
        for profile, layer, counts in rows:
            label = profile if layer is Layer.NAMED else f"{profile} ({layer.value})"
            line = Text()
            for verdict in Verdict:
                if counts[verdict]:
                    line.append_text(self._text(f"{counts[verdict]} {verdict.value}", _STYLES[verdict]))
                    line.append("  ")
            grid.add_row(self._text(label), line)
        self._console.print(grid)
        self._console.print()

    def _grid(self, width: int) -> Table:
        grid = Table.grid(padding=(0, 1), expand=True)
        grid.add_column(width=width, overflow="fold")
        grid.add_column(ratio=1, overflow="fold")
        return grid

    def _verdict(self, verdict: Verdict) -> Text:
        label = verdict.value if self._ascii else f"{summary.GLYPHS[verdict]} {verdict.value}"
        return self._text(label, _STYLES[verdict])

    def _text(self, text: str, style: str = "") -> Text:
        shown = text.encode("ascii", "backslashreplace").decode("ascii") if self._ascii else text
        return Text(shown, style=style)


def _requirements(result: CaseResult) -> str:
    ids = [ref.id for ref in result.requirements]
    more = f" +{len(ids) - 1}" if len(ids) > 1 else ""
    return f"{one_line(ids[0])}{more}" if ids else ""


def _facts(result: CaseResult) -> Iterator[tuple[str, str]]:
    yield "case", result.case_id
    if result.reason:
        yield "why", result.reason
    for ref in result.requirements:
        yield "rule", _rule(ref)
        for source in ref.sources:
            yield "source", source
    if result.expected is not None:
        yield "expected", result.expected
    if result.actual is not None:
        yield "actual", result.actual
    if result.exchanges:
        yield "last call", exchange_line(result.exchanges[-1])


def _rule(ref: RequirementRef) -> str:
    return f"{ref.id} {ref.level}, {ref.standing}: {ref.text}"
