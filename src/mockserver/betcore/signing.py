"""Compact JWS, RS256 alone (source: betcore/jwks, betcore/users-data; BC-ASM-010, BC-ASM-113).

Read to the letter of RFC 7515: what two readers could read in two ways is no token.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jwt.algorithms import RSAAlgorithm

from mockserver.kernel.json_codec import JsonInvalid, parse

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

ALGORITHM = "RS256"
_RS256 = RSAAlgorithm(RSAAlgorithm.SHA256)
_COMPACT = re.compile("([A-Za-z0-9_-]+)[.]([A-Za-z0-9_-]+)[.]([A-Za-z0-9_-]*)")
_OWN_KEYS = ("jwk", "jku", "x5u", "x5c")
"""Members of a header by which a token would bring its own key."""
_SHOWN = 60


class TokenInvalid(Exception):
    """No verified JWT. The text says why, in one line."""


@dataclass(frozen=True, slots=True)
class Token:
    """A compact JWS with a header that is accepted; nobody has verified it yet."""

    kid: str
    payload: bytes
    signature: bytes
    signed: bytes
    """What the signature covers: header and payload as they came."""


def token_in(body: bytes) -> str:
    """Take the token out of the JSON string literal that is the body (BC-ASM-002).

    :raises TokenInvalid: the body is anything else
    """
    if not body:
        raise TokenInvalid("the body is empty; send the token as a JSON string literal")
    try:
        token = json.loads(body.decode("utf-8"))
    except UnicodeDecodeError:
        raise TokenInvalid("the body is not UTF-8") from None
    except (ValueError, RecursionError):
        hint = "; put the token in double quotes" if body.startswith(b"eyJ") else ""
        raise TokenInvalid(f"the body is not JSON{hint}") from None
    if not isinstance(token, str):
        raise TokenInvalid(f"the body is a JSON {_json_type(token)}; send the token as a JSON string literal")
    return token


def token_in_header(value: str) -> str:
    """Take the token out of ``Authorization``, with or without the scheme ``Bearer`` (BC-ASM-114)."""
    scheme, _, rest = value.strip().partition(" ")
    return rest.strip() if scheme.lower() == "bearer" else value.strip()


def read_token(text: str) -> Token:
    """Take a token apart.

    :raises TokenInvalid: it is no compact JWS, or its header asks for what is not accepted
    """
    parts = _COMPACT.fullmatch(text)
    if parts is None:
        raise TokenInvalid("not a compact JWS: it has to be three parts of Base64url with dots between")
    header = _header_in(_decoded("header", parts[1]))
    kid = _accepted_kid(header)
    payload, signature = _decoded("payload", parts[2]), _decoded("signature", parts[3])
    return Token(kid, payload, signature, text[: parts.end(2)].encode())


def verified_claims(token: Token, key: RSAPublicKey) -> Any:
    """The payload of a token whose signature verifies, as JSON.

    :raises TokenInvalid: the signature does not verify, or the payload is no JSON that can be read
    """
    if not _RS256.verify(token.signed, key, token.signature):
        raise TokenInvalid("the signature does not verify with the key that kid names")
    try:
        return parse(token.payload)
    except JsonInvalid as error:
        raise TokenInvalid(f"the payload: {shown(error)}") from None


def unverified_client_id(token: str) -> str:
    """The ``client_id`` that a token claims, whoever signed it; empty where there is none."""
    try:
        part = token.split(".", 2)[1]
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, IndexError, RecursionError):
        return ""
    named = claims.get("client_id") if isinstance(claims, dict) else None
    return named if isinstance(named, str) else ""


def shown(value: object) -> str:
    """What came, short enough for one line."""
    text = str(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _accepted_kid(header: dict[str, Any]) -> str:
    if header.get("alg") != ALGORITHM:
        raise TokenInvalid(f"alg is {shown(repr(header.get('alg')))}; only {ALGORITHM} is accepted")
    if "crit" in header:
        raise TokenInvalid("the header has crit, and no extension is understood")
    if brought := [name for name in _OWN_KEYS if name in header]:
        raise TokenInvalid(f"the header brings a key ({brought[0]}); keys are those of the JWKS")
    kid = header.get("kid")
    if not isinstance(kid, str) or not kid:
        raise TokenInvalid("the header has no kid")
    return kid


def _header_in(text: bytes) -> dict[str, Any]:
    try:
        header = parse(text)
    except JsonInvalid as error:
        raise TokenInvalid(f"not a compact JWS: the header: {shown(error)}") from None
    if not isinstance(header, dict):
        raise TokenInvalid("not a compact JWS: the header is no JSON object")
    return header


def _decoded(name: str, part: str) -> bytes:
    """Bytes of Base64url without padding, written in the only way there is."""
    try:
        decoded = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except binascii.Error:
        raise TokenInvalid(f"not a compact JWS: the {name} is no Base64url") from None
    if base64.urlsafe_b64encode(decoded).rstrip(b"=").decode() != part:
        raise TokenInvalid(f"not a compact JWS: the {name} is not canonical Base64url")
    return decoded


def _json_type(value: object) -> str:
    names = {dict: "object", list: "array", bool: "boolean", type(None): "null"}
    return names.get(type(value), "number")
