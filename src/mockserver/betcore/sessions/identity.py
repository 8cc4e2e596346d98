"""Who calls: four headers, the same in both directions between BETCORE and a game provider (BC-ASM-066)."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.betcore.sessions.model import Provider
from mockserver.betcore.sessions.refusals import Refusal
from mockserver.betcore.sessions.signature import (
    IDENTITY_HEADERS,
    Signed,
    require_current,
    require_headers,
    require_signature,
)
from mockserver.kernel.errors import Rejection
from mockserver.kernel.exchange import Admission, Inbound
from mockserver.kernel.settings import nearest
from mockserver.kernel.signing import x_sign_text


class SignGate:
    """Admits what is signed with the secret of the counterparty that it names.

    :param providers: by counterparty id
    """

    def __init__(self, providers: Mapping[str, Provider]) -> None:
        self._providers = providers

    async def admit(self, inbound: Inbound) -> Admission:
        """Identify the counterparty.

        :raises Rejection: a header is missing, the counterparty is unknown, the signature does not match, or
            the timestamp is outside the window that the counterparty's settings have
        """
        headers = inbound.headers
        provider = self._providers.get(headers.get("x-counterparty-id", ""))
        require_headers(headers, provider)
        counterparty, timestamp, request_id, signature = (headers[name] for name in IDENTITY_HEADERS)
        if provider is None:
            raise Rejection(
                Refusal.ACCESS_DENIED,
                f"X-Counterparty-Id: no provider is called `{counterparty}`; "
                f"{nearest(counterparty, self._providers)}",
            )
        require_signature(provider, Signed(inbound.body, counterparty, timestamp, request_id, signature))
        require_current(provider, timestamp)
        return Admission(provider, inbound.body)

    def signed_text(self, inbound: Inbound) -> bytes | None:
        """The body, if there is one, and the three headers; ``None`` where one of those is missing."""
        counterparty, timestamp, request_id = (inbound.headers.get(name, "") for name in IDENTITY_HEADERS[:3])
        if not (counterparty and timestamp and request_id):
            return None
        return x_sign_text(inbound.body, counterparty, timestamp, request_id)
