"""Tokens made to be taken for what they are not. Each is refused with 103811, and the same token without
its trick is accepted."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from .casino_client import PLAYER, client_of, drive
from .in_process import KID, NOW, Service

INVALID = {"ErrorCode": 103811, "Message": "JWT token validation failed"}
BODY_LIMIT = 2**20
NOW_SECONDS = int(NOW.timestamp())
HEADER = {"alg": "RS256", "kid": KID, "typ": "JWT"}
CLAIMS = {
    "nbf": NOW_SECONDS,
    "exp": NOW_SECONDS + 10,
    "iss": "https://test.tvbetapi.net/identity-api",
    "data": '{"BetId":"7","Closed":true}',
    "client_id": "PartnerClient-1556",
}
RS256 = jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256)


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def part(document: object) -> str:
    return base64url(document if isinstance(document, bytes) else json.dumps(document).encode())


def signed(key: rsa.RSAPrivateKey, header: object, claims: object) -> str:
    """A compact JWS of these parts, whatever they are; bytes are taken as they are."""
    text = f"{part(header)}.{part(claims)}"
    return f"{text}.{base64url(RS256.sign(text.encode(), key))}"


def told(service: Service, token: str, **headers: str) -> tuple[dict[str, Any], str]:
    body = json.dumps(token).encode()
    answer = service.send("POST", "/payments/close", {"content-type": "application/json", **headers}, body)
    assert answer.status_code == 200
    return answer.json(), answer.headers.get("x-sandbox-reason", "")


def test_the_token_without_tricks_is_accepted(service: Service) -> None:
    assert told(service, signed(service.key, HEADER, CLAIMS))[0]["ErrorCode"] == 200


def foreign_key() -> tuple[rsa.RSAPrivateKey, dict[str, Any]]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key, json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))


def test_no_algorithm_and_an_hmac_with_the_public_key_are_refused(service: Service) -> None:
    public = service.key.public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    for alg in ("none", "None", "NONE", "nOnE", "", None, ["RS256"], "rs256"):
        unsigned = f"{part(HEADER | {'alg': alg})}.{part(CLAIMS)}"
        assert told(service, f"{unsigned}.")[0] == INVALID
        assert told(service, signed(service.key, HEADER | {"alg": alg}, CLAIMS))[0] == INVALID
    for secret in (pem, pem.strip(), der):
        text = f"{part(HEADER | {'alg': 'HS256'})}.{part(CLAIMS)}"
        mac = base64url(hmac.new(secret, text.encode(), hashlib.sha256).digest())
        assert told(service, f"{text}.{mac}")[0] == INVALID
    assert told(service, f"{part(HEADER)}.{part(CLAIMS)}.")[0] == INVALID
    without_algorithm = {name: value for name, value in HEADER.items() if name != "alg"}
    assert told(service, signed(service.key, without_algorithm, CLAIMS))[0] == INVALID


@pytest.mark.parametrize("kid", ["F" * 40, KID.lower(), f"{KID} ", f"../{KID}", "", None, 7, [KID]])
def test_a_kid_that_is_not_the_keys_is_refused(service: Service, kid: object) -> None:
    assert told(service, signed(service.key, HEADER | {"kid": kid}, CLAIMS))[0] == INVALID


@pytest.mark.parametrize("name", ["jwk", "jku", "x5u", "x5c"])
def test_a_key_that_the_token_brings_itself_is_refused(service: Service, name: str) -> None:
    key, jwk = foreign_key()
    brought = {
        "jwk": jwk,
        "jku": "http://127.0.0.1:9/jwks",
        "x5u": "http://127.0.0.1:9/cert",
        "x5c": ["MIIB"],
    }[name]

    for signer in (key, service.key):
        answer, reason = told(service, signed(signer, HEADER | {name: brought}, CLAIMS))
        assert answer == INVALID
        assert reason.endswith(f"the header brings a key ({name}); keys are those of the JWKS")


def test_an_extension_that_has_to_be_understood_is_refused(service: Service) -> None:
    for critical in (["b64"], ["exp"], [], None):
        header = HEADER | {"crit": critical, "b64": True}
        assert told(service, signed(service.key, header, CLAIMS))[0] == INVALID
    assert told(service, signed(service.key, HEADER | {"b64": True}, CLAIMS))[0]["ErrorCode"] == 200


@pytest.mark.parametrize(
    "change",
    [
        {"exp": NOW_SECONDS},
        {"nbf": NOW_SECONDS + 1},
        {"nbf": NOW_SECONDS + 3600, "exp": NOW_SECONDS + 7200},
        {"exp": None},
        {"exp": str(NOW_SECONDS + 10)},
        {"exp": True},
        {"client_id": "PartnerClient-1"},
        {"client_id": "partnerclient-1556"},
    ],
)
def test_a_token_out_of_its_time_or_of_another_client_is_refused(
    service: Service, change: dict[str, object]
) -> None:
    assert told(service, signed(service.key, HEADER, CLAIMS | change))[0] == INVALID


def test_a_token_without_an_end_is_refused(service: Service) -> None:
    endless = {name: value for name, value in CLAIMS.items() if name != "exp"}

    answer, reason = told(service, signed(service.key, HEADER, endless))

    assert answer == INVALID
    assert "exp" in reason


TWICE: list[Callable[[bytes], bytes]] = [
    lambda text: text.replace(b"{", b'{"kid":"x",', 1),
    lambda text: text.replace(b"{", b'{"alg":"none",', 1),
    lambda text: text[:-1] + b',"alg":"RS256"}',
]


@pytest.mark.parametrize("twice", TWICE)
def test_a_header_with_a_key_twice_is_refused(service: Service, twice: Callable[[bytes], bytes]) -> None:
    header = twice(json.dumps(HEADER).encode())

    answer, reason = told(service, signed(service.key, header, CLAIMS))

    assert answer == INVALID
    assert "stands twice" in reason


@pytest.mark.parametrize("extra", ['"exp":9999999999', '"client_id":"x"', '"data":"{}"', '"e\\u0078p":1'])
def test_a_payload_with_a_claim_twice_is_refused(service: Service, extra: str) -> None:
    claims = json.dumps(CLAIMS)[:-1] + f",{extra}}}"

    answer, reason = told(service, signed(service.key, HEADER, claims.encode()))

    assert answer == INVALID
    assert "stands twice" in reason


def test_an_altered_payload_or_header_or_signature_is_refused(service: Service) -> None:
    header, payload, signature = signed(service.key, HEADER, CLAIMS).split(".")
    other = part(CLAIMS | {"data": '{"BetId":"8","Closed":true}'})

    for token in (
        f"{header}.{other}.{signature}",
        f"{part(HEADER | {'typ': 'at+jwt'})}.{payload}.{signature}",
        f"{header}.{payload}.{signature[:-4]}",
        f"{header}.{payload}.{base64url(bytes(256))}",
        f"{header}.{payload}.{signature}.",
        f"{header}.{payload}",
    ):
        assert told(service, token)[0] == INVALID
    assert told(service, f"{header}.{payload}.{signature}")[0]["ErrorCode"] == 200


def test_base64_has_one_spelling(service: Service) -> None:
    header, payload, signature = signed(service.key, HEADER, CLAIMS).split(".")
    assert len(signature) % 4 == 2  # of its last character four bits count for nothing
    stray = signature[:-1] + chr(ord(signature[-1]) + 1)
    standard = signature.replace("-", "+").replace("_", "/")

    for odd in (stray, f"{signature}==", f"{signature}=", f"{signature} ", f" {signature}", f"{signature}\n"):
        assert told(service, f"{header}.{payload}.{odd}")[0] == INVALID
    assert standard == signature or told(service, f"{header}.{payload}.{standard}")[0] == INVALID
    for token in (f" {header}.{payload}.{signature}", f"{header} .{payload}.{signature}"):
        assert told(service, token)[0] == INVALID
    assert told(service, f"{header}.{payload}.{signature}")[0]["ErrorCode"] == 200


@pytest.mark.parametrize("header", [b"[]", b'"RS256"', b"null", b"{", b"\xff", b"{}", b"[" * 5000])
def test_a_header_that_is_no_object_is_refused(service: Service, header: bytes) -> None:
    assert told(service, signed(service.key, header, CLAIMS))[0] == INVALID


@pytest.mark.parametrize("claims", [b"[]", b'""', b"null", b"{", b"\xff", b"{}", b'{"exp":NaN}', b"[" * 5000])
def test_a_payload_that_is_no_set_of_claims_is_refused(service: Service, claims: bytes) -> None:
    assert told(service, signed(service.key, HEADER, claims))[0] == INVALID


def heavy_tokens(key: rsa.RSAPrivateKey) -> dict[str, str]:
    """Tokens that fill a body to the last byte but two, the quotes."""
    room = BODY_LIMIT - 2
    valid = signed(key, HEADER, CLAIMS)
    dots = room // 2
    padded = json.dumps(CLAIMS | {"pad": ""})[:-2]
    free = room - len(part(HEADER)) - 2 - 342
    pad = free * 3 // 4 - len(padded) - 2
    return {
        "one letter": "A" * room,
        "dots": "A." * dots,
        "a long header": f"{'A' * (room - 4)}.A.A",
        "a long signature": valid + "A" * (room - len(valid)),
        "a big payload that is signed by nobody": f"{part(HEADER)}.{'A' * (room - 400)}.{'A' * 342}"[:room],
        "deep claims": f"{part(HEADER)}.{part(b'[' * (free * 3 // 4))}.{'A' * 342}",
        "many keys": signed(key, HEADER, padded.encode() + b'"' + b',"a":1' * (pad // 6 - 2) + b"}"),
    }


@pytest.mark.parametrize("name", list(heavy_tokens(foreign_key()[0])))
def test_a_token_that_fills_the_body_is_refused(service: Service, name: str) -> None:
    token = heavy_tokens(service.key)[name]
    assert BODY_LIMIT * 0.9 < len(token) <= BODY_LIMIT - 2

    assert told(service, token)[0] == INVALID


def test_a_token_of_that_size_is_accepted_where_it_is_genuine(service: Service) -> None:
    token = signed(service.key, HEADER, CLAIMS | {"pad": "x" * 780_000})

    assert len(token) > BODY_LIMIT * 0.98
    assert told(service, token)[0]["ErrorCode"] == 200


def test_a_token_beyond_the_limit_of_a_body_is_too_large(service: Service) -> None:
    body = b'"' + b"A" * (BODY_LIMIT - 1) + b'"'
    answer = service.send("POST", "/payments/close", {"content-type": "application/json"}, body)

    assert (answer.status_code, answer.json()["ErrorCode"]) == (413, 103799)


# A token in `Authorization`


@pytest.fixture
def by_header(service: Service) -> Service:
    client_of(service).settings["token_place"] = "authorization"
    return service


def sent(service: Service, authorization: str | None, body: bytes = b"") -> int:
    headers = {"content-type": "application/json"}
    if authorization is not None:
        headers["authorization"] = authorization
    answer = service.send("POST", "/payments/close", headers, body)
    assert answer.status_code == 200
    code: int = answer.json()["ErrorCode"]
    return code


def test_the_header_counts_for_a_client_that_says_so_whatever_the_body_is(by_header: Service) -> None:
    token = signed(by_header.key, HEADER, CLAIMS)

    for value in (token, f"Bearer {token}", f"bearer {token}"):
        for body in (b"", json.dumps(token).encode(), b"{}", b"\xff"):
            assert sent(by_header, value, body) == 200


def test_the_body_counts_no_more_for_such_a_client(by_header: Service) -> None:
    token = signed(by_header.key, HEADER, CLAIMS)
    body = json.dumps(token).encode()

    assert [sent(by_header, value, body) for value in (None, "Basic dTpw", "Bearer x.y.z")] == [103811] * 3
    assert sent(by_header, token, body) == 200


def test_a_forged_token_in_the_header_is_refused_beside_a_genuine_one_in_the_body(by_header: Service) -> None:
    genuine = json.dumps(signed(by_header.key, HEADER, CLAIMS)).encode()
    forged = signed(foreign_key()[0], HEADER, CLAIMS)

    assert sent(by_header, f"Bearer {forged}", genuine) == 103811


def test_the_header_does_not_count_by_default(service: Service) -> None:
    token = signed(service.key, HEADER, CLAIMS)

    assert sent(service, f"Bearer {token}") == 103811
    assert sent(service, f"Bearer {token}", json.dumps(token).encode()) == 200
    assert sent(service, "Bearer x", json.dumps(token).encode()) == 200


def test_betcore_reaches_a_casino_that_reads_the_header(by_header: Service) -> None:
    (call,) = drive(by_header, "balance", player=PLAYER)

    assert call.state == "sent"
