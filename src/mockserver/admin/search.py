"""Finds exchanges in the journals, and waits for those that have not come yet.

The loop hands over what there is, and then each exchange as it ends; all that takes time is done in the
thread of the request, for each exchange once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from mockserver.admin.plane import Plane
from mockserver.admin.seats import Seats
from mockserver.kernel.control import ControlRefusal, Naming, Problem, only_name
from mockserver.kernel.explanation import Verdict, Verdicts
from mockserver.kernel.journal import NOBODY, Exchange, Journal, JournalClosed
from mockserver.kernel.mentions import mentions
from mockserver.kernel.redaction import Redaction
from mockserver.kernel.tenant import Tenant

NO_ANSWER = 0
"""Stands for the status of an exchange that has none."""

_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which exchanges are asked for; ``None`` asks for nothing in particular."""

    tenant: str | None = None
    operation: str | None = None
    """Of the contract, or an action."""
    direction: str | None = None
    surface: str | None = None
    status: int | None = None
    refusal: str | None = None
    cause: str | None = None
    verdict: Verdict | None = None
    """Of either side."""
    ticket: str | None = None
    bet: str | None = None
    player: str | None = None
    after: str | None = None
    """Id of an exchange: those that began after it."""
    since: int | None = None
    """Position in the order in which exchanges end: those that ended after it."""
    at_least: int = 0
    """How many are waited for."""
    within_seconds: float = 0
    """How long, at most."""

    @property
    def waits(self) -> bool:
        """Whether an answer may take its time."""
        return self.at_least > 0 and self.within_seconds > 0

    def may_fit(self, exchange: Exchange) -> bool:
        """What can be told without reading a document."""
        asked = (
            (self.direction, exchange.direction),
            (self.surface, exchange.surface),
            (self.status, exchange.status or NO_ANSWER),
            (self.refusal, exchange.refusal),
            (self.cause, exchange.cause),
        )
        return all(wanted in (None, there) for wanted, there in asked) and self.operation in (
            None,
            exchange.operation,
            exchange.action,
        )


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a question."""

    exchanges: list[Exchange]
    """In the order in which they began; with ``since`` in that in which they ended."""
    position: int
    """Where that order stands: what ends later is not among them."""
    reached: bool
    """Whether they are as many as were waited for."""
    blot: Redaction
    """Knows every secret that may stand in them."""


@dataclass(frozen=True, slots=True)
class _Subject:
    """What exchanges are to be about: the fields that name it, and every name that it has."""

    keys: frozenset[str]
    names: frozenset[str]
    final: bool
    """Whether it gets no more names."""


@dataclass(frozen=True, slots=True)
class _Beginning:
    """What the loop hands over."""

    kept: list[list[Exchange]]
    position: int
    first_turn: int
    subjects: list[_Subject]
    leave: Callable[[], None]


class Search:
    """Answers questions. Safe in any thread but the loop's own."""

    def __init__(self, plane: Plane) -> None:
        self._plane = plane
        self._seats = Seats()

    def find(self, question: Question) -> Found:
        """Look for exchanges, and wait for more where they are too few.

        :raises ControlRefusal: no such tenant or exchange; the tenant was reset or dropped meanwhile; too
            many wait
        """
        with self._seats.seat(question.tenant) if question.waits else nullcontext():
            heard: SimpleQueue[Exchange | JournalClosed] = SimpleQueue()
            beginning = self._plane.bridge.run(lambda: self._begin(question, heard))
            try:
                return self._answer(question, beginning, heard)
            finally:
                self._plane.bridge.post(beginning.leave)

    def _begin(self, question: Question, heard: SimpleQueue[Exchange | JournalClosed]) -> _Beginning:
        """On the loop: what there is and the wish to hear more, with nothing in between."""
        tenants = self._plane.tenants
        since = question.since or 0
        if since > tenants.turns.ended:
            raise ControlRefusal(
                Problem.INVALID, f"since: {since} lies ahead; the journal is at {tenants.turns.ended}"
            )
        journals: Sequence[Journal] = tenants.journals()
        audience = tenants.turns.audience
        if question.tenant is not None:
            journals = [tenants.journal_of(question.tenant)]
            audience = journals[0].audience
        turn = 0 if question.after is None else tenants.exchange(question.after).turn
        subjects = self._subjects(question)
        try:
            leave = audience.join(heard.put) if question.waits else _nothing
        except JournalClosed as closed:
            raise ControlRefusal(Problem.CONFLICT, str(closed)) from None
        kept = [journal.snapshot() for journal in journals if journal.last_end > since]
        return _Beginning(kept, tenants.turns.ended, turn, subjects, leave)

    def _answer(
        self, question: Question, beginning: _Beginning, heard: SimpleQueue[Exchange | JournalClosed]
    ) -> Found:
        position = beginning.position
        look = _Look(question, beginning, self._plane.judge)
        # What had not ended then is heard of later.
        look.at(one for kept in beginning.kept for one in kept if 0 < one.end_turn <= position)
        stopwatch = self._plane.stopwatch
        deadline = stopwatch() + question.within_seconds * 1000
        while question.waits and len(look.fitting) < question.at_least:
            batch = _next_of(heard, (deadline - stopwatch()) / 1000)
            if not batch:
                break
            ended = [one for one in batch if isinstance(one, Exchange)]
            if look.at(ended) and not look.is_final:
                look.go_by(self._plane.bridge.run(lambda: self._subjects(question)))
            position = ended[-1].end_turn if ended else position
            if len(ended) < len(batch) and len(look.fitting) < question.at_least:
                raise ControlRefusal(Problem.CONFLICT, f"{batch[-1]}; ask again")
        return Found(
            sorted(look.fitting, key=_by_turn if question.since is None else _by_end),
            position,
            len(look.fitting) >= question.at_least,
            # Last, since a secret may have been made meanwhile.
            self._plane.bridge.run(self._plane.tenants.redaction),
        )

    def _subjects(self, question: Question) -> list[_Subject]:
        """On the loop: what the exchanges are to be about, by every name that it has now."""
        asked = (("tickets", question.ticket), ("bets", question.bet), (None, question.player))
        tenants = self._tenants(question.tenant)
        return [self._subject(tenants, books, name) for books, name in asked if name is not None]

    def _tenants(self, name: str | None) -> list[Tenant]:
        tenants = self._plane.tenants
        return list(tenants) if name in (None, NOBODY) else [tenants.find(name or "")]

    def _subject(self, tenants: Iterable[Tenant], books: str | None, name: str) -> _Subject:
        keys: set[str] = set()
        names: set[str] = {name}
        final = True
        for tenant in tenants:
            naming = self._naming(tenant, books)
            if naming is not None:
                keys |= naming.keys
                names |= naming.names(tenant, name)
                final = final and naming.names is only_name
        return _Subject(frozenset(keys), frozenset(names), final)

    def _naming(self, tenant: Tenant, books: str | None) -> Naming | None:
        vendor = self._plane.tenants.vendor_of(tenant)
        if books is None:
            return vendor.player_naming
        collection = vendor.collections.get(books)
        return collection.naming if collection else None


