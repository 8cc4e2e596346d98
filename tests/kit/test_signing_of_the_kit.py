"""The kit's own signatures, checked with the vendors' worked examples."""

from __future__ import annotations

import base64
import json
from decimal import Decimal

import jwt
import pytest

from conformance.signing import (
    SigningKey,
    base64url,
    betstack_body,
    betstack_signature,
    claims,
    confused_token,
    jwt_body,
    tampered_token,
    token,
    unsigned_token,
)

SECRET = "12345ABCDE"

V2 = {
    "operator": "site",
    "token": "UnIqUe-ToKeN",
    "price": 5000,
    "currency": "KES",
    "atag": "affiliate-1",
    "source": "mobile",
    "type": "superbet",
    "event": 100001,
    "bets": [101, 102, 103, 104, 105, 106],
}
V1 = {"stake" if name == "price" else name: value for name, value in V2.items()}
PAM_DATA = {
    "operator": "acme",
    "ticket_id": "668ef666333180bba97f0c93",
    "ticket_code": "CD4BDD",
    "player_id": "sometokenvalue",
    "price": 500,
    "stake": 444,
    "wht_amount": 240,
    "wht": 10,
    "ext_amount": 56,
    "ext": 12.5,
    "ext_type": "inclusive",
    "gross_payout": 2842,
    "net_payout": 2602,
    "currency": "USD",
    "atag": "atag_value",
    "rtag": None,
    "ticket_type": "quickbet",
}
PAM_V3 = {"action": "ticket_create", "data": PAM_DATA}
PAM_V2 = {
    "action": "ticket_create",
    "data": {**{name: value for name, value in PAM_DATA.items() if name != "rtag"}, "wht": 10.0},
}


@pytest.fixture(scope="module")
def key() -> SigningKey:
    """A key pair; making one takes a while."""
    return SigningKey.generate()


@pytest.mark.parametrize(
    ("timestamp", "fields", "signature"),
    [
        ("1706090303", V2, "f99aee9f77eef1ee8b64c78e7f8612e3234f03cce5fecdebd7ea27f2b9081423"),
        ("1706090303", V1, "b52d0924c11e0afcd6edb136a4168359432963c039bf3f8d665ddfa3eba2a0ff"),
        ("1706191612", PAM_V3, "3fe37f41ba6dc960fd2a7098bd4643f971ff1408a31bcea9f3ef8d03b3ba2d0a"),
        ("1706191612", PAM_V2, "87ec9666ad9446d5ff41febf540acde588a2a3bb648af100bf871d2f0d80783b"),
    ],
    ids=["v2", "v1", "pam v3", "pam v2"],
)
def test_worked_examples_have_the_printed_signatures(
    timestamp: str, fields: dict[str, object], signature: str
) -> None:
    assert betstack_signature(SECRET, timestamp, betstack_body(fields)) == signature


def test_call_without_a_body_signs_the_timestamp_alone() -> None:
    expected = "7db53cb103adee7367b1298e9b7419cfc377d3511ded4648675bf43171c28196"

    assert betstack_signature(SECRET, "1706090303") == expected
    assert betstack_signature(SECRET, "1706090304") != expected


def test_space_tab_and_line_breaks_do_not_take_part() -> None:
    spacious = json.dumps(V2, indent="\t").replace("\n", "\r\n").encode()

    assert betstack_signature(SECRET, "1706090303", spacious) == betstack_signature(
        SECRET, "1706090303", betstack_body(V2)
    )
    assert betstack_signature(SECRET, "1706090303", spacious + b"\x0b") != betstack_signature(
        SECRET, "1706090303", spacious
    )


def test_body_keeps_the_order_the_nulls_and_two_digits_of_odds() -> None:
    assert betstack_body({"z": None, "a": Decimal("1.55"), "ü": 1}) == '{"z":null,"a":1.55,"ü":1}'.encode()


def test_what_is_no_json_is_not_sent() -> None:
    with pytest.raises(TypeError, match="set can't be sent as JSON"):
        betstack_body({"a": {1}})


def test_kid_and_x5t_name_the_same_twenty_bytes(key: SigningKey) -> None:
    assert len(key.thumbprint) == 20
    assert bytes.fromhex(key.kid) == key.thumbprint
    assert key.kid == key.kid.upper()
    assert base64.urlsafe_b64decode(key.x5t + "=") == key.thumbprint


def test_thumbprint_is_written_as_in_the_sample() -> None:
    sample = bytes.fromhex("D2599559DC16B96FF6E99266D617A082B9627C5A")

    assert base64url(sample) == "0lmVWdwWuW_26ZJm1heggrlifFo"


def test_token_has_the_documented_header_and_claims(key: SigningKey) -> None:
    compact = token(
        key, claims({"BetId": "1", "Closed": True}, client_id="PartnerClient-1556", now=1620989453.9)
    )
    public = jwt.PyJWK.from_dict(dict(key.jwk()))
    payload = jwt.decode(compact, public, algorithms=["RS256"], options={"verify_exp": False})

    assert jwt.get_unverified_header(compact) == {
        "alg": "RS256",
        "kid": key.kid,
        "typ": "JWT",
        "x5t": key.x5t,
    }
    assert payload == {
        "nbf": 1620989453,
        "exp": 1620989463,
        "iss": "https://test.tvbetapi.net/identity-api",
        "data": '{"BetId":"1","Closed":true}',
        "client_id": "PartnerClient-1556",
    }


def test_body_is_the_token_in_quotes() -> None:
    assert jwt_body("eyJ.eyJ.c2ln") == b'"eyJ.eyJ.c2ln"'


def test_tampered_token_does_not_verify_and_says_what_it_was_given(key: SigningKey) -> None:
    genuine = token(key, {"data": "1"})
    forged = tampered_token(genuine, {"data": "2"})
    public = jwt.PyJWK.from_dict(dict(key.jwk()))

    assert jwt.decode(genuine, public, algorithms=["RS256"]) == {"data": "1"}
    assert jwt.decode(forged, options={"verify_signature": False}) == {"data": "2"}
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(forged, public, algorithms=["RS256"])


def test_unsigned_token_claims_no_algorithm(key: SigningKey) -> None:
    compact = unsigned_token(key, {"data": "1"})

    assert jwt.get_unverified_header(compact)["alg"] == "none"
    assert compact.endswith(".")
    assert jwt.decode(compact, options={"verify_signature": False}) == {"data": "1"}


def test_confused_token_verifies_only_for_who_takes_the_public_key_as_a_secret(key: SigningKey) -> None:
    import hashlib
    import hmac

    message, _, signature = confused_token(key, {"data": "1"}).rpartition(".")
    expected = hmac.new(key.public_pem, message.encode(), hashlib.sha256).digest()

    assert jwt.get_unverified_header(f"{message}.{signature}")["alg"] == "HS256"
    assert signature == base64url(expected)


def test_token_can_name_another_key_than_the_one_that_signed_it(key: SigningKey) -> None:
    assert jwt.get_unverified_header(token(key, {"data": "1"}, kid="ABC"))["kid"] == "ABC"
