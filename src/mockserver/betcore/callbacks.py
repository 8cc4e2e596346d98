"""BETCORE's calls to the casino: a JWT as the body (source: betcore/users-data; BC-ASM-002, BC-ASM-048)."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Protocol

from mockserver.betcore.model import PartnerClient
from mockserver.kernel.exchange import REASON_HEADER
from mockserver.kernel.faults.catalogue import Name
from mockserver.kernel.faults.forgery import NOT_FORGED, TOKENS, Forged, seconds_of, seconds_old
from mockserver.kernel.json_codec import JsonInvalid, dump, parse
from mockserver.kernel.outbox import Failure, OutgoingCall, Schedule
from mockserver.kernel.ports import Clock, Deadlines, OutgoingAnswer, OutgoingRequest

ISSUER = "https://test.tvbetapi.net/identity-api"  # as the samples have it (source: betcore/users-data)
TOKEN_LIFE_SECONDS = 10

_GREATEST = 2**53


class Action(StrEnum):
    """What BETCORE calls a casino for; named as the operation, but for the acceptance of a bet, whose
    schedule differs from that of other payments."""

    AUTH = "authUser"
    DATA = "getUserData"
    BET = "makeBet"
    MAKE = "makePayment"
    MAKE_LIST = "makePayments"
    INFO = "getPaymentInfo"
    CLOSE = "closeBet"
    CASHBACK = "makeCashback"


MAKES = frozenset({Action.BET, Action.MAKE, Action.MAKE_LIST, Action.CASHBACK})
"""Calls that ask for transactions."""

_DEADLINES = Deadlines(connect=5, read=10, total=10)
_ONCE = Schedule(_DEADLINES)
_FOR_A_DAY = Schedule(_DEADLINES, tuple(timedelta(minutes=one) for one in (1, 5, 15, 60, *(60,) * 23)))


@dataclass(frozen=True, slots=True)
class _Line:
    operation: str
    path: str
    schedule: Schedule


# BC-ASM-048. What a list asked for is asked for one by one where it has no outcome.
_CALLS: Mapping[str, _Line] = MappingProxyType(
    {
        Action.AUTH: _Line("authUser", "/users/auth", _ONCE),
        Action.DATA: _Line("getUserData", "/users/data", _FOR_A_DAY),
        Action.BET: _Line("makePayment", "/payments/make", _ONCE),
        Action.MAKE: _Line("makePayment", "/payments/make", _FOR_A_DAY),
        Action.MAKE_LIST: _Line("makePayments", "/payments/make-list", _ONCE),
        Action.INFO: _Line("getPaymentInfo", "/payments/info", _ONCE),
        Action.CLOSE: _Line("closeBet", "/payments/close", _FOR_A_DAY),
        Action.CASHBACK: _Line("makeCashback", "/cashback-payments/make", _FOR_A_DAY),
    }
)
SCHEDULES: Mapping[str, Schedule] = MappingProxyType(
    {str(action): line.schedule for action, line in _CALLS.items()}
)


class Asking(Protocol):
    """Who keeps track of what was asked for."""

    def answered(
        self, client: PartnerClient, call: OutgoingCall, answer: Mapping[str, Any]
    ) -> Failure | None:
        """Take note of an answer, and say why it does not acknowledge."""

    def refusal(self, code: int) -> Failure:
        """Why an answer with this ``ErrorCode`` does not acknowledge."""

    def settled(self, client: PartnerClient, call: OutgoingCall) -> bool:
        """Whether the outcome of all that a call asks for is known."""


class CasinoCaller:
    """Calls the client's casino.

    :param sign: makes a compact JWS of a payload with a client's key, forged where that is asked for
    :param own_url: where the built-in casino is
    :param wall_clock: the time that a client's own casino is shown
    """

    schedules: Mapping[str, Schedule] = SCHEDULES
    operations: Mapping[str, str] = MappingProxyType(
        {str(action): line.operation for action, line in _CALLS.items()}
    )
    amounts: Collection[str] = frozenset({"Amount"})
    forgeries: Mapping[str, Collection[str]] = MappingProxyType({str(action): TOKENS for action in _CALLS})

    def __init__(
        self,
        sign: Callable[[PartnerClient, bytes, Forged], str],
        own_url: str,
        wall_clock: Clock,
        asking: Asking,
    ) -> None:
        self._sign = sign
        self._own_url = own_url
        self._wall_clock = wall_clock
        self._asking = asking

    def operation_of(self, call: OutgoingCall) -> tuple[str, str]:
        """The contract's operation."""
        return "betcore.casino", _CALLS[call.action].operation

    async def prepare(
        self, tenant: PartnerClient, call: OutgoingCall, forged: Forged = NOT_FORGED
    ) -> OutgoingRequest:
        """A fresh token with the same ``data`` for each try. The built-in casino has the tenant's time."""
        url = tenant.settings["casino_url"]
        clock = self._wall_clock if url else tenant.clock
        nbf = int(clock.now().timestamp()) + seconds_of(forged, Name.FUTURE_TOKEN) - seconds_old(forged)
        if Name.EXPIRED_TOKEN in forged:
            nbf -= TOKEN_LIFE_SECONDS + seconds_of(forged, Name.EXPIRED_TOKEN)
        claims = {
            "nbf": nbf,
            "exp": nbf + TOKEN_LIFE_SECONDS,
            "iss": ISSUER,
            "data": call.document.decode(),
            "client_id": tenant.name,
        }
        token = self._sign(tenant, dump(claims), forged)
        headers = [("content-type", "application/json")]
        if tenant.settings["token_place"] == "authorization":
            headers.append(("authorization", f"Bearer {token}"))
        return OutgoingRequest(
            (url or self._own_url) + _CALLS[call.action].path,
            tuple(headers),
            json.dumps(token).encode(),
            canonical=token.rpartition(".")[0].encode(),
            document=call.document,
            internal=url is None,
        )

    def failure_in(self, tenant: PartnerClient, call: OutgoingCall, answer: OutgoingAnswer) -> Failure | None:
        """Only HTTP 200 with ``ErrorCode`` 200 acknowledges (BC-ASM-005), and to a request for a transaction
        also a code that says that it was booked before."""
        envelope = envelope_in(answer)
        if isinstance(envelope, Failure):
            return envelope
        if call.action in MAKES:
            failure = self._asking.answered(tenant, call, envelope)
        elif envelope["ErrorCode"] == 200:
            failure = None
        else:
            failure = self._asking.refusal(envelope["ErrorCode"])
        return failure and Failure("; ".join([failure.text, *reasons_in(answer)]), failure.final)

    def settled(self, tenant: PartnerClient, call: OutgoingCall) -> bool:
        """Accepts tell outcomes too."""
        return self._asking.settled(tenant, call)

    def ended(self, tenant: PartnerClient, call: OutgoingCall) -> None:
        """Nothing else hangs on it."""


def envelope_in(answer: OutgoingAnswer) -> Mapping[str, Any] | Failure:
    """The object in an answer with HTTP status 200, whose ``ErrorCode`` is a whole number; or what is wrong
    with it."""
    if answer.status != 200:
        said = [f"HTTP status {answer.status}; only 200 acknowledges", *reasons_in(answer)]
        return Failure("; ".join(said))
    try:
        document = parse(answer.body)
    except JsonInvalid as error:
        return Failure(f"the answer can't be read: {error}")
    code = whole_code(document.get("ErrorCode")) if isinstance(document, dict) else None
    if code is None:
        return Failure("the answer has no ErrorCode that is a whole number")
    return {**document, "ErrorCode": code}


def whole_code(value: object) -> int | None:
    """A code from JSON, also one such as ``200.0``; ``None`` for anything else, and for a number that JSON
    can't hold exactly."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    exact = Decimal(value)
    return int(exact) if abs(exact) < _GREATEST and exact == exact.to_integral_value() else None


def reasons_in(answer: OutgoingAnswer) -> list[str]:
    """What the sandbox's own parties say of a refusal."""
    return [value for name, value in answer.headers if name.lower() == REASON_HEADER]
