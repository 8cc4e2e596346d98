"""The identity under which BETCORE and a game provider call one another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from conformance.signing import x_sign, x_sign_text

COUNTERPARTY: Final = "X-Counterparty-Id"
TIMESTAMP: Final = "X-Timestamp"
REQUEST_ID: Final = "X-Request-Id"
SIGN: Final = "X-Sign"

IDENTITY: Final = (COUNTERPARTY, TIMESTAMP, REQUEST_ID, SIGN)
"""The four headers that every call carries."""


@dataclass(frozen=True, slots=True)
class Counterparty:
    """Signs the calls of one game provider, or to it: both have one id and one secret (BC-ASM-066)."""

    id: str
    secret: str
    now: Callable[[], float]
    """Unix seconds by the target's clock."""
    new_request_id: Callable[[], str]
    """32 lower-case hex digits that no call had."""

    def headers(
        self,
        body: bytes = b"",
        *,
        id: str | None = None,
        secret: str | None = None,
        timestamp: str | None = None,
        request_id: str | None = None,
        text: Callable[[str, str, str, bytes], bytes] = x_sign_text,
        sign: Callable[[str, bytes], str] = x_sign,
    ) -> dict[str, str]:
        """The four headers for a body; the arguments replace a part of the identity or of the recipe."""
        counterparty = self.id if id is None else id
        timestamp = str(round(self.now() * 1000)) if timestamp is None else timestamp
        request_id = self.new_request_id() if request_id is None else request_id
        signed = text(counterparty, timestamp, request_id, body)
        return {
            COUNTERPARTY: counterparty,
            TIMESTAMP: timestamp,
            REQUEST_ID: request_id,
            SIGN: sign(self.secret if secret is None else secret, signed),
        }
