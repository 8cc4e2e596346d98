"""The generated layer."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from judging import Judge
from small_vendor import SmallVendor

from conformance import generated
from conformance.contract import load
from conformance.generation import Hints, for_requests
from conformance.integral import integral
from conformance.judged import judge as judged
from conformance.verdict import ExitCode, Layer, Verdict


class Listening(SmallVendor):
    """A small vendor that remembers what it was sent."""

    def __init__(self, *faults: str) -> None:
        super().__init__(*faults)
        self.received: list[tuple[str, str, bytes, dict[str, str]]] = []

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, Any]:
        """As before, with a note of the request."""
        self.received.append((method, path, body, headers))
        return super().answer(method, path, headers, body)


def result_of(judge: Judge, vendor: SmallVendor, case: str, **options: Any) -> Any:
    """The result of one generated case, and the exit code of its run."""
    profile = "betstack" if case.startswith("betstack") else "betcore-casino"
    session = judge(vendor, profile, only=(case,), **{"generated": 5, **options})
    assert session.record is not None
    (result,) = session.record.results
    return result, session.code


@pytest.mark.parametrize(
    "case",
    [
        "betstack.generated.payTicket",
        "betstack.generated.listTickets",
        "betstack.generated.listSuperbetCards",
        "betstack.generated.generateSmartbet",
        "betcore.generated.getUserData",
        "betcore.generated.makePayment",
        "betcore.generated.closeBet",
    ],
)
def test_good_vendor_gives_nothing_to_find(judge: Judge, case: str) -> None:
    result, code = result_of(judge, SmallVendor(), case)

    assert (result.layer, result.verdict, code) == (Layer.GENERATED, Verdict.PASS, ExitCode.AS_EXPECTED)


def test_finding_is_observed_on_a_stranger_and_fails_when_judged(judge: Judge) -> None:
    case = "betstack.generated.payTicket"
    stranger, code = result_of(judge, SmallVendor("code_as_text"), case)
    own, own_code = result_of(judge, SmallVendor("code_as_text"), case, judge_assumptions=True)

    assert (stranger.verdict, stranger.agrees, code) == (Verdict.OBSERVED, False, ExitCode.AS_EXPECTED)
    assert stranger.reason.startswith("Response violates schema: ")
    assert stranger.exchanges[0].response_body.startswith('{"code": "102"')
    assert (own.verdict, own_code) == (Verdict.FAIL, ExitCode.NOT_CONFORMANT)


def test_broken_connection_is_the_targets_finding(judge: Judge) -> None:
    result, _ = result_of(judge, SmallVendor("drops_connections"), "betstack.generated.payTicket")

    assert result.verdict is Verdict.OBSERVED
    assert "no answer: ConnectionError" in result.reason


def test_requests_are_signed_and_reach_every_branch(judge: Judge) -> None:
    vendor = Listening()
    result_of(judge, vendor, "betcore.generated.makePayment")
    booked = [amount for (amount, _), _ in vendor.casino.bets.booked.values()]

    assert booked != []
    assert max(booked) < 1
    assert {path for _, path, _, _ in vendor.received} == {"/payments/make", "/users/data"}


def test_only_documented_methods_and_paths_are_called_and_nothing_is_probed(judge: Judge) -> None:
    vendor = Listening()
    result_of(judge, vendor, "betstack.generated.getTicket")

    assert {method for method, _, _, _ in vendor.received} == {"GET"}
    assert all(path.startswith("/be/tickets/") for _, path, _, _ in vendor.received)
    assert not any("x-schemathesis-probe" in headers for _, _, _, headers in vendor.received)


def test_same_seed_makes_up_the_same_requests(judge: Judge) -> None:
    def sent(seed: int) -> list[tuple[str, str, bytes]]:
        vendor = Listening()
        result_of(judge, vendor, "betstack.generated.reserveTicket", seed=seed)
        return [
            (method, path, body) for method, path, body, _ in vendor.received[1:]
        ]  # the smoke check's id is new

    first = sent(1)

    assert len(first) > 30
    assert sent(1) == first
    assert sent(2) != first


def test_made_up_integral_floats_are_sent_as_integers(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    def integral_floats() -> int:
        vendor = Listening()
        result_of(judge, vendor, "betstack.generated.reserveTicket", generated=15)
        return sum(len(re.findall(rb"[0-9][.]0[],}]", body)) for _, _, body, _ in vendor.received)

    mapped = integral_floats()
    monkeypatch.setattr(generated, "as_integers", lambda request: None)

    assert mapped == 0
    assert integral_floats() > 0


def test_made_up_payments_that_moved_the_balance_are_reported(judge: Judge) -> None:
    vendor = SmallVendor()
    before = vendor.casino.balance
    session = judge(vendor, "betcore-casino", only=("betcore.generated.makePayment",), generated=5)
    assert session.record is not None
    moved = vendor.casino.balance - before

    assert session.record.created == (
        [f"betcore.generated.makePayment: made-up payments moved the balance by {moved:+f}"] if moved else []
    )


def test_generated_cases_can_be_left_out(judge: Judge) -> None:
    session = judge(SmallVendor(), "betstack", only=("payTicket",), generated=0)
    assert session.record is not None

    assert {row.layer for row in session.record.results} == {Layer.NAMED}


@pytest.mark.parametrize(
    ("made_up", "sent"),
    [
        (104.0, 104),
        (1.5, 1.5),
        ({"a": [2.0, {"b": 3.0}]}, {"a": [2, {"b": 3}]}),
        (True, True),
        ("1.0", "1.0"),
    ],
)
def test_integral_floats_become_integers(made_up: object, sent: object) -> None:
    assert json.dumps(integral(made_up)) == json.dumps(sent)


def test_hints_stand_beside_what_the_contract_allows_and_leave_answers_alone() -> None:
    contract = judged(load("betcore.casino").document)
    amount = {"type": "string", "pattern": "^0$"}
    hinted = for_requests(contract, Hints({"Amount": amount}, {"PartnerUserId": "known"}))

    def schemas(name: str) -> Any:
        return hinted["components"]["schemas"][name]

    assert schemas("request.PaymentRequest")["properties"]["Amount"] == amount
    assert schemas("request.PaymentRequest")["properties"]["PartnerUserId"]["anyOf"][0] == {"enum": ["known"]}
    assert schemas("PaymentRequest") == contract["components"]["schemas"]["PaymentRequest"]
    body = hinted["paths"]["/payments/make"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert body == {"$ref": "#/components/schemas/request.PaymentRequest"}


def test_configuration_of_the_working_directory_takes_no_part(
    judge: Judge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "schemathesis.toml").write_text("[checks]\nenabled = false\n")
    monkeypatch.chdir(tmp_path)
    result, _ = result_of(judge, SmallVendor("code_as_text"), "betstack.generated.payTicket")

    assert result.verdict is Verdict.OBSERVED
