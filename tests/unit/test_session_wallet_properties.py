"""Whatever order the calls on bets come in: no money comes from nowhere, none gets lost, and what comes again
moves nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from types import MappingProxyType, SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from mockserver.adapters.alarm import SilentAlarm
from mockserver.adapters.clock import ManualClock
from mockserver.adapters.ids import SequentialIds
from mockserver.betcore.sessions.launches import Wish, open_session
from mockserver.betcore.sessions.model import Mode, Provider, Registration, SessionState
from mockserver.betcore.sessions.service import SessionWallet
from mockserver.betcore.sessions.states import Event
from mockserver.kernel.clock import VirtualClock
from mockserver.kernel.errors import Rejection
from mockserver.kernel.journal import Turns
from mockserver.kernel.players import PlayerSpec, seed
from mockserver.kernel.secret import Secret
from mockserver.kernel.tenant_settings import PROVIDER, tenant_values
from mockserver.kernel.timekeeper import Timekeeper

AMOUNTS = st.integers(0, 30 * 10**8).map(lambda least: Decimal(least).scaleb(-8))


@dataclass(frozen=True)
class Told:
    """One call on a bet with all that it could carry."""

    event: Event
    session: str
    bet: str
    round: str
    stake: Decimal
    win: Decimal


CALLS = st.builds(
    Told,
    event=st.sampled_from(Event),
    session=st.sampled_from(["real", "also real", "demo", "other"]),
    bet=st.sampled_from(["b-1", "b-2", "b-3"]),
    round=st.sampled_from(["r-1", "r-1", "r-2"]),
    stake=st.one_of(st.just(Decimal(5)), AMOUNTS),
    win=st.one_of(st.just(Decimal(9)), AMOUNTS),
)


def tell(wallet: SessionWallet, provider: Provider, told: Told) -> str | Decimal:
    """The balance after a call, or the class of its refusal."""
    try:
        if told.event is Event.PAY_OUT:
            return wallet.pay_out(provider, told.session, told.bet, told.win)
        if told.event is Event.REFUND:
            return wallet.refund(provider, told.session, told.bet)
        win = told.win if told.event is Event.PAY_IN_OUT else None
        asked = Registration(
            method=told.event,
            session_id=told.session,
            bet_id=told.bet,
            round_id=told.round,
            stake=told.stake,
            win=win,
        )
        return wallet.register(provider, asked)
    except Rejection as rejection:
        return str(rejection.refusal)


def small_provider() -> Provider:
    """A provider with two players and four sessions, without a server around it."""
    players = tuple(
        PlayerSpec(id=name, currency="EUR", balance=Decimal(balance))
        for name, balance in (("ann", "100.5"), ("bob", "7"))
    )
    made = Provider(
        name="provider",
        secret=Secret("a secret of the provider"),
        settings=tenant_values(PROVIDER, {}, {}),
        origin=players,
        seed="seed",
        ids=SequentialIds(0),
        timekeeper=Timekeeper(VirtualClock(ManualClock(datetime(2026, 3, 1, 12, tzinfo=UTC))), SilentAlarm()),
        post=SimpleNamespace(schedules=MappingProxyType({})),  # type: ignore[arg-type]  # nobody is called
        turns=Turns(),
    )
    seed(made.players, made.ledger, made.origin)
    for name, player in (("real", "ann"), ("also real", "ann"), ("demo", "ann"), ("other", "bob")):
        wish = Wish(
            id=name,
            user_id=player,
            currency="EUR",
            game_id="101",
            mode=Mode.DEMO if name == "demo" else Mode.REAL,
            language="en",
            min_bet=Decimal(0),
            max_bet=Decimal(25),
        )
        open_session(made, wish, SessionState.OPEN)
    return made


def purses(provider: Provider) -> dict[str, Decimal]:
    return {one.account: provider.ledger.balance(one.account) for one in provider.books.sessions()}


@given(calls=st.lists(CALLS, max_size=40))
def test_no_money_comes_from_nowhere_and_no_purse_falls_below_nothing(calls: list[Told]) -> None:
    wallet, provider = SessionWallet(), small_provider()
    for told in calls:
        tell(wallet, provider, told)

        assert sum(provider.ledger.balances().values()) == 0
        assert min(purses(provider).values()) >= 0


@given(calls=st.lists(CALLS, max_size=40))
def test_a_call_that_comes_again_moves_nothing(calls: list[Told]) -> None:
    wallet, provider = SessionWallet(), small_provider()
    for told in calls:
        first = tell(wallet, provider, told)
        before = purses(provider)
        again = tell(wallet, provider, told)

        assert purses(provider) == before
        if isinstance(first, str):
            assert again == first
        else:
            assert again == ("duplicate" if told.event in (Event.PAY_IN, Event.PAY_IN_OUT) else first)


@given(calls=st.lists(CALLS, max_size=40))
def test_what_every_purse_has_follows_from_its_bets(calls: list[Told]) -> None:
    provider = small_provider()
    had = purses(provider)
    for told in calls:
        tell(SessionWallet(), provider, told)

    for bet in provider.books.bets():
        if bet.registration and bet.state != "refunded":
            had[bet.account] += (bet.win or 0) - bet.registration.stake
    assert purses(provider) == had
