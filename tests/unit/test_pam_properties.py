"""Whatever order the actions come in, the platform's books are those that the documentation and the
assumptions imply, worked out here a second time."""

from __future__ import annotations

from collections import Counter as Tally
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.kernel.players import PlayerState

from .small_operator import Counter, small_operator

BALANCES = {"ann": 10_000, "bob": 300}
RESULTS = ("win", "lost", "void")


@dataclass(frozen=True)
class Told:
    """One action with all that it could carry."""

    action: str
    ticket: str
    player: str
    price: int
    net_payout: int
    currency: str
    kind: str

    @property
    def content(self) -> tuple[str, int, int, str, str]:
        return (self.player, self.price, self.net_payout, self.currency, self.kind)


@dataclass
class Page:
    """What a careful clerk would write down of one ticket."""

    opened: str = ""
    content: tuple[str, int, int, str, str] | None = None
    payout: int = 0
    updated: int | None = None
    result: str = ""
    given: int = 0
    over: str = ""
    withdrawn: bool = False


@dataclass
class Clerk:
    """Decides from the sentences of BS-ASM-083 to BS-ASM-097, one after the other."""

    shortfall_refused: bool
    balances: dict[str, int] = field(default_factory=lambda: dict(BALANCES))
    blocked: set[str] = field(default_factory=set)
    at_bet_engine: dict[str, int] = field(default_factory=dict)
    pages: dict[str, Page] = field(default_factory=dict)

    def tell(self, told: Told) -> str:
        page = self.pages.get(told.ticket) or Page()
        verdict = (
            self._opening(told, page) if told.action in ("create", "reserve") else self._later(told, page)
        )
        if verdict == "booked":
            self.pages[told.ticket] = page
        return verdict

    def _opening(self, told: Told, page: Page) -> str:
        if told.player not in self.balances:
            return "unknown_player"
        if page.over:
            return "ticket_discarded"
        if page.opened and page.content != told.content:
            return "duplicate_changed"
        if page.opened:
            return "booked" if page.opened == told.action else "wrong_state"
        if told.player in self.blocked:
            return "player_blocked"
        if told.currency != "KES":
            return "currency_mismatch"
        if told.action == "create":
            if told.price > max(self.balances[told.player], 0):
                return "insufficient_funds"
            self.balances[told.player] -= told.price
        page.opened, page.content, page.payout = told.action, told.content, told.net_payout
        return "booked"

    def _later(self, told: Told, page: Page) -> str:
        gives_up = told.action in ("refund", "discard")
        if page.content is None:
            page.over = "never seen"
            return "booked" if gives_up else "unknown_ticket"
        player, price, *_ = page.content
        taken = price if page.opened == "create" else 0
        if told.action == "update":
            return self._update(told, page)
        if told.action in (page.result, page.over):
            return "booked"
        if told.action == "closed":
            return "booked" if page.result or page.over == "refund" else "wrong_state"
        if told.action == "rollback":
            return self._withdraw(page, player)
        if page.result or page.over:
            return "wrong_state"
        if gives_up:
            page.over = told.action
            self.balances[player] += taken
            return "booked"
        payouts = {
            "win": self.at_bet_engine.get(told.ticket, page.payout),
            "lost": 0,
            "void": told.net_payout,
        }
        page.result, page.given = told.action, payouts[told.action]
        self.balances[player] += page.given
        return "booked"

    def _update(self, told: Told, page: Page) -> str:
        assert page.content is not None
        player, price, _, currency, kind = page.content
        if (told.player, told.price, told.currency) != (player, price, currency):
            return "duplicate_changed"
        if page.updated == told.net_payout:
            return "booked"
        if kind != "jackpot" or page.result or page.over:
            return "wrong_state"
        page.payout = page.updated = told.net_payout
        return "booked"

    def _withdraw(self, page: Page, player: str) -> str:
        if page.withdrawn and not page.over and not page.result:
            return "booked"
        if not page.result:
            return "wrong_state"
        if self.shortfall_refused and page.given and self.balances[player] < page.given:
            return "insufficient_funds"
        self.balances[player] -= page.given
        page.result, page.given, page.withdrawn = "", 0, True
        return "booked"


ACTIONS = [*RESULTS, "create", "reserve", "update", "refund", "discard", "rollback", "closed"]


def mostly(usual: object, *others: object) -> st.SearchStrategy[object]:
    return st.sampled_from([usual] * 3 + list(others))


def told_in_turn(actions: tuple[str, ...], **common: str) -> list[Told]:
    return [Told(action, **common) for action in actions]  # type: ignore[arg-type]  # numbers among them


