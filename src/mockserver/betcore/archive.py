"""A client's books as a document, and back. What comes back is booked anew by the rules: what they would
not have let in can't be loaded."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mockserver.betcore.aggregator.access import AccessTokens
from mockserver.betcore.aggregator.asked import Asked
from mockserver.betcore.aggregator.keys import ClientKeys
from mockserver.betcore.books import Bet, Books, Cashback
from mockserver.betcore.feed.model import FeedBooks
from mockserver.betcore.feed.soundness import require_sound_feed
from mockserver.betcore.model import PartnerClient
from mockserver.betcore.payment import Transaction
from mockserver.betcore.refresh_tokens import RefreshToken
from mockserver.betcore.rules import (
    EFFECTS,
    INSIDE,
    ON_TOP,
    enter,
    moved_amount,
    reopen,
    returned_by,
    source_and_destination,
)
from mockserver.betcore.states import (
    CASHBACK_TRANSITIONS,
    EVENT_OF,
    TRANSITIONS,
    CashbackState,
    Event,
    State,
)
from mockserver.kernel.control import Json
from mockserver.kernel.conversion import from_document, to_document
from mockserver.kernel.ledger import Posting
from mockserver.kernel.money import decimal_text
from mockserver.kernel.transitions import IllegalTransition, next_state

LONGEST_TEXT = 2**20
"""Characters of an identifier; a request holds no more."""

_BET_ID = re.compile("-?[0-9]{1,4300}")
_CURRENCY = re.compile("[A-Z]{3}")
_AMOUNT = re.compile("[0-9]{1,20}([.][0-9]{1,8})?")  # BC-ASM-019
_MOST_BOOKED = 2**48
_MOST_BET_ID = 2**53


@dataclass(slots=True)
class _BetOf:
    bet_id: str
    user_id: str
    state: State
    anew_from: int
    history: list[Transaction]


@dataclass(slots=True)
class _CashbackOf:
    cashback_id: str
    user_id: str
    history: list[Transaction]


@dataclass(slots=True)
class _Books:
    booked: int
    bets: list[_BetOf]
    cashbacks: list[_CashbackOf]
    refresh_tokens: list[RefreshToken]
    asked: list[Asked]
    keys: ClientKeys
    tokens: AccessTokens
    feed: FeedBooks


def exported(client: PartnerClient) -> Json:
    """Every bet and cashback with its transactions, and every refresh token; what BETCORE asked for, its
    keys, the access that it gave, and the feed's games."""
    books = client.books
    document: Json = to_document(
        _Books(
            booked=books.booked,
            bets=[
                _BetOf(bet_id, user_id, it.state, it.anew_from, it.history)
                for bet_id, user_id, it in books.bets
            ],
            cashbacks=[_CashbackOf(bet_id, user_id, it.history) for bet_id, user_id, it in books.cashbacks],
            refresh_tokens=list(client.refresh_tokens),
            asked=list(client.asked),
            keys=client.keys,
            tokens=client.tokens,
            feed=client.feed,
        )
    )
    return document


def load(client: PartnerClient, document: Json) -> None:
    """Put the books back as they were; the ledger has its postings already.

    :raises ValueError: the document is not what :func:`exported` makes, or holds what can't be
    """
    read = from_document(_Books, document)
    _require_counted(read)
    _require_sound_tokens(read.refresh_tokens)
    require_sound_feed(read.feed)
    postings = {posting.reference: posting for posting in client.ledger.postings()}
    books = Books(booked=read.booked)
    for one in read.bets:
        _require_own(f"bet `{one.bet_id[:40]}`", one.bet_id, one.user_id, one.history, postings)
        if books.bets.find(one.user_id, one.bet_id):
            raise ValueError(f"player `{one.user_id[:40]}` has two bets `{one.bet_id[:40]}`")
        books.bets.keep(one.user_id, one.bet_id, _bet(one))
    for other in read.cashbacks:
        place = f"cashback `{other.cashback_id[:40]}`"
        _require_own(place, other.cashback_id, other.user_id, other.history, postings)
        if books.cashbacks.find(other.user_id, other.cashback_id):
            raise ValueError(f"player `{other.user_id[:40]}` has two cashbacks `{other.cashback_id[:40]}`")
        books.cashbacks.keep(other.user_id, other.cashback_id, _cashback(place, other.history))
    if len({one.id for one in read.asked}) != len(read.asked) or not all(one.id for one in read.asked):
        raise ValueError("two transactions that were asked for have the same id, or one has none")
    for asked in read.asked:
        _require_askable(asked)
    if not all(read.tokens.until):
        raise ValueError("an access token is empty")
    client.books = books
    client.refresh_tokens.restore(read.refresh_tokens)
    client.asked.restore(read.asked)
    client.keys, client.tokens, client.feed = read.keys, read.tokens, read.feed


def _require_askable(asked: Asked) -> None:
    """See to it that BETCORE can have asked for it."""
    wish = asked.wish
    amounts = [wish.amount] if wish.tax is None else [wish.amount, wish.tax]
    named = 0 <= wish.bet_id < _MOST_BET_ID and 0 < len(wish.user_id) <= LONGEST_TEXT
    if not named or not all(map(_AMOUNT.fullmatch, amounts)):
        raise ValueError(f"what was asked for as `{asked.id[:40]}` is nothing that BETCORE can ask for")


