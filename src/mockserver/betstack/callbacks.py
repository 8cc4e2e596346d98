"""How Betstack calls an operator: its PAM platform and its receiver of text notifications
(source: betstack/pam-headers, betstack/pam-signature, betstack/sms-headers)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from mockserver.betstack.action import Action, Notification
from mockserver.betstack.model import Operator
from mockserver.betstack.wire import read_player, read_refusal
from mockserver.kernel.exchange import REASON_HEADER
from mockserver.kernel.faults.forgery import NOT_FORGED, TIMESTAMPED, Forged, seconds_old, spoilt
from mockserver.kernel.outbox import Failure, OutgoingCall, Schedule
from mockserver.kernel.ports import Clock, Deadlines, OutgoingAnswer, OutgoingRequest
from mockserver.kernel.signing import sign, without_spaces


@dataclass(frozen=True, slots=True)
class _Line:
    """One way to an operator: the surface, its operation, the setting with its URL, and where the built-in
    one is."""

    surface: str
    operation: str
    setting: str
    own_path: str
    names_operator: bool
    """Whether the header ``operator-name`` goes with a call."""


_PLATFORM = _Line("betstack.pam", "sendPamAction", "pam_url", "/pam", names_operator=False)
_TEXTS = _Line("betstack.sms", "sendSmsNotification", "sms_url", "/sms", names_operator=True)

_WHILE_THE_CALLER_WAITS = Schedule(Deadlines(connect=5, read=5, total=5))
_ONE_TRY = Schedule(Deadlines(connect=5, read=10, total=10))
_EVERY_HALF_HOUR = Schedule(Deadlines(connect=5, read=10, total=10), (timedelta(minutes=30),) * 48)

# The half hour of a discard is documented (source: betstack/pam-create), everything else BS-ASM-094, and for
# notifications BS-ASM-102.
_CALLS: Mapping[str, tuple[_Line, Schedule]] = MappingProxyType(
    {
        Action.PING: (_PLATFORM, _ONE_TRY),
        Action.IDENTIFY: (_PLATFORM, _WHILE_THE_CALLER_WAITS),
        Action.CREATE: (_PLATFORM, _WHILE_THE_CALLER_WAITS),
        Action.RESERVE: (_PLATFORM, _WHILE_THE_CALLER_WAITS),
        Action.UPDATE: (_PLATFORM, _EVERY_HALF_HOUR),
        Action.WIN: (_PLATFORM, _EVERY_HALF_HOUR),
        Action.LOST: (_PLATFORM, _EVERY_HALF_HOUR),
        Action.VOID: (_PLATFORM, _EVERY_HALF_HOUR),
        Action.REFUND: (_PLATFORM, _EVERY_HALF_HOUR),
        Action.DISCARD: (_PLATFORM, _EVERY_HALF_HOUR),
        Action.ROLLBACK: (_PLATFORM, _EVERY_HALF_HOUR),
        Action.CLOSED: (_PLATFORM, _EVERY_HALF_HOUR),
        Notification.OTP: (_TEXTS, _ONE_TRY),
        Notification.TICKET_STATUS: (_TEXTS, _ONE_TRY),
    }
)
SCHEDULES: Mapping[str, Schedule] = MappingProxyType(
    {str(name): schedule for name, (_, schedule) in _CALLS.items()}
)

UNSIGNED = frozenset({Action.PING})
"""Actions that go out without a signature."""


class OperatorCaller:
    """Calls the operator.

    :param own_url: where the built-in platform and receiver are
    :param wall_clock: the time that an operator's own platform is shown
    :param ended: told when a call was acknowledged, parked or dropped
    """

    schedules: Mapping[str, Schedule] = SCHEDULES
    operations: Mapping[str, str] = MappingProxyType(
        {str(name): line.operation for name, (line, _) in _CALLS.items()}
    )
    amounts: Collection[str] = frozenset({"price", "stake", "gross_payout", "net_payout"})
    forgeries: Mapping[str, Collection[str]] = MappingProxyType(
        {str(name): TIMESTAMPED for name in _CALLS if name not in UNSIGNED}
    )

    def __init__(
        self, own_url: str, wall_clock: Clock, ended: Callable[[Operator, OutgoingCall], None]
    ) -> None:
        self._own_url = own_url
        self._wall_clock = wall_clock
        self._ended = ended

    def operation_of(self, call: OutgoingCall) -> tuple[str, str]:
        """One operation takes every action, another one every notification."""
        line, _ = _CALLS[call.action]
        return line.surface, line.operation

    async def prepare(
        self, tenant: Operator, call: OutgoingCall, forged: Forged = NOT_FORGED
    ) -> OutgoingRequest:
        """Sign the call for this moment. The built-in operator has the tenant's time."""
        line, _ = _CALLS[call.action]
        url = tenant.settings[line.setting]
        headers = [("content-type", "application/json")]
        canonical = None
        if call.action not in UNSIGNED:
            clock = self._wall_clock if url else tenant.clock
            timestamp = str(int(clock.now().timestamp()) - seconds_old(forged))
            canonical = timestamp.encode() + without_spaces(call.document)
            headers.append(("timestamp", timestamp))
            if line.names_operator:
                headers.append(("operator-name", tenant.name))
            signature = sign(tenant.secret.current, timestamp, call.document)
            headers.append(("signature", spoilt(signature, forged)))
        return OutgoingRequest(
            url or self._own_url + line.own_path,
            tuple(headers),
            call.document,
            canonical,
            internal=url is None,
        )

    def failure_in(self, tenant: Operator, call: OutgoingCall, answer: OutgoingAnswer) -> Failure | None:
        """Any status but 200 is none, nor is an answer to ``identify`` without its fields (BS-ASM-094)."""
        if answer.status != 200:
            said = [f"HTTP status {answer.status}; only 200 acknowledges", *_reasons_in(answer)]
            return Failure("; ".join(said))
        if call.action == Action.IDENTIFY:
            try:
                read_player(answer.body)
            except ValueError as error:
                return Failure(str(error))
        return None

    def settled(self, tenant: Operator, call: OutgoingCall) -> bool:
        """Only an answer settles a call."""
        return False

    def ended(self, tenant: Operator, call: OutgoingCall) -> None:
        """Pass it on to who settles tickets."""
        self._ended(tenant, call)


def _reasons_in(answer: OutgoingAnswer) -> list[str]:
    """What an answer that does not acknowledge says of itself."""
    hints = [value for name, value in answer.headers if name.lower() == REASON_HEADER]
    if hints:
        return hints
    if 300 <= answer.status < 400:
        return ["redirects are not followed"]
    refused = read_refusal(answer.body)
    return [f"it says: {refused[0]} {refused[1]}".rstrip()] if refused else []
