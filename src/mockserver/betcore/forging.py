"""Compact JWS as no honest signer makes them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json


def with_bad_signature(token: str) -> str:
    """The token with one character of its signature changed, still canonical Base64url."""
    signed, _, signature = token.rpartition(".")
    return f"{signed}.{'B' if signature.startswith('A') else 'A'}{signature[1:]}"


def with_other_algorithm(token: str, algorithm: str, public_pem: bytes) -> str:
    """The token with another ``alg``: HS256, keyed with the PEM of the public key, or ``none``, unsigned."""
    header_part, payload, _ = token.split(".")
    header = json.loads(base64.urlsafe_b64decode(header_part + "=" * (-len(header_part) % 4)))
    signed = f"{_encoded(json.dumps(header | {'alg': algorithm}, separators=(',', ':')).encode())}.{payload}"
    if algorithm == "none":
        return f"{signed}."
    return f"{signed}.{_encoded(hmac.new(public_pem, signed.encode(), hashlib.sha256).digest())}"


def _encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
