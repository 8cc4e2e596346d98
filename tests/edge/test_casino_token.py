"""Which bodies are a verified token, and which are not."""

import base64
import hashlib
import hmac
import json

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from .in_process import KID, NOW, Service

INVALID = {"ErrorCode": 103811, "Message": "JWT token validation failed"}
DATA = {"BetId": "7", "Closed": True}
NOW_SECONDS = int(NOW.timestamp())


def close(service: Service, body: bytes) -> tuple[dict[str, object], str]:
    answer = service.send("POST", "/payments/close", {"content-type": "application/json"}, body)
    assert answer.status_code == 200
    return answer.json(), answer.headers.get("x-sandbox-reason", "")


def quoted(token: str) -> bytes:
    return json.dumps(token).encode()


def part(document: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=").decode()


def test_a_quoted_token_is_verified(service: Service) -> None:
    assert close(service, quoted(service.token(DATA)))[0]["ErrorCode"] == 200


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "the body is empty"),
        (b"eyJhbGciOiJSUzI1NiJ9.e30.x", "put the token in double quotes"),
        (b"\xff\xfe", "not UTF-8"),
        (b"{}", "JSON object"),
        (b"null", "JSON null"),
        (b"7", "JSON number"),
        (b'"not a token"', "not a compact JWS"),
        (b'"eyJhbGciOiJSUzI1NiJ9"', "not a compact JWS"),
        (b'"\xc3\xbc.\xc3\xbc.\xc3\xbc"', "not a compact JWS"),
        (b'"\\ud800.a.b"', "not a compact JWS"),
        (b"[" * 100_000, "not JSON"),
    ],
)
def test_what_is_no_token_is_refused_with_the_reason(service: Service, body: bytes, told: str) -> None:
    answer, reason = close(service, body)

    assert answer == INVALID
    assert told in reason


def test_a_bare_token_is_refused(service: Service) -> None:
    token = service.token(DATA)

    assert close(service, token.encode())[0] == INVALID
    assert close(service, quoted(token))[0]["ErrorCode"] == 200


def test_a_changed_payload_does_not_verify(service: Service) -> None:
    header, payload, signature = service.token(DATA).split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    forged = part(claims | {"data": json.dumps({"BetId": "8", "Closed": True})})

    answer, reason = close(service, quoted(f"{header}.{forged}.{signature}"))

    assert answer == INVALID
    assert "the signature does not verify" in reason


def test_only_rs256_is_accepted(service: Service) -> None:
    claims = jwt.decode(service.token(DATA), options={"verify_signature": False})
    public = service.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    unsigned = f"{part({'alg': 'none', 'kid': KID})}.{part(claims)}."
    signing_input = f"{part({'alg': 'HS256', 'kid': KID})}.{part(claims)}"
    mac = hmac.new(public, signing_input.encode(), hashlib.sha256).digest()
    confused = f"{signing_input}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"
    rs512 = jwt.encode(claims, service.key, algorithm="RS512", headers={"kid": KID})

    for token in (unsigned, confused, rs512):
        answer, reason = close(service, quoted(token))
        assert answer == INVALID
        assert "only RS256 is accepted" in reason
    assert close(service, quoted(service.token(DATA)))[0]["ErrorCode"] == 200


def test_the_key_is_the_one_that_kid_names(service: Service) -> None:
    claims = jwt.decode(service.token(DATA), options={"verify_signature": False})
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    unknown = jwt.encode(claims, other, algorithm="RS256", headers={"kid": "F" * 40})
    impostor = jwt.encode(claims, other, algorithm="RS256", headers={"kid": KID})
    nameless = jwt.encode(claims, service.key, algorithm="RS256")

    assert [close(service, quoted(token))[0] for token in (unknown, impostor, nameless)] == [INVALID] * 3
    assert "is not in the JWKS" in close(service, quoted(unknown))[1]
    assert "no kid" in close(service, quoted(nameless))[1]


@pytest.mark.parametrize(
    ("nbf", "exp", "verified"),
    [(0, 10, True), (-9, 1, True), (-10, 0, False), (1, 11, False), (-3600, 3600, True)],
)
def test_a_token_is_valid_from_nbf_until_just_before_exp(
    service: Service, nbf: int, exp: int, verified: bool
) -> None:
    token = service.token(DATA, nbf=NOW_SECONDS + nbf, exp=NOW_SECONDS + exp)

    assert (close(service, quoted(token))[0]["ErrorCode"] == 200) is verified


@pytest.mark.parametrize(
    "claims",
    [{"client_id": "nobody"}, {"client_id": None}, {"iss": 7}, {"nbf": "soon"}, {"exp": 1.5}, {"data": {}}],
)
def test_claims_that_do_not_fit_the_contract_are_refused(service: Service, claims: dict[str, object]) -> None:
    now = {"nbf": NOW_SECONDS, "exp": NOW_SECONDS + 10, "iss": "x", "client_id": "PartnerClient-1556"}
    good = now | {"data": json.dumps(DATA)}

    def verdict(payload: dict[str, object]) -> object:
        token = f"{part({'alg': 'RS256', 'kid': KID})}.{part(payload)}"
        signature = jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256).sign(
            token.encode(), service.key
        )
        return close(service, quoted(f"{token}.{part_of(signature)}"))[0]["ErrorCode"]

    assert verdict(good) == 200
    assert verdict(good | claims) == 103811


def part_of(signature: bytes) -> str:
    return base64.urlsafe_b64encode(signature).rstrip(b"=").decode()


@pytest.mark.parametrize("missing", ["nbf", "exp", "iss", "client_id", "data"])
def test_no_claim_may_be_missing(service: Service, missing: str) -> None:
    claims = jwt.decode(service.token(DATA), options={"verify_signature": False})
    del claims[missing]
    token = jwt.encode(claims, service.key, algorithm="RS256", headers={"kid": KID})

    answer, reason = close(service, quoted(token))

    assert answer == INVALID
    assert missing in reason


def test_a_token_that_does_not_verify_moves_no_money(service: Service) -> None:
    data = {"Amount": "5", "BetId": 7, "PartnerUserId": "SomeUserId100", "TransactionType": -1}

    assert service.casino("/payments/make", data, exp=NOW_SECONDS).json() == INVALID
    assert service.balance() == "7100.5"
