"""report.json and its published schema."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

import jsonschema
import jsonschema_rs
import pytest

from conformance.report import json_report
from conformance.verdict import CaseResult, Exchange, Layer, RequirementRef, RunReport, Verdict

from .test_report_records import HOSTILE, MAY, case, every_verdict, hostile, run


def validator() -> jsonschema.Draft202012Validator:
    schema = json_report.schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize(
    "report",
    [
        pytest.param(every_verdict(), id="every verdict"),
        pytest.param(run(), id="nothing ran"),
        pytest.param(run(smoke_failure="403"), id="smoke failure"),
        pytest.param(run(case(Verdict.PASS), clock_skew_ms=None), id="no clock"),
        pytest.param(hostile(), id="hostile"),
    ],
)
def test_every_report_satisfies_the_schema(report: RunReport) -> None:
    text = json_report.render(report)

    validator().validate(json.loads(text))
    assert jsonschema_rs.validator_for(json.dumps(json_report.schema())).is_valid(json.loads(text))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda report: report.update(schema_version=2),
        lambda report: report.update(extra=1),
        lambda report: report.pop("seed"),
        lambda report: report["results"][0].update(verdict="SKIPPED"),
        lambda report: report["results"][0].update(layer="other"),
        lambda report: report["results"][0].pop("reproduce"),
        lambda report: report["results"][0]["requirements"][0].update(level="SHOULD"),
        lambda report: report["results"][0]["exchanges"][0].update(request_headers={"a": "b"}),
        lambda report: report["counts"]["named"].pop("PASS"),
        lambda report: report["contracts"].update({"x.yaml": "no hash"}),
    ],
)
def test_the_schema_refuses_a_report_of_another_shape(spoil: Any) -> None:
    report = json.loads(json_report.render(every_verdict()))
    validator().validate(report)

    spoil(report)

    with pytest.raises(jsonschema.ValidationError):
        validator().validate(report)


@pytest.mark.parametrize(
    ("record", "pointer"),
    [
        (RunReport, ()),
        (CaseResult, ("$defs", "result")),
        (Exchange, ("$defs", "exchange")),
        (RequirementRef, ("$defs", "requirement")),
    ],
)
def test_every_field_of_a_record_is_in_the_schema(record: Any, pointer: tuple[str, ...]) -> None:
    schema = json_report.schema()
    for step in pointer:
        schema = schema[step]

    assert {field.name for field in fields(record)} <= schema["properties"].keys()
    assert schema["required"] == list(schema["properties"])


def test_the_report_says_how_the_run_ended() -> None:
    report = json.loads(json_report.render(run(case(Verdict.FAIL), case(Verdict.OBSERVED, agrees=False))))

    assert report["schema_version"] == 1
    assert report["outcome"] == "not_conformant"
    assert report["headline"].startswith("Not conformant: 0 of 1 requirement")
    assert report["counts"]["named"]["FAIL"] == 1
    assert report["counts"]["named"]["PASS"] == 0
    assert report["counts"]["generated"] == dict.fromkeys((verdict.value for verdict in Verdict), 0)
    assert [entry["id"] for entry in report["requirements"]] == ["BS-PAY-005", "BS-RSV-008"]
    assert report["requirements"][1]["cases"] == [report["results"][1]["case_id"]]
    assert report["results"][1]["agrees"] is False
    assert report["results"][1]["requirements"][0]["text"] == MAY.text


def test_keys_and_results_keep_their_order() -> None:
    results = [case(Verdict.PASS, f"betstack.z.{name}") for name in "cab"]
    report = run(*results, contracts={"b.yaml": "0" * 64, "a.yaml": "1" * 64})

    text = json_report.render(report)

    assert json_report.render(report) == text
    assert list(json.loads(text))[:3] == ["schema_version", "kit_version", "run_id"]
    assert list(json.loads(text)["contracts"]) == ["a.yaml", "b.yaml"]
    assert [result["case_id"][-1] for result in json.loads(text)["results"]] == ["c", "a", "b"]


def test_repeated_headers_are_kept() -> None:
    pairs = (("set-cookie", "[masked]"), ("set-cookie", "[masked]"))
    exchange = Exchange(
        operation="o",
        method="GET",
        url="/",
        request_headers=(),
        request_body=None,
        status=None,
        response_headers=pairs,
        response_body=None,
        elapsed_ms=0,
    )

    report = json.loads(json_report.render(run(case(Verdict.PASS, exchanges=(exchange,)))))

    [written] = report["results"][0]["exchanges"]
    assert written["response_headers"] == [["set-cookie", "[masked]"], ["set-cookie", "[masked]"]]
    assert written["status"] is None


def test_a_lone_surrogate_is_spelled_out_and_all_else_is_kept() -> None:
    report = json.loads(json_report.render(run(case(Verdict.FAIL, reason=HOSTILE, layer=Layer.NAMED))))

    assert report["results"][0]["reason"] == HOSTILE.replace("\ud800", "\\ud800")
