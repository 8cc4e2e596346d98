"""junit.xml: well formed whatever it holds, and red whenever the run is."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from conformance.report import junit, summary
from conformance.verdict import Layer, RunReport, Verdict

from .test_report_records import PAID_PAGE, case, every_verdict, hostile, run


def parse(report: RunReport) -> ET.Element:
    return ET.fromstring(junit.render(report).encode("utf-8"))


def properties(element: ET.Element) -> list[tuple[str | None, str | None]]:
    return [(entry.get("name"), entry.get("value")) for entry in element.findall("properties/property")]


@pytest.mark.parametrize(
    ("verdict", "element"),
    [
        (Verdict.HAZARD, "failure"),
        (Verdict.FAIL, "failure"),
        (Verdict.HARNESS_ERROR, "error"),
        (Verdict.NOT_RUN, "error"),
        (Verdict.NOT_APPLICABLE, "skipped"),
        (Verdict.OBSERVED, None),
        (Verdict.DEVIATION, None),
        (Verdict.PASS, None),
    ],
)
def test_each_verdict_has_its_element(verdict: Verdict, element: str | None) -> None:
    _, found = parse(run(case(Verdict.PASS), case(verdict))).iter("testcase")

    outcome = [child for child in found if child.tag in ("failure", "error", "skipped")]
    assert [child.tag for child in outcome] == ([element] if element else [])
    assert ("verdict", verdict.value) in properties(found)
    if element:
        assert outcome[0].get("message") == f"why it is {verdict.value}"
    if element in ("failure", "error"):
        assert outcome[0].get("type") == verdict.value


def test_a_failure_carries_its_evidence() -> None:
    [failure] = parse(run(case(Verdict.FAIL, expected="400, code 117", actual="200"))).iter("failure")

    text = failure.text or ""
    assert "BS-PAY-005 (MUST, documented): A ticket that is already open is refused" in text
    assert PAID_PAGE in text
    assert "expected: 400, code 117" in text
    assert "actual:   200" in text
    assert "POST http://127.0.0.1:8080/be/tickets/65a1/paid -> 200 (12 ms, the repeat)" in text
    assert '  "odds": 10.0' in text
    assert "conformance run betstack --base-url http://127.0.0.1:8080" in text


@pytest.mark.parametrize(
    ("agrees", "word"), [(True, "agrees"), (False, "differs")]
)  # fmt: skip
def test_an_observation_passes_and_says_whether_it_agrees(agrees: bool, word: str) -> None:
    [found] = parse(run(case(Verdict.OBSERVED, agrees=agrees))).iter("testcase")

    assert ("observed", word) in properties(found)
    assert ("requirement", "BS-RSV-008") in properties(found)
    assert "OBSERVED: why it is OBSERVED" in (found.findtext("system-out") or "")


def test_a_deviation_passes_and_gives_its_reason() -> None:
    [found] = parse(run(case(Verdict.DEVIATION))).iter("testcase")

    assert "DEVIATION: why it is DEVIATION" in (found.findtext("system-out") or "")


def test_a_pass_is_short() -> None:
    [found] = parse(run(case(Verdict.PASS))).iter("testcase")

    assert [child.tag for child in found] == ["properties"]
    assert (found.get("classname"), found.get("name")) == ("betstack.paid", "second_is_refused")
    assert found.get("time") == "1.250"


def test_there_is_one_suite_for_each_profile_and_layer_with_its_counts() -> None:
    report = run(
        *every_verdict().results, case(Verdict.FAIL, "betcore.close.x", profile="betcore-casino")
    )  # fmt: skip

    root = parse(report)

    counts = {
        suite.get("name"): [suite.get(name) for name in ("tests", "failures", "errors", "skipped", "time")]
        for suite in root
    }
    assert counts == {
        "betstack (named)": ["8", "2", "2", "1", "10.000"],
        "betstack (generated)": ["8", "2", "2", "1", "10.000"],
        "betcore-casino (named)": ["1", "1", "0", "0", "1.250"],
    }
    assert [root.get(name) for name in ("tests", "failures", "errors", "skipped")] == ["17", "5", "4", "2"]
    assert ("seed", "7") in properties(root[0])


def test_a_problem_of_the_deviations_file_is_a_failure() -> None:
    root = parse(run(case(Verdict.PASS), deviation_problems=["betstack.x: expired"]))

    [failure] = root.iter("failure")
    assert failure.get("message") == "betstack.x: expired"
    assert root.get("failures") == "1"


def test_a_smoke_failure_is_an_error() -> None:
    root = parse(run(smoke_failure="403 on a signed call"))

    [error] = root.iter("error")
    assert error.get("message") == "403 on a signed call"
    assert root.get("errors") == "1"


@pytest.mark.parametrize(
    "report",
    [
        run(),
        run(case(Verdict.NOT_APPLICABLE)),
        run(case(Verdict.NOT_RUN)),
        run(case(Verdict.PASS, layer=Layer.GENERATED)),
        run(case(Verdict.PASS), deviation_problems=["x"]),
        run(case(Verdict.PASS), case(Verdict.HARNESS_ERROR, layer=Layer.GENERATED)),
        every_verdict(),
        run(case(Verdict.PASS)),
        run(case(Verdict.OBSERVED), case(Verdict.DEVIATION)),
    ],
)
def test_the_file_is_red_exactly_when_the_exit_code_is_not_0(report: RunReport) -> None:
    root = parse(report)

    red = int(root.get("failures", "0")) + int(root.get("errors", "0")) > 0
    assert red == (summary.exit_code(report) != 0)


def test_the_file_is_well_formed_whatever_a_target_sends() -> None:
    root = parse(hostile())

    assert len(root.findall(".//testcase")) == 16 + 2
    [failure, *_] = root.iter("failure")
    assert "onerror=alert(1)" in (failure.get("message") or "")
    assert "\\x00\\x1b[2J\\ud800\\u202e\\uffff" in (failure.text or "")
