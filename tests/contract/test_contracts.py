"""Each contract is valid OpenAPI, says where each fact comes from, and agrees with itself."""

from __future__ import annotations

import re
import string
from typing import Any

import pytest
from openapi_spec_validator import validate

from mockserver.betcore.refusals import Refusal as BetcoreRefusal
from mockserver.betstack.refusals import Refusal as BetstackRefusal
from mockserver.edge.contract import contracts_directory, load
from mockserver.edge.json_codec import parse
from mockserver.edge.schemas import compile_schema
from mockserver.kernel.errors import EdgeRefusal

from .conftest import CONTRACTS, OPENAPI, VENDORS, Node, operations, read, resolved, walk

STANDINGS = {"documented", "derived", "confirmed", "observed", "assumed"}
REACTIONS = {"final", "retry", "treat_as_success", "compensate"}
RESERVED_NUMBERS = {"betstack": range(900, 1000), "betcore": range(990000, 991000)}


def test_the_contracts_are_found_in_the_checkout() -> None:
    assert contracts_directory() == OPENAPI
    assert [path.name for path in CONTRACTS] == ["aggregator.yaml", "casino.yaml", "bet-engine.yaml"]


def test_the_contract_is_valid_openapi_3_0_3(contract: Node) -> None:
    assert contract["openapi"] == "3.0.3"
    validate(contract)


def test_the_control_planes_contract_is_valid() -> None:
    validate(read(OPENAPI / "admin.yaml"))


def test_every_operation_has_a_name_a_summary_security_and_provenance(contract: Node) -> None:
    for operation in operations(contract):
        assert {"operationId", "summary", "security", "x-provenance"} <= operation.keys()


def test_every_provenance_names_a_source_a_premise_or_an_assumption_that_exists(
    contract: Node, vendor: str
) -> None:
    pages = read(OPENAPI / vendor / "sources.yaml")["pages"]
    assumptions = {entry["id"] for entry in read(OPENAPI / vendor / "assumptions.yaml")["assumptions"]}
    marks = [(path, node["x-provenance"]) for path, node in walk(contract) if "x-provenance" in node]

    assert len(marks) > 5
    for path, mark in marks:
        needs = {"derived": "premises", "assumed": "assumption"}.get(mark["standing"], "source")
        assert mark["standing"] in STANDINGS, path
        assert needs in mark, path
        assert {mark["source"]} <= pages.keys() if "source" in mark else True, path
        assert set(mark.get("premises", ())) <= pages.keys(), path
        assert {mark["assumption"]} <= assumptions if "assumption" in mark else True, path
    for path, node in walk(contract):
        assert set(node.get("x-assumed-keywords", {}).values()) <= assumptions, path
        assert set(node.get("x-assumed-keywords", {})) <= node.keys(), path


def test_every_response_and_every_row_of_refusals_has_provenance(contract: Node) -> None:
    for operation in operations(resolved(contract, contract)):
        for response in operation["responses"].values():
            assert "x-provenance" in response, operation["operationId"]
            for row in response.get("x-errors", ()):
                assert {"class", "when", "code", "message", "caller", "x-provenance"} == row.keys()
                assert row["caller"] in REACTIONS


def test_refusals_of_a_response_and_its_codes_agree(contract: Node) -> None:
    for operation in operations(resolved(contract, contract)):
        for status, response in operation["responses"].items():
            rows = [row["code"] for row in response.get("x-errors", ())]
            schema = response.get("content", {}).get("application/json", {}).get("schema", {})
            enums = [
                node["enum"]
                for path, node in walk(schema)
                if path.endswith(("/code", "/ErrorCode")) and node.get("enum") not in (None, [200])
            ]
            if rows:
                assert sorted(set(rows)) == sorted(enums[-1]), (operation["operationId"], status)
                assert len(enums) == 1
            else:
                assert enums == []


