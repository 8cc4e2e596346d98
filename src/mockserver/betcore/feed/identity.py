"""Who reads the feed: the holder of an access token (BC-ASM-088)."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.betcore.feed import tokens
from mockserver.betcore.model import PartnerClient
from mockserver.kernel.exchange import Admission, Inbound, bearer_token


class TokenGate:
    """Admits who has an access token of the feed, in ``Authorization``, as ``Bearer``.

    :param clients: partner clients by ``client_id``
    """

    def __init__(self, clients: Mapping[str, PartnerClient]) -> None:
        self._clients = clients

    async def admit(self, inbound: Inbound) -> Admission:
        """Identify the caller.

        :raises Rejection: there is no token that gives access
        """
        token = bearer_token(inbound.headers.get("authorization"))
        return Admission(tokens.verify(token, self._clients).client, inbound.body)

    def signed_text(self, inbound: Inbound) -> bytes | None:
        """Nothing of a request is signed."""
        return None
