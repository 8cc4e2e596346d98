"""Exit code, headline and groups of a run."""

from __future__ import annotations

import pytest

from conformance.report import summary
from conformance.verdict import ExitCode, Layer, Verdict

from .test_report_records import MUST, case, ref, run

PASSED = case(Verdict.PASS)


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([Verdict.PASS], 0),
        ([Verdict.OBSERVED], 0),
        ([Verdict.PASS, Verdict.DEVIATION, Verdict.NOT_APPLICABLE], 0),
        ([Verdict.PASS, Verdict.FAIL], 1),
        ([Verdict.PASS, Verdict.HAZARD], 1),
        ([Verdict.PASS, Verdict.NOT_RUN], 4),
        ([], 4),
        ([Verdict.NOT_APPLICABLE], 4),
        ([Verdict.PASS, Verdict.HARNESS_ERROR], 5),
        ([Verdict.FAIL, Verdict.HARNESS_ERROR, Verdict.NOT_RUN], 1),
        ([Verdict.HAZARD, Verdict.HARNESS_ERROR], 1),
        ([Verdict.HARNESS_ERROR, Verdict.NOT_RUN], 5),
    ],
)
def test_the_exit_code_follows_the_worst_named_verdict(verdicts: list[Verdict], expected: int) -> None:
    assert summary.exit_code(run(*map(case, verdicts))) == expected


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        (Verdict.FAIL, ExitCode.NOT_CONFORMANT),
        (Verdict.HAZARD, ExitCode.NOT_CONFORMANT),
        (Verdict.HARNESS_ERROR, ExitCode.HARNESS),
        (Verdict.NOT_RUN, ExitCode.AS_EXPECTED),
        (Verdict.OBSERVED, ExitCode.AS_EXPECTED),
    ],
)
def test_a_generated_case_changes_the_exit_code_only_when_it_failed(
    verdict: Verdict, expected: ExitCode
) -> None:
    report = run(PASSED, case(verdict, "betstack.generated.payTicket", layer=Layer.GENERATED))

    assert summary.exit_code(report) is expected


def test_generated_cases_alone_are_not_enough() -> None:
    report = run(case(Verdict.PASS, "betstack.generated.payTicket", layer=Layer.GENERATED))

    assert summary.exit_code(report) is ExitCode.NOTHING_RAN


def test_a_problem_of_the_deviations_file_fails_a_run_that_passes() -> None:
    assert summary.exit_code(run(PASSED)) is ExitCode.AS_EXPECTED
    assert summary.exit_code(run(PASSED, deviation_problems=["x expired"])) is ExitCode.NOT_CONFORMANT


def test_the_headline_of_a_conformant_run_counts_requirements_and_observations() -> None:
    report = run(
        case(Verdict.PASS, requirements=[ref("BS-A-1")]),
        case(Verdict.PASS, requirements=[ref("BS-A-1"), ref("BS-A-2")]),
        case(Verdict.OBSERVED),
        case(Verdict.OBSERVED),
    )

    assert summary.headline(report) == (
        "Conformant: 2 of 2 requirements tested hold; "
        "2 observations where the documentation is silent."
    )  # fmt: skip


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([PASSED], "Conformant: 1 of 1 requirement tested holds."),
        (
            [case(Verdict.OBSERVED, agrees=False)],
            "Observed only: 1 observation where the documentation is silent, 1 unlike what is assumed.",
        ),
        (
            [PASSED, case(Verdict.FAIL, requirements=[ref("BS-A-1")])],
            "Not conformant: 1 of 2 requirements tested hold.",
        ),
        (
            [case(Verdict.HAZARD), case(Verdict.FAIL)],
            "Money at risk: money was created, lost or moved twice in 1 case; "
            "0 of 1 requirement tested holds.",
        ),
        (
            [PASSED, case(Verdict.FAIL, layer=Layer.GENERATED, requirements=[])],
            "Not conformant: 1 of 1 requirement tested holds; 1 generated case failed.",
        ),
        (
            [PASSED, case(Verdict.DEVIATION, requirements=[ref("BS-A-1")])],
            "Conformant but for 1 known deviation: 1 of 2 requirements tested hold.",
        ),
        (
            [PASSED, case(Verdict.HARNESS_ERROR, requirements=[ref("BS-A-1")])],
            "Inconclusive: 1 of 1 requirement tested holds; the kit itself failed in 1 case.",
        ),
        (
            [PASSED, case(Verdict.NOT_RUN, requirements=[ref("BS-A-1")])],
            "Incomplete: 1 of 1 requirement tested holds; 1 case could not run.",
        ),
        ([case(Verdict.NOT_RUN), case(Verdict.NOT_RUN)], "Nothing was tested: 2 cases could not run."),
        ([case(Verdict.NOT_APPLICABLE)], "Nothing was tested: no case applies to this target."),
        ([], "Nothing was tested: no named case was selected."),
    ],
)
def test_the_headline_says_the_worst_first(results: list[object], expected: str) -> None:
    assert summary.headline(run(*results)) == expected  # type: ignore[arg-type]


