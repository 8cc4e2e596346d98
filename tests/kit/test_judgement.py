"""From what a case raised to its verdict, and from verdicts to the exit code."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance import outcome
from conformance.case import Case, catalogue
from conformance.client import Evidence
from conformance.errors import ControlFailed, HarnessError, Hazard, Mismatch, Missing, NotApplicable
from conformance.judgement import judge
from conformance.verdict import CaseResult, ExitCode, Layer, RunReport, Verdict

MUST = catalogue()["betstack.paid.second_payment_is_refused"]
MAY = catalogue()["betstack.reserve.unknown_token_is_refused"]

PASS, FAIL, OBSERVED = Verdict.PASS, Verdict.FAIL, Verdict.OBSERVED
HAZARD, NOT_RUN, HARNESS = Verdict.HAZARD, Verdict.NOT_RUN, Verdict.HARNESS_ERROR


@pytest.mark.parametrize(
    ("case", "assumptions", "error", "verdict", "agrees"),
    [
        (MUST, False, None, PASS, None),
        (MUST, False, Mismatch("m"), FAIL, None),
        (MUST, False, AssertionError("m"), FAIL, None),
        (MUST, False, ControlFailed("m"), FAIL, None),
        (MAY, False, None, OBSERVED, True),
        (MAY, False, Mismatch("m"), OBSERVED, False),
        (MAY, False, ControlFailed("m"), NOT_RUN, None),
        (MAY, True, None, PASS, None),
        (MAY, True, Mismatch("m"), FAIL, None),
        (MAY, True, ControlFailed("m"), FAIL, None),
        (MUST, False, Hazard("m"), HAZARD, None),
        (MAY, False, Hazard("m"), HAZARD, None),
        (MUST, False, Missing("m"), NOT_RUN, None),
        (MUST, False, NotApplicable("m"), Verdict.NOT_APPLICABLE, None),
        (MUST, False, HarnessError("m"), HARNESS, None),
        (MAY, False, KeyError("m"), HARNESS, None),
    ],
)
def test_what_a_case_raises_becomes_its_verdict(
    case: Case, assumptions: bool, error: Exception | None, verdict: Verdict, agrees: bool | None
) -> None:
    found = judge(case, error, Evidence(), assumptions=assumptions)

    assert (found.verdict, found.agrees) == (verdict, agrees)
    assert bool(found.reason) is (verdict is not PASS)


def test_expected_and_actual_are_carried_over() -> None:
    found = judge(MUST, Mismatch("m", expected="1", actual="2"), Evidence(), assumptions=False)

    assert (found.expected, found.actual) == ("1", "2")


def test_answer_that_breaks_the_contract_fails_even_a_case_about_an_assumption() -> None:
    evidence = Evidence(violations=["wrong type"])

    assert judge(MAY, None, evidence, assumptions=False).verdict is FAIL
    assert judge(MUST, None, evidence, assumptions=False).reason == "wrong type"
    differing = judge(MAY, Mismatch("other code"), evidence, assumptions=False)
    assert (differing.verdict, differing.reason) == (FAIL, "wrong type; besides: other code")


def test_hazard_and_missing_precondition_outrank_a_broken_contract() -> None:
    evidence = Evidence(violations=["wrong type"])

    assert judge(MUST, Hazard("m"), evidence, assumptions=False).verdict is HAZARD
    assert judge(MUST, Missing("m"), evidence, assumptions=False).verdict is NOT_RUN


def test_undocumented_status_counts_only_where_assumptions_are_judged() -> None:
    evidence = Evidence(undocumented=["HTTP 409 is not documented"])

    assert judge(MUST, None, evidence, assumptions=False).verdict is PASS
    assert judge(MUST, None, evidence, assumptions=True).verdict is FAIL


def test_fault_of_the_kit_names_its_place() -> None:
    try:
        catalogue()["nix"]
    except KeyError as error:
        reason = judge(MUST, error, Evidence(), assumptions=False).reason

    assert reason.startswith("the kit failed: KeyError: 'nix'")
    assert "\n" not in reason


RESULT = CaseResult(
    case_id="a.b.c",
    title="t",
    profile="betstack",
    surface="s",
    operation="o",
    layer=Layer.NAMED,
    safety="read",
    requirements=(),
    verdict=PASS,
)
RECORD = RunReport(
    kit_version="0",
    run_id="r",
    profiles=["betstack"],
    target="t",
    started="2026-01-01T00:00:00Z",
    duration_ms=1,
    seed=1,
    contracts={},
    judge_assumptions=False,
    clock_skew_ms=None,
    results=(),
)


@pytest.mark.parametrize(
    ("verdicts", "code"),
    [
        ([PASS, OBSERVED, Verdict.DEVIATION, Verdict.NOT_APPLICABLE], ExitCode.AS_EXPECTED),
        ([PASS, FAIL], ExitCode.NOT_CONFORMANT),
        ([PASS, HAZARD], ExitCode.NOT_CONFORMANT),
        ([PASS, NOT_RUN], ExitCode.NOTHING_RAN),
        ([PASS, HARNESS], ExitCode.HARNESS),
        ([HARNESS, NOT_RUN], ExitCode.HARNESS),
        ([FAIL, HARNESS, NOT_RUN], ExitCode.NOT_CONFORMANT),
        ([Verdict.NOT_APPLICABLE], ExitCode.NOTHING_RAN),
        ([], ExitCode.NOTHING_RAN),
    ],
)
def test_exit_code_is_the_worst_of_what_was_found(verdicts: list[Verdict], code: ExitCode) -> None:
    record = replace(RECORD, results=[replace(RESULT, verdict=verdict) for verdict in verdicts])

    assert outcome.exit_code(record, unreachable=False) is code


@pytest.mark.parametrize(
    ("verdict", "judged", "code"),
    [
        (FAIL, False, ExitCode.AS_EXPECTED),
        (FAIL, True, ExitCode.NOT_CONFORMANT),
        (HARNESS, False, ExitCode.HARNESS),
    ],
)
def test_generated_cases_count_where_assumptions_are_judged(
    verdict: Verdict, judged: bool, code: ExitCode
) -> None:
    made_up = replace(RESULT, layer=Layer.GENERATED, verdict=verdict)
    record = replace(RECORD, results=[RESULT, made_up], judge_assumptions=judged)

    assert outcome.exit_code(record, unreachable=False) is code


def test_problems_of_the_deviations_file_are_red() -> None:
    record = replace(RECORD, results=[RESULT], deviation_problems=["a.b.c: names no case"])

    assert outcome.exit_code(record, unreachable=False) is ExitCode.NOT_CONFORMANT


def test_target_that_can_not_be_reached_outranks_everything() -> None:
    record = replace(RECORD, results=[replace(RESULT, verdict=NOT_RUN)])

    assert outcome.exit_code(record, unreachable=True) is ExitCode.UNREACHABLE


def test_every_exit_code_of_a_run_has_a_meaning() -> None:
    assert set(outcome.MEANING) == set(ExitCode)
