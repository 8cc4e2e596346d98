"""Fields of a sample are set by their paths."""

from typing import Any

import pytest

from mockserver.assignments import NoAssignment, assignments, value_of
from mockserver.send.document import NoSuchPlace, with_fields

CREATED = {"action": "ticket_create", "data": {"price": 500, "atag": "a", "rtag": None, "ticket_id": "1"}}
PAYMENTS = [{"Amount": "10.5", "BetId": 1}, {"Amount": "0", "BetId": 2}]


@pytest.mark.parametrize(
    ("path", "text", "value"),
    [
        ("price", "700", 700),
        ("data.price", "700.5", 700.5),
        ("ticket_id", "700", "700"),
        ("ticket_id", '"7"', "7"),
        ("atag", "null", None),
        ("rtag", "x y", "x y"),
        ("bonus", '{"a": [1]}', {"a": [1]}),
        ("price", "1e999", "1e999"),
        ("price", "NaN", "NaN"),
    ],
)
def test_a_field_of_the_data_is_set_in_the_form_that_it_had(path: str, text: str, value: Any) -> None:
    changed = with_fields(CREATED, {path: text})

    assert changed["data"][path.removeprefix("data.")] == value
    assert changed["data"] | CREATED["data"] == CREATED["data"] | (  # type: ignore[operator]  # an object
        {} if path.removeprefix("data.") in CREATED["data"] else {path: value}
    )
    assert with_fields(CREATED, {}) == CREATED


def test_fields_at_the_top_and_in_lists_are_set_where_they_stand() -> None:
    assert with_fields(CREATED, {"action": "ping"})["action"] == "ping"
    assert with_fields(PAYMENTS, {"1.Amount": "7", "0.BetId": "9"}) == [
        {"Amount": "10.5", "BetId": 9},
        {"Amount": "7", "BetId": 2},
    ]
    assert with_fields(PAYMENTS, {"0": "5"})[0] == 5
    assert PAYMENTS[1]["Amount"] == "0"


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("2.Amount", "--set 2.Amount: there is no `2` there; it has 0, 1"),
        ("0.Amount.x", "--set 0.Amount.x: there is no `x` there; it has nothing inside"),
        ("x", "--set x: there is no `x` there; it has 0, 1"),
        ("0.Nope.x", "--set 0.Nope.x: there is no `Nope` there; it has Amount, BetId"),
    ],
)
def test_a_path_that_leads_nowhere_is_refused(path: str, told: str) -> None:
    with pytest.raises(NoSuchPlace) as refused:
        with_fields(PAYMENTS, {path: "1"})

    assert str(refused.value) == told


def test_an_assignment_is_a_name_and_a_value() -> None:
    assert assignments(["a=1", "b=x=y", "c=", "a=2"]) == {"a": "2", "b": "x=y", "c": ""}
    for text in ("a", "=1", "a=\udc80"):
        with pytest.raises(NoAssignment):
            assignments([text])


def test_a_value_is_json_where_it_is_some() -> None:
    texts = ("1", "1.5", "true", '"1"', "[1", "x", "")
    assert [value_of(text) for text in texts] == [1, 1.5, True, "1", "[1", "x", ""]
    assert [value_of(text, is_text=True) for text in texts] == ["1", "1.5", "true", "1", "[1", "x", ""]


@pytest.mark.parametrize(
    ("document", "path", "told"),
    [
        (CREATED, "prce", [("prce", ["price", "atag", "rtag", "ticket_id"])]),
        (CREATED, "data.prce", [("data.prce", ["price", "atag", "rtag", "ticket_id"])]),
        (CREATED, "price", []),
        (CREATED, "rtag", []),
        (PAYMENTS, "0.Amonut", [("0.Amonut", ["Amount", "BetId"])]),
        (PAYMENTS, "0.Amount", []),
    ],
)
def test_a_field_that_was_not_there_is_told_of(document: Any, path: str, told: list[Any]) -> None:
    added: list[Any] = []
    with_fields(document, {path: "1"}, lambda *one: added.append(one))

    assert added == told
