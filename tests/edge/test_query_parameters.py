"""What stands in the URL is read by its schema, and what does not fit is refused with the reason."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from mockserver.edge.contract import ContractError, Operation
from mockserver.edge.parameters import Parameters
from mockserver.kernel.errors import EdgeRefusal, Rejection


def operation(*parameters: dict[str, Any]) -> Operation:
    return Operation("op", "GET", "/op", parameters, None, 200, {}, {}, {})


def query(name: str, schema: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema, **more}


ALL = Parameters(
    operation(
        {"name": "code", "in": "path", "required": True, "schema": {"type": "string", "minLength": 2}},
        {"name": "signature", "in": "header", "required": True, "x-identity": True},
        query("operator", {"type": "string", "minLength": 1}, required=True),
        query("limit", {"type": "integer", "minimum": 1, "maximum": 100, "default": 10}),
        query("rate", {"type": "number", "default": 0.1}),
        query("live", {"type": "boolean"}),
        query("odds", {"type": "array", "maxItems": 3, "items": {"type": "number", "minimum": 1}}),
        query("types", {"type": "array", "items": {"type": "string", "enum": ["a", "b"]}}, explode=True),
    )
)


def read(text: str) -> dict[str, Any]:
    values = ALL.read({"code": "F2964C"}, text.encode("latin-1"))
    return {name: value for name, value in values.items() if name not in ("code", "operator")}


def refusal(text: str, code: str = "F2964C") -> str:
    with pytest.raises(Rejection) as error:
        ALL.read({"code": code}, text.encode("latin-1"))
    assert error.value.refusal is EdgeRefusal.INVALID_REQUEST
    return error.value.reason


def test_what_is_absent_has_its_default_or_is_left_out() -> None:
    assert ALL.read({"code": "F2964C"}, b"operator=site") == {
        "code": "F2964C",
        "operator": "site",
        "limit": 10,
        "rate": Decimal("0.1"),
    }


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("limit=100", "limit", 100),
        ("limit=007", "limit", 7),
        ("limit=1&limit=2", "limit", 2),
        ("rate=1.240", "rate", Decimal("1.240")),
        ("rate=-3", "rate", Decimal(-3)),
        ("live=true", "live", True),
        ("live=false", "live", False),
        ("odds=1.24&odds=2.76", "odds", [Decimal("1.24"), Decimal("2.76")]),
        ("odds=1.5", "odds", [Decimal("1.5")]),
        ("types=a&rate=1&types=b", "types", ["a", "b"]),
        ("nobody=knows&odds=1", "odds", [Decimal(1)]),
        ("%6cimit=5", "limit", 5),
        ("&&limit=5&", "limit", 5),
    ],
)
def test_a_value_is_read_by_its_type(text: str, name: str, value: Any) -> None:
    found = read(f"operator=site&{text}")[name]

    assert found == value
    assert type(found) is type(value)
    assert str(found) == str(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a+b%2Bc", "a b+c"),
        ("%C3%A4%26%3D", "ä&="),
        ("a=b", "a=b"),
        ("100%", "100%"),
        ("", None),
    ],
)
def test_percent_signs_and_plus_signs_are_decoded(text: str, value: str | None) -> None:
    if value is None:
        assert refusal(f"operator={text}").startswith("operator: ")
    else:
        assert ALL.read({"code": "F2964C"}, f"operator={text}".encode())["operator"] == value


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "operator: is missing in the query"),
        ("limit=5", "operator: is missing in the query"),
        ("OPERATOR=site", "operator: is missing in the query"),
        ("operator=", 'operator: "" is shorter than 1 character'),
        ("operator=%ff", "operator: its byte 1 is not UTF-8"),
        ("operator=a\xff", "operator: its byte 2 is not UTF-8"),
        ("operator=s&limit=", "limit: is ''; it has to be a whole number"),
        ("operator=s&limit=ten", "limit: is 'ten'; it has to be a whole number"),
        ("operator=s&limit=1.0", "limit: is '1.0'; it has to be a whole number"),
        ("operator=s&limit=%D9%A1", "limit: is '\u0661'; it has to be a whole number"),
        ("operator=s&limit=1_0", "limit: is '1_0'; it has to be a whole number"),
        ("operator=s&limit=+5", "limit: is ' 5'; it has to be a whole number"),
        ("operator=s&limit=5&limit=x", "limit: is 'x'; it has to be a whole number"),
        ("operator=s&limit=" + "1" * 41, "limit: is '" + "1" * 40 + "'...; it has to be a whole number"),
        ("operator=s&limit=0", "limit: 0 is less than the minimum of 1"),
        ("operator=s&limit=101", "limit: 101 is greater than the maximum of 100"),
        ("operator=s&rate=1e3", "rate: is '1e3'; it has to be a number such as 1.24"),
        ("operator=s&rate=nan", "rate: is 'nan'; it has to be a number such as 1.24"),
        ("operator=s&rate=1,5", "rate: is '1,5'; it has to be a number such as 1.24"),
        ("operator=s&live=1", "live: is '1'; it has to be true or false"),
        ("operator=s&odds=1.5&odds=x", "odds: is 'x'; it has to be a number such as 1.24"),
        ("operator=s&odds=1.5,2", "odds: is '1.5,2'; it has to be a number such as 1.24"),
        ("operator=s&odds=1.5&odds=0.5", "odds[1]: 0.5 is less than the minimum of 1"),
        ("operator=s&odds=1&odds=1&odds=1&odds=1", "odds: [1,1,1,1] has more than 3 items"),
        ("operator=s&types=a&types=c", "types[1]: 'c' is not one of a, b"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_name_and_the_reason(text: str, told: str) -> None:
    assert refusal(text) == told


def test_a_path_parameter_is_judged_by_its_schema() -> None:
    assert refusal("operator=site", code="F") == 'code: "F" is shorter than 2 characters'


def test_a_required_array_cannot_be_left_out() -> None:
    odds = query("odds", {"type": "array", "items": {"type": "number"}}, required=True)

    with pytest.raises(Rejection) as error:
        Parameters(operation(odds)).read({}, b"")

    assert error.value.reason == "odds: is missing in the query"
    assert Parameters(operation(odds)).read({}, b"odds=2") == {"odds": [Decimal(2)]}


def test_an_operation_without_parameters_ignores_the_query() -> None:
    assert Parameters(operation()).read({}, b"a=%ff") == {}


@pytest.mark.parametrize(
    "parameter",
    [
        query("a", {"type": "object"}),
        query("a", {"type": "array", "items": {"type": "object"}}),
        query("a", {"type": "array", "items": {"type": "string"}}, explode=False),
        query("a", {"type": "array", "items": {"type": "string"}}, style="pipeDelimited"),
        query("a", {}),
        {"name": "a", "in": "cookie", "schema": {"type": "string"}},
        {"name": "a", "in": "header", "schema": {"type": "string"}},
    ],
)
def test_a_parameter_of_a_kind_that_is_not_served_stops_the_start(parameter: dict[str, Any]) -> None:
    with pytest.raises(ContractError, match=r"op: parameter a in .* is not served"):
        Parameters(operation(parameter))
