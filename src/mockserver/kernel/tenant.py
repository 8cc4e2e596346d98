"""What every tenant of either vendor has."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from mockserver.kernel.clock import VirtualClock
from mockserver.kernel.faults.armed import Faults
from mockserver.kernel.faults.road import Road
from mockserver.kernel.journal import Exchange, Journal, Turns
from mockserver.kernel.ledger import Ledger
from mockserver.kernel.outbox import Attempt, Outbox, OutgoingCall, Schedule
from mockserver.kernel.players import Players, PlayerSpec
from mockserver.kernel.ports import Deadlines, IdSource
from mockserver.kernel.secret import Secret
from mockserver.kernel.timekeeper import Timekeeper


class Post(Protocol):
    """Carries a tenant's calls to its partner."""

    @property
    def schedules(self) -> Mapping[str, Schedule]:
        """How each operation is called."""

    @property
    def amounts(self) -> Collection[str]:
        """Names of the fields that hold amounts of money in what is said."""

    async def send_again(self, tenant: Any, sent: Exchange, document: bytes, *, identical: bool) -> str:
        """Send what was sent before once more; only the journal takes note of the answer.

        :returns: id of the exchange
        """

    async def attempt(self, tenant: Any, call: OutgoingCall, deadlines: Deadlines) -> Attempt:
        """Make one try."""

    def ended(self, tenant: Any, call: OutgoingCall) -> None:
        """Take note that a call was acknowledged, refused, parked or dropped."""

    def settled(self, tenant: Any, call: OutgoingCall) -> bool:
        """Whether what a call is for has come about without an answer to it."""


@dataclass(slots=True, kw_only=True, eq=False)
class Tenant:
    """A party that has its secret, its settings, its time and its books; none sees another's."""

    kind: ClassVar[str]

    name: str
    secret: Secret = field(repr=False)
    settings: dict[str, Any] = field(repr=False)
    """Every setting of its kind, by name."""
    origin: tuple[PlayerSpec, ...] = field(repr=False)
    """The players that it has after a reset."""
    seed: str = field(repr=False)
    """What its identifiers follow from."""
    ids: IdSource = field(repr=False)
    timekeeper: Timekeeper = field(repr=False)
    post: Post = field(repr=False)
    turns: Turns = field(repr=False)
    faults: Faults = field(default_factory=Faults, repr=False)
    road: Road = field(default_factory=Road, repr=False)
    players: Players = field(default_factory=Players, repr=False)
    ledger: Ledger = field(default_factory=Ledger, repr=False)
    outbox: Outbox = field(init=False, repr=False)
    journal: Journal = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.journal = Journal(self.name, lambda: self.settings["journal_size"], self.turns)
        self.outbox = Outbox(
            schedules=self.post.schedules,
            size=lambda: self.settings["outbox_size"],
            ids=self.ids,
            timekeeper=self.timekeeper,
            attempt=lambda call, deadlines: self.post.attempt(self, call, deadlines),
            ended=lambda call: self.post.ended(self, call),
            settled=lambda call: self.post.settled(self, call),
        )

    def close(self) -> None:
        """It is gone: no timer runs, no call is sent, nobody is told of anything any more, and no fault holds
        anything back."""
        self.timekeeper.close()
        self.outbox.close()
        self.road.close()
        self.journal.close(f"tenant `{self.name}` was reset or dropped meanwhile")

    @property
    def clock(self) -> VirtualClock:
        """The tenant's clock."""
        return self.timekeeper.clock
