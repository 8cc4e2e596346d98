"""An operator's receiver of SMS notifications as Betstack calls it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from conformance.betstack import Answer
from conformance.channel import Channel
from conformance.operator_target import OperatorTarget
from conformance.signing import betstack_body, betstack_signature

OPERATION: Final = "sendSmsNotification"


@dataclass(frozen=True, slots=True)
class SmsReceiver:
    """The receiver, called with notifications that the kit signs as Betstack."""

    channel: Channel
    target: OperatorTarget
    now: Callable[[], float]
    """Unix seconds by the target's clock."""
    new_id: Callable[[], str]
    """24 lower-case hex digits that no ticket has."""

    def otp(self, **changes: Any) -> dict[str, Any]:
        """The fields of a one-time password in documented order."""
        return {"code": "1234", "msisdn": self.target.msisdn, **changes}

    def status(self, **changes: Any) -> dict[str, Any]:
        """The fields of a ticket's status in documented order."""
        ticket = self.new_id()
        return {
            "ticket_code": ticket[-6:].upper(),
            "ticket_id": ticket,
            "msisdn": self.target.msisdn,
            "status": "resulted",
            "result": "won",
            **changes,
        }

    def bet_result(self) -> dict[str, Any]:
        """The fields of a bet's result in documented order."""
        return {"ticket_id": self.new_id(), "result": "won", "event_id": 100001, "bet_id": 101}

    def headers(
        self, body: bytes, *, secret: str | None = None, timestamp: str | None = None
    ) -> dict[str, str]:
        """The three headers for a body, signed with the operator's secret or the given one."""
        timestamp = str(int(self.now())) if timestamp is None else timestamp
        return {
            "timestamp": timestamp,
            "operator-name": self.target.operator,
            "signature": betstack_signature(secret or self.target.secret, timestamp, body),
        }

    def post(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Post exactly these bytes with these headers."""
        sent = {"content-type": "application/json", **headers}
        return Answer(self.channel.call(OPERATION, body=body, headers=sent), self.channel.refusals(OPERATION))

    def body(self, kind: str, data: Mapping[str, Any], *, legal: bool = True) -> bytes:
        """The body of a notification. Raises :exc:`HarnessError` if it is meant to be legal and is not."""
        call = {"type": kind, "data": data}
        if legal:
            self.channel.require_legal(OPERATION, call)
        return betstack_body(call)

    def send(self, kind: str, data: Mapping[str, Any], *, legal: bool = True) -> Answer:
        """Send a notification, signed."""
        body = self.body(kind, data, legal=legal)
        return self.post(body, self.headers(body))