class _Look:
    """What of all that was looked at fits."""

    def __init__(
        self, question: Question, beginning: _Beginning, judge: Callable[[Exchange], Verdicts]
    ) -> None:
        self._question = question
        self._since = question.since or 0
        self._first_turn = beginning.first_turn
        self._subjects = beginning.subjects
        self._judge = judge
        self._candidates: list[Exchange] = []
        self.fitting: list[Exchange] = []

    @property
    def is_final(self) -> bool:
        """Whether what was looked at need not be looked at again."""
        return all(subject.final for subject in self._subjects)

    def at(self, exchanges: Iterable[Exchange]) -> bool:
        """Look at some more.

        :returns: whether any of them may fit
        """
        candidates = [one for one in exchanges if self._may_fit(one)]
        self._candidates += candidates
        self.fitting += filter(self._fits, candidates)
        return bool(candidates)

    def go_by(self, subjects: list[_Subject]) -> None:
        """A ticket may have got its code meanwhile, and what named it before was not known to."""
        if subjects != self._subjects:
            self._subjects = subjects
            self.fitting = [one for one in self._candidates if self._fits(one)]

    def _may_fit(self, exchange: Exchange) -> bool:
        if exchange.turn <= self._first_turn or exchange.end_turn <= self._since:
            return False
        return self._question.may_fit(exchange)

    def _fits(self, exchange: Exchange) -> bool:
        if not all(mentions(exchange, subject.keys, subject.names) for subject in self._subjects):
            return False
        if self._question.verdict is None:
            return True
        verdicts = self._judge(exchange)
        return self._question.verdict in (verdicts.request, verdicts.answer)


def _next_of(heard: SimpleQueue[Exchange | JournalClosed], seconds: float) -> list[Exchange | JournalClosed]:
    """What is heard next, and what else came with it; nothing if nothing comes."""
    batch: list[Exchange | JournalClosed] = []
    with suppress(Empty):
        batch.append(heard.get(timeout=max(0.0, seconds)))
        while len(batch) < _AT_ONCE:
            batch.append(heard.get_nowait())
    return batch


def _by_turn(exchange: Exchange) -> int:
    return exchange.turn


def _by_end(exchange: Exchange) -> int:
    return exchange.end_turn


def _nothing() -> None:
    pass
