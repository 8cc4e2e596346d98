"""What a run adds up to: exit code, headline, and the groups that every report shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from conformance.verdict import CaseResult, ExitCode, Layer, RequirementRef, RunReport, Verdict

EXECUTED = frozenset(Verdict) - {Verdict.NOT_RUN, Verdict.NOT_APPLICABLE}
"""Verdicts of cases that sent something and came to an end."""

PROBLEMS = (Verdict.HAZARD, Verdict.FAIL)
"""Verdicts that speak against the target."""

UNJUDGED = (Verdict.HARNESS_ERROR, Verdict.NOT_RUN)
"""Verdicts that say nothing about the target, and are no success."""

WORST_FIRST = (
    Verdict.HAZARD,
    Verdict.FAIL,
    Verdict.HARNESS_ERROR,
    Verdict.NOT_RUN,
    Verdict.DEVIATION,
    Verdict.OBSERVED,
    Verdict.PASS,
    Verdict.NOT_APPLICABLE,
)
"""Which verdict a requirement gets when its cases differ: the first of these that one of them has."""

GLYPHS = {
    Verdict.HAZARD: "▲",
    Verdict.FAIL: "✗",
    Verdict.HARNESS_ERROR: "!",
    Verdict.NOT_RUN: "○",
    Verdict.OBSERVED: "◆",
    Verdict.DEVIATION: "~",
    Verdict.NOT_APPLICABLE: "·",
    Verdict.PASS: "✓",
}
"""One sign for each verdict, so that none is told by its colour alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequirementOutcome:
    """A requirement with the cases that test it and what they add up to."""

    requirement: RequirementRef
    verdict: Verdict
    cases: tuple[CaseResult, ...]

    @property
    def leading_case(self) -> CaseResult:
        """The first of the cases that gave the requirement its verdict."""
        return next(case for case in self.cases if case.verdict is self.verdict)

    @property
    def differs(self) -> bool:
        """Whether it is observed, and a case saw the target do otherwise than is assumed."""
        return self.verdict is Verdict.OBSERVED and any(case.agrees is False for case in self.cases)


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationOutcomes:
    """The requirements whose cases belong to one operation."""

    surface: str
    operation: str
    requirements: tuple[RequirementOutcome, ...]


def exit_code(report: RunReport) -> ExitCode:
    """Return the exit code of a run whose target was reached; an unreachable one is the caller's to tell.

    A verdict against the target outweighs trouble with the kit, which outweighs what did not run:
    1 for a FAIL or HAZARD of either layer or a problem of the deviations file, 5 for a HARNESS-ERROR
    of either layer, 4 for a named case that could not run or when none was executed, 0 otherwise.
    """
    verdicts = {result.verdict for result in report.results}
    named = {result.verdict for result in report.results if result.layer is Layer.NAMED}
    rules = (
        (not verdicts.isdisjoint(PROBLEMS) or bool(report.deviation_problems), ExitCode.NOT_CONFORMANT),
        (Verdict.HARNESS_ERROR in verdicts, ExitCode.HARNESS),
        (Verdict.NOT_RUN in named or named.isdisjoint(EXECUTED), ExitCode.NOTHING_RAN),
    )
    return next((code for applies, code in rules if applies), ExitCode.AS_EXPECTED)


def headline(report: RunReport) -> str:
    """Return one sentence that says how the run ended, the worst first."""
    if report.smoke_failure is not None:
        first_line = next(iter(report.smoke_failure.strip().splitlines()), "the smoke check failed")
        return f"Nothing was tested: {first_line.rstrip('.')}."
    return f"{_lead(report)}: {'; '.join(_facts(report))}."


def _lead(report: RunReport) -> str:
    named = report.counts(Layer.NAMED)
    both = named + report.counts(Layer.GENERATED)
    leads = (
        (both[Verdict.HAZARD], "Money at risk"),
        (both[Verdict.FAIL], "Not conformant"),
        (report.deviation_problems, "The deviations file is out of date"),
        (both[Verdict.HARNESS_ERROR], "Inconclusive"),
        (EXECUTED.isdisjoint(named), "Nothing was tested"),
        (named[Verdict.NOT_RUN], "Incomplete"),
        (
            named[Verdict.DEVIATION],
            f"Conformant but for {count(named[Verdict.DEVIATION], 'known deviation')}",
        ),
        (not judged_requirements(report), "Observed only"),
    )
    return next((text for applies, text in leads if applies), "Conformant")


