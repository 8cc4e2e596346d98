"""What the redactor masks, and what it leaves for the reader."""

from __future__ import annotations

import base64
import html
import json
import time
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.redaction import MASK, MASKED_TOKEN, Redactor

SECRET = 'c4n@ry/+="\\ ключ\n42'
"""Holds what JSON, HTML, URLs and base64 each write differently."""

HMAC_HEX = "f99aee9f77eef1ee8b64c78e7f8612e3234f03cce5fecdebd7ea27f2b9081423"


def segment(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


CLAIMS = {
    "client_id": "PartnerClient-1556",
    "data": json.dumps({"PartnerUserId": "SomeUserId100", "TagId": 7}),
}
JWS = f"{segment({'alg': 'RS256', 'kid': 'D259'})}.{segment(CLAIMS)}.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg"
PRIVATE_KEY = (
    "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA04up\nhI8xRJ1Vv7KQ==\n-----END RSA PRIVATE KEY-----"
)
PUBLIC_KEY = "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG\n-----END PUBLIC KEY-----"


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(SECRET, id="as it is"),
        pytest.param(json.dumps(SECRET), id="in JSON"),
        pytest.param(json.dumps(SECRET, ensure_ascii=False), id="in JSON that is not ASCII"),
        pytest.param(json.dumps({"echo": json.dumps({"you sent": SECRET})}), id="in JSON inside JSON"),
        pytest.param(json.dumps(SECRET).replace("/", "\\/"), id="in JSON with escaped slashes"),
        pytest.param(quote(SECRET, safe=""), id="in a URL"),
        pytest.param(quote(SECRET), id="in a path"),
        pytest.param(quote_plus(SECRET).lower(), id="in a form, lower-case escapes"),
        pytest.param(quote(quote(SECRET, safe=""), safe=""), id="in a URL inside a URL"),
        pytest.param(html.escape(SECRET), id="in HTML"),
        pytest.param(base64.b64encode(SECRET.encode()).decode(), id="in base64"),
        pytest.param(base64.urlsafe_b64encode(SECRET.encode()).decode(), id="in base64url"),
        pytest.param(SECRET.encode().hex(), id="in hex"),
        pytest.param(SECRET.encode().hex().upper(), id="in upper-case hex"),
    ],
)
def test_a_known_secret_is_masked_however_it_is_written(written: str) -> None:
    masked = Redactor([SECRET]).text(f"before {written} after")

    assert masked.startswith("before ")
    assert masked.endswith(" after")
    assert MASK in masked
    assert not any(part in masked for part in ("c4n", "ключ", "0JrQu9Gu0Yc", "63346e", "63346E"))


@pytest.mark.parametrize("before", ["", "u", "us", "use"])
def test_a_known_secret_is_masked_inside_longer_base64(before: str) -> None:
    text = base64.b64encode(f"{before}:wallet-canary-000:tail".encode()).decode()

    masked = Redactor(["wallet-canary-000"]).text(text)

    before_mask, after_mask = masked.split(MASK)
    assert text.startswith(before_mask)
    assert text.endswith(after_mask)
    # 17 bytes are 22 digits that depend on nothing else, wherever they begin.
    assert len(text) - len(before_mask) - len(after_mask) >= 22


def test_a_text_without_secrets_stays_as_it_is() -> None:
    body = '{"id":"668ef666333180bba97f0c93","code":"E36E20","status":"open","odds":10.0,"wht":null}'

    assert Redactor([SECRET, "12345ABCDE"]).text(body) == body


def test_a_short_secret_is_masked_only_as_a_word_of_its_own() -> None:
    assert Redactor(["open"]).text('{"status":"open"}, reopened') == '{"status":"[masked]"}, reopened'


def test_blank_secrets_mask_nothing() -> None:
    assert Redactor(["", "  ", "\n"]).text("a b\nc") == "a b\nc"


def test_one_secret_given_as_a_text_is_not_taken_for_its_letters() -> None:
    assert Redactor("12345ABCDE").text("1 2 A 12345ABCDE") == "1 2 A [masked]"


def test_a_secret_that_surrounds_another_is_masked_whole() -> None:
    assert (
        Redactor(["canary-1", "canary-1-long"]).text("x canary-1-long x canary-1 x")
        == "x [masked] x [masked] x"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f'"{JWS}"', f'"{MASKED_TOKEN}"'),
        (f"token was {JWS}.", f"token was {MASKED_TOKEN}."),
        (JWS.rpartition(".")[0], MASKED_TOKEN),
        (JWS.replace(".", "%2E"), MASKED_TOKEN),
        (f"?x=%22{JWS}%22&y=1", f"?x=%22{MASKED_TOKEN}%22&y=1"),
        (f"two: {JWS}, {JWS}", f"two: {MASKED_TOKEN}, {MASKED_TOKEN}"),
    ],
)
def test_a_token_keeps_nothing_but_its_mark(text: str, expected: str) -> None:
    assert Redactor([]).text(text) == expected


