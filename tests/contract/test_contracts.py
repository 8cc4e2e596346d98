"""Each contract is valid OpenAPI, says where each fact comes from, and agrees with itself."""

from __future__ import annotations

import hashlib
import hmac
import re
import string
from typing import Any

import pytest
from openapi_spec_validator import validate

from bet_contracts.documents import bundled, contracts_directory, operations, resolved, walk
from bet_contracts.examples import examples, misfits
from bet_contracts.refusals import CODE_FIELDS
from bet_contracts.registers import registers
from bet_contracts.surfaces import SURFACES, VENDORS, Surface
from mockserver.edge.contract import load
from mockserver.kernel.errors import EdgeRefusal

from .conftest import HTTP_SURFACES, OPENAPI, Node, bundle, read

STANDINGS = {"documented", "derived", "confirmed", "observed", "assumed"}
REACTIONS = {"final", "retry", "treat_as_success", "compensate"}
SUCCESS_CODES = ([200], [1])
RESERVED_NUMBERS = {
    "code": range(900, 1000),
    "ErrorCode": range(990000, 991000),
    "_responseCode": range(2, 8),
}
PRINTED_CODES = {
    "code": {100, 101, 102, 106, 117},
    "ErrorCode": {103811, 103752, 103799, 102145, 103801, 102823, 103779},
    "_responseCode": {8, 99, 104},
}
"""Codes that stand somewhere on the vendors' pages (or in public code), and may be assumed elsewhere."""


def test_the_contracts_are_found_in_the_checkout() -> None:
    assert contracts_directory() == OPENAPI


def test_every_contract_file_is_that_of_a_surface() -> None:
    files = {
        path.relative_to(OPENAPI).as_posix() for path in OPENAPI.glob("*/*.yaml") if "x-surface" in read(path)
    }

    assert files == {surface.file for surface in SURFACES.values()}
    assert len(SURFACES) == 10


def test_the_contract_is_valid_openapi_3_0_3(http_contract: Node) -> None:
    assert http_contract["openapi"] == "3.0.3"
    validate(http_contract)


@pytest.mark.parametrize("name", ["admin.yaml", "betstack/generation-v1.yaml"])
def test_other_documents_are_valid_too(name: str) -> None:
    validate(bundled(OPENAPI / name))


def test_a_broken_contract_would_be_seen() -> None:
    contract = bundle(SURFACES["betstack.bet_engine"])
    contract["components"]["schemas"]["Error"]["type"] = "integral"

    with pytest.raises(Exception, match="integral"):
        validate(contract)


def test_every_operation_has_a_name_a_summary_a_tag_security_and_provenance(http_contract: Node) -> None:
    tags = {tag["name"] for tag in http_contract["tags"]}
    for _, _, operation in operations(http_contract):
        assert {"operationId", "summary", "description", "security", "x-provenance"} <= operation.keys()
        assert set(operation["tags"]) <= tags
        assert re.fullmatch(r"[a-z]+([A-Z][a-z]+)+", operation["operationId"])
    assert all(tag["description"] for tag in http_contract["tags"])


def test_tags_of_the_bet_engine_are_the_groups_of_its_documentation() -> None:
    tagged = {
        operation["operationId"]: operation["tags"]
        for _, _, operation in operations(bundle(SURFACES["betstack.bet_engine"]))
    }

    assert tagged == {
        "createTicket": ["create ticket"],
        "reserveTicket": ["reserve ticket"],
        "payTicket": ["paid ticket"],
        "getTicket": ["get ticket"],
        "listTickets": ["get ticket list"],
    }


def test_operations_have_names_of_their_own() -> None:
    names = [operation["operationId"] for one in HTTP_SURFACES for _, _, operation in operations(bundle(one))]

    assert len(names) == len(set(names)) > 40


def test_links_lead_to_operations_of_the_same_contract(http_contract: Node) -> None:
    names = {operation["operationId"] for _, _, operation in operations(http_contract)}
    for _, _, operation in operations(resolved(http_contract, http_contract)):
        for response in operation["responses"].values():
            for link in response.get("links", {}).values():
                assert link["operationId"] in names, operation["operationId"]


def test_every_provenance_names_a_source_a_premise_or_an_assumption_that_exists(
    contract: Node, surface: Surface
) -> None:
    register = registers(surface.vendor)
    marks = [(path, node["x-provenance"]) for path, node in walk(contract) if "x-provenance" in node]

    assert len(marks) > 5
    for path, mark in marks:
        needs = {"derived": "premises", "assumed": "assumption"}.get(mark["standing"], "source")
        assert mark["standing"] in STANDINGS, path
        assert needs in mark, path
        assert mark.get("source", needs) in {*register.sources, needs}, path
        assert set(mark.get("premises", ())) <= register.sources.keys(), path
        assert mark.get("assumption", needs) in {*register.assumptions, needs}, path


