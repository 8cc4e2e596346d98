"""No secret is shown, however it is spelt; everything else is shown as it is."""

import json
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.kernel.redaction import BLOT, Redaction

AWKWARD = 'a"b\\c/d+e%f&g'


def test_a_secret_is_blotted_out_wherever_it_stands_and_the_rest_is_kept() -> None:
    redaction = Redaction(["12345ABCDE"])

    assert redaction.text("12345ABCDE, x12345ABCDEx and 12345ABCD") == (
        "[redacted], x[redacted]x and 12345ABCD"
    )
    assert redaction.text("12345abcde") == "12345abcde"


def test_of_a_text_that_was_cut_the_rest_of_a_secret_goes_too() -> None:
    redaction = Redaction(["12345ABCDE"])

    assert redaction.part("5ABCDE, and 12345ABC") == "[redacted], and [redacted]"
    assert redaction.abridged("x 12345A ... BCDE y") == "x [redacted] ... [redacted] y"
    assert redaction.bytes(b"ends with 12345", cut=True) == "ends with [redacted]"
    assert redaction.bytes(b"ends with 12345") == "ends with 12345"
    assert redaction.part("CDE, and 123") == "CDE, and 123"


def test_every_one_of_several_secrets_is_blotted_out() -> None:
    assert Redaction(["secret-one", "secret-two"]).text("secret-two secret-one three") == (
        "[redacted] [redacted] three"
    )


@pytest.mark.parametrize(
    "text",
    [
        '{"access_token":"%s","token_type":"Bearer"}',
        '{"access_token": "%s"}',
        '{\n "access_token" : "%s" }',
        '{"accessToken":"%s"}',
        "/hub?access_token=%s",
        "/hub?Access%%5Ftoken=%s",
        "/hub?id=1&access_token=%s&x=2",
    ],
)
def test_an_access_token_is_blotted_out_by_the_name_that_it_stands_under(text: str) -> None:
    assert Redaction(()).text(text % "0a1b2c") == text % BLOT


def test_without_secrets_a_text_stays_as_it_is() -> None:
    assert Redaction([]).text("12345ABCDE") == "12345ABCDE"


def test_a_secret_inside_another_leaves_nothing_of_the_longer_one() -> None:
    assert Redaction(["12345", "12345ABCDE", "ABCDE"]).text("12345ABCDE 12345") == "[redacted] [redacted]"


@pytest.mark.parametrize(
    "spelling",
    [
        'a"b\\c/d+e%f&g',
        'a\\"b\\\\c/d+e%f&g',
        "a%22b%5Cc%2Fd%2Be%25f%26g",
    ],
    ids=["plain", "json", "url"],
)
def test_a_secret_is_blotted_out_as_it_is_and_as_json_and_urls_write_it(spelling: str) -> None:
    assert Redaction([AWKWARD]).text(f"<{spelling}>") == "<[redacted]>"
    assert Redaction(["another-secret"]).text(f"<{spelling}>") == f"<{spelling}>"


@settings(deadline=None)
@given(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=8, max_size=30))
def test_no_secret_of_printable_ascii_comes_through(secret: str) -> None:
    redaction = Redaction([secret])

    assert redaction.text(secret) == BLOT
    assert redaction.text(json.dumps({"k": secret})) == '{"k": "[redacted]"}'
    assert redaction.text(f"/x?k={quote(secret, safe='')}") == "/x?k=[redacted]"


def test_bytes_are_shown_as_text_without_secrets() -> None:
    redaction = Redaction(["12345ABCDE"])

    assert redaction.bytes(b'{"secret":"12345ABCDE","name":"caf\xc3\xa9"}') == (
        '{"secret":"[redacted]","name":"café"}'
    )


def test_bytes_that_are_not_utf_8_are_escaped() -> None:
    assert Redaction(["12345ABCDE"]).bytes(b"\xff12345ABCDE\xfe ok") == "\\xff[redacted]\\xfe ok"


@pytest.mark.parametrize(
    "name", ["authorization", "Authorization", "PROXY-AUTHORIZATION", "cookie", "Set-Cookie"]
)
def test_credential_headers_are_blotted_out_whatever_they_hold(name: str) -> None:
    assert Redaction([]).header(name, "Bearer abc") == BLOT


@pytest.mark.parametrize("name", ["signature", "x-authorization", "cookies"])
def test_other_headers_lose_their_secrets_only(name: str) -> None:
    redaction = Redaction(["12345ABCDE"])

    assert redaction.header(name, "abc 12345ABCDE") == "abc [redacted]"
    assert redaction.header(name, "abc") == "abc"


@pytest.mark.parametrize(
    "spelt",
    [
        "ab/cd+efgh",
        "ab\\/cd+efgh",
        "".join(f"\\u{ord(char):04x}" for char in "ab/cd+efgh"),
        "ab%2Fcd%2Befgh",
        "ab%2fcd%2befgh",
        "ab/cd%2Befgh",
        "YWIvY2QrZWZnaA",
        "61622f63642b65666768",
    ],
)
def test_a_secret_is_blotted_out_however_it_is_written(spelt: str) -> None:
    assert Redaction(["ab/cd+efgh"]).text(f"<{spelt}>") == f"<{BLOT}>"
