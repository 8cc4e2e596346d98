"""How the built-in casino reports outcomes to BETCORE: an access token, and an accept for each transaction
(source: betcore/payments-accept, betcore/cashback-accept; BC-ASM-012, BC-ASM-044, BC-ASM-058)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from mockserver.betcore.callbacks import envelope_in
from mockserver.betcore.casino_access import Access
from mockserver.kernel.courier import CannotCall
from mockserver.kernel.json_codec import JsonInvalid, dump, parse
from mockserver.kernel.outbox import Failure, OutgoingCall, Schedule
from mockserver.kernel.ports import Clock, Deadlines, OutgoingAnswer, OutgoingRequest

if TYPE_CHECKING:
    from mockserver.betcore.model import PartnerClient


class Report(StrEnum):
    """What the casino calls BETCORE for. The acceptance of a bet is reported by the same operation as other
    payments, but not for ever."""

    TOKEN = "issueToken"
    BET = "acceptBet"
    PAYMENT = "acceptPayment"
    CASHBACK = "acceptCashback"


_DEADLINES = Deadlines(connect=5, read=10, total=10)
_WITHIN_THE_TIME = tuple(timedelta(seconds=one) for one in (1, 2, 4, 8, 15))
_FOR_A_DAY = (*_WITHIN_THE_TIME, *(timedelta(minutes=1),) * 1440)


@dataclass(frozen=True, slots=True)
class _Line:
    operation: str
    path: str
    schedule: Schedule


_CALLS: Mapping[str, _Line] = MappingProxyType(
    {
        Report.TOKEN: _Line("issueToken", "/auth/token", Schedule(_DEADLINES)),
        Report.BET: _Line(
            "acceptPayment", "/payments/accept", Schedule(_DEADLINES, _WITHIN_THE_TIME, overtakes=True)
        ),
        Report.PAYMENT: _Line(
            "acceptPayment", "/payments/accept", Schedule(_DEADLINES, _FOR_A_DAY, overtakes=True)
        ),
        Report.CASHBACK: _Line(
            "acceptCashback", "/cashback-payments/accept", Schedule(_DEADLINES, _FOR_A_DAY, overtakes=True)
        ),
    }
)

_BET = -1  # TransactionType
_RENEWED_BEFORE_ITS_END = timedelta(seconds=30)


class BetcoreCaller:
    """The built-in casino's calls to BETCORE: to the one in this server about what that asked for, and to
    the one outside about everything else.

    :param own: the base URL of this server's own aggregator API
    :param outside: that of another BETCORE's; ``None`` where there is none
    :param asked: whether this server's own BETCORE asked a client for the transaction that a call is about
    :param wall_clock: the time by which a token of another BETCORE ends
    """

    schedules: Mapping[str, Schedule] = MappingProxyType(
        {str(report): line.schedule for report, line in _CALLS.items()}
    )
    amounts: Collection[str] = frozenset({"Amount"})

    def __init__(
        self,
        own: str,
        outside: str | None,
        asked: Callable[[PartnerClient, OutgoingCall], bool],
        wall_clock: Clock,
    ) -> None:
        self._own = own
        self._outside = outside
        self._asked = asked
        self._wall_clock = wall_clock

    def operation_of(self, call: OutgoingCall) -> tuple[str, str]:
        """The contract's operation."""
        return "betcore.aggregator", _CALLS[call.action].operation

    async def prepare(self, tenant: PartnerClient, call: OutgoingCall) -> OutgoingRequest:
        """The document with the casino's access token, which is got first where there is none.

        :raises CannotCall: no token is to be had
        """
        base_url = self._base_url(tenant, call)
        headers = [("content-type", "application/json")]
        if call.action != Report.TOKEN:
            token = await self._token(tenant, base_url, call.cause)
            headers.append(("authorization", f"Bearer {token}"))
        return OutgoingRequest(
            base_url + _CALLS[call.action].path,
            tuple(headers),
            call.document,
            internal=base_url == self._own,
        )

    def failure_in(self, tenant: PartnerClient, call: OutgoingCall, answer: OutgoingAnswer) -> Failure | None:
        """A casino sends an accept again after any answer that carries an error
        (source: betcore/payments-accept)."""
        if answer.status == 401:
            tenant.access.pop(self._base_url(tenant, call), None)
        if call.action == Report.TOKEN:
            return None if answer.status == 200 else Failure(f"HTTP status {answer.status}")
        envelope = envelope_in(answer)
        if isinstance(envelope, Failure):
            return envelope
        if envelope["ErrorCode"] != 200:
            return Failure(f"ErrorCode {envelope['ErrorCode']}; only 200 acknowledges")
        return None

    def settled(self, tenant: PartnerClient, call: OutgoingCall) -> bool:
        """Only an answer settles a report."""
        return False

    def ended(self, tenant: PartnerClient, call: OutgoingCall) -> None:
        """Nothing else hangs on it."""

    def _base_url(self, client: PartnerClient, call: OutgoingCall) -> str:
        """Where a call goes. That about a token says it itself."""
        if call.action == Report.TOKEN and call.subject is not None:
            return call.subject
        return self._own if self._outside is None or self._asked(client, call) else self._outside

    async def _token(self, client: PartnerClient, base_url: str, cause: str | None) -> str:
        clock = client.clock if base_url == self._own else self._wall_clock
        access = client.access.get(base_url)
        if access is None or clock.now() >= access.until:
            document = _credentials(client)
            asked_at = clock.now()
            attempt = await client.outbox.ask(Report.TOKEN, document, subject=base_url, cause=cause)
            if attempt.answer is None or attempt.made.failure:
                raise CannotCall(f"no access token is to be had: {attempt.made.failure}")
            access = client.access[base_url] = _access_in(attempt.answer.body, asked_at)
        return access.token


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """An outcome as an accept tells it. Amounts are decimal text."""

    cashback: bool
    bet_id: int
    type: int
    amount: str
    tax: str | None
    code: int
    message: str
    transaction_id: str | None


