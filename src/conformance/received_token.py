"""A token that BETCORE sent as the body of a call, taken apart and verified by BETCORE's own keys."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final

import jwt

from conformance.signing import tampered_token

CLAIMS: Final[Mapping[str, type | tuple[type, ...]]] = {
    "nbf": (int, Decimal),
    "exp": (int, Decimal),
    "iss": str,
    "data": str,
    "client_id": str,
}
"""The five claims of the vendor's sample, with the types that they have there."""


@dataclass(frozen=True, slots=True)
class ReceivedToken:
    """What the body of a call holds; empty where it can't be read."""

    quoted: bool
    """Whether the body is a JSON string literal."""
    compact: str
    header: Mapping[str, Any] = field(default_factory=dict)
    claims: Mapping[str, Any] = field(default_factory=dict)
    data: Any = None
    """What the claim ``data`` holds as JSON; ``None`` where it holds none."""

    def problems(self) -> list[str]:
        """One line for each way in which the token differs from the documented form."""
        found = []
        if not self.quoted:
            found.append("the body is no JSON string literal")
        if self.compact.count(".") != 2 or not self.header:
            found.append("the body holds no compact JWS of three parts")
        elif self.header.get("alg") != "RS256":
            found.append(f"alg of the header is {self.header.get('alg')}, not RS256")
        for name, kind in CLAIMS.items():
            if name not in self.claims:
                found.append(f"the claim {name} is missing")
            elif not isinstance(self.claims[name], kind) or isinstance(self.claims[name], bool):
                found.append(f"the claim {name} has the wrong type")
        if isinstance(self.claims.get("data"), str) and self.data is None:
            found.append("the claim data is a string, but no JSON")
        return found

    def life(self) -> int | Decimal | None:
        """Seconds between ``nbf`` and ``exp``; ``None`` where they are no numbers."""
        start, end = self.claims.get("nbf"), self.claims.get("exp")
        if not isinstance(start, int | Decimal) or not isinstance(end, int | Decimal):
            return None
        return end - start

    def changed(self) -> ReceivedToken:
        """The same token with another payload under the old signature."""
        known = {name: value for name, value in self.claims.items() if isinstance(value, str)}
        return replace(self, compact=tampered_token(self.compact, {**known, "iss": "another"}))

    def key(self, keys: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
        """The key of the set that the header's ``kid`` names."""
        kid = self.header.get("kid")
        return next((key for key in keys if kid is not None and key.get("kid") == kid), None)

    def verified_by(self, keys: Sequence[Mapping[str, Any]]) -> bool:
        """Whether a key of the set verifies the signature, whatever the times say."""
        named = self.key(keys)
        return any(_verifies(self.compact, key) for key in ([named] if named is not None else keys))


def read_token(body: bytes) -> ReceivedToken:
    """The token that a body holds; never raises."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return ReceivedToken(False, "")
    value = _json(text)
    quoted = isinstance(value, str)
    compact = value if isinstance(value, str) else text.strip()
    parts = compact.split(".")
    header, claims = (_object(parts[0]), _object(parts[1])) if len(parts) > 1 else ({}, {})
    data = claims.get("data")
    return ReceivedToken(quoted, compact, header, claims, _json(data) if isinstance(data, str) else None)


def hex_of(x5t: object) -> str | None:
    """The bytes of a thumbprint in base64url as upper-case hex; ``None`` if it is none."""
    content = _bytes(x5t) if isinstance(x5t, str) else None
    return None if content is None else content.hex().upper()


def _verifies(compact: str, key: Mapping[str, Any]) -> bool:
    unchecked: Any = {"verify_exp": False, "verify_nbf": False, "verify_iat": False, "verify_aud": False}
    try:
        jwt.decode(compact, jwt.PyJWK(dict(key), algorithm="RS256"), algorithms=["RS256"], options=unchecked)
    except (jwt.PyJWTError, ValueError, TypeError, KeyError):
        return False
    return True


def _object(segment: str) -> dict[str, Any]:
    content = _bytes(segment)
    value = None if content is None else _json(content)
    return value if isinstance(value, dict) else {}


def _bytes(segment: str) -> bytes | None:
    try:
        return base64.b64decode(segment + "=" * (-len(segment) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None


def _json(text: str | bytes) -> Any:
    try:
        return json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError):
        return None
