"""From what a case raised, and what the response checks found, to its verdict."""

from __future__ import annotations

import traceback
from dataclasses import dataclass

from conformance.case import Case
from conformance.client import Evidence
from conformance.errors import ControlFailed, HarnessError, Hazard, Mismatch, Missing, NotApplicable
from conformance.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with its grounds."""

    verdict: Verdict
    reason: str = ""
    agrees: bool | None = None
    expected: str | None = None
    actual: str | None = None


def judge(case: Case, error: BaseException | None, evidence: Evidence, *, assumptions: bool) -> Judgement:
    """The verdict of a case that ended with ``error``, or without one.

    ``assumptions``: what is only assumed counts like what is documented.
    """
    match error:
        case Hazard():
            return Judgement(Verdict.HAZARD, str(error), expected=error.expected, actual=error.actual)
        case HarnessError():
            return Judgement(Verdict.HARNESS_ERROR, str(error))
        case NotApplicable():
            return Judgement(Verdict.NOT_APPLICABLE, str(error))
        case Missing():
            return Judgement(Verdict.NOT_RUN, str(error))
        case AssertionError():
            return _mismatch(case, error, evidence, binding=case.binding or assumptions)
        case None:
            return _agreement(case, evidence, assumptions=assumptions)
    return Judgement(Verdict.HARNESS_ERROR, f"the kit failed: {where(error)}")


def _mismatch(case: Case, error: AssertionError, evidence: Evidence, *, binding: bool) -> Judgement:
    expected = error.expected if isinstance(error, Mismatch) else None
    actual = error.actual if isinstance(error, Mismatch) else None
    if not binding and evidence.violations:
        return Judgement(
            Verdict.FAIL, f"{evidence.violations[0]}; besides: {error}", expected=expected, actual=actual
        )
    if binding:
        return Judgement(Verdict.FAIL, str(error), expected=expected, actual=actual)
    if isinstance(error, ControlFailed):
        return Judgement(Verdict.NOT_RUN, str(error), expected=expected, actual=actual)
    return Judgement(Verdict.OBSERVED, str(error), agrees=False, expected=expected, actual=actual)


def _agreement(case: Case, evidence: Evidence, *, assumptions: bool) -> Judgement:
    faults = [*evidence.violations, *(evidence.undocumented if assumptions else ())]
    if faults:
        return Judgement(
            Verdict.FAIL, faults[0], expected="an answer that the contract allows", actual=faults[0]
        )
    if case.binding or assumptions:
        return Judgement(Verdict.PASS)
    assumed = ", ".join(source for row in case.requirements for source in row.sources if not row.binding)
    return Judgement(Verdict.OBSERVED, f"does what {assumed or 'was observed'} assumes", agrees=True)


def where(error: BaseException) -> str:
    """The exception on one line, with the innermost place in the kit's code."""
    frames = traceback.extract_tb(error.__traceback__)
    place = next(
        (
            f" ({frame.filename.rpartition('/')[2]}:{frame.lineno})"
            for frame in reversed(frames)
            if "conformance" in frame.filename
        ),
        "",
    )
    return f"{type(error).__name__}: {' '.join(str(error).split())}{place}"
