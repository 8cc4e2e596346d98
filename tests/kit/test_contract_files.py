"""Finding and reading contracts and registers."""

from __future__ import annotations

from typing import NoReturn

import pytest

from bet_contracts import contracts
from bet_contracts.errors import ContractError
from bet_contracts.overrides import Answered
from conformance import requirements
from conformance.answered import Refusals
from conformance.case import catalogue
from conformance.contract import Operation, load
from conformance.errors import KitError
from conformance.verdict import ExitCode


def test_contract_has_a_fingerprint_that_overrides_change() -> None:
    loaded = load("betstack.bet_engine")

    assert loaded.file == "betstack/bet-engine.yaml"
    assert loaded.sha256 == load("betstack.bet_engine", {}).sha256
    assert loaded.sha256 != load("betstack.bet_engine", {"BS-ASM-014": {"code": 104}}).sha256
    assert loaded.prefix == "/be"


def test_overrides_tell_what_became_of_the_oracles_numbers() -> None:
    plain = load("betstack.bet_engine")
    answered = load("betstack.bet_engine", {"BS-ASM-014": {"code": 104, "status": 404}})

    assert plain.refusals == {}
    assert answered.refusals == {
        "getTicket": Refusals({(400, 102): Answered(404, 104, None)}, {400: 404}),
    }


def test_override_that_can_not_be_is_wrong_usage() -> None:
    with pytest.raises(KitError, match="BS-ASM-999 is no assumption") as stopped:
        load("betstack.bet_engine", {"BS-ASM-999": "confirmed"})
    assert stopped.value.code is ExitCode.USAGE


def test_prefix_of_a_casino_is_empty() -> None:
    assert load("betcore.casino").prefix == ""


def test_operations_are_listed_in_the_order_of_the_document() -> None:
    assert [operation.id for operation in load("betstack.sms").operations()] == ["sendSmsNotification"]
    assert Operation("payTicket", "POST", "/tickets/{identifier}/paid") in list(
        load("betstack.bet_engine").operations()
    )


def test_unknown_operation_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        load("betcore.casino").operation("payTicket")


def test_contract_that_can_not_be_read_is_the_kits_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> NoReturn:
        raise ContractError("the contracts are missing")

    monkeypatch.setattr(contracts, "load", broken)

    with pytest.raises(KitError, match="the contracts are missing") as stopped:
        load("betcore.casino")
    assert stopped.value.code is ExitCode.HARNESS


def test_registers_name_their_pages_by_url() -> None:
    register = requirements.load()

    assert register["BS-PAY-005"].sources == (
        "https://developer.betstack.io/bet-engine-api/paid-ticket-endpoint",
    )
    assert register["BC-PAY-007"].sources == ("BC-ASM-015",)
    assert (register["BS-PAY-005"].binding, register["BC-PAY-007"].binding) == (True, False)


def test_what_the_vendor_answered_binds() -> None:
    plain = requirements.load()
    answered = requirements.load({"BC-ASM-015": {"duplicate": {"code": 103779}}, "BS-ASM-014": "confirmed"})

    for name in ("BC-PAY-007", "BS-TKT-005"):
        assert (plain[name].level, plain[name].standing) == ("MAY", "assumed")
        assert (answered[name].level, answered[name].standing) == ("MUST", "confirmed")
    assert answered["BC-PAY-008"].level == "MAY"


def test_every_requirement_lists_exactly_the_cases_that_name_it() -> None:
    naming: dict[str, set[str]] = {}
    for case in catalogue().values():
        for requirement in case.requirements:
            naming.setdefault(requirement.id, set()).add(case.id)

    assert {row.id: set(row.cases) for row in requirements.load().values() if row.cases} == naming


def test_every_requirement_without_a_case_says_why() -> None:
    silent = [row.id for row in requirements.load().values() if not row.cases and not row.not_tested]

    assert silent == []
