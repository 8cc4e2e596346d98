"""The events, as rows: what drives each, with which fields, and what has to be there first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from mockserver.betstack.action import Action, Notification
from mockserver.kernel.tenant_settings import OPERATOR, PARTNER_CLIENT, PROVIDER

Fields = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that the vendors' pages name. It comes about by a drive of the control plane, by a call of
    the operator's front end, or by the time that passes; one of these is there."""

    kind: str
    """Of the tenant that it happens to."""
    what: str
    """What happens, a sentence."""
    drive: str = ""
    operation: str = ""
    """A call of the front end, by its ``operationId``."""
    timer: str = ""
    """Kind of the timer that the clock is moved to."""
    after: str = ""
    """The event that makes what this one is about, where that is not named."""
    after_options: Mapping[str, Any] = field(default_factory=dict)
    subject: str = ""
    """The option that names what it is about."""
    makes: str = ""
    """What it makes, where it is about that from then on."""
    options: Mapping[str, str] = field(default_factory=dict)
    """Options of the command, with the field that each fills; of one that is only for what comes first, an
    empty text."""
    fields: Mapping[str, Any] = field(default_factory=dict)
    """What is told unless it is set."""
    more: tuple[str, ...] = ()
    """Fields that ``--set`` can give besides."""
    complete: Callable[[Fields], Fields] = lambda fields: fields
    """Makes the document of the fields."""
    result: str = ""
    """The member of the drive's result that is what it was about."""
    goes_on: bool = False
    """Whether what comes after it can, though a call was not acknowledged."""
    also: tuple[str, ...] = ()
    """Other names."""


def _of_one_bet(fields: Fields) -> Fields:
    """A payout and a jackpot of the bet, unless the payments are set."""
    common = {"bet_id": fields.pop("bet_id", None), "player": fields.pop("player", None)}
    amount = fields.pop("amount")
    if "payments" not in fields:
        fields["payments"] = [{**common, "type": kind, "amount": amount} for kind in (1, 4)]
    return fields


_TICKET = {"ticket": "ticket", "player": "", "type": ""}
_REASON = {**_TICKET, "reason": "reason"}
_BODY = {"player": "player", "type": "type", "amount": "price"}
_BODY_MORE = (
    *("token", "psp", "currency", "atag", "rtag", "source", "odds_diff", "events", "event", "bets"),
    *("betcard_code", "prize", "bonus_prizes"),
)
_EXTRAS = ("tax_amount", "promo_code", "tag_id")
_PAYMENT = {"bet": "bet_id", "player": "player", "amount": "amount"}
_STAKE = {"session": "session", "player": "", "amount": "stake"}


def _settled(result: str, what: str) -> Event:
    won = result == "won"
    return Event(
        kind=OPERATOR,
        what=what,
        drive="settle",
        after=Notification.TICKET_STATUS,
        subject="ticket",
        options=_TICKET | ({"amount": "gross_payout"} if won else {}),
        fields={"result": result},
        more=("void_events", *(() if won else ("gross_payout",))),
    )


def _paid(type_: int, amount: str, what: str, after: str = "bet") -> Event:
    return Event(
        kind=PARTNER_CLIENT,
        what=f"{what} (payments/make, TransactionType {type_}).",
        drive="payment",
        after=after,
        subject="bet",
        options=_PAYMENT,
        fields={"type": type_, "amount": amount},
        more=_EXTRAS,
    )


def _of_session(drive: str, what: str, amount: str, more: tuple[str, ...] = ()) -> Event:
    return Event(
        kind=PROVIDER,
        what=what,
        drive=drive,
        after="launch",
        subject="session",
        makes="bet",
        options=_STAKE,
        fields={"stake": amount},
        more=more,
    )