def test_assumed_codes_are_from_the_reserved_range(contract: Node, vendor: str) -> None:
    documented_elsewhere = {"betstack": {100, 101, 102}, "betcore": {103811, 103752, 103799, 102145, 103801}}
    rows = [row for _, node in walk(contract) for row in node.get("x-errors", ())]

    for row in rows:
        if row["x-provenance"]["standing"] == "assumed":
            assert row["code"] in RESERVED_NUMBERS[vendor] or row["code"] in documented_elsewhere[vendor]
        else:
            assert row["code"] not in RESERVED_NUMBERS[vendor]


def test_every_class_of_refusal_is_one_that_the_server_raises_and_the_other_way_round() -> None:
    raised = {
        "betstack": {member.value for member in (*BetstackRefusal, *EdgeRefusal)},
        "betcore": {member.value for member in (*BetcoreRefusal, *EdgeRefusal)},
    }
    for vendor in VENDORS:
        documents = [read(path) for path in CONTRACTS if path.parent.name == vendor]
        rows = {row["class"] for it in documents for _, node in walk(it) for row in node.get("x-errors", ())}
        assert rows == raised[vendor]


def test_message_templates_name_only_what_the_server_fills_in(contract: Node) -> None:
    filled = {"feature", "identifier", "event", "bet", "currency"}
    for _, node in walk(contract):
        for row in node.get("x-errors", ()):
            named = {name for _, name, _, _ in string.Formatter().parse(row["message"]) if name is not None}
            assert named <= filled


def test_examples_fit_their_schemas(contract: Node) -> None:
    judged = 0
    for path, node in walk(resolved(contract, contract)):
        if path.endswith("application/json") and "examples" in node:
            for example in node["examples"].values():
                judged += 1
                assert violation(node["schema"], example["value"]) is None, path
        if path.endswith("x-jwt"):
            for example in node["examples"]:
                judged += 1
                assert violation(node["data"], example["value"]) is None, path
    assert judged > 0 or "casino" not in str(contract["x-surface"])


def test_an_example_that_does_not_fit_would_be_seen() -> None:
    contract = read(OPENAPI / "betstack" / "bet-engine.yaml")
    media = resolved(contract, contract)["paths"]["/tickets/reserve"]["post"]["requestBody"]["content"]
    schema, examples = media["application/json"]["schema"], media["application/json"]["examples"]

    assert violation(schema, examples["superbet"]["value"]) is None
    assert violation(schema, examples["superbet"]["value"] | {"price": "2000"}) is not None


def violation(schema: Node, document: Any) -> str | None:
    import json

    return compile_schema(schema)(parse(json.dumps(document).encode()))


def test_every_surface_can_be_loaded_and_its_refusals_stand_in_order(contract_path: Any) -> None:
    contract = load(contract_path)
    if contract.surface == "betstack.bet_engine":
        assert list(contract.operations["payTicket"].errors) == [
            "too_large",
            "access_denied",
            "feature_off",
            "unknown_ticket",
            "wrong_state",
            "internal",
        ]
        reserve = contract.operations["reserveTicket"].errors
        assert [row for row in reserve if row not in set(EdgeRefusal)] == [
            "access_denied",
            "feature_off",
            "unknown_player",
            "currency_mismatch",
            "unknown_event",
            "unknown_bet",
            "duplicate_event",
            "odds_changed",
            "payout_limit",
        ]
    assert contract.errors.keys() == {"unknown_path", "method_not_allowed", "internal"}


def test_operations_have_names_of_their_own() -> None:
    names = [operation["operationId"] for path in CONTRACTS for operation in operations(read(path))]

    assert len(names) == len(set(names)) == 7


@pytest.mark.parametrize("path", [*CONTRACTS, OPENAPI / "admin.yaml"], ids=lambda path: path.stem)
def test_no_six_digit_code_is_a_key_of_responses(path: Any) -> None:
    for operation in operations(read(path)):
        assert all(re.fullmatch(r"[2-5]\d\d", status) for status in operation["responses"])