def test_every_marked_keyword_is_there_and_names_what_it_rests_on(contract: Node, surface: Surface) -> None:
    register = registers(surface.vendor)
    for path, node in walk(contract):
        for mark, known in (
            ("x-assumed-keywords", register.assumptions),
            ("x-observed-keywords", register.sources),
        ):
            assert set(node.get(mark, {}).values()) <= known.keys(), path
            assert set(node.get(mark, {})) <= node.keys(), path


def test_observed_facts_come_from_code_and_documented_ones_from_pages(
    contract: Node, surface: Surface
) -> None:
    sources = registers(surface.vendor).sources
    for path, node in walk(contract):
        mark = node.get("x-provenance", {})
        if "source" in mark:
            assert (sources[mark["source"]].code is not None) == (mark["standing"] == "observed"), path


def test_every_response_and_every_row_of_refusals_has_provenance(http_contract: Node) -> None:
    for _, _, operation in operations(resolved(http_contract, http_contract)):
        for status, response in operation["responses"].items():
            assert "x-provenance" in response, (operation["operationId"], status)
            for row in response.get("x-errors", ()):
                assert row.keys() == {"class", "when", "code", "message", "caller", "x-provenance"}
                assert row["caller"] in REACTIONS


def test_a_class_of_refusal_stands_once_in_an_operation(http_contract: Node) -> None:
    for _, _, operation in operations(resolved(http_contract, http_contract)):
        classes = [
            row["class"]
            for response in operation["responses"].values()
            for row in response.get("x-errors", ())
        ]
        assert len(set(classes)) == len(classes), operation["operationId"]


def test_refusals_of_a_response_and_its_codes_agree(http_contract: Node) -> None:
    for _, _, operation in operations(resolved(http_contract, http_contract)):
        for status, response in operation["responses"].items():
            rows = [row["code"] for row in response.get("x-errors", ())]
            listed = [
                node["enum"]
                for path, node in walk(response.get("content", {}))
                if path[-1:] and path[-1] in CODE_FIELDS and node.get("enum", [200]) not in SUCCESS_CODES
            ]
            place = (operation["operationId"], status)
            assert [sorted(codes) for codes in listed] == ([sorted(set(rows))] if rows else []), place


def test_assumed_codes_are_from_the_reserved_range(http_contract: Node) -> None:
    for _, _, operation in operations(resolved(http_contract, http_contract)):
        for response in operation["responses"].values():
            for row in response.get("x-errors", ()):
                field = next(
                    name for name in CODE_FIELDS if f"'{name}'" in repr(response.get("content", "'code'"))
                )
                reserved = row["code"] in RESERVED_NUMBERS[field]
                if row["x-provenance"]["standing"] == "assumed":
                    assert reserved or row["code"] in PRINTED_CODES[field], row
                else:
                    assert not reserved, row


def rows_of(*surface_names: str) -> set[str]:
    """The classes of refusal that these surfaces have rows for."""
    contracts = [bundle(SURFACES[name]) for name in surface_names]
    return {row["class"] for one in contracts for _, node in walk(one) for row in node.get("x-errors", ())}


def test_the_server_raises_no_class_that_the_vendors_contracts_lack() -> None:
    from mockserver.betcore.refusals import Refusal as BetcoreRefusal
    from mockserver.betstack.refusals import Refusal as BetstackRefusal

    betstack = rows_of("betstack.bet_card", "betstack.bet_engine", "betstack.pam", "betstack.sms")
    assert {member.value for member in BetstackRefusal} <= betstack
    assert {member.value for member in BetcoreRefusal} <= rows_of("betcore.casino", "betcore.aggregator")


@pytest.mark.parametrize("surface_name", sorted(SURFACES.keys() - {"betcore.livefeed"}))
def test_every_surface_has_rows_for_what_belongs_to_no_operation(surface_name: str) -> None:
    wanted = {EdgeRefusal.UNKNOWN_PATH, EdgeRefusal.METHOD_NOT_ALLOWED, EdgeRefusal.INTERNAL}
    assert wanted <= rows_of(surface_name)


def test_message_templates_have_placeholders_that_can_be_filled(http_contract: Node) -> None:
    for _, node in walk(http_contract):
        for row in node.get("x-errors", ()):
            for _, name, _, _ in string.Formatter().parse(row["message"] or ""):
                assert name is None or re.fullmatch(r"[a-z_]+", name), row


