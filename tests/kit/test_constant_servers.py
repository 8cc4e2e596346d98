"""No case is satisfied by a server that answers every request alike."""

from __future__ import annotations

import pytest
from constant_servers import ANSWERS, RAW_ANSWERS, constant_server, raw_server
from judging import Judge

from conformance import smoke
from conformance.verdict import ExitCode, Verdict

SAMPLE = (
    *(
        "BS-SIG-001",
        "BS-RSV-001",
        "BS-RSV-002",
        "BS-RSV-006",
        "BS-RSV-007",
        "BS-PAY-002",
        "BS-PAY-004",
        "BS-PAY-007",
    ),
    *("BS-TKT-001", "BS-TKT-006", "BC-USR-001", "BC-JWT-009", "BC-PAY-010", "BC-PAY-014", "BC-CLS-008"),
)
"""Requirements whose cases read answers in every way that there is."""


@pytest.mark.parametrize("name", ANSWERS)
def test_constant_server_satisfies_no_case(
    judge_url: Judge, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(smoke, "KEY_DEADLINE", 0.1)
    with constant_server(*ANSWERS[name]) as url:
        session = judge_url(url)
    assert session.record is not None
    results = session.record.results

    assert [row.case_id for row in results if row.verdict is Verdict.PASS or row.agrees] == []
    assert [(row.case_id, row.reason) for row in results if row.verdict is Verdict.HARNESS_ERROR] == []
    assert session.code in (ExitCode.NOT_CONFORMANT, ExitCode.NOTHING_RAN)


@pytest.mark.parametrize("name", RAW_ANSWERS)
def test_broken_server_is_never_taken_for_a_fault_of_the_kit(
    judge_url: Judge, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(smoke, "KEY_DEADLINE", 0.1)
    with raw_server(RAW_ANSWERS[name]) as url:
        session = judge_url(url, only=SAMPLE, reports=True)
    assert session.record is not None
    results = session.record.results

    assert [row.case_id for row in results if row.verdict is Verdict.PASS or row.agrees] == []
    assert [(row.case_id, row.reason) for row in results if row.verdict is Verdict.HARNESS_ERROR] == []
    assert session.code in (ExitCode.NOT_CONFORMANT, ExitCode.UNREACHABLE, ExitCode.NOTHING_RAN)