def _facts(report: RunReport) -> Iterator[str]:
    named = report.counts(Layer.NAMED)
    generated = report.counts(Layer.GENERATED)
    both = named + generated
    if both[Verdict.HAZARD]:
        yield f"money was created, lost or moved twice in {count(both[Verdict.HAZARD], 'case')}"
    if judged := judged_requirements(report):
        holding = sum(outcome.verdict is Verdict.PASS for outcome in judged)
        hold = "holds" if len(judged) == 1 else "hold"
        yield f"{holding} of {count(len(judged), 'requirement')} tested {hold}"
    if generated[Verdict.FAIL]:
        yield f"{count(generated[Verdict.FAIL], 'generated case')} failed"
    if report.deviation_problems:
        yield f"{count(len(report.deviation_problems), 'problem')} with the deviations file"
    if both[Verdict.HARNESS_ERROR]:
        yield f"the kit itself failed in {count(both[Verdict.HARNESS_ERROR], 'case')}"
    if named[Verdict.NOT_RUN]:
        yield f"{count(named[Verdict.NOT_RUN], 'case')} could not run"
    if observed := of(report, Layer.NAMED, Verdict.OBSERVED):
        differing = sum(result.agrees is False for result in observed)
        unlike = f", {differing} unlike what is assumed" if differing else ""
        yield f"{count(len(observed), 'observation')} where the documentation is silent{unlike}"
    if not named:
        yield "no named case was selected"
    elif set(named) == {Verdict.NOT_APPLICABLE}:
        yield "no case applies to this target"


def of(report: RunReport, layer: Layer, *verdicts: Verdict) -> list[CaseResult]:
    """Return the layer's results with one of the verdicts, in the order of the verdicts given."""
    return [
        result
        for verdict in verdicts
        for result in report.results
        if result.layer is layer and result.verdict is verdict
    ]


def problems(report: RunReport) -> list[CaseResult]:
    """Return what speaks against the target: hazards first, named before generated."""
    return [result for verdict in PROBLEMS for layer in Layer for result in of(report, layer, verdict)]


def requirement_outcomes(results: Iterable[CaseResult]) -> list[RequirementOutcome]:
    """Return each requirement that the results name, by id, with the worst verdict of its cases."""
    refs: dict[str, RequirementRef] = {}
    cases: dict[str, list[CaseResult]] = {}
    for result in results:
        for ref in result.requirements:
            refs.setdefault(ref.id, ref)
            cases.setdefault(ref.id, []).append(result)
    return [
        RequirementOutcome(
            requirement=refs[name],
            verdict=min((case.verdict for case in cases[name]), key=WORST_FIRST.index),
            cases=tuple(cases[name]),
        )
        for name in sorted(refs)
    ]


def judged_requirements(report: RunReport) -> list[RequirementOutcome]:
    """Return the requirements that were scored: of level MUST, or any with ``judge_assumptions``.

    One whose cases could not run, or did not apply, is not among them.
    """
    scored = (*PROBLEMS, Verdict.DEVIATION, Verdict.PASS)
    return [
        outcome
        for outcome in requirement_outcomes(named_results(report))
        if outcome.verdict in scored and (report.judge_assumptions or outcome.requirement.level == "MUST")
    ]


def by_operation(report: RunReport) -> list[OperationOutcomes]:
    """Return the requirements of the named cases by surface and operation, in the order of the run."""
    groups: dict[tuple[str, str], list[CaseResult]] = {}
    for result in named_results(report):
        groups.setdefault((result.surface, result.operation), []).append(result)
    return [
        OperationOutcomes(
            surface=surface, operation=operation, requirements=tuple(requirement_outcomes(results))
        )
        for (surface, operation), results in groups.items()
    ]


def by_profile(report: RunReport) -> list[tuple[str, Layer, Counter[Verdict]]]:
    """Return how many cases ended with each verdict, for each profile and layer that has any."""
    groups: dict[tuple[str, Layer], Counter[Verdict]] = {}
    for layer in Layer:
        for result in report.results:
            if result.layer is layer:
                groups.setdefault((result.profile, layer), Counter())[result.verdict] += 1
    return [(profile, layer, counts) for (profile, layer), counts in groups.items()]


def verdicts(report: RunReport) -> list[Verdict]:
    """Return the verdicts that the run has, of either layer, in the order in which reports show them."""
    found = {result.verdict for result in report.results}
    return [verdict for verdict in Verdict if verdict in found]


def named_results(report: RunReport) -> list[CaseResult]:
    """Return the results of the named layer, in the order of the run."""
    return [result for result in report.results if result.layer is Layer.NAMED]


def count(number: int, noun: str) -> str:
    """Return number and noun, the noun in the plural where the number asks for it."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
