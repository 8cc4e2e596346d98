"""How calls of the two vendors are signed: the kit's own implementation, written from the vendors' pages.

Betstack: https://developer.betstack.io/signature. BETCORE towards casinos: JWS (RFC 7515) with RS256 and
the claims of https://betcore-api-docs.apidog.io/data-14895179e0. The bad tokens are put together by hand,
because a good library refuses to make them. BETCORE and game providers: X-Sign, whose parts a game
provider's public code shows (BC-ASM-066).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

TOKEN_LIFE: Final = 10
"""Seconds between ``nbf`` and ``exp`` in the sample of the vendor's page."""

ISSUER: Final = "https://test.tvbetapi.net/identity-api"

_PKCS1: Final = padding.PKCS1v15()

_HASHES: Final[Mapping[str, hashes.HashAlgorithm]] = {
    "256": hashes.SHA256(),
    "384": hashes.SHA384(),
    "512": hashes.SHA512(),
}

_UNSIGNED: Final = b" \t\r\n"


def betstack_body(fields: Mapping[str, Any]) -> bytes:
    """The body of a call: fields in the order given, which is that of the page, null optionals included."""
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"), default=_number).encode()


def betstack_signature(secret: str, timestamp: str, body: bytes = b"") -> str:
    """64 lower-case hex digits: HMAC-SHA256 over the timestamp and the body without space, tab, CR and LF.

    A call without a body signs the timestamp alone.
    """
    message = timestamp.encode() + body.translate(None, _UNSIGNED)
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def alphabetical_body(fields: Mapping[str, Any]) -> bytes:
    """The body of a call between BETCORE and a game provider: keys in alphabetical order, no white space."""
    members = (f"{json.dumps(name)}:{_exact(fields[name])}" for name in sorted(fields))
    return f"{{{','.join(members)}}}".encode()


def _exact(value: object) -> str:
    """A member as JSON; decimals as the numbers that they are, since no float may touch money."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, list | tuple):
        return f"[{','.join(_exact(item) for item in value)}]"
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def x_sign_text(counterparty: str, timestamp: str, request_id: str, body: bytes = b"") -> bytes:
    """What X-Sign covers: the raw body, if there is one, and three headers, joined by full stops."""
    parts = [counterparty.encode(), timestamp.encode(), request_id.encode()]
    return b".".join([body, *parts] if body else parts)


def x_sign(secret: str, text: bytes) -> str:
    """64 lower-case hex digits: HMAC-SHA256 over the text, the secret as plain text for the key."""
    return hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()


def _number(value: object) -> float:
    """Decimals go out as JSON numbers; odds have two digits, which a float holds without loss."""
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{type(value).__name__} can't be sent as JSON")


def base64url(data: bytes) -> str:
    """Base64url without padding (RFC 7515 section 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An RSA key with the names under which tokens refer to it."""

    private: rsa.RSAPrivateKey
    thumbprint: bytes
    """20 bytes."""

    @classmethod
    def generate(cls) -> SigningKey:
        """A new key; its thumbprint is the SHA-1 of its public part."""
        private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        der = private.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return cls(private, hashlib.sha1(der, usedforsecurity=False).digest())

    @property
    def kid(self) -> str:
        """The thumbprint as 40 upper-case hex digits."""
        return self.thumbprint.hex().upper()

    @property
    def x5t(self) -> str:
        """The thumbprint as base64url."""
        return base64url(self.thumbprint)

    @property
    def public_pem(self) -> bytes:
        """The public key as PEM, which an attacker could read from the JWKS as well."""
        return self.private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def jwk(self) -> dict[str, str]:
        """The public key as a JSON Web Key (RFC 7517)."""
        numbers = self.private.public_key().public_numbers()
        return {
            "kty": "RSA",
            "use": "sig",
            "kid": self.kid,
            "x5t": self.x5t,
            "alg": "RS256",
            "n": base64url(numbers.n.to_bytes((numbers.n.bit_length() + 7) // 8, "big")),
            "e": base64url(numbers.e.to_bytes((numbers.e.bit_length() + 7) // 8, "big")),
        }


def claims(data: Any, *, client_id: str, now: float) -> dict[str, Any]:
    """The claims of a token that is valid for :data:`TOKEN_LIFE` seconds from ``now`` (Unix seconds).

    ``data`` becomes a string that holds its JSON.
    """
    start = int(now)
    return {
        "nbf": start,
        "exp": start + TOKEN_LIFE,
        "iss": ISSUER,
        "data": json.dumps(data, ensure_ascii=False, separators=(",", ":")),
        "client_id": client_id,
    }


def token(key: SigningKey, payload: Mapping[str, Any], *, kid: str | None = None) -> str:
    """A compact JWS, signed with RS256. ``kid`` makes the header name another key."""
    return jwt.encode(
        dict(payload),
        key.private,
        algorithm="RS256",
        headers={"kid": kid or key.kid, "typ": "JWT", "x5t": key.x5t},
    )


def token_of(key: SigningKey, payload: bytes, *, algorithm: str = "RS256", **header: Any) -> str:
    """A token over exactly these bytes, rightly signed with the key by RS256, or by RS384, RS512 or PS256.

    ``header`` adds members to the header or replaces some; a member that is ``None`` is left out.
    """
    members = {"alg": algorithm, "kid": key.kid, "typ": "JWT", "x5t": key.x5t, **header}
    named = {name: value for name, value in members.items() if value is not None}
    message = f"{_segment(named)}.{base64url(payload)}"
    hashing = _HASHES[algorithm[2:]]
    scheme = padding.PSS(padding.MGF1(hashing), hashing.digest_size) if algorithm[0] == "P" else _PKCS1
    return f"{message}.{base64url(key.private.sign(message.encode(), scheme, hashing))}"


def signed_parts(key: SigningKey, message: str) -> str:
    """A token of these two parts, header and payload, rightly signed with the key by RS256."""
    return f"{message}.{base64url(key.private.sign(message.encode(), _PKCS1, hashes.SHA256()))}"


def unsigned_token(key: SigningKey, payload: Mapping[str, Any], *, algorithm: str = "none") -> str:
    """A token that claims ``alg: none``, however that is spelt, and has an empty signature."""
    return f"{_signing_input(key, payload, algorithm)}."


def confused_token(key: SigningKey, payload: Mapping[str, Any]) -> str:
    """A token signed with HS256, keyed with the public RSA key as if that were a shared secret."""
    message = _signing_input(key, payload, "HS256")
    return f"{message}.{base64url(hmac.new(key.public_pem, message.encode(), hashlib.sha256).digest())}"


def tampered_token(compact: str, payload: Mapping[str, Any]) -> str:
    """The token with another payload under the old signature."""
    header, _, signature = compact.split(".")
    return f"{header}.{_segment(payload)}.{signature}"


def jwt_body(compact: str) -> bytes:
    """The body of a call: the token as a JSON string literal, in quotes."""
    return json.dumps(compact).encode()


def _signing_input(key: SigningKey, payload: Mapping[str, Any], algorithm: str) -> str:
    header = {"alg": algorithm, "kid": key.kid, "typ": "JWT", "x5t": key.x5t}
    return f"{_segment(header)}.{_segment(payload)}"


def _segment(value: Mapping[str, Any]) -> str:
    return base64url(json.dumps(value, separators=(",", ":")).encode())
