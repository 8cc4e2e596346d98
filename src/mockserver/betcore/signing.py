"""Compact JWS, RS256 alone (source: betcore/jwks, betcore/users-data; BC-ASM-010)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from jwt.api_jws import PyJWS
from jwt.exceptions import InvalidSignatureError, PyJWTError
from jwt.utils import base64url_decode

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

ALGORITHM = "RS256"
_JWS = PyJWS(algorithms=[ALGORITHM])


class TokenInvalid(Exception):
    """No verified JWT. The text says why, in one line."""


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


def key_id(token: str) -> str:
    """The ``kid`` of a token whose header names the one algorithm that is accepted.

    :raises TokenInvalid: no such header can be read
    """
    try:
        header = _JWS.get_unverified_header(token)
    except (PyJWTError, ValueError) as error:
        raise TokenInvalid(f"not a compact JWS: {error}") from None
    if header.get("alg") != ALGORITHM:
        raise TokenInvalid(f"alg is {header.get('alg')!r}; only {ALGORITHM} is accepted")
    kid = header.get("kid")
    if not isinstance(kid, str) or not kid:
        raise TokenInvalid("the header has no kid")
    return kid


def verified_claims(token: str, key: RSAPublicKey) -> Any:
    """The payload of a token whose signature verifies, as JSON.

    :raises TokenInvalid: the signature does not verify, or the payload is not JSON
    """
    try:
        payload: bytes = _JWS.decode_complete(token, key, algorithms=[ALGORITHM])["payload"]
    except InvalidSignatureError:
        raise TokenInvalid("the signature does not verify with the key that kid names") from None
    except (PyJWTError, ValueError) as error:
        raise TokenInvalid(f"not a compact JWS: {error}") from None
    try:
        return json.loads(payload, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise TokenInvalid("the payload is not JSON") from None


def unverified_client_id(token: str) -> str:
    """The ``client_id`` that a token claims, whoever signed it; empty where there is none."""
    try:
        claims = json.loads(base64url_decode(token.split(".")[1]))
    except (ValueError, IndexError, RecursionError):
        return ""
    named = claims.get("client_id") if isinstance(claims, dict) else None
    return named if isinstance(named, str) else ""


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON value")


def _json_type(value: object) -> str:
    names = {dict: "object", list: "array", bool: "boolean", type(None): "null"}
    return names.get(type(value), "number")
