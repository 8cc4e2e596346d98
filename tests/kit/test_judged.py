"""What the judged contract keeps of a contract, and what it drops."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from bet_contracts.documents import operations
from bet_contracts.facts import KEYWORD_MARKS, ROWS
from bet_contracts.surfaces import SURFACES
from conformance.contract import load
from conformance.judged import judge, separate, with_statuses_of, without_identity

ASSUMED = {"x-provenance": {"standing": "assumed", "assumption": "X-1"}}
OBSERVED = {"x-provenance": {"standing": "observed"}}
DOCUMENTED = {"x-provenance": {"standing": "documented", "source": "page"}}
DECIDED = {"x-provenance": {"standing": "documented", "source": "page", "assumption": "X-1"}}


def document(schema: dict[str, Any], **response: Any) -> dict[str, Any]:
    """A contract with one operation, whose request and answer have the schema ``Thing``."""
    reference = {"$ref": "#/components/schemas/Thing"}
    return {
        "openapi": "3.0.3",
        "paths": {
            "/things": {
                "post": {
                    "operationId": "makeThing",
                    "requestBody": {"content": {"application/json": {"schema": reference}}},
                    "responses": {
                        "200": {
                            "description": "ok",
                            "content": {"application/json": {"schema": reference}},
                            **response,
                        }
                    },
                }
            }
        },
        "components": {"schemas": {"Thing": schema}, "responses": {}},
    }


def answer_schema(contract: dict[str, Any]) -> Any:
    """The schema of the answer, the reference followed."""
    return contract["components"]["schemas"]["Thing"]


def request_schema(contract: dict[str, Any]) -> Any:
    """The schema of the request, the reference followed."""
    operation = contract["paths"]["/things"]["post"]
    reference = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    return contract["components"]["schemas"][reference.removeprefix("#/components/schemas/")]


def responses(contract: dict[str, Any]) -> Any:
    """The responses of the operation."""
    return contract["paths"]["/things"]["post"]["responses"]


@pytest.mark.parametrize("standing", [ASSUMED, OBSERVED])
def test_unproven_property_allows_anything_and_need_not_be_there(standing: dict[str, Any]) -> None:
    schema = {
        "type": "object",
        "required": ["a", "b"],
        "properties": {"a": {"type": "string"}, "b": {"type": "string", **standing}},
    }

    judged = answer_schema(judge(document(schema)))

    assert judged["properties"] == {"a": {"type": "string"}, "b": {}}
    assert judged["required"] == ["a"]


@pytest.mark.parametrize("standing", [DOCUMENTED, DECIDED, {}])
def test_proven_property_stays_required(standing: dict[str, Any]) -> None:
    schema = {"type": "object", "required": ["a"], "properties": {"a": {"type": "string", **standing}}}

    assert answer_schema(judge(document(schema))) == schema


def test_list_of_required_properties_that_becomes_empty_is_left_out() -> None:
    schema = {"type": "object", "required": ["a"], "properties": {"a": {"type": "string", **ASSUMED}}}

    assert "required" not in answer_schema(judge(document(schema)))


def test_assumed_keywords_are_dropped_and_the_others_kept() -> None:
    schema = {"type": "string", "pattern": "^x$", "minLength": 1, "x-assumed-keywords": {"pattern": "X-1"}}

    assert answer_schema(judge(document(schema))) == {"type": "string", "minLength": 1}


def test_requests_keep_every_constraint() -> None:
    schema = {
        "type": "object",
        "required": ["a"],
        "properties": {"a": {"type": "string", **ASSUMED}},
        "additionalProperties": False,
        "x-assumed-keywords": {"additionalProperties": "X-1"},
    }
    judged = judge(document(schema))

    assert request_schema(judged) == schema
    assert answer_schema(judged) == {"type": "object", "properties": {"a": {}}}


def test_constraint_inside_items_and_alternatives_is_found() -> None:
    schema = {"type": "array", "items": {"allOf": [{"type": "integer"}, {"minimum": 3, **ASSUMED}]}}

    assert answer_schema(judge(document(schema))) == {
        "type": "array",
        "items": {"allOf": [{"type": "integer"}, {}]},
    }


def test_exclusive_alternatives_may_overlap_once_they_are_loosened() -> None:
    schema = {"oneOf": [{"enum": [1]}, {"enum": [2], **ASSUMED}]}

    assert answer_schema(judge(document(schema))) == {"anyOf": [{"enum": [1]}, {}]}


@pytest.mark.parametrize(
    ("forbidden", "kept"),
    [({"enum": [200]}, {"not": {"enum": [200]}}), ({"enum": [200], **ASSUMED}, {})],
)
def test_what_is_forbidden_is_not_widened(forbidden: dict[str, Any], kept: dict[str, Any]) -> None:
    assert answer_schema(judge(document({"not": forbidden}))) == kept


def test_rows_of_unproven_errors_go_and_their_codes_with_them() -> None:
    code = {"properties": {"code": {"enum": [100, 900]}}}
    rows = [{"class": "a", "code": 100, **DOCUMENTED}, {"class": "b", "code": 900, **ASSUMED}]
    contract = document({}, **{"x-errors": rows, "content": {"application/json": {"schema": code}}})

    judged = responses(judge(contract))["200"]

    assert [row["code"] for row in judged["x-errors"]] == [100]
    assert judged["content"]["application/json"]["schema"] == {"properties": {"code": {"enum": [100]}}}


def test_code_that_is_documented_elsewhere_in_the_response_stays() -> None:
    code = {"properties": {"ErrorCode": {"enum": [103752]}}}
    rows = [{"class": "a", "code": 103752, **DOCUMENTED}, {"class": "b", "code": 103752, **ASSUMED}]
    contract = document({}, **{"x-errors": rows, "content": {"application/json": {"schema": code}}})

    assert responses(judge(contract))["200"]["content"]["application/json"]["schema"] == code


def test_enumeration_of_codes_that_becomes_empty_is_left_out() -> None:
    code = {"properties": {"code": {"type": "integer", "enum": [900]}}}
    rows = [{"class": "b", "code": 900, **ASSUMED}]
    contract = document({}, **{"x-errors": rows, "content": {"application/json": {"schema": code}}})

    judged = responses(judge(contract))["200"]["content"]["application/json"]["schema"]

    assert judged == {"properties": {"code": {"type": "integer"}}}


@pytest.mark.parametrize(("standing", "there"), [(ASSUMED, False), (OBSERVED, False), (DOCUMENTED, True)])
def test_response_is_dropped_with_its_standing(standing: dict[str, Any], there: bool) -> None:
    assert ("200" in responses(judge(document({}, **standing)))) is there


@pytest.mark.parametrize(("standing", "there"), [(ASSUMED, False), (DECIDED, True)])
def test_response_is_dropped_with_the_standing_of_its_component(
    standing: dict[str, Any], there: bool
) -> None:
    contract = document({})
    contract["components"]["responses"]["Gone"] = {"description": "gone", **standing}
    responses(contract)["410"] = {"$ref": "#/components/responses/Gone"}

    judged = judge(contract)

    assert ("410" in responses(judged)) is there
    assert ("Gone" in judged["components"]["responses"]) is there


@pytest.mark.parametrize(("standing", "there"), [(ASSUMED, False), (DOCUMENTED, True)])
def test_content_is_dropped_with_the_standing_of_its_media_type(
    standing: dict[str, Any], there: bool
) -> None:
    contract = document({}, content={"application/json": {"schema": {"type": "object"}, **standing}})

    assert ("content" in responses(judge(contract))["200"]) is there


def test_identity_parameters_and_security_are_taken_out() -> None:
    contract = document({})
    contract["security"] = [{"hmac": []}]
    contract["components"]["parameters"] = {
        "Signature": {"name": "signature", "in": "header", "x-identity": True}
    }
    contract["components"]["securitySchemes"] = {"hmac": {"type": "apiKey"}}
    operation = contract["paths"]["/things"]["post"]
    operation["parameters"] = [
        {"$ref": "#/components/parameters/Signature"},
        {"name": "q", "in": "query"},
        {"name": "timestamp", "in": "header", "x-identity": True},
    ]
    operation["security"] = [{"hmac": []}]

    bare = without_identity(contract)

    assert bare["paths"]["/things"]["post"]["parameters"] == [{"name": "q", "in": "query"}]
    assert "security" not in bare
    assert "security" not in bare["paths"]["/things"]["post"]
    assert "securitySchemes" not in bare["components"]


def test_separated_requests_keep_what_answers_keep_too() -> None:
    schema = {"type": "string", "minLength": 1, "x-assumed-keywords": {"minLength": "X-1"}}
    whole = separate(document(schema))

    assert request_schema(whole) == schema
    assert answer_schema(whole) == schema
    assert "request.Thing" in whole["components"]["schemas"]


@pytest.mark.parametrize("surface", [name for name, one in SURFACES.items() if one.is_http])
def test_nothing_unproven_remains_in_the_answers_of_a_contract(surface: str) -> None:
    contract = load(surface).document
    before = deepcopy(contract)

    judged = judge(contract)

    assert contract == before
    answers = [operation["responses"] for _, _, operation in operations(judged)]
    components = judged["components"]
    assert unproven([judged["x-errors"], answers, components["schemas"], components["responses"]]) == []


def unproven(node: object, path: str = "") -> list[str]:
    """Where something unproven stands outside of requests."""
    if isinstance(node, list):
        return [found for index, child in enumerate(node) for found in unproven(child, f"{path}/{index}")]
    if not isinstance(node, dict):
        return []
    standing = node.get("x-provenance", {}).get("standing")
    found = [path] if standing in ("assumed", "observed") or KEYWORD_MARKS.keys() & node.keys() else []
    return found + [
        deeper
        for key, child in node.items()
        if not key.startswith("request.") and (key in ROWS or not key.startswith("x-"))
        for deeper in unproven(child, f"{path}/{key}")
    ]


def test_statuses_that_only_we_assumed_are_undocumented_to_a_stranger() -> None:
    contract = judge(load("betstack.bet_engine").document)

    assert sorted(contract["paths"]["/tickets/{identifier}/paid"]["post"]["responses"]) == [
        "200",
        "400",
        "403",
    ]
    assert sorted(contract["paths"]["/tickets/{identifier}"]["get"]["responses"]) == ["200", "403"]
    assert "content" not in contract["paths"]["/tickets/{identifier}/paid"]["post"]["responses"]["200"]


def test_codes_of_closing_are_documented_and_those_of_payments_are_not() -> None:
    contract = judge(load("betcore.casino").document)

    def codes(path: str) -> Any:
        answer = contract["paths"][path]["post"]["responses"]["200"]["content"]["application/json"]["schema"]
        return answer["anyOf"][1]["allOf"][1]["properties"]["ErrorCode"].get("enum")

    assert codes("/payments/close") == [103811, 103752, 103799]
    assert codes("/payments/make") is None


def test_operation_that_is_only_assumed_keeps_its_statuses_and_nothing_to_judge_them_by() -> None:
    document = load("betstack.bet_card").document
    judged = judge(document)
    assert "get" not in judged["paths"]["/jackpots"]

    known = with_statuses_of(document, judged)["paths"]["/jackpots"]["get"]

    assert sorted(known["responses"]) == ["200", "400", "413", "500"]
    assert all(set(response) == {"description"} for response in known["responses"].values())
    assert known["operationId"] == "listJackpotCards"
