"""Access tokens of the feed: a JWT, HS256, with a key that BETCORE alone knows (BC-ASM-087)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from mockserver.betcore.feed.refusals import Refusal
from mockserver.betcore.model import PartnerClient
from mockserver.kernel.errors import Rejection
from mockserver.kernel.json_codec import JsonInvalid, dump, parse
from mockserver.kernel.signing import digest, same

LIFETIME = timedelta(hours=1)
SCOPE = "feed"

_HEADER = {"alg": "HS256", "typ": "JWT"}
_ISSUER = "betcore-feed"
_ID_DIGITS = 32
_LONGEST = 4_096


@dataclass(frozen=True, slots=True)
class FeedToken:
    """A token that was found right: whose it is, and its own id."""

    client: PartnerClient
    id: str


def issue(client: PartnerClient) -> str:
    """A new token of a client, by the client's clock."""
    now = int(client.clock.now().timestamp())
    claims = {
        "iss": _ISSUER,
        "client_id": client.name,
        "scope": SCOPE,
        "iat": now,
        "exp": now + int(LIFETIME.total_seconds()),
        "jti": client.ids.hex(_ID_DIGITS),
    }
    signed = f"{_encoded(dump(_HEADER))}.{_encoded(dump(claims))}"
    return f"{signed}.{_signature(client, signed)}"


def verify(token: str | None, clients: Mapping[str, PartnerClient]) -> FeedToken:
    """Find out whose token it is.

    :raises Rejection: there is none, the feed did not issue it, or it has expired
    """
    if not token:
        raise Rejection(Refusal.ACCESS_DENIED, "access token: there is none")
    signed, _, signature = token.rpartition(".")
    try:
        claims = _claims_in(signed)
    except ValueError as error:
        raise Rejection(Refusal.ACCESS_DENIED, f"access token: {error}") from None
    client = clients.get(claims["client_id"])
    if client is None:
        raise Rejection(Refusal.ACCESS_DENIED, "access token: its client_id is no partner client's")
    if not same(_signature(client, signed), signature):
        raise Rejection(
            Refusal.ACCESS_DENIED,
            "access token: the feed did not sign it, or not since the client was reset",
            tenant=client,
        )
    if client.clock.now().timestamp() >= claims["exp"]:
        raise Rejection(
            Refusal.EXPIRED_TOKEN, f"access token: expired, exp is {claims['exp']}", tenant=client
        )
    return FeedToken(client, claims["jti"])


def _signature(client: PartnerClient, signed: str) -> str:
    key = digest(client.seed, f"feed token of {client.name}".encode())
    return _encoded(bytes.fromhex(digest(key, signed.encode("utf-8", "surrogateescape"))))


def _claims_in(signed: str) -> dict[str, Any]:
    """The claims of a token, whoever signed it.

    :raises ValueError: it is no token of the feed's form; the text says why
    """
    parts = signed.split(".")
    if len(parts) != 2 or len(signed) > _LONGEST:
        raise ValueError("it is no JWT of three parts")
    header, claims = (_decoded(part) for part in parts)
    if header != _HEADER:
        raise ValueError("its header is not that of the feed's tokens")
    if not isinstance(claims, dict) or not isinstance(claims.get("client_id"), str):
        raise ValueError("it has no client_id")
    return claims


def _decoded(part: str) -> Any:
    try:
        return parse(base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, JsonInvalid, ValueError):
        raise ValueError("a part of it is not JSON in Base64url") from None


def _encoded(text: bytes) -> str:
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()
