"""Use cases of the wallet of a provider's sessions. Each is decided without giving up the event loop."""

from __future__ import annotations

from decimal import Context, Decimal

from mockserver.betcore.sessions.model import HOUSE, Bet, Provider, Registration, Session
from mockserver.betcore.sessions.refusals import Refusal
from mockserver.betcore.sessions.rules import Placing, require_placeable
from mockserver.betcore.sessions.states import REFUSED, TRANSITIONS, Event, State
from mockserver.kernel.errors import Rejection
from mockserver.kernel.money import decimal_text
from mockserver.kernel.players import Player
from mockserver.kernel.transitions import IllegalTransition, next_state

_EXACT = Context(prec=60)
"""A balance may have more digits than Python's own context keeps."""


class SessionWallet:
    """Balances and bets of the sessions that BETCORE launched with a provider. Each change returns the
    balance of the session's money after it, major units."""

    def session(self, provider: Provider, session_id: str) -> Session:
        """The session with this id.

        :raises Rejection: BETCORE launched none with this provider
        """
        session = provider.books.session(session_id)
        if session is None:
            raise Rejection(
                Refusal.UNKNOWN_SESSION,
                f"sessionId: no session `{session_id}` was launched with provider `{provider.name}`; "
                f"the control plane lists them at /tenants/{provider.name}/sessions",
            )
        return session

    def balance(self, provider: Provider, session: Session) -> Decimal:
        """What the session can play with, major units."""
        return provider.ledger.balance(session.account)

    def register(self, provider: Provider, asked: Registration) -> Decimal:
        """Take the stake of a new bet, and give the win where the outcome comes with it.

        :raises Rejection: in this order: unknown session, a bet that was refunded or is registered, a
            session that has ended, a player who may not bet, a stake out of limits, not enough money
        """
        session = self.session(provider, asked.session_id)
        known = provider.books.bet(asked.bet_id)
        state = _state_after(known, asked.bet_id, asked.method, _changed(known, session, asked))
        require_placeable(
            Placing(
                session=session,
                player=_player(provider, session),
                stake=asked.stake,
                balance=self.balance(provider, session),
                now=provider.clock.now(),
                session_life=provider.session_life,
            )
        )
        bet = Bet(
            id=asked.bet_id,
            user_id=session.user_id,
            account=session.account,
            state=state,
            registration=asked,
            win=asked.win,
        )
        _move(provider, asked.method, bet, asked.win or Decimal(0), asked.stake)
        provider.books.keep(bet)
        return self.balance(provider, session)

    def pay_out(self, provider: Provider, session_id: str, bet_id: str, win: Decimal) -> Decimal:
        """Settle a registered bet; the same win again moves nothing (BC-ASM-079).

        :param win: 0 for a loss
        :raises Rejection: in this order: unknown session, unknown bet, one that was refunded or settled at
            once, one that is settled with another win
        """
        session = self.session(provider, session_id)
        bet = _bet_of(provider, session, bet_id)
        state = _state_after(bet, bet_id, Event.PAY_OUT)
        if bet is not None and bet.win != win:
            if bet.win is not None:
                raise Rejection(
                    Refusal.DUPLICATE_CHANGED,
                    f"winAmount: is {decimal_text(win)}, and bet `{bet_id}` was settled with "
                    f"{decimal_text(bet.win)}; that stands",
                )
            _move(provider, Event.PAY_OUT, bet, win, Decimal(0))
            bet.win, bet.state = win, state
        return self.balance(provider, session)

    def refund(self, provider: Provider, session_id: str, bet_id: str) -> Decimal:
        """Give a stake back, and take the win of a bet that was settled at once. A bet that was never
        registered is remembered, so that it can't be any more (BC-ASM-080).

        :raises Rejection: in this order: unknown session, another player's bet, one that a pay-out settled,
            not enough money to take the win back
        """
        session = self.session(provider, session_id)
        bet = _bet_of(provider, session, bet_id)
        state = _state_after(bet, bet_id, Event.REFUND)
        if bet is None:
            bet = Bet(id=bet_id, user_id=session.user_id, account=session.account, state=state)
            provider.books.keep(bet)
        elif bet.state is not state and bet.registration is not None:
            stake, win = bet.registration.stake, bet.win or Decimal(0)
            balance = provider.ledger.balance(bet.account)
            if win > _EXACT.add(balance, stake):
                raise Rejection(
                    Refusal.INSUFFICIENT_FUNDS,
                    f"balance is {decimal_text(balance)}; with the stake of {decimal_text(stake)} given back "
                    f"the win of {decimal_text(win)} can't be taken",
                )
            _move(provider, Event.REFUND, bet, stake, win)
            bet.state = state
        return self.balance(provider, session)


def _player(provider: Provider, session: Session) -> Player:
    player = provider.players.find(session.user_id)
    if player is None:
        raise AssertionError("who loses a player loses the sessions too")
    return player


def _bet_of(provider: Provider, session: Session, bet_id: str) -> Bet | None:
    """The bet, in any session of its player (BC-ASM-083).

    :raises Rejection: it is another player's (BC-ASM-120)
    """
    bet = provider.books.bet(bet_id)
    if bet is not None and bet.user_id != session.user_id:
        raise Rejection(
            Refusal.UNKNOWN_BET, f"betId: `{bet_id}` is a bet of another player than the session's"
        )
    return bet


def _state_after(bet: Bet | None, bet_id: str, event: Event, changed: str | None = None) -> State:
    """Where the event leads.

    :param changed: how a registration differs from that of the bet, if it does
    :raises Rejection: nowhere
    """
    state = State.NONE if bet is None else bet.state
    try:
        return next_state(TRANSITIONS, state, event)
    except IllegalTransition:
        refusal = REFUSED[state, event]
    if refusal is Refusal.UNKNOWN_BET:
        raise Rejection(refusal, f"betId: no bet `{bet_id}` was registered, so {event} is refused")
    if refusal is Refusal.DUPLICATE:
        if changed:
            raise Rejection(Refusal.DUPLICATE_CHANGED, f"bet `{bet_id}` is registered already; {changed}")
        raise Rejection(refusal, f"bet `{bet_id}` is registered already, and `{state}`; nothing moves now")
    raise Rejection(refusal, f"bet `{bet_id}` is `{state}`, so {event} is refused")


def _changed(bet: Bet | None, session: Session, asked: Registration) -> str | None:
    """The first thing in which a registration differs from the one that stands (BC-ASM-078)."""
    if bet is None or bet.registration is None:
        return None
    booked = bet.registration
    pairs: dict[str, tuple[object, object]] = {
        "the method": (asked.method, booked.method),
        "the player": (session.user_id, bet.user_id),
        "gameRoundId": (asked.round_id, booked.round_id),
        "betAmount": (asked.stake, booked.stake),
        "winAmount": (asked.win, booked.win),
    }
    return next(
        (f"{name} differs; the first stands" for name, (now, before) in pairs.items() if now != before), None
    )


def _move(provider: Provider, event: Event, bet: Bet, given: Decimal, taken: Decimal) -> None:
    """Take and give, in this order."""
    for source, destination, amount in ((bet.account, HOUSE, taken), (HOUSE, bet.account, given)):
        if amount:
            provider.ledger.post(source, destination, amount, f"{event} {bet.id}")
