"""Betstack's calls to the operator's PAM platform (source: betstack/pam-headers, betstack/pam-signature)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from mockserver.betstack.model import Operator
from mockserver.kernel.courier import CannotCall
from mockserver.kernel.json_codec import dump
from mockserver.kernel.outbox import OutgoingCall, Schedule
from mockserver.kernel.ports import Clock, Deadlines, OutgoingAnswer, OutgoingRequest
from mockserver.kernel.signing import sign, without_spaces

PING = "ping"
TICKET_DISCARD = "ticket_discard"

_SETTLED = Deadlines(connect=5, read=10, total=10)
_EVERY_HALF_HOUR = (timedelta(minutes=30),) * 48

# The half hour of a discard is documented (source: betstack/pam-create), everything else BS-ASM-094.
SCHEDULES = MappingProxyType(
    {
        PING: Schedule(_SETTLED),
        TICKET_DISCARD: Schedule(_SETTLED, _EVERY_HALF_HOUR),
    }
)

_UNSIGNED = frozenset({PING})


def ping() -> bytes:
    """A ping, whose data is ours (BS-ASM-076)."""
    return dump({"action": PING, "data": {}})


def ticket_discard(operator: str, ticket_id: str, reason: str) -> bytes:
    """The notice that a ticket was given up; fields in the documented order."""
    data = {"operator": operator, "ticket_id": ticket_id, "reason": reason}
    return dump({"action": TICKET_DISCARD, "data": data})


class PamCaller:
    """Calls the operator's platform.

    :param wall_clock: the time that an operator's own platform is shown
    """

    surface = "betstack.pam"
    schedules: Mapping[str, Schedule] = SCHEDULES

    def __init__(self, wall_clock: Clock) -> None:
        self._wall_clock = wall_clock

    def operation_of(self, call: OutgoingCall) -> str:
        """One operation takes every action."""
        return "sendPamAction"

    def prepare(self, tenant: Operator, call: OutgoingCall) -> OutgoingRequest:
        """Sign the action for this moment.

        :raises CannotCall: the operator has no platform
        """
        url = tenant.settings["pam_url"]
        if url is None:
            raise CannotCall("the operator has no pam_url; set it, and send again")
        headers = [("content-type", "application/json")]
        canonical = None
        if call.action not in _UNSIGNED:
            timestamp = str(int(self._wall_clock.now().timestamp()))
            canonical = timestamp.encode() + without_spaces(call.document)
            signature = sign(tenant.secret.current, timestamp, call.document)
            headers += [("timestamp", timestamp), ("signature", signature)]
        return OutgoingRequest(url, tuple(headers), call.document, canonical)

    def failure_in(self, call: OutgoingCall, answer: OutgoingAnswer) -> str | None:
        """Any status but 200 is none (BS-ASM-094)."""
        return None if answer.status == 200 else f"HTTP status {answer.status}; only 200 acknowledges"
