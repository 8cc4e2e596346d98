"""An operator with two players and a platform, without a server around it."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from types import MappingProxyType, SimpleNamespace
from typing import Any

from mockserver.adapters.alarm import SilentAlarm
from mockserver.adapters.clock import ManualClock
from mockserver.adapters.ids import SequentialIds
from mockserver.betstack.action import Action
from mockserver.betstack.model import Operator
from mockserver.betstack.pam.model import Amounts, Content, Update
from mockserver.betstack.pam.service import Platform
from mockserver.kernel.clock import VirtualClock
from mockserver.kernel.errors import Rejection
from mockserver.kernel.journal import Turns
from mockserver.kernel.players import PlayerSpec, PlayerState, account_of, seed
from mockserver.kernel.secret import Secret
from mockserver.kernel.tenant_settings import OPERATOR, tenant_values
from mockserver.kernel.timekeeper import Timekeeper

ANN = PlayerSpec(id="ann", currency="KES", tokens=("ann-token",), balance=Decimal(10_000))
BOB = PlayerSpec(id="bob", currency="KES", tokens=("bob-token",), balance=Decimal(300))
AMOUNTS = Amounts(
    price=500,
    stake=444,
    wht_amount=240,
    wht=Decimal(10),
    ext_amount=56,
    ext=Decimal("12.5"),
    ext_type="inclusive",
    gross_payout=2842,
    net_payout=2602,
)
CONTENT = Content(
    code="CD4BDD",
    player_id="ann",
    psp=None,
    currency="KES",
    atag="atag_value",
    rtag=None,
    ticket_type="quickbet",
    amounts=AMOUNTS,
)


def content(**changes: Any) -> Content:
    """The content of a ticket; amounts are changed by their names too."""
    amounts = {name: changes.pop(name) for name in list(changes) if hasattr(AMOUNTS, name)}
    return replace(CONTENT, amounts=replace(AMOUNTS, **amounts), **changes)


def small_operator(**settings: Any) -> Operator:
    made = Operator(
        name="site",
        secret=Secret("12345ABCDE"),
        settings=tenant_values(OPERATOR, settings, {}),
        origin=(ANN, BOB),
        seed="seed",
        ids=SequentialIds(0),
        timekeeper=Timekeeper(VirtualClock(ManualClock(datetime(2026, 3, 1, 12, tzinfo=UTC))), SilentAlarm()),
        post=SimpleNamespace(schedules=MappingProxyType({})),  # type: ignore[arg-type]  # nobody is called
        turns=Turns(),
    )
    seed(made.players, made.ledger, made.origin)
    return made


@dataclass
class Counter:
    """Where the actions come in, with what the bet engine knows of its tickets."""

    operator: Operator = field(default_factory=small_operator)
    read: dict[str, int] = field(default_factory=dict)
    """``net_payout`` by ticket id."""

    def __post_init__(self) -> None:
        self.platform = Platform(lambda _operator, ticket_id: self.read.get(ticket_id))

    def tell(self, action: str, ticket_id: str = "t1", **changes: Any) -> str:
        """Tell the platform of an action.

        :returns: the class of the refusal, or ``booked``
        """
        try:
            self._told(Action(f"ticket_{action}"), ticket_id, **changes)
        except Rejection as rejection:
            return str(rejection.refusal)
        return "booked"

    def _told(self, action: Action, ticket_id: str, **changes: Any) -> None:
        if action in (Action.CREATE, Action.RESERVE):
            self.platform.open(self.operator, action, ticket_id, content(**changes))
        elif action is Action.UPDATE:
            said = content(**changes)
            update = Update(player_id=said.player_id, currency=changes.get("currency"), amounts=said.amounts)
            self.platform.update(self.operator, ticket_id, update)
        else:
            self.platform.book(self.operator, action, ticket_id, **changes)

    def told(self, *actions: str) -> list[str]:
        """Tell several actions of one ticket."""
        return [self.tell(action) for action in actions]

    def balance(self, player_id: str = "ann") -> int:
        return int(self.operator.ledger.balance(account_of(player_id)))

    def state(self, ticket_id: str = "t1") -> str:
        ticket = self.operator.platform.find(ticket_id)
        return ticket.state.value if ticket else "unseen"

    def set_state(self, player_id: str, state: PlayerState) -> None:
        player = self.operator.players.find(player_id)
        assert player is not None
        player.state = state