EVENTS: Mapping[str, Event] = MappingProxyType(
    {
        Action.PING: Event(kind=OPERATOR, what="The platform is pinged.", drive="ping"),
        Action.IDENTIFY: Event(
            kind=OPERATOR,
            what="The platform is asked whose token it is: a ticket is reserved.",
            operation="reserveTicket",
            makes="ticket",
            options=_BODY,
            more=_BODY_MORE,
        ),
        Action.CREATE: Event(
            kind=OPERATOR,
            what="A player buys a ticket.",
            operation="createTicket",
            makes="ticket",
            options=_BODY,
            more=_BODY_MORE,
        ),
        Action.RESERVE: Event(
            kind=OPERATOR,
            what="A player reserves a ticket.",
            operation="reserveTicket",
            makes="ticket",
            options=_BODY,
            more=_BODY_MORE,
        ),
        Notification.TICKET_STATUS: Event(
            kind=OPERATOR,
            what="A reserved ticket is paid, and its player gets a text.",
            operation="payTicket",
            after=Action.RESERVE,
            subject="ticket",
            options=_TICKET,
            goes_on=True,
            also=("paid",),
        ),
        Action.WIN: _settled("won", "An open ticket wins."),
        Action.LOST: _settled("lost", "An open ticket loses."),
        Action.VOID: _settled("void", "An open ticket is void."),
        Action.REFUND: Event(
            kind=OPERATOR,
            what="An open or reserved ticket ends without a result.",
            drive="refund",
            after=Notification.TICKET_STATUS,
            subject="ticket",
            options=_REASON,
        ),
        Action.DISCARD: Event(
            kind=OPERATOR,
            what="A reserved ticket is given up.",
            drive="discard",
            after=Action.RESERVE,
            subject="ticket",
            options=_REASON,
        ),
        Action.ROLLBACK: Event(
            kind=OPERATOR,
            what="A ticket's result is withdrawn; where none is named, it wins first.",
            drive="rollback",
            after=Action.WIN,
            subject="ticket",
            options=_REASON,
        ),
        Action.UPDATE: Event(
            kind=OPERATOR,
            what="What a jackpot ticket would pay changes.",
            drive="update",
            after=Action.RESERVE,
            after_options={"type": "jackpot"},
            subject="ticket",
            options={"ticket": "ticket", "player": "", "amount": "gross_payout"},
            fields={"gross_payout": 600_000},
        ),
        Action.CLOSED: Event(
            kind=OPERATOR,
            what="A ticket is closed: the tenant's clock is moved to 24 hours after its result.",
            timer="close",
            after=Action.WIN,
            subject="ticket",
            options=_TICKET,
        ),
        Notification.OTP: Event(
            kind=OPERATOR,
            what="A one-time password is texted to a player.",
            drive="otp",
            options={"player": "player"},
            more=("msisdn", "code"),
        ),
        "bet_result": Event(
            kind=OPERATOR, what="Refused: Betstack's page calls it not supported.", drive="bet_result"
        ),
        "refresh_token": Event(
            kind=PARTNER_CLIENT,
            what="The built-in casino issues a refresh token; no call goes out.",
            drive="refresh_token",
            options={"player": "player"},
            more=("currency",),
            result="refresh_token",
        ),
        "users/auth": Event(
            kind=PARTNER_CLIENT,
            what="A refresh token is exchanged.",
            drive="auth",
            after="refresh_token",
            subject="refresh_token",
            options={"player": ""},
            more=("refresh_token", "tag_id"),
        ),
        "users/data": Event(
            kind=PARTNER_CLIENT,
            what="A player's balance is asked for.",
            drive="balance",
            options={"player": "player"},
        ),
        "bet": Event(
            kind=PARTNER_CLIENT,
            what="A bet is taken (payments/make, TransactionType -1).",
            drive="bet",
            makes="bet",
            options=_PAYMENT,
            fields={"amount": "10.5"},
            more=_EXTRAS,
            also=("payments/make",),
        ),
        "payout": _paid(1, "21", "A bet wins"),
        "jackpot": _paid(4, "100", "A bet wins a jackpot"),
        "return": _paid(2, "10.5", "A bet is given back"),
        "payout_return": _paid(
            -2, "21", "A payout is taken back; where no bet is named, one is paid out first", "payout"
        ),
        "payments/make-list": Event(
            kind=PARTNER_CLIENT,
            what="Several transactions in one call: a payout and a jackpot of a bet, or the `payments` set.",
            drive="payments",
            after="bet",
            subject="bet",
            options=_PAYMENT,
            fields={"amount": "21"},
            more=("payments",),
            complete=_of_one_bet,
        ),
        "payments/info": Event(
            kind=PARTNER_CLIENT,
            what="The transactions of a bet are asked for.",
            drive="info",
            after="bet",
            subject="bet",
            options={"bet": "bet_id", "player": ""},
        ),
        "payments/close": Event(
            kind=PARTNER_CLIENT,
            what="A bet is closed, or with --set closed=false reopened.",
            drive="close",
            after="bet",
            subject="bet",
            options={"bet": "bet_id", "player": ""},
            more=("closed",),
        ),
        "cashback-payments/make": Event(
            kind=PARTNER_CLIENT,
            what="A cashback is paid, or with --set cancel=true cancelled.",
            drive="cashback",
            options=_PAYMENT,
            fields={"amount": "5"},
            more=("cancel",),
            also=("cashback",),
        ),
        "auth/jwks": Event(
            kind=PARTNER_CLIENT,
            what="BETCORE signs with a new key from now on; no call goes out.",
            drive="keys",
            more=("overlap_seconds",),
        ),
        "round": Event(
            kind=PARTNER_CLIENT,
            what="A round of the feed's game is played; it goes to the feed, and no call goes out.",
            drive="round",
            fields={"game_type": 3},
            more=(
                *("game_type", "review", "cancelled", "at_once"),
                *("betting_seconds", "action_seconds", "result_seconds"),
            ),
        ),
        "games": Event(kind=PROVIDER, what="The provider's games are listed.", drive="games"),
        "launch": Event(
            kind=PROVIDER,
            what="A session is launched for a player.",
            drive="launch",
            makes="session",
            options={"player": "player", "session": "session"},
            more=("game", "mode", "language", "min_bet", "max_bet"),
        ),
        "balance": Event(
            kind=PROVIDER,
            what="The built-in provider reads the balance of a session.",
            drive="balance",
            after="launch",
            subject="session",
            options={"session": "session", "player": ""},
        ),
        "pay-in": _of_session("pay_in", "The built-in provider registers a bet.", "1"),
        "pay-out": Event(
            kind=PROVIDER,
            what="The built-in provider settles a bet; without --amount it wins 2.",
            drive="pay_out",
            after="pay-in",
            subject="bet",
            options={"bet": "bet", "player": "", "session": "", "amount": "win"},
            fields={"win": "2"},
        ),
        "pay-in-out": _of_session(
            "pay_in_out", "The built-in provider registers a bet and settles it at once.", "1", ("win",)
        ),
        "refund": Event(
            kind=PROVIDER,
            what="The built-in provider gives a bet up that it registered.",
            drive="refund",
            after="pay-in",
            subject="bet",
            options={"bet": "bet", "player": "", "session": ""},
        ),
        "play": _of_session(
            "play", "A player of the built-in provider plays a round.", "1", ("win", "way", "cancelled")
        ),
    }
)

NAMES: Mapping[str, str] = MappingProxyType(
    {other: name for name, event in EVENTS.items() for other in (name, *event.also)}
)
"""Every name of an event, with the one in the table."""
