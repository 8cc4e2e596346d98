"""The run as JSON, for machines: ``schema.json`` beside this file describes it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from conformance.report import summary
from conformance.verdict import CaseResult, Exchange, Layer, RequirementRef, RunReport, Verdict

SCHEMA_VERSION = 1
"""Raised whenever a consumer of the older form would misread the newer one."""

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) that every report.json satisfies."""
    loaded: dict[str, Any] = json.loads(files(__package__).joinpath("schema.json").read_text("utf-8"))
    return loaded


def render(report: RunReport) -> str:
    """Return report.json: indented, keys in a fixed order, results in the order of the run."""
    text = json.dumps(_run(report), indent=2, ensure_ascii=False)
    # UTF-8 has no lone surrogates, and strict parsers refuse their escapes too: they are spelled out.
    return _LONE_SURROGATE.sub(lambda match: f"\\\\u{ord(match[0]):04x}", text) + "\n"


def _run(report: RunReport) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "kit_version": report.kit_version,
        "run_id": report.run_id,
        "target": report.target,
        "profiles": list(report.profiles),
        "started": report.started,
        "duration_ms": report.duration_ms,
        "seed": report.seed,
        "judge_assumptions": report.judge_assumptions,
        "clock_skew_ms": report.clock_skew_ms,
        "contracts": dict(sorted(report.contracts.items())),
        "headline": summary.headline(report),
        "outcome": summary.exit_code(report).name.lower(),
        "smoke_failure": report.smoke_failure,
        "counts": {layer.value: _counts(report, layer) for layer in Layer},
        "requirements": [
            {
                **_requirement(outcome.requirement),
                "verdict": outcome.verdict.value,
                "cases": [case.case_id for case in outcome.cases],
            }
            for outcome in summary.requirement_outcomes(summary.named_results(report))
        ],
        "results": [_result(result) for result in report.results],
        "deviation_problems": list(report.deviation_problems),
        "created": list(report.created),
        "notes": list(report.notes),
    }


def _counts(report: RunReport, layer: Layer) -> dict[str, int]:
    counts = report.counts(layer)
    return {verdict.value: counts[verdict] for verdict in Verdict}


def _result(result: CaseResult) -> dict[str, Any]:
    return {
        "case_id": result.case_id,
        "title": result.title,
        "profile": result.profile,
        "surface": result.surface,
        "operation": result.operation,
        "layer": result.layer.value,
        "safety": result.safety,
        "requirements": [_requirement(ref) for ref in result.requirements],
        "verdict": result.verdict.value,
        "reason": result.reason,
        "agrees": result.agrees,
        "expected": result.expected,
        "actual": result.actual,
        "exchanges": [_exchange(exchange) for exchange in result.exchanges],
        "reproduce": result.reproduce,
        "duration_ms": result.duration_ms,
    }


def _requirement(ref: RequirementRef) -> dict[str, Any]:
    return {
        "id": ref.id,
        "level": ref.level,
        "standing": ref.standing,
        "text": ref.text,
        "sources": list(ref.sources),
    }


def _exchange(exchange: Exchange) -> dict[str, Any]:
    return {
        "purpose": exchange.purpose,
        "operation": exchange.operation,
        "method": exchange.method,
        "url": exchange.url,
        "request_headers": _headers(exchange.request_headers),
        "request_body": exchange.request_body,
        "status": exchange.status,
        "response_headers": _headers(exchange.response_headers),
        "response_body": exchange.response_body,
        "elapsed_ms": exchange.elapsed_ms,
    }


def _headers(pairs: Sequence[tuple[str, str]]) -> list[list[str]]:
    """Pairs, not an object: order and repeated names are evidence."""
    return [[name, value] for name, value in pairs]
