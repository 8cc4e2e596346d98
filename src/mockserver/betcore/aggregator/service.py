"""What BETCORE does towards a casino: it asks for transactions, and sees to it that each has an outcome.

A bet whose acceptance has no outcome after 30 seconds is returned and closed; everything else is asked for
again until it is booked (BC-ASM-047, BC-ASM-048).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from mockserver.betcore.accepts import Report
from mockserver.betcore.aggregator import wire
from mockserver.betcore.aggregator.asked import Asked, Kind, Outcome, Wish
from mockserver.betcore.callbacks import MAKES, Action
from mockserver.betcore.model import PartnerClient
from mockserver.betcore.refusals import Refusal
from mockserver.betcore.states import TransactionType
from mockserver.kernel.errors import Rejection
from mockserver.kernel.outbox import Failure, OutgoingCall

TIMER = "accept"
"""Kind of the timers that end the time for an outcome; the subject is the id of what was asked."""

TIME_FOR_THE_ACCEPT = timedelta(seconds=30)
"""Documented (source: betcore/payments-accept)."""

# Exactly 30 seconds are in time (BC-ASM-064).
_OVERDUE = TIME_FOR_THE_ACCEPT + timedelta(microseconds=1)

_ID_DIGITS = 16
_BET_ID_DIGITS = 10

SUCCESS = 200
BOOKED_BEFORE = 103779
"""Says that a transaction was booked before (BC-ASM-059)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """What a casino reports of a transaction."""

    kind: Kind
    bet_id: int
    type: TransactionType
    code: int
    transaction_id: str | None
    amount: Decimal | None = None
    """Tells apart what several players of a bet were asked for; nothing else hangs on it."""


