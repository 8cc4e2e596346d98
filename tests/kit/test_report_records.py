"""Records that the tests of the reports are built from, and what they promise those tests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from conformance.verdict import CaseResult, Exchange, Layer, RequirementRef, RunReport, Verdict

PAID_PAGE = "https://developer.betstack.io/bet-engine-api/paid-ticket-endpoint"

MUST = RequirementRef(
    id="BS-PAY-005",
    level="MUST",
    standing="documented",
    text="A ticket that is already open is refused with 400 and code 117.",
    sources=(PAID_PAGE,),
)
MAY = RequirementRef(
    id="BS-RSV-008",
    level="MAY",
    standing="assumed",
    text="A token that the operator does not know is refused with 400 and code 101.",
    sources=("BS-ASM-011",),
)

PAY = Exchange(
    operation="payTicket",
    method="POST",
    url="http://127.0.0.1:8080/be/tickets/65a1/paid",
    request_headers=(("timestamp", "1706090303"), ("signature", "[masked]")),
    request_body=None,
    status=200,
    response_headers=(("content-type", "application/json"),),
    response_body='{"id":"65a1","status":"open","odds":10.0}',
    elapsed_ms=12,
    purpose="the repeat",
)

HOSTILE = (
    "</script></style><img src=x onerror=alert(1)>\"'`|*_[x](javascript:alert(1)) @all"
    "\x00\x1b[2J\ud800\u202e\uffff]]>"
)
"""Closes every container there is: HTML, XML, Markdown, terminals, UTF-8."""


def ref(name: str, *, level: str = "MUST") -> RequirementRef:
    return replace(MUST if level == "MUST" else MAY, id=name)


def case(verdict: Verdict, name: str = "betstack.paid.second_is_refused", **changes: Any) -> CaseResult:
    """Return a named result of the verdict, bound to BS-PAY-005, or BS-RSV-008 where it is observed."""
    observed = verdict is Verdict.OBSERVED
    facts: dict[str, Any] = {
        "case_id": name,
        "title": "A ticket that is already open can't be paid.",
        "profile": "betstack",
        "surface": "betstack.bet_engine",
        "operation": "payTicket",
        "layer": Layer.NAMED,
        "safety": "moves-money",
        "requirements": (MAY,) if observed else (MUST,),
        "verdict": verdict,
        "reason": "" if verdict is Verdict.PASS else f"why it is {verdict.value}",
        "agrees": True if observed else None,
        "exchanges": (PAY,),
        "reproduce": f"conformance run betstack --base-url http://127.0.0.1:8080 --only {name}",
        "duration_ms": 1250,
    }
    return CaseResult(**{**facts, **changes})


def run(*results: CaseResult, **changes: Any) -> RunReport:
    """Return the report of a run with the results."""
    facts: dict[str, Any] = {
        "kit_version": "0.1.0",
        "run_id": "ck-7f3a",
        "profiles": ("betstack",),
        "target": "staging",
        "started": "2026-11-21T09:04:00Z",
        "duration_ms": 4321,
        "seed": 7,
        "contracts": {"betstack/bet-engine.yaml": "ab" * 32},
        "judge_assumptions": False,
        "clock_skew_ms": -120,
        "results": results,
    }
    return RunReport(**{**facts, **changes})


def every_verdict() -> RunReport:
    """Return a run with one case of each verdict in each layer."""
    return run(
        *(
            case(verdict, f"betstack.{layer.value}.ends_with_{verdict.name.lower()}", layer=layer)
            for layer in Layer
            for verdict in Verdict
        )
    )


def hostile() -> RunReport:
    """Return a run in which every text that can come from outside is hostile."""
    exchange = replace(
        PAY,
        operation=HOSTILE,
        method=HOSTILE,
        url=f"http://[{HOSTILE}",
        request_headers=((HOSTILE, HOSTILE),),
        request_body=HOSTILE,
        response_headers=((HOSTILE, HOSTILE),),
        response_body=HOSTILE,
        purpose=HOSTILE,
    )
    requirement = replace(MUST, id=HOSTILE, text=HOSTILE, sources=(HOSTILE, "javascript:alert(1)"))
    results = [
        case(
            verdict,
            HOSTILE,
            layer=layer,
            title=HOSTILE,
            operation=HOSTILE,
            surface=HOSTILE,
            requirements=(requirement,),
            reason=HOSTILE,
            expected=HOSTILE,
            actual=HOSTILE,
            exchanges=(exchange,),
            reproduce=HOSTILE,
        )
        for layer in Layer
        for verdict in Verdict
    ]
    return run(
        *results,
        target=HOSTILE,
        run_id=HOSTILE,
        started=HOSTILE,
        contracts={HOSTILE: "ab" * 32},
        deviation_problems=(HOSTILE,),
        created=(HOSTILE,),
        notes=(HOSTILE,),
        smoke_failure=HOSTILE,
    )


def test_the_sample_run_has_every_verdict_in_both_layers() -> None:
    report = every_verdict()

    assert set(report.counts(Layer.NAMED)) == set(Verdict)
    assert set(report.counts(Layer.GENERATED)) == set(Verdict)


def test_the_hostile_text_cannot_be_written_as_utf_8_as_it_is() -> None:
    assert HOSTILE.encode("utf-8", "replace") != HOSTILE.encode("utf-8", "surrogatepass")
