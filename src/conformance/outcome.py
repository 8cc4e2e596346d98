"""From the results of a run to its report and its exit code."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from conformance import __version__, deviations
from conformance.case import catalogue
from conformance.client import printable
from conformance.run import Run, timestamp
from conformance.verdict import CaseResult, ExitCode, Layer, RunReport, Verdict

EXECUTED = frozenset({Verdict.HAZARD, Verdict.FAIL, Verdict.OBSERVED, Verdict.DEVIATION, Verdict.PASS})
"""Verdicts that say something about the target."""

MEANING = {
    ExitCode.AS_EXPECTED: "as expected",
    ExitCode.NOT_CONFORMANT: "a requirement is broken, money is at risk, or the deviations file is stale",
    ExitCode.USAGE: "wrong usage",
    ExitCode.UNREACHABLE: "the target can't be reached",
    ExitCode.NOTHING_RAN: "cases have not run",
    ExitCode.HARNESS: "the kit failed",
}


def report(run: Run, results: Sequence[CaseResult]) -> RunReport:
    """The record of the run, with the deviations file applied."""
    today = datetime.fromtimestamp(run.started, UTC).date()
    judged, problems = deviations.apply(run.deviations, results, known=catalogue(), today=today)
    refused = len(run.refused) == len(run.profiles)
    return RunReport(
        kit_version=__version__,
        run_id=run.run_id,
        profiles=[profile.name for profile in run.profiles],
        target=run.redactor.text(run.target.label or run.options.base_url),
        started=timestamp(run.started),
        duration_ms=round((run.now() - run.started) * 1000),
        seed=run.options.seed,
        contracts={contract.file: contract.sha256 for contract in run.contracts.values()},
        judge_assumptions=run.options.judge_assumptions,
        clock_skew_ms=None if run.skew is None else round(run.skew * 1000),
        results=judged,
        deviation_problems=[run.redactor.text(problem) for problem in problems],
        created=[
            *(printable(f"ticket {ticket} ({status})") for ticket, status in run.created.items()),
            *run.remains,
        ],
        smoke_failure=run.unreachable or ("; ".join(run.refused.values()) if refused else None),
        notes=list(dict.fromkeys(run.notes)),
    )


def exit_code(record: RunReport, *, unreachable: bool) -> ExitCode:
    """The exit code of the run: the worst of what it found, as :class:`ExitCode` says.

    A generated case counts only where assumptions are judged; a fault of the kit always does.
    """
    verdicts = [
        result.verdict
        for result in record.results
        if result.layer is Layer.NAMED or record.judge_assumptions or result.verdict is Verdict.HARNESS_ERROR
    ]
    if unreachable:
        return ExitCode.UNREACHABLE
    if record.deviation_problems or Verdict.HAZARD in verdicts or Verdict.FAIL in verdicts:
        return ExitCode.NOT_CONFORMANT
    if Verdict.HARNESS_ERROR in verdicts:
        return ExitCode.HARNESS
    if Verdict.NOT_RUN in verdicts or not any(result.verdict in EXECUTED for result in record.results):
        return ExitCode.NOTHING_RAN
    return ExitCode.AS_EXPECTED
