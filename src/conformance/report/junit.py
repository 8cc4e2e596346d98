"""The run as JUnit XML, for CI servers: one suite for each profile and layer."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from conformance.report import summary
from conformance.report.characters import one_line, visible
from conformance.report.plain import evidence
from conformance.verdict import CaseResult, ExitCode, RunReport, Verdict

_ELEMENTS = {
    Verdict.HAZARD: "failure",
    Verdict.FAIL: "failure",
    Verdict.HARNESS_ERROR: "error",
    Verdict.NOT_RUN: "error",
    Verdict.NOT_APPLICABLE: "skipped",
}
"""What a case holds beside its properties; a verdict that is not here is a pass."""


def render(report: RunReport) -> str:
    """Return junit.xml. It is red whenever the exit code is not 0, also when nothing ran at all."""
    root = ET.Element("testsuites", name=f"conformance of {one_line(report.target)}")
    for profile, layer, _ in summary.by_profile(report):
        results = [result for result in report.results if (result.profile, result.layer) == (profile, layer)]
        duration_ms = sum(result.duration_ms for result in results)
        _suite(root, report, f"{profile} ({layer.value})", [_case(result) for result in results], duration_ms)
    if report.deviation_problems:
        troubles = [
            _trouble("deviations", text, "failure", "DEVIATION") for text in report.deviation_problems
        ]
        _suite(root, report, "deviations file", troubles, 0)
    nothing_ran = summary.exit_code(report) is ExitCode.NOTHING_RAN
    if report.smoke_failure is not None or (nothing_ran and root.find(".//error") is None):
        reason = report.smoke_failure or summary.headline(report)
        _suite(root, report, "run", [_trouble("run", reason, "error", Verdict.NOT_RUN.value)], 0)
    for attribute in ("tests", "failures", "errors", "skipped"):
        root.set(attribute, str(sum(int(suite.get(attribute, "0")) for suite in root)))
    root.set("time", _seconds(report.duration_ms))
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite(
    root: ET.Element, report: RunReport, name: str, cases: Sequence[ET.Element], duration_ms: int
) -> None:
    suite = ET.SubElement(root, "testsuite", name=one_line(name))
    suite.set("timestamp", one_line(report.started))
    suite.set("tests", str(len(cases)))
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(attribute, str(sum(case.find(tag) is not None for case in cases)))
    suite.set("time", _seconds(duration_ms))
    _properties(
        suite,
        ("kit_version", report.kit_version),
        ("run_id", report.run_id),
        ("seed", str(report.seed)),
        ("target", report.target),
    )
    suite.extend(cases)


def _case(result: CaseResult) -> ET.Element:
    module, _, name = result.case_id.rpartition(".")
    case = ET.Element(
        "testcase",
        classname=one_line(module or result.profile),
        name=one_line(name),
        time=_seconds(result.duration_ms),
    )
    properties = [("verdict", result.verdict.value), ("title", result.title), ("operation", result.operation)]
    properties += [("requirement", ref.id) for ref in result.requirements]
    if result.agrees is not None:
        properties.append(("observed", "agrees" if result.agrees else "differs"))
    _properties(case, *properties)
    tag = _ELEMENTS.get(result.verdict)
    if tag is not None:
        found = ET.SubElement(case, tag, message=one_line(result.reason or result.title))
        if tag != "skipped":
            found.set("type", result.verdict.value)
            found.text = visible(evidence(result))
    elif result.verdict is not Verdict.PASS:
        text = f"{result.verdict.value}: {result.reason or result.title}\n\n{evidence(result)}"
        ET.SubElement(case, "system-out").text = visible(text)
    return case


def _trouble(classname: str, reason: str, tag: str, kind: str) -> ET.Element:
    """Return a test case for what went wrong outside any case."""
    text = one_line(reason)
    case = ET.Element("testcase", classname=classname, name=text, time=_seconds(0))
    ET.SubElement(case, tag, message=text, type=kind)
    return case


def _properties(parent: ET.Element, *pairs: tuple[str, str]) -> None:
    properties = ET.SubElement(parent, "properties")
    for name, value in pairs:
        ET.SubElement(properties, "property", name=name, value=one_line(value))


def _seconds(milliseconds: int) -> str:
    return f"{milliseconds // 1000}.{milliseconds % 1000:03d}"