def test_examples_fit_their_schemas(http_contract: Node) -> None:
    assert list(examples(http_contract))
    assert list(misfits(http_contract)) == []


def test_examples_of_the_oldest_generation_fit_their_schemas() -> None:
    document = bundled(OPENAPI / "betstack" / "generation-v1.yaml")

    assert len(list(examples(document))) >= 5
    assert list(misfits(document)) == []


def test_an_example_that_does_not_fit_would_be_seen() -> None:
    contract = bundle(SURFACES["betstack.bet_engine"])
    media = contract["paths"]["/tickets/reserve"]["post"]["requestBody"]["content"]["application/json"]
    media["examples"]["superbet"]["value"]["price"] = "2000"

    assert [line for line in misfits(contract) if "superbet: price" in line]


def test_every_example_says_where_it_comes_from(http_contract: Node) -> None:
    for path, node in walk(http_contract):
        if path[-2:-1] == ("examples",) and "value" in node and "content" in path:
            assert "x-provenance" in node, path
            if node["x-provenance"]["standing"] != "documented":
                assert node.get("summary") or "x-jwt" in path, path


@pytest.mark.parametrize("name", ["betstack.bet_engine", "betstack.pam", "betstack.sms", "betcore.sessions"])
def test_the_order_of_signed_fields_is_that_of_their_properties(name: str) -> None:
    ordered = [
        (path, node)
        for path, node in walk(bundle(SURFACES[name]))
        if isinstance(node.get("x-signature-order"), list)
    ]

    assert ordered
    for path, node in ordered:
        assert list(node["properties"]) == node["x-signature-order"], path


@pytest.mark.parametrize("name", ["betstack.bet_engine", "betstack.pam", "betstack.sms"])
def test_every_signed_request_has_its_fields_in_order(name: str) -> None:
    contract = bundle(SURFACES[name])
    for _, _, operation in operations(resolved(contract, contract)):
        media = operation.get("requestBody", {}).get("content", {}).get("application/json")
        for path, node in walk(media["schema"] if media else {}):
            if ("properties" in node and "x-provenance" in node) or path[-2:-1] == ("oneOf",):
                assert "x-signature-order" in node, (operation["operationId"], path)


def test_printed_signatures_are_those_of_their_bodies() -> None:
    files = [*(surface.file for surface in HTTP_SURFACES), "betstack/generation-v1.yaml"]
    vectors = [
        vector
        for file in files
        for _, node in walk(bundled(OPENAPI / file))
        for vector in node.get("x-vectors", ())
    ]

    assert len(vectors) >= 6
    for vector in vectors:
        message = f"{vector['timestamp']}{vector.get('body') or ''}".encode()
        signed = hmac.new(vector["secret"].encode(), message, hashlib.sha256).hexdigest()
        assert signed == vector["signature"], vector


def test_every_surface_can_be_loaded_by_the_server_and_its_refusals_stand_in_order(
    http_surface: Surface,
) -> None:
    contract = load(http_surface.name)
    if contract.surface == "betstack.bet_engine":
        assert list(contract.operations["payTicket"].errors) == [
            "too_large",
            "access_denied",
            "feature_off",
            "unknown_ticket",
            "wrong_state",
            "internal",
        ]
        reserve = list(contract.operations["reserveTicket"].errors)
        known = [
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
        assert [row for row in reserve if row in known] == known
    assert contract.errors.keys() == {"unknown_path", "method_not_allowed", "internal"}


@pytest.mark.parametrize("file", [*(one.file for one in HTTP_SURFACES), "admin.yaml"])
def test_no_six_digit_code_is_a_key_of_responses(file: str) -> None:
    for _, _, operation in operations(bundled(OPENAPI / file)):
        assert all(re.fullmatch(r"[2-5]\d\d|default", status) for status in operation["responses"])


def test_the_cards_of_ten_unseen_pages_share_one_schema() -> None:
    contract = bundle(SURFACES["betstack.bet_card"])
    unseen = {name for name, page in registers("betstack").sources.items() if page.coverage == "unseen"}
    shapes: set[str] = set()
    for _, _, operation in operations(contract):
        if operation["operationId"].startswith(("list", "get")) and "Card" in operation["operationId"]:
            schema: Any = operation["responses"]["200"]["content"]["application/json"]["schema"]
            shapes.add((schema.get("items") or schema)["$ref"])

    assert "#/components/schemas/Card" in shapes
    assert len(shapes) <= 2  # the smartbet's page was seen in part
    assert len(unseen) >= 10


def test_both_vendors_have_every_register() -> None:
    for vendor in VENDORS:
        register = registers(vendor)
        assert len(register.sources) > 10
        assert len(register.assumptions) > 50
        assert len(register.requirements) > 100