class Aggregator:
    """BETCORE towards its partner clients.

    :param callers: what the caller should do about each ``ErrorCode`` of the casino's API, as the contract
        has it: ``final``, ``retry``, ``treat_as_success``
    """

    def __init__(self, callers: Mapping[int, str]) -> None:
        self._callers = callers

    def attach(self, client: PartnerClient) -> None:
        """Let the client's timers do what they are for."""
        client.timekeeper.on(TIMER, partial(self._time_is_up, client))

    def new_bet_id(self, client: PartnerClient) -> int:
        """An id for a bet or a cashback; a number, as in the documented requests."""
        return int(client.ids.hex(_BET_ID_DIGITS), 16)

    def ask(
        self, client: PartnerClient, wish: Wish, cause: str | None, *, urgent: bool = False
    ) -> OutgoingCall:
        """Queue the request for one transaction.

        :param urgent: whether it must not be lost, even where the outbox is full
        :raises mockserver.kernel.outbox.OutboxFull: no more calls may wait
        """
        call = client.outbox.put(
            _action_for(wish),
            wire.request(wish),
            subject=_subject(wish),
            lane=_lane(wish),
            cause=cause,
            urgent=urgent,
        )
        self._remember(client, wish, call, listed=False)
        return call

    def ask_for_all(self, client: PartnerClient, wishes: Sequence[Wish], cause: str | None) -> OutgoingCall:
        """Queue one request for several transactions.

        :raises mockserver.kernel.outbox.OutboxFull: no more calls may wait
        """
        call = client.outbox.put(Action.MAKE_LIST, wire.request_list(wishes), cause=cause)
        for wish in wishes:
            self._remember(client, wish, call, listed=True)
        return call

    def close(
        self,
        client: PartnerClient,
        bet_id: int,
        cause: str | None,
        *,
        closed: bool = True,
        urgent: bool = False,
    ) -> OutgoingCall:
        """Queue the closing of a bet, or its reopening.

        :raises mockserver.kernel.outbox.OutboxFull: no more calls may wait
        """
        latest = client.asked.latest(Kind.PAYMENT, bet_id)
        return client.outbox.put(
            Action.CLOSE,
            wire.closing(bet_id, closed=closed),
            subject=str(bet_id),
            lane=None if latest is None else _lane(latest.wish),
            cause=cause,
            urgent=urgent,
        )

    def answered(
        self, client: PartnerClient, call: OutgoingCall, answer: Mapping[str, Any]
    ) -> Failure | None:
        """Take note of the answer to a request for transactions.

        :param answer: the casino's envelope, whose ``ErrorCode`` is a number
        :returns: why it does not acknowledge the call; ``None`` if it does
        """
        asked = client.asked.of_call(call.id)
        if client.settings["accept_mode"] == "only_accept":
            return Failure("an answer is no outcome here (accept_mode `only_accept`); the accept is to come")
        code = answer["ErrorCode"]
        if call.action == Action.MAKE_LIST and code == SUCCESS:
            self._note_verdicts(asked, wire.verdicts(answer.get("Value"), len(asked)))
            return None
        for one in asked:
            self._note(one, code, wire.transaction_id(answer.get("Value")))
        if self._is_booked(code):
            return None
        refused = bool(asked) and all(one.outcome is not None and not one.outcome.booked for one in asked)
        return Failure(_not_acknowledging(code), final=refused)

    def refusal(self, code: int) -> Failure:
        """Why an answer with this ``ErrorCode`` does not acknowledge; final where the contract says that the
        caller should leave it at that."""
        return Failure(_not_acknowledging(code), final=self._callers.get(code) == "final")

    def settled(self, client: PartnerClient, call: OutgoingCall) -> bool:
        """Whether accepts have told the outcome of all that a call asks for."""
        asked = client.asked.of_call(call.id)
        return call.action in MAKES and bool(asked) and all(one.outcome is not None for one in asked)

    def asked_for(self, client: PartnerClient, call: OutgoingCall) -> bool:
        """Whether an accept of the built-in casino is about something that was asked for here."""
        return bool(client.asked.named(*wire.accepted(call.action == Report.CASHBACK, call.document)))

    def accept(self, client: PartnerClient, acceptance: Acceptance) -> None:
        """Take a casino's report of an outcome.

        :raises Rejection: BETCORE asked for no such transaction, another outcome is known, or the acceptance
            of a bet is reported too late
        """
        code = acceptance.code
        booked = self._is_booked(code)
        told = Outcome(booked, code, acceptance.transaction_id if booked else None)
        asked = client.asked.meant(
            acceptance.kind, acceptance.bet_id, acceptance.type, told, acceptance.amount
        )
        if asked is None:
            raise _unknown(client, acceptance)
        if asked.outcome is not None:
            _require_same(asked, told)
            if asked.outcome.transaction_id is None and told.transaction_id is not None:
                asked.outcome = replace(asked.outcome, transaction_id=told.transaction_id)
            return
        late = asked.overdue or client.clock.now() - asked.at > TIME_FOR_THE_ACCEPT
        if late and acceptance.type is TransactionType.ACCEPT:
            raise Rejection(
                Refusal.TOO_LATE,
                f"BetId {acceptance.bet_id}: its acceptance was asked for at {asked.at:%H:%M:%S}, more than "
                f"{TIME_FOR_THE_ACCEPT.seconds} s ago; the bet is returned",
            )
        if booked or self._ends(acceptance.type, code):
            asked.outcome = told
            client.outbox.settle(asked.call)

    def forget_player(self, client: PartnerClient, user_id: str) -> None:
        """Drop what was asked for a player, and the calls that ask for nothing else."""
        for asked in client.asked.forget(user_id):
            if not client.asked.of_call(asked.call):
                client.outbox.give_up(asked.call)

    def _remember(self, client: PartnerClient, wish: Wish, call: OutgoingCall, *, listed: bool) -> None:
        asked = Asked(
            id=self._unused_id(client), wish=wish, at=client.clock.now(), call=call.id, listed=listed
        )
        client.asked.add(asked)
        if listed or wish.type is TransactionType.ACCEPT:
            client.timekeeper.set_timer(asked.at + _OVERDUE, TIMER, asked.id)

    def _unused_id(self, client: PartnerClient) -> str:
        while client.asked.find(asked_id := client.ids.hex(_ID_DIGITS)):
            pass
        return asked_id

    def _is_booked(self, code: int) -> bool:
        return code in (SUCCESS, BOOKED_BEFORE) or self._callers.get(code) == "treat_as_success"

    def _ends(self, type_: TransactionType, code: int) -> bool:
        """Whether a code ends the matter. What is owed to a player is asked for again after a refusal that
        the contract does not call final (BC-ASM-048)."""
        caller = self._callers.get(code)
        if type_ is TransactionType.ACCEPT:
            return caller != "retry"
        return self._is_booked(code) or caller == "final"

    def _note(self, asked: Asked, code: int, transaction_id: str | None) -> None:
        """Keep what an answer says, unless the outcome is known or nobody waits for it any more."""
        if asked.overdue or asked.outcome is not None or not self._ends(asked.wish.type, code):
            return
        booked = self._is_booked(code)
        asked.outcome = Outcome(booked, code, transaction_id if booked else None)

    def _note_verdicts(self, asked: Sequence[Asked], verdicts: Sequence[wire.Verdict]) -> None:
        """Keep what the answer to a list says of each transaction (BC-ASM-038). Where it doesn't, the
        accepts have to tell."""
        for one, verdict in zip(asked, verdicts, strict=False):
            self._note(one, verdict.code, verdict.transaction_id)

    async def _time_is_up(self, client: PartnerClient, asked_id: str) -> str:
        """Give up an acceptance that has no outcome; ask again, alone, for what a list asked for."""
        asked = client.asked.find(asked_id)
        if asked is None or asked.outcome is not None:
            return "the outcome is known"
        wish, cause = asked.wish, _cause_of(client, asked)
        if wish.type is not TransactionType.ACCEPT:
            if not asked.listed:
                return "it is asked for again"
            again = client.outbox.put(
                _action_for(wish),
                wire.request(wish),
                subject=_subject(wish),
                lane=_lane(wish),
                cause=cause,
                urgent=True,
            )
            client.asked.ask_by(asked, again.id)
            await client.outbox.tell_all([again])
            return f"no outcome in time: BetId {wish.bet_id} is asked for alone"
        asked.overdue = True
        returned = replace(wish, type=TransactionType.RETURN, tax=None, promo_code=None)
        calls = [
            self.ask(client, returned, cause, urgent=True),
            self.close(client, wish.bet_id, cause, urgent=True),
        ]
        await client.outbox.tell_all(calls)
        return f"no outcome in time: BetId {wish.bet_id} is returned and closed"


