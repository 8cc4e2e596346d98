"""Access to the aggregator: credentials, and the tokens that are had for them
(source: betcore/token; BC-ASM-049, BC-ASM-050, BC-ASM-051, BC-ASM-052)."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from mockserver.betcore.refusals import Refusal
from mockserver.kernel.errors import Rejection
from mockserver.kernel.exchange import Admission, Inbound, bearer_token
from mockserver.kernel.json_codec import JsonInvalid, parse

if TYPE_CHECKING:
    from mockserver.betcore.model import PartnerClient
    from mockserver.kernel.ports import IdSource

LIFE_SECONDS = 3600
CLIENT_NAME = "PartnerClient-{}"
"""A client by its ``PartnerClientId`` (BC-ASM-031)."""

_TOKEN_DIGITS = 32
_MOST_TOKENS = 1_000
_LONGEST_CREDENTIALS = 4_096
"""Bytes; of a longer body nobody is looked for before the contract has judged it."""


@dataclass(slots=True)
class AccessTokens:
    """Tokens of one client with the moment from which each counts no more. Old ones are forgotten."""

    until: dict[str, datetime] = field(default_factory=dict, repr=False)

    def issue(self, ids: IdSource, now: datetime) -> str:
        """A new token; older ones go on counting."""
        token = ids.hex(_TOKEN_DIGITS)
        self.until[token] = now + timedelta(seconds=LIFE_SECONDS)
        while len(self.until) > _MOST_TOKENS:
            del self.until[next(iter(self.until))]
        return token


def client_of(clients: Mapping[str, PartnerClient], partner_client_id: object) -> PartnerClient | None:
    """The client of a ``PartnerClientId``; none where that is no whole number."""
    if isinstance(partner_client_id, Decimal) and partner_client_id == partner_client_id.to_integral_value():
        partner_client_id = int(partner_client_id)
    if isinstance(partner_client_id, bool) or not isinstance(partner_client_id, int):
        return None
    return clients.get(CLIENT_NAME.format(partner_client_id))


class CredentialsGate:
    """Admits everybody, and names the client whose credentials seem to be sent."""

    def __init__(self, clients: Mapping[str, PartnerClient]) -> None:
        self._clients = clients

    async def admit(self, inbound: Inbound) -> Admission:
        """Admit; that the secret is right is judged later."""
        try:
            document = parse(inbound.body) if len(inbound.body) <= _LONGEST_CREDENTIALS else None
        except JsonInvalid:
            document = None
        named = document.get("PartnerClientId") if isinstance(document, dict) else None
        return Admission(client_of(self._clients, named), inbound.body)

    def signed_text(self, inbound: Inbound) -> bytes | None:
        """Nothing is signed."""
        return None


class BearerGate:
    """Admits calls with an access token in ``Authorization``, as ``Bearer``."""

    def __init__(self, clients: Mapping[str, PartnerClient]) -> None:
        self._clients = clients

    async def admit(self, inbound: Inbound) -> Admission:
        """Identify the client.

        :raises Rejection: there is no token, it was not issued here, or its life is over
        """
        header = inbound.headers.get("authorization")
        if header is None:
            raise Rejection(
                Refusal.ACCESS_DENIED, "authorization: is missing; send `Bearer` and an access token"
            )
        token = bearer_token(header)
        if token is None:
            raise Rejection(Refusal.ACCESS_DENIED, "authorization: has to be `Bearer` and an access token")
        for client in self._clients.values():
            until = client.tokens.until.get(token)
            if until is None:
                continue
            now = client.clock.now()
            if now >= until:
                raise Rejection(
                    Refusal.EXPIRED_TOKEN,
                    f"authorization: the token counted until {until:%H:%M:%S}, it is {now:%H:%M:%S}; "
                    "get a new one",
                    tenant=client,
                )
            return Admission(client, inbound.body)
        raise Rejection(Refusal.ACCESS_DENIED, "authorization: no such access token was issued here")

    def signed_text(self, inbound: Inbound) -> bytes | None:
        """Nothing is signed."""
        return None


def require_secret(client: PartnerClient | None, partner_client_id: object, secret: str) -> PartnerClient:
    """The client, whose secret it is.

    :raises Rejection: no client has this id, or the secret is another one
    """
    if client is None:
        raise Rejection(
            Refusal.ACCESS_DENIED,
            f"PartnerClientId: there is no client `{CLIENT_NAME.format(partner_client_id)}`",
        )
    accepted = client.secret.accepted(client.clock.now())
    if not any(hmac.compare_digest(secret.encode(), one.encode()) for one in accepted):
        raise Rejection(Refusal.ACCESS_DENIED, f"Secret: is not that of client `{client.name}`")
    return client
