"""JSON is read exactly and strictly, and decimals are written as numbers."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.kernel.json_codec import JsonInvalid, dump, parse


def test_numbers_keep_every_digit() -> None:
    assert parse(b"[1.10, 12345678901234567890, 1e2, -0.0]") == [
        Decimal("1.10"),
        12345678901234567890,
        Decimal("1E+2"),
        Decimal("-0.0"),
    ]
    assert str(parse(b"1.10")) == "1.10"


@pytest.mark.parametrize(
    "text", [b"", b"{", b"nan", b"NaN", b"-Infinity", b"\xff", b'{"a":1,"a":1}', b"1e400", b'"\\udc00"']
)
def test_what_is_no_strict_json_is_refused(text: bytes) -> None:
    with pytest.raises(JsonInvalid):
        parse(text)


def test_characters_beyond_the_basic_plane_are_read() -> None:
    assert parse(b'"\\ud83d\\ude00"') == "\U0001f600"


def test_decimals_are_written_as_they_are() -> None:
    assert dump({"wht": Decimal("20.0"), "odds": Decimal("1E+2")}) == b'{"wht":20.0,"odds":100}'


DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text() | st.decimals(-1000, 1000, places=3),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(DOCUMENTS)
def test_what_is_written_is_read_back(document: object) -> None:
    assert parse(dump(document)) == document