def test_the_headline_names_problems_of_the_deviations_file() -> None:
    report = run(PASSED, deviation_problems=["x expired", "y matches nothing"])

    assert summary.headline(report) == (
        "The deviations file is out of date: 1 of 1 requirement tested holds; "
        "2 problems with the deviations file."
    )  # fmt: skip


def test_the_headline_of_a_failed_smoke_check_is_its_first_line() -> None:
    report = run(smoke_failure="The target refuses the identity: 403.\nsignature: unknown operator")

    assert summary.headline(report) == "Nothing was tested: The target refuses the identity: 403."


def test_a_requirement_of_level_may_counts_only_when_assumptions_are_judged() -> None:
    results = [PASSED, case(Verdict.PASS, requirements=[ref("BS-RSV-008", level="MAY")])]

    assert summary.headline(run(*results)) == "Conformant: 1 of 1 requirement tested holds."
    judged = run(*results, judge_assumptions=True)
    assert summary.headline(judged) == "Conformant: 2 of 2 requirements tested hold."


def test_a_requirement_has_the_worst_verdict_of_its_cases() -> None:
    first, second = case(Verdict.PASS, "betstack.a.one"), case(Verdict.FAIL, "betstack.a.two")

    [outcome] = summary.requirement_outcomes([first, case(Verdict.NOT_APPLICABLE), second])

    assert outcome.verdict is Verdict.FAIL
    assert outcome.leading_case is second
    assert outcome.requirement is MUST


def test_a_case_that_does_not_apply_leaves_the_verdict_to_the_others() -> None:
    [outcome] = summary.requirement_outcomes([case(Verdict.NOT_APPLICABLE), PASSED])

    assert outcome.verdict is Verdict.PASS


def test_every_verdict_has_a_rank_and_a_sign_of_its_own() -> None:
    assert sorted(summary.WORST_FIRST) == sorted(Verdict)
    assert set(summary.GLYPHS) == set(Verdict)
    assert len(set(summary.GLYPHS.values())) == len(Verdict)


def test_requirements_are_grouped_by_the_operation_of_their_case() -> None:
    report = run(
        case(Verdict.PASS, requirements=[ref("BS-B-1")]),
        case(Verdict.PASS, operation="getTicket", requirements=[ref("BS-A-1")]),
        case(Verdict.FAIL, requirements=[ref("BS-A-1")]),
        case(Verdict.FAIL, operation="generatedOnly", layer=Layer.GENERATED),
    )

    groups = {
        group.operation: [(outcome.requirement.id, outcome.verdict) for outcome in group.requirements]
        for group in summary.by_operation(report)
    }

    assert groups == {
        "payTicket": [("BS-A-1", Verdict.FAIL), ("BS-B-1", Verdict.PASS)],
        "getTicket": [("BS-A-1", Verdict.PASS)],
    }


def test_problems_come_hazards_first_and_named_before_generated() -> None:
    generated = {"layer": Layer.GENERATED}
    report = run(
        case(Verdict.FAIL, "a.generated.fail", **generated),
        case(Verdict.FAIL, "a.named.fail"),
        PASSED,
        case(Verdict.HAZARD, "a.generated.hazard", **generated),
        case(Verdict.HAZARD, "a.named.hazard"),
    )

    assert [result.case_id for result in summary.problems(report)] == [
        "a.named.hazard",
        "a.generated.hazard",
        "a.named.fail",
        "a.generated.fail",
    ]
