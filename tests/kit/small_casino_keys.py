"""How the small casino verifies tokens."""

from __future__ import annotations

import base64
import json
import time
import urllib.request
from typing import Any

import jwt

PAUSE = 1.0
"""Seconds that pass at least between two readings of the keys."""


class SmallKeys:
    """BETCORE's keys as the casino has read them."""

    def __init__(self, faults: frozenset[str]) -> None:
        self.faults = faults
        self.url = ""
        self._keys: dict[str, Any] = {}
        self._seen: set[str] = set()
        self._read_at = -PAUSE

    def verified(self, body: bytes, headers: dict[str, str]) -> Any:
        """The data of a token that can be believed; ``None`` for any other."""
        try:
            return self._data(self._compact(body, headers))
        except (jwt.PyJWTError, ValueError, KeyError, AttributeError, TypeError, RecursionError):
            return None

    def _compact(self, body: bytes, headers: dict[str, str]) -> str:
        bearer = headers.get("authorization", "").removeprefix("Bearer ")
        if "token_in_header" in self.faults and bearer.count(".") == 2:
            return bearer
        if "header_refused" in self.faults and bearer:
            raise ValueError("Authorization")
        text = body.decode()
        return str(text if "quotes_optional" in self.faults and text[:1] != '"' else json.loads(text))

    def _data(self, compact: str) -> Any:
        if "nothing_verified" in self.faults:
            part = compact.split(".")[1]
            return json.loads(json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))["data"])
        unsigned = compact.count(".") == 1 and "cut_token_accepted" in self.faults
        if unsigned:
            compact += "."
        if not self.faults & {"lax_tokens", "jku_followed", "key_in_token_trusted"}:
            _require_one_reading(compact)
        header = jwt.get_unverified_header(compact)
        key = self._key(header)
        trusted = "jwt_unverified" in self.faults or key is None or unsigned
        if header["alg"].lower() == "none" and "none_accepted" in self.faults:
            trusted = True
        needed = ["exp", "nbf"] if "times_optional" not in self.faults else []
        options: Any = {
            "verify_exp": "expiry_ignored" not in self.faults,
            "verify_nbf": "nbf_ignored" not in self.faults,
            "verify_iss": False,
            "verify_signature": not trusted,
            "require": needed,
        }
        algorithms = ["RS256"]
        if "any_algorithm" in self.faults:
            algorithms += ["RS384", "RS512", "PS256"]
            key = key.key  # without the algorithm that the set names
        if "milliseconds" in self.faults:
            options = {**options, "verify_exp": False, "verify_nbf": False}
        claims = jwt.decode(compact, key, algorithms=algorithms, options=options)
        self._require_caller(claims)
        if "each_token_once" in self.faults and "TransactionType" in claims["data"]:
            if compact in self._seen:
                raise ValueError("a token twice")
            self._seen.add(compact)
        return json.loads(claims["data"])

    def _require_caller(self, claims: dict[str, Any]) -> None:
        if "any_client" not in self.faults and claims["client_id"] != "PartnerClient-1556":
            raise ValueError(claims["client_id"])
        if "any_issuer" not in self.faults and not isinstance(claims["iss"], str):
            raise TypeError(claims["iss"])
        if "one_issuer" in self.faults and claims["iss"] != "https://test.tvbetapi.net/identity-api":
            raise ValueError(claims["iss"])
        if "milliseconds" in self.faults and time.time() * 1000 > claims["exp"] * 1000 + 3_600_000:
            raise ValueError(claims["exp"])

    def _key(self, header: dict[str, Any]) -> Any:
        if "jku_followed" in self.faults and (where := header.get("jku") or header.get("x5u")):
            urllib.request.urlopen(where, timeout=5).read()
        if "key_in_token_trusted" in self.faults and "jwk" in header:
            return jwt.PyJWK(header["jwk"]).key
        kid = header.get("kid")
        if kid is None and "first_key_will_do" in self.faults:
            kid = next(iter(self._keys), None)
        unread = kid not in self._keys and "keys_read_once" not in self.faults
        in_time = time.monotonic() >= self._read_at + PAUSE or "keys_read_at_will" in self.faults
        if not self._keys or (unread and in_time) or "keys_never_kept" in self.faults:
            self._read()
        return self._keys.get(kid) if "unknown_key_trusted" in self.faults else self._keys[kid]

    def _read(self) -> None:
        self._read_at = time.monotonic()
        with urllib.request.urlopen(self.url, timeout=5) as response:
            found = jwt.PyJWKSet.from_dict(json.load(response))
        self._keys = {str(key.key_id): key for key in found.keys}


def _require_one_reading(compact: str) -> None:
    """Raise :exc:`ValueError` for a token that parsers may read differently."""
    parts = compact.split(".")
    decoded = [base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in parts]
    if [base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in decoded] != parts:
        raise ValueError("Base64url")
    for part in decoded[:2]:
        json.loads(part, object_pairs_hook=_once)
    header = jwt.get_unverified_header(compact)
    if {"crit", "jwk", "jku", "x5u", "x5c"} & set(header):
        raise ValueError("header")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(pairs) > len(dict(pairs)):
        raise ValueError("a key twice")
    return dict(pairs)
