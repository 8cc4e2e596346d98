"""From a case that ran, or could not, to its result."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from conformance import evidence
from conformance.aggregator_target import CASINO_CALLS
from conformance.case import Case
from conformance.client import Evidence, printable
from conformance.errors import Missing, NotApplicable
from conformance.judgement import judge, where
from conformance.run import Run
from conformance.verdict import CaseResult, Layer, Verdict

PLAYED: Final = {
    "platform-calls": "the operator's platform",
    "texts": "the operator's receiver of texts",
    CASINO_CALLS: "BETCORE's casino",
    "provider-calls": "the game provider",
    "session-calls": "BETCORE's sessions",
}
"""Capability of a target whose calls can be led to the kit, to whom the kit then plays."""

REFUSED: Final = "the smoke check failed: the target refuses the kit's identity"


def obstacle(run: Run, case: Case) -> Exception | None:
    """Why the case must not run."""
    if case.profile in run.refused:
        return Missing(REFUSED)
    for capability in case.needs:
        if capability in run.lacks(case.profile):
            return NotApplicable(f"the target declares to lack {capability}")
        if capability in PLAYED and not run.plays(capability):
            return NotApplicable(
                f"the kit plays {PLAYED[capability]} at the address that --listen says"
                + ("" if capability == CASINO_CALLS else ", in a run of this profile alone")
            )
    reason = run.not_allowed(case.safety)
    if reason:
        return NotApplicable(reason)
    hooks = run.hooks(Evidence(), case.safety)
    missing = next(filter(None, map(hooks.obstacle, case.hooks)), None)
    return NotApplicable(missing) if missing else None


def named(run: Run, case: Case, error: Exception | None, recorded: Evidence, seconds: float) -> CaseResult:
    """The result of a named case that ended with ``error``, or without one; every text in it is masked."""
    recorded.settle()
    found = judge(case, error, recorded, assumptions=run.options.judge_assumptions)
    run.notes.extend(recorded.measured)
    if error is None:
        run.notes.extend(recorded.undocumented)
    result = CaseResult(
        case_id=case.id,
        title=case.title,
        profile=case.profile,
        surface=case.surface,
        operation=case.operation,
        layer=Layer.NAMED,
        safety=case.safety,
        requirements=[row.reference() for row in case.requirements],
        verdict=found.verdict,
        reason=found.reason,
        agrees=found.agrees,
        expected=found.expected,
        actual=found.actual,
        exchanges=[evidence.masked(exchange, run.redactor) for exchange in recorded.exchanges],
        reproduce=run.command(case.profile, case.id),
        duration_ms=round(seconds * 1000),
    )
    return masked(run, result)


def broken(run: Run, result: CaseResult, error: Exception) -> CaseResult:
    """The result of an item that failed outside of its case: always the kit's fault."""
    reason = f"the kit failed: {where(error)}"
    return masked(run, replace(result, verdict=Verdict.HARNESS_ERROR, reason=reason, agrees=None))


def masked(run: Run, result: CaseResult) -> CaseResult:
    """The result with every secret masked and every character printable."""

    def mask(text: str) -> str:
        return run.redactor.text(printable(text))

    return replace(
        result,
        reason=mask(result.reason),
        expected=None if result.expected is None else mask(result.expected),
        actual=None if result.actual is None else mask(result.actual),
    )