def report(client: PartnerClient, it: Reported, cause: str) -> None:
    """Send an accept without waiting for it, where the client's casino sends any. Without a
    ``PartnerClientId`` it has no access to BETCORE."""
    silent = client.settings["accept_mode"] == "only_answer" or client.settings["casino_url"]
    if silent or client.partner_client_id is None:
        return
    document: dict[str, Any] = {"BetId": Decimal(it.bet_id), "TransactionType": it.type}  # of any length
    if it.transaction_id is not None:
        document["PartnerTransactionId"] = it.transaction_id
    document["Amount"] = it.amount
    if it.tax is not None:
        document["TaxAmount"] = it.tax
    document |= {"ErrorCode": it.code, "Message": it.message}
    action = Report.CASHBACK if it.cashback else Report.BET if it.type == _BET else Report.PAYMENT
    call = client.outbox.put(action, dump(document), subject=str(it.bet_id), cause=cause, urgent=True)
    client.outbox.start([call])


def _credentials(client: PartnerClient) -> bytes:
    number = client.partner_client_id
    if number is None:
        raise CannotCall(
            f"client `{client.name}` has no PartnerClientId to get a token with; its name would have to be "
            "`PartnerClient-` and a number (BC-ASM-031)"
        )
    return dump({"PartnerClientId": number, "Secret": client.secret.current})


def _access_in(body: bytes, asked_at: datetime) -> Access:
    try:
        document: Any = parse(body)
        token, seconds = document["access_token"], document["expires_in"]
        life = max(timedelta(seconds=int(seconds)) - _RENEWED_BEFORE_ITS_END, timedelta(seconds=1))
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise ValueError("it is no printable text")
        return Access(token, asked_at + life)
    except (JsonInvalid, KeyError, TypeError, ValueError, OverflowError, ArithmeticError) as error:
        text = f"no access token is to be had: the answer can't be read ({type(error).__name__})"
        raise CannotCall(text) from None
