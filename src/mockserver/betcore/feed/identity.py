"""Who reads the feed: an access token, or the credentials that buy one (BC-ASM-086, BC-ASM-088)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from mockserver.betcore.feed import tokens
from mockserver.betcore.feed.refusals import Refusal
from mockserver.betcore.model import PartnerClient
from mockserver.kernel.errors import Rejection
from mockserver.kernel.exchange import Admission, Inbound
from mockserver.kernel.json_codec import JsonInvalid, parse
from mockserver.kernel.signing import same

ISSUE = "issueFeedToken"
"""The one operation that takes no token."""

_SCHEME = "bearer"
_LARGEST_ID = 10**18


class FeedGate:
    """Admits who has an access token; to the token's own operation everybody, as whom the body names.

    :param clients: partner clients by ``client_id``
    """

    def __init__(self, clients: Mapping[str, PartnerClient]) -> None:
        self._clients = clients

    async def admit(self, inbound: Inbound) -> Admission:
        """Identify the caller. The secret in a body is looked at when the body is known to fit the contract.

        :raises Rejection: there is no token that gives access
        """
        if inbound.operation == ISSUE:
            return Admission(self._named_in(inbound.body), inbound.body)
        token = token_in(inbound.headers.get("authorization", ""))
        return Admission(tokens.verify(token, self._clients).client, inbound.body)

    def signed_text(self, inbound: Inbound) -> bytes | None:
        """Nothing of a request is signed."""
        return None

    def _named_in(self, body: bytes) -> PartnerClient | None:
        try:
            document = parse(body)
        except JsonInvalid:
            return None
        named = document.get("PartnerClientId") if isinstance(document, dict) else None
        return self._clients.get(client_id(named)) if is_client_number(named) else None


def token_in(authorization: str) -> str | None:
    """The token of a header ``Authorization: Bearer ...``."""
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == _SCHEME else None


def is_client_number(value: object) -> bool:
    """Whether a value of a document can be a PartnerClientId."""
    number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    return number and 0 < value < _LARGEST_ID  # type: ignore[operator]  # it is a number


def client_id(number: int | Decimal) -> str:
    """The ``client_id`` of a partner client, by its number (BC-ASM-031)."""
    return f"PartnerClient-{number:.0f}"


def require_secret(client: PartnerClient | None, secret: str) -> PartnerClient:
    """See to it that a secret is the client's, also one that was replaced and still counts.

    :raises Rejection: it isn't, or there is no such client
    """
    if client is None:
        raise Rejection(Refusal.ACCESS_DENIED, "PartnerClientId: no partner client is called PartnerClient- and it")
    matches = [same(one, secret) for one in client.secret.accepted(client.clock.now())]
    if not any(matches):
        raise Rejection(Refusal.ACCESS_DENIED, f"Secret: is not that of `{client.name}`")
    return client