def _require_counted(read: _Books) -> None:
    """See to it that no two transactions have a number or an id, and that counting can go on."""
    histories = [one.history for one in read.bets] + [one.history for one in read.cashbacks]
    every = [one for history in histories for one in history]
    numbers = {one.number for one in every}
    if len(numbers) != len(every) or len({one.id for one in every}) != len(every):
        raise ValueError("two transactions have the same id or number")
    if not 0 <= read.booked < _MOST_BOOKED or not all(1 <= one <= read.booked for one in numbers):
        raise ValueError(f"a transaction has a number that a count to {read.booked} does not reach")


def _require_own(
    place: str,
    bet_id: str,
    user_id: str,
    history: Sequence[Transaction],
    postings: Mapping[str, Posting],
) -> None:
    """See to it that transactions are those of one bet and one player, in order, and stand in the ledger."""
    if not _BET_ID.fullmatch(bet_id) or not 0 < len(user_id) <= LONGEST_TEXT:
        raise ValueError(f"{place} has an id, or a player, that no request can name")
    if not history or [one.number for one in history] != sorted(one.number for one in history):
        raise ValueError(f"{place} has no transaction, or not in the order of booking")
    for one in history:
        it = one.payment
        if (it.bet_id, it.user_id) != (bet_id, user_id):
            raise ValueError(f"{place} has a transaction of another bet or player")
        if not all(_AMOUNT.fullmatch(decimal_text(amount)) for amount in (it.amount, it.tax, one.moved)):
            raise ValueError(f"{place} has an amount that no request can have")
        booked = Posting(*source_and_destination(it), one.moved, one.id)
        if postings.get(one.id) != booked:
            raise ValueError(f"{place}: the ledger has not what transaction `{one.id[:40]}` moved")


def _bet(one: _BetOf) -> Bet:
    """The bet, booked anew: its slots, and what stands of it."""
    place = f"bet `{one.bet_id[:40]}`"
    if not 0 <= one.anew_from <= len(one.history):
        raise ValueError(f"{place} can't have been reopened after {one.anew_from} transactions")
    bet = Bet()
    for number, transaction in enumerate(one.history):
        kind = transaction.payment.type
        # Of reopenings before the last one nothing is known but that they let a transaction come again.
        if number == one.anew_from or (number < one.anew_from and kind in bet.slots):
            reopen(bet)
        try:
            bet.state = next_state(TRANSITIONS, bet.state, EVENT_OF[kind])
        except IllegalTransition:
            raise ValueError(f"{place}: `{transaction.id[:40]}` is out of turn") from None
        if kind in bet.slots:
            raise ValueError(f"{place}: `{transaction.id[:40]}` repeats another transaction")
        if not _moved_its_own(bet, transaction):
            raise ValueError(f"{place}: `{transaction.id[:40]}` moved another amount than it can have")
        enter(bet, transaction)
    if one.anew_from == len(one.history):
        reopen(bet)
    if one.state not in (bet.state, TRANSITIONS[bet.state, Event.CLOSE]):
        raise ValueError(f"{place} is `{one.state}`, which its transactions do not lead to")
    bet.state, bet.anew_from = one.state, one.anew_from
    return bet


def _moved_its_own(bet: Bet, transaction: Transaction) -> bool:
    """Whether a transaction moved what the rules let it, by one reading of its tax or the other."""
    it, moved = transaction.payment, transaction.moved
    if not EFFECTS[it.type].returns:
        return moved in {moved_amount(it, reading) for reading in (INSIDE, ON_TOP)}
    if bet.state is State.RETURNED:
        return moved == 0
    returned = returned_by(bet, it)
    return returned is not None and moved == returned.moved


def _cashback(place: str, history: list[Transaction]) -> Cashback:
    cashback = Cashback()
    for one in history:
        paid = cashback.history[-1].moved if cashback.state is CashbackState.PAID else one.payment.amount
        try:
            state = next_state(CASHBACK_TRANSITIONS, cashback.state, EVENT_OF[one.payment.type])
        except IllegalTransition:
            raise ValueError(f"{place} has payments and cancellations out of turn") from None
        if one.payment.tax or not one.moved == one.payment.amount == paid:
            raise ValueError(f"{place}: transaction `{one.id[:40]}` moved another amount than its own")
        cashback.history.append(one)
        cashback.state = state
    return cashback


def _require_sound_tokens(tokens: Sequence[RefreshToken]) -> None:
    if len({one.token for one in tokens}) != len(tokens):
        raise ValueError("a refresh token was issued twice")
    for one in tokens:
        if not all(0 < len(text) <= LONGEST_TEXT for text in (one.token, one.user_id)):
            raise ValueError("a refresh token, or its user, is a text that no request can hold")
        if not _CURRENCY.fullmatch(one.currency) or one.expires_at < one.issued_at:
            raise ValueError(
                f"a refresh token of `{one.user_id[:40]}` has no currency, or ends before it begins"
            )