# Single actions in any order, and some in a row that belong together.
TURNS = [
    *((action,) for action in ACTIONS),
    *(("create", result, "closed") for result in RESULTS),
    ("reserve", "win", "rollback"),
    ("create", "refund", "closed"),
]
STEPS = st.lists(
    st.builds(
        told_in_turn,
        actions=st.sampled_from(TURNS),
        ticket=st.sampled_from(["t1", "t1", "t2", "t3"]),
        player=mostly("ann", "bob", "nobody"),
        price=mostly(100, 301, 9_999),
        net_payout=mostly(250, 0, 7_777),
        currency=mostly("KES", "USD"),
        kind=mostly("jackpot", "quickbet"),
    ),
    min_size=6,
    max_size=20,
).map(lambda turns: [told for turn in turns for told in turn])
BLOCKED = st.lists(st.sampled_from(["", "", "", "ann", "bob"]), min_size=60, max_size=60)


def told_to(counter: Counter, told: Told) -> str:
    if told.action in ("create", "reserve", "update"):
        return counter.tell(
            told.action,
            told.ticket,
            player_id=told.player,
            price=told.price,
            net_payout=told.net_payout,
            currency=told.currency,
            ticket_type=told.kind,
        )
    carried = {"net_payout": told.net_payout} if told.action == "void" else {}
    return counter.tell(told.action, told.ticket, **carried)


def both(shortfall: str, read: dict[str, int]) -> tuple[Counter, Clerk]:
    counter = Counter(small_operator(rollback_shortfall=shortfall), read=read)
    return counter, Clerk(shortfall == "refuse", at_bet_engine=read)


READ = st.dictionaries(st.sampled_from(["t1", "t2"]), st.integers(0, 20_000), max_size=2)
SHORTFALL = st.sampled_from(["negative", "refuse"])


@settings(max_examples=300, deadline=None)
@given(steps=STEPS, blocked=BLOCKED, shortfall=SHORTFALL, read=READ)
def test_the_books_are_what_the_assumptions_imply_to_the_cent(
    steps: list[Told], blocked: list[str], shortfall: str, read: dict[str, int]
) -> None:
    counter, clerk = both(shortfall, read)
    for told, name in zip(steps, blocked, strict=False):
        clerk.blocked = {name} - {""}
        for player in BALANCES:
            state = PlayerState.BLOCKED if player in clerk.blocked else PlayerState.ACTIVE
            counter.set_state(player, state)

        assert (told_to(counter, told), told) == (clerk.tell(told), told)
        assert {player: counter.balance(player) for player in BALANCES} == clerk.balances
        assert sum(counter.operator.ledger.balances().values()) == 0


@settings(max_examples=200, deadline=None)
@given(steps=STEPS, shortfall=SHORTFALL, read=READ)
def test_what_comes_twice_in_a_row_is_answered_alike_and_moves_money_once(
    steps: list[Told], shortfall: str, read: dict[str, int]
) -> None:
    once, twice = both(shortfall, read)[0], both(shortfall, read)[0]
    for told in steps:
        first = told_to(once, told)

        assert [told_to(twice, told), told_to(twice, told)] == [first, first]
        assert twice.operator.ledger.balances() == once.operator.ledger.balances()
    assert list(twice.operator.ledger.postings()) == list(once.operator.ledger.postings())


@settings(max_examples=200, deadline=None)
@given(steps=STEPS, shortfall=SHORTFALL, read=READ)
def test_a_ticket_gives_and_takes_back_what_its_postings_say(
    steps: list[Told], shortfall: str, read: dict[str, int]
) -> None:
    counter, _ = both(shortfall, read)
    for told in steps:
        told_to(counter, told)

    given = Tally[str]()
    for posting in counter.operator.ledger.postings():
        sign = {"betstack": 1, "funding": 0}.get(posting.source, -1)
        given[posting.reference.rpartition(" ")[2]] += sign * int(posting.amount)
    for ticket in counter.operator.platform.tickets():
        assert given[ticket.id] == ticket.credited - ticket.debited


def test_the_steps_reach_every_verdict_and_every_state() -> None:
    verdicts: set[str] = set()
    states: set[str] = set()

    @settings(max_examples=400, deadline=None, derandomize=True, database=None)
    @given(steps=STEPS, blocked=BLOCKED, shortfall=SHORTFALL, read=READ)
    def walk(steps: list[Told], blocked: list[str], shortfall: str, read: dict[str, int]) -> None:
        counter, _ = both(shortfall, read)
        for told, name in zip(steps, blocked, strict=False):
            for player in BALANCES:
                counter.set_state(player, PlayerState.BLOCKED if player == name else PlayerState.ACTIVE)
            verdicts.add(told_to(counter, told))
            states.add(counter.state(told.ticket))

    walk()

    assert verdicts == {
        "booked",
        "unknown_player",
        "unknown_ticket",
        "ticket_discarded",
        "duplicate_changed",
        "wrong_state",
        "player_blocked",
        "currency_mismatch",
        "insufficient_funds",
    }
    assert len(states) == 14