def test_a_token_that_holds_a_known_secret_is_masked_whole() -> None:
    assert Redactor(["PartnerClient-1556"]).text(f"<{JWS}>") == f"<{MASKED_TOKEN}>"


@pytest.mark.parametrize(
    "text", ["keyJson.parse failed", "host new0.example.org", "a.b.c", "eyJ is a prefix."]
)
def test_what_only_looks_like_a_token_stays(text: str) -> None:
    assert Redactor([]).text(text) == text


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(PRIVATE_KEY, id="as it is"),
        pytest.param(json.dumps({"key": PRIVATE_KEY}), id="in JSON"),
        pytest.param(PRIVATE_KEY[:60], id="cut off"),
        pytest.param(quote_plus(PRIVATE_KEY), id="in a form"),
        pytest.param(PRIVATE_KEY.replace("RSA ", ""), id="of PKCS 8"),
        pytest.param(PRIVATE_KEY.replace("RSA ", "ENCRYPTED "), id="encrypted"),
    ],
)
def test_a_private_key_is_masked(written: str) -> None:
    masked = Redactor([]).text(written)

    assert MASK in masked
    assert "MIIE" not in masked


def test_a_public_key_stays() -> None:
    assert Redactor([]).text(PUBLIC_KEY) == PUBLIC_KEY


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('{"token": "abc", "price": 5}', '{"token": "[masked]", "price": 5}'),
        ('{"RefreshToken":"a\\"b"}', '{"RefreshToken":"[masked]"}'),
        ('{"client_secret":"abc"}', '{"client_secret":"[masked]"}'),
        ('{"Password":1234}', '{"Password":"[masked]"}'),
        ('{"api-key":"k1"}', '{"api-key":"[masked]"}'),
        ('{"tokens":["a","b]"],"n":1}', '{"tokens":"[masked]","n":1}'),
        (f'{{"tokens":["{JWS}","b"],"n":1}}', '{"tokens":"[masked]","n":1}'),
        ('{"token":"cut o', '{"token":"[masked]'),
        ('"{\\"Secret\\":\\"abc\\",\\"n\\":1}"', '"{\\"Secret\\":\\"[masked]\\",\\"n\\":1}"'),
        ('{"token":null,"signature":true}', '{"token":null,"signature":true}'),
        ('{"token_type":"Bearer","key":"odds"}', '{"token_type":"Bearer","key":"odds"}'),
    ],
)
def test_members_with_a_telling_name_are_masked_and_the_rest_stays(body: str, expected: str) -> None:
    assert Redactor([]).text(body) == expected


def test_private_members_of_a_jwk_are_masked_and_public_ones_stay() -> None:
    number = "q" * 64

    masked = Redactor([]).text(json.dumps({"kty": "RSA", "n": number, "d": number, "q": "2"}))

    assert json.loads(masked) == {"kty": "RSA", "n": number, "d": MASK, "q": "2"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("GET /hub?access_token=abc&x=1", "GET /hub?access_token=[masked]&x=1"),
        ("PartnerClientId=P1&Secret=s3", "PartnerClientId=P1&Secret=[masked]"),
        ("http://user:pa55@host/x?y=a@b", "http://[masked]@host/x?y=a@b"),
        ("curl -H 'Authorization: Basic dXNlcjpwYXNz' -d 1", "curl -H 'Authorization: [masked]' -d 1"),
        ("got Bearer abcdefghijklmnop", "got Bearer [masked]"),
        (f"curl -H 'signature: {HMAC_HEX}'", "curl -H 'signature: [masked]'"),
        (f"signed as {HMAC_HEX}, not {HMAC_HEX.upper()}", "signed as [masked], not [masked]"),
        ("run with token=$PLAYER_TOKEN", "run with token=$PLAYER_TOKEN"),
        ('signature: body has "psp" before "price"', 'signature: body has "psp" before "price"'),
        (f"contract {HMAC_HEX}", f"contract {HMAC_HEX}"),
    ],
)
def test_running_text_loses_its_secrets_and_keeps_its_sense(text: str, expected: str) -> None:
    assert Redactor([]).text(text) == expected


@pytest.mark.parametrize(
    "name",
    [
        "signature",
        "Authorization",
        "Proxy-Authorization",
        "cookie",
        "Set-Cookie",
        "X-Api-Key",
        "X-Sign",
        "client-secret",
        "x-player-token",
        "X-Password",
        "X-Session-Id",
    ],
)
def test_a_header_with_a_telling_name_is_masked_whole(name: str) -> None:
    assert Redactor([]).headers([(name, "anything")]) == ((name, MASK),)


def test_other_headers_keep_their_order_and_values() -> None:
    pairs = (("timestamp", "1706090303"), ("operator-name", "site"), ("timestamp", "2"))

    assert Redactor(["12345ABCDE"]).headers(pairs) == pairs