def _action_for(wish: Wish) -> Action:
    if wish.kind is Kind.CASHBACK:
        return Action.CASHBACK
    return Action.BET if wish.type is TransactionType.ACCEPT else Action.MAKE


def _subject(wish: Wish) -> str:
    """What a call is about; ids of cashback and of bets are apart (BC-ASM-056)."""
    return f"cashback {wish.bet_id}" if wish.kind is Kind.CASHBACK else str(wish.bet_id)


def _lane(wish: Wish) -> str:
    """What keeps its order: what is asked for one player of one bet. One player's payout that fails holds
    up no other player's."""
    return f"{_subject(wish)} of {wish.user_id}"


def _not_acknowledging(code: int) -> str:
    return f"ErrorCode {code}; only {SUCCESS} acknowledges"


def _cause_of(client: PartnerClient, asked: Asked) -> str | None:
    calls = [call for call in client.outbox.calls() if call.id == asked.call]
    return calls[0].cause if calls else None


def _require_same(asked: Asked, told: Outcome) -> None:
    """The first outcome stands (BC-ASM-046)."""
    known = asked.outcome
    if known is None or known.booked != told.booked:
        raise _contradiction(asked, "ErrorCode", told.code, known and known.code)
    both = known.transaction_id, told.transaction_id
    if None not in both and both[0] != both[1]:
        raise _contradiction(asked, "PartnerTransactionId", told.transaction_id, known.transaction_id)


def _contradiction(asked: Asked, what: str, told: object, known: object) -> Rejection:
    return Rejection(
        Refusal.DUPLICATE_CHANGED,
        f"BetId {asked.wish.bet_id}: {what} is `{told}`; that of the first outcome, `{known}`, stands",
    )


def _unknown(client: PartnerClient, acceptance: Acceptance) -> Rejection:
    cashback = acceptance.kind is Kind.CASHBACK
    return Rejection(
        Refusal.UNKNOWN_CASHBACK if cashback else Refusal.UNKNOWN_BET,
        f"BetId {acceptance.bet_id}: client `{client.name}` was asked for no transaction of type "
        f"{acceptance.type.value} on this {'cashback' if cashback else 'bet'}",
    )
