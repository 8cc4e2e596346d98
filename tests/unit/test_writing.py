"""Whatever a variation writes is the same document, and what is no JSON passes through."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockserver.kernel.faults.writing import (
    EXTRA_FIELD,
    cut_in_half,
    in_another_form,
    in_other_case,
    with_unknown_fields,
    with_white_space,
)
from mockserver.kernel.json_codec import JsonInvalid, parse
from mockserver.kernel.signing import without_spaces

NAMES = st.sampled_from(["Amount", "TaxAmount", "balance", "PromoCode", "id"]) | st.text(max_size=5)
NUMBERS = st.decimals(-(10**12), 10**12, places=2).map(str) | st.sampled_from(["10.0", "0.00000001", "-0.0"])
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | NUMBERS
SCALARS = st.none() | st.booleans() | st.integers() | NUMBERS.map(Decimal) | TEXTS
calmly = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no failure

DOCUMENTS = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=20,
)


def written(value: Any) -> str:
    """JSON text with spaces, its numbers as they are written."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, list):
        return "[ " + ", ".join(map(written, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(name)}: {written(one)}" for name, one in value.items()) + " }"
    return json.dumps(value)


def without_extra(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_extra(one) for name, one in value.items() if name != EXTRA_FIELD}
    return [without_extra(one) for one in value] if isinstance(value, list) else value


def with_equal_amounts(value: Any, name: str = "") -> Any:
    """The document with amounts in text as numbers."""
    if isinstance(value, dict):
        return {key: with_equal_amounts(one, key) for key, one in value.items()}
    if isinstance(value, list):
        return [with_equal_amounts(one, name) for one in value]
    if isinstance(value, str) and name.lower().endswith(("amount", "balance")):
        try:
            return Decimal(value) if value.isascii() and value[-1:].isdigit() else value
        except ArithmeticError:
            return value
    return value


@calmly
@given(DOCUMENTS)
def test_white_space_leaves_the_same_document(document: Any) -> None:
    text = written(document).encode()

    assert parse(with_white_space(text)) == parse(text)


@calmly
@given(DOCUMENTS)
def test_unknown_fields_are_all_that_is_added_and_are_added_once(document: Any) -> None:
    text = written(document).encode()

    once = with_unknown_fields(text)

    assert without_extra(parse(once)) == parse(text)
    assert with_unknown_fields(once) == once


@calmly
@given(DOCUMENTS)
def test_another_form_of_numbers_has_the_same_values(document: Any) -> None:
    text = written(document).encode()

    assert with_equal_amounts(parse(in_another_form(text))) == with_equal_amounts(parse(text))


@calmly
@given(
    st.binary(max_size=80) | st.text(max_size=40).map(lambda text: ("[" + text).encode("utf-8", "replace"))
)
def test_bytes_of_any_kind_are_taken(text: bytes) -> None:
    for rewrite in (with_white_space, with_unknown_fields, in_another_form):
        rewritten = rewrite(text)
        try:
            parse(text)
        except JsonInvalid:
            assert rewrite is with_white_space or rewritten == text
    assert cut_in_half(text) == text[: max(1, len(text) // 2)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'{"odds":10.0}', b'{"odds":10}'),
        (b'{"odds":2.50}', b'{"odds":2.5}'),
        (b'{"odds":2.5}', b'{"odds":2.50}'),
        (b'{"Amount":"10"}', b'{"Amount":"10.0"}'),
        (b'{"Value":{"Balance":"7100.5"}}', b'{"Value":{"Balance":"7100.50"}}'),
        (b'{"Amount":"0.12345678"}', b'{"Amount":"0.12345678"}'),
        (b'{"price":2000,"PromoCode":"1.50","id":"10"}', b'{"price":2000,"PromoCode":"1.50","id":"10"}'),
        (b'{"BetId":123456789012345678901234567890}', b'{"BetId":123456789012345678901234567890}'),
    ],
)
def test_fractions_and_amounts_are_written_in_another_form_and_nothing_else(
    before: bytes, after: bytes
) -> None:
    assert in_another_form(before) == after


def test_an_unknown_field_stands_in_each_object_that_has_any() -> None:
    assert with_unknown_fields(b'{"a":{"b":1},"c":[{"d":2},{}]}') == (
        b'{"a":{"b":1,"sandboxExtra":"legal"},"c":[{"d":2,"sandboxExtra":"legal"},{}],"sandboxExtra":"legal"}'
    )
    assert with_unknown_fields(b'{"on":true}') == b'{"on":true,"sandboxExtra":true}'


def test_white_space_stands_between_the_parts_and_not_in_texts() -> None:
    text = b'{"a":[1,"x, y: {\\"}"]}'

    spaced = with_white_space(text)

    assert spaced == b'\n{ "a" : [ 1 ,\r\n\t"x, y: {\\"}" ]\n}\n'
    assert without_spaces(spaced) == without_spaces(text)


def test_names_of_headers_come_in_three_other_cases() -> None:
    assert [in_other_case("x-sign", number) for number in range(4)] == [
        "X-SIGN",
        "X-Sign",
        "x-sIgN",
        "X-SIGN",
    ]