def test_a_signature_or_a_known_secret_is_masked_in_any_header() -> None:
    pairs = [("x-debug", f"v1,{HMAC_HEX}"), ("x-echo", "key 12345ABCDE"), ("x-jws", JWS)]

    assert Redactor(["12345ABCDE"]).headers(pairs) == (
        ("x-debug", "v1,[masked]"),
        ("x-echo", "key [masked]"),
        ("x-jws", MASKED_TOKEN),
    )


@pytest.mark.parametrize(
    "text",
    [
        '{"token":"[masked]"}',
        '{"token":[masked]}',
        "?token=[masked]&x=1",
        "http://[masked]@host",
        "x[masked]x",
    ],
)
def test_a_mask_that_stands_is_left_alone_even_when_a_secret_looks_like_a_part_of_it(text: str) -> None:
    redactor = Redactor(["x[masked", "masked]x", "masked"])

    assert redactor.text(text) == text
    assert redactor.text("un" + "masked") == f"un{MASK}"


def test_bytes_are_read_as_text() -> None:
    redactor = Redactor(["12345ABCDE"])

    assert redactor.text(b"\xff 12345ABCDE") == "\\xff [masked]"  # type: ignore[arg-type]
    assert redactor.headers({b"x": b"12345ABCDE"}) == (("x", MASK),)  # type: ignore[arg-type]


def test_the_summary_of_a_token_shows_its_claims_and_its_data_but_not_the_token() -> None:
    summary = json.loads(Redactor([]).token_summary(f'"{JWS}"'))

    assert summary == {
        "jws": MASKED_TOKEN,
        "header": {"alg": "RS256", "kid": "D259"},
        "claims": CLAIMS,
        "data": {"PartnerUserId": "SomeUserId100", "TagId": 7},
    }


def test_the_summary_of_a_token_masks_secrets_inside_it() -> None:
    claims = {"jti": "12345ABCDE", "data": json.dumps({"RefreshToken": "r-1"})}

    summary = Redactor(["12345ABCDE"]).token_summary(f"{segment({'alg': 'none'})}.{segment(claims)}.")

    assert json.loads(summary)["claims"]["jti"] == MASK
    assert json.loads(summary)["data"] == {"RefreshToken": MASK}
    assert "r-1" not in summary


@pytest.mark.parametrize(
    "text", ["", "no token", "a.b.c", "eyJhbGciOiJub25lIn0.bm90IGpzb24.x", "[1].[2].[3]", "." * 99]
)
def test_what_is_no_token_has_no_summary(text: str) -> None:
    assert Redactor([]).token_summary(text) == ""


@pytest.mark.parametrize(
    "piece",
    ["eyJ", "\\", '\\"', "%25", '"token":["', "sign", "://a", "-----BEGIN PRIVATE KEY-----", "a.", "secret"],
)
def test_a_body_made_to_be_slow_is_masked_in_linear_time(piece: str) -> None:
    redactor = Redactor([SECRET, '"quoted"'])
    started = time.perf_counter()

    redactor.text(piece * (200_000 // len(piece)))

    # Linear time is a fifth of a second, quadratic time minutes.
    assert time.perf_counter() - started < 10


_SECRETS = (
    SECRET,
    "12345ABCDE",
    "ab",
    JWS,
    HMAC_HEX,
    PRIVATE_KEY,
    MASK,
    MASKED_TOKEN,
    "mask",
    "[mas",
    "ked]",
)
_FRAMES = (
    r""" "token": | " | \" | \ | [ | ] | { | } | sign | token= | Authorization: | Bearer | :// | @ | 1 | . """
)
_ODDITIES = ("-----BEGIN PRIVATE KEY-----", "%2", "\n", " ", "\ud800", "\x00")
_SNIPPETS = st.sampled_from([*_SECRETS, *_FRAMES.replace(" ", "").split("|"), *_ODDITIES])
_TEXTS = st.lists(_SNIPPETS | st.text(max_size=8), max_size=12).map("".join)


@settings(max_examples=400, deadline=None, database=None, derandomize=True)
@given(text=_TEXTS, secrets=st.lists(_SNIPPETS | st.text(max_size=8), max_size=3))
def test_masking_never_raises_and_masking_again_changes_nothing(text: str, secrets: list[str]) -> None:
    redactor = Redactor(secrets)

    once = redactor.text(text)
    headers = redactor.headers([(text, text), ("x", text)])

    assert redactor.text(once) == once
    assert redactor.headers(headers) == headers
    assert redactor.text(redactor.token_summary(text)) == redactor.token_summary(text)


@settings(max_examples=200, deadline=None, database=None, derandomize=True)
@given(around=st.tuples(st.text(max_size=20), st.text(max_size=20)), secret=st.text(min_size=6, max_size=30))
def test_a_known_secret_never_survives_in_any_text(around: tuple[str, str], secret: str) -> None:
    masked = Redactor([secret]).text(secret.strip().join(around))

    assert (
        not secret.strip() or secret.strip() in MASK or secret.strip() not in masked.replace(MASK, "\uffff")
    )
