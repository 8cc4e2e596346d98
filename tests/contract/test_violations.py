"""Everything that breaks a schema, and not only the first of it."""

from __future__ import annotations

from typing import Any

import pytest

from bet_contracts.schemas import compile_schema, compile_violations

PLAYER = {
    "type": "object",
    "required": ["id", "state"],
    "properties": {
        "id": {"type": "string"},
        "state": {"type": "string", "enum": ["active", "blocked"]},
        "bets": {"type": "array", "items": {"type": "integer"}},
        "note": {"type": "string", "nullable": True},
    },
}
CAT = {
    "type": "object",
    "required": ["kind", "lives"],
    "properties": {"kind": {"type": "string", "enum": ["cat", "tiger"]}, "lives": {"type": "integer"}},
}
DOG = {
    "type": "object",
    "required": ["kind", "bark"],
    "properties": {"kind": {"type": "string", "enum": ["dog"]}, "bark": {"type": "string"}},
}
PET = {"oneOf": [CAT, DOG], "discriminator": {"propertyName": "kind"}}


def test_a_document_that_fits_has_no_violations() -> None:
    violations = compile_violations(PLAYER, 10)

    assert violations({"id": "x", "state": "active", "bets": [1], "note": None}) == []
    assert violations({"id": 1, "state": "active"}) == ['id: 1 is not of type "string"']


def test_every_violation_is_told_with_its_place() -> None:
    found = compile_violations(PLAYER, 10)({"state": "gone", "bets": [1, "x", None], "note": 5})

    assert sorted(found) == [
        '"id" is a required property',
        'bets[1]: "x" is not of type "integer"',
        'bets[2]: null is not of type "integer"',
        'note: 5 is not of types "null", "string"',
        "state: 'gone' is not one of active, blocked",
    ]


@pytest.mark.parametrize(("most", "told"), [(0, 0), (1, 1), (3, 3), (4, 4), (5, 4)])
def test_no_more_violations_are_told_than_asked_for(most: int, told: int) -> None:
    found = compile_violations(PLAYER, most)({"id": "x", "state": "active", "bets": ["a", "b", "c", "d"]})

    assert found == [f'bets[{place}]: "{"abcd"[place]}" is not of type "integer"' for place in range(told)]


def test_a_document_that_breaks_its_schema_many_times_is_cut_at_the_cap() -> None:
    document = {"id": "x", "state": "active", "bets": ["x"] * 10_000}

    assert len(compile_violations(PLAYER, 100)(document)) == 100


def test_a_long_value_is_abridged_in_its_violation() -> None:
    (found,) = compile_violations(PLAYER, 10)({"id": ["x" * 1000], "state": "active"})

    assert found.startswith('id: ["xxx')
    assert found.endswith("xxx...")
    assert len(found) == len("id: ") + 200 + len("...")


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ({"kind": "cat", "lives": 9}, []),
        ({"kind": "dog", "bark": "wow"}, []),
        ({"kind": "tiger", "lives": "nine"}, ['lives: "nine" is not of type "integer"']),
        ({"kind": "dog", "lives": 9}, ['"bark" is a required property']),
    ],
)
def test_a_document_is_judged_by_the_branch_that_it_names(document: dict[str, Any], told: list[str]) -> None:
    assert compile_violations(PET, 10)(document) == told


def test_every_violation_of_the_named_branch_is_told_up_to_the_cap() -> None:
    both = {**PET, "oneOf": [{**CAT, "required": ["kind", "lives", "name", "age"]}, DOG]}
    told = [f'"{name}" is a required property' for name in ("lives", "name", "age")]

    assert compile_violations(both, 10)({"kind": "cat"}) == told
    assert compile_violations(both, 2)({"kind": "cat"}) == told[:2]


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ({}, "kind: is missing; one of cat, tiger, dog"),
        ({"kind": "cow"}, "kind: 'cow' is not one of cat, tiger, dog"),
        ({"kind": None}, "kind: None is not one of cat, tiger, dog"),
        ({"kind": ["cat"]}, "kind: ['cat'] is not one of cat, tiger, dog"),
        ({"kind": {}}, "kind: {} is not one of cat, tiger, dog"),
        ([], "the document is an array, not an object"),
        ("cat", "the document is a string, not an object"),
        (None, "the document is null, not an object"),
        (True, "the document is a boolean, not an object"),
        (7, "the document is a number, not an object"),
    ],
)
def test_a_document_that_names_no_branch_has_that_one_violation(document: object, told: str) -> None:
    assert compile_violations(PET, 10)(document) == [told]


@pytest.mark.parametrize(
    "document",
    [{}, {"kind": "cow"}, {"kind": "cat"}, {"kind": "dog", "bark": 1}, [], {"kind": "cat", "lives": 1}],
)
def test_the_first_violation_is_the_one_that_an_answer_tells(document: object) -> None:
    first = compile_schema(PET)(document)

    assert compile_violations(PET, 10)(document)[:1] == ([] if first is None else [first])


BOOKED = {
    "type": "object",
    "required": ["ErrorCode", "Balance"],
    "properties": {"ErrorCode": {"enum": [200]}, "Balance": {"type": "string"}, "Tax": {"type": "string"}},
}
REFUSED = {
    "allOf": [
        {"type": "object", "required": ["ErrorCode", "Message"]},
        {"properties": {"ErrorCode": {"enum": [103752, 103811]}, "Message": {"type": "string"}}},
    ]
}
AMOUNT = {"anyOf": [{"type": "string", "pattern": "^[0-9]+$"}, {"type": "number", "minimum": 0}]}
ACCEPT = {"anyOf": [{"properties": {"code": {"not": {"enum": [200]}}}}, {"required": ["id"]}]}
ORDER = {
    "type": "object",
    "properties": {"answer": {"oneOf": [BOOKED, REFUSED]}, "amount": AMOUNT, "accept": ACCEPT},
}


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ({"answer": {"ErrorCode": 200, "Balance": "1"}}, []),
        ({"answer": {"ErrorCode": 103811, "Message": "no"}}, []),
        ({"answer": {"ErrorCode": 200, "Balance": 1}}, ['answer.Balance: 1 is not of type "string"']),
        (
            {"answer": {"ErrorCode": 200, "Tax": 1}},
            ['answer: "Balance" is a required property', 'answer.Tax: 1 is not of type "string"'],
        ),
        ({"answer": {"ErrorCode": 103811}}, ['answer: "Message" is a required property']),
        (
            {"answer": {"ErrorCode": 7, "Message": "?"}},
            ["answer.ErrorCode: 7 is not one of 200, 103752, 103811"],
        ),
        ({"answer": []}, ["answer: is an array, not of type object"]),
        ({"amount": "x"}, ['amount: "x" does not match "^[0-9]+$"']),
        ({"amount": -1}, ["amount: -1 is less than the minimum of 0"]),
        ({"amount": None}, ["amount: is null, not of type string or number"]),
        ({"accept": {"code": 200}}, ['accept: "id" is a required property']),
    ],
)
def test_what_fits_none_of_several_schemas_is_told_by_the_one_that_was_meant(
    document: dict[str, Any], told: list[str]
) -> None:
    assert sorted(compile_violations(ORDER, 10)(document)) == sorted(told)
    assert (compile_schema(ORDER)(document) or "") in (told or [""])


def test_what_fits_two_of_several_schemas_is_told_by_the_library() -> None:
    (found,) = compile_violations({"oneOf": [{"type": "string"}, {"minLength": 1}]}, 10)("x")

    assert found == "\"x\" is valid under more than one of the schemas listed in the 'oneOf' keyword"
