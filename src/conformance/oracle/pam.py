"""Expected codes, states, money effects and orders of fields of an operator's platform for Betstack.

Sources: the pages of https://developer.betstack.io/pam-platform-api. What they leave open follows the
assumptions BS-ASM-075 to BS-ASM-099; codes from 900 are the sandbox's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final

PING: Final = "ping"
IDENTIFY: Final = "identify"
CREATE: Final = "ticket_create"
RESERVE: Final = "ticket_reserve"
UPDATE: Final = "ticket_update"
CLOSED: Final = "ticket_closed"
REFUND: Final = "ticket_refund"
WIN: Final = "ticket_win"
LOST: Final = "ticket_lost"
VOID: Final = "ticket_void"
DISCARD: Final = "ticket_discard"
ROLLBACK: Final = "ticket_rollback"

RESULTS: Final = (WIN, LOST, VOID)
UNDOING: Final = (DISCARD, REFUND)

INVALID_REQUEST: Final = 900
UNKNOWN_PLAYER: Final = 101
UNKNOWN_TICKET: Final = 102
DISCARDED_TICKET: Final = 950
DUPLICATE_CHANGED: Final = 951
WRONG_STATE: Final = 952
PLAYER_BLOCKED: Final = 916
CURRENCY_MISMATCH: Final = 913
INSUFFICIENT_FUNDS: Final = 925
ACCESS_DENIED: Final = 903
UNSUPPORTED_MEDIA_TYPE: Final = 901
TOO_LARGE: Final = 902
UNKNOWN_PATH: Final = 904
METHOD_NOT_ALLOWED: Final = 905

LARGEST_BODY: Final = 1024 * 1024
"""Bytes that a platform reads."""

AMOUNTS: Final = ("price", "stake", "wht_amount", "ext_amount", "gross_payout", "net_payout")
"""Fields in whole cents."""

_TAXED: Final = ("wht_amount", "wht", "ext_amount", "ext", "ext_type", "gross_payout", "net_payout")
_TICKET: Final = ("operator", "ticket_id", "ticket_code", "player_id")
_REASONED: Final = ("operator", "ticket_id", "reason")
_NAMED: Final = ("operator", "ticket_id")

ORDER: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        PING: (),
        IDENTIFY: ("operator", "token"),
        CREATE: (*_TICKET, "price", "stake", *_TAXED, "currency", "atag", "rtag", "ticket_type"),
        RESERVE: (*_TICKET, "psp", "price", "stake", *_TAXED, "currency", "atag", "rtag", "ticket_type"),
        UPDATE: (*_TICKET, "psp", "price", "stake", *_TAXED, "currency", "atag", "rtag", "ticket_type"),
        CLOSED: _NAMED,
        REFUND: _REASONED,
        WIN: _NAMED,
        LOST: _NAMED,
        VOID: ("operator", "ticket_id", "price", "stake", *_TAXED),
        DISCARD: _REASONED,
        ROLLBACK: _REASONED,
    }
)
"""Fields of ``data`` by action in the order of its page, generation v3."""

SINCE_V3: Final = frozenset({"psp", "rtag"})

REFUSED_WITHOUT: Final = tuple(name for name in ORDER[CREATE] if name != "rtag")
"""Fields of ``ticket_create`` that every generation in use has."""


class State(StrEnum):
    """What a platform holds of a ticket."""

    UNKNOWN = "unknown"
    RESERVED = "reserved"
    CREATED = "created"
    WON = "won"
    LOST = "lost"
    VOID = "void"
    REOPENED = "reopened"
    """Rolled back; takes a result as before."""
    REFUNDED = "refunded"
    DISCARDED = "discarded"
    TOMBSTONE = "discarded before it was seen"


@dataclass(frozen=True, slots=True)
class Amounts:
    """Money of a ticket in whole cents."""

    price: int
    stake: int
    ext_amount: int
    gross_payout: int
    wht_amount: int
    net_payout: int


@dataclass(frozen=True, slots=True)
class Life:
    """A ticket at a platform that does what is documented and assumed. Amounts in cents."""

    amounts: Amounts
    void: Amounts
    """What a ``ticket_void`` of it carries."""
    state: State = State.UNKNOWN
    made_by: str | None = None
    """The action that made it."""
    taken: int = 0
    credited: int = 0
    """By the present result."""

    @property
    def moved(self) -> int:
        """What the ticket has done to the balance so far."""
        return self.credited - self.taken


@dataclass(frozen=True, slots=True)
class Expected:
    """What an action on a ticket has to lead to."""

    life: Life
    """After it, if it is accepted."""
    codes: tuple[int, ...] = ()
    """Those of a refusal, any of which will do; none where the action is to be accepted."""
    either: bool = False
    """Whether the assumptions leave open if it is accepted; money does not move in any case."""

    @property
    def accepted(self) -> bool:
        """Whether the answer has to be 200."""
        return not self.codes


_RESULT: Final = {WIN: State.WON, LOST: State.LOST, VOID: State.VOID}
_OF_A_BET: Final[Mapping[str, State | None]] = {
    **_RESULT,
    UPDATE: None,
    REFUND: State.REFUNDED,
    DISCARD: State.DISCARDED,
}


def _with_result(action: str) -> Mapping[str, State | None]:
    return {action: None, ROLLBACK: State.REOPENED, CLOSED: None}


ACCEPTED: Final[Mapping[State, Mapping[str, State | None]]] = MappingProxyType(
    {
        State.UNKNOWN: {
            CREATE: State.CREATED,
            RESERVE: State.RESERVED,
            DISCARD: State.TOMBSTONE,
            REFUND: State.TOMBSTONE,
        },
        State.RESERVED: _OF_A_BET,
        State.CREATED: _OF_A_BET,
        State.REOPENED: {**_OF_A_BET, ROLLBACK: None},
        State.WON: _with_result(WIN),
        State.LOST: _with_result(LOST),
        State.VOID: _with_result(VOID),
        State.REFUNDED: {REFUND: None, CLOSED: None},
        State.DISCARDED: {DISCARD: None},
        State.TOMBSTONE: {DISCARD: None, REFUND: None},
    }
)
"""Actions that are accepted, with the state after them; ``None`` where nothing changes. An update is for
jackpots alone; the action that made a ticket may always come again, until the ticket is given back."""

LEFT_OPEN: Final = frozenset(
    {
        (State.REFUNDED, DISCARD),
        (State.DISCARDED, REFUND),
        (State.DISCARDED, CLOSED),
        (State.TOMBSTONE, CLOSED),
    }
)
"""Actions on which the assumptions don't decide; the money is given back already."""

_ENDED: Final = frozenset({State.REFUNDED, State.DISCARDED, State.TOMBSTONE})


def expected(life: Life, action: str) -> Expected:
    """What the action has to lead to: answer, state and money."""
    if action in (CREATE, RESERVE) and life.state is not State.UNKNOWN:
        if life.state in _ENDED:
            return Expected(life, (DISCARDED_TICKET,))
        return Expected(life) if action == life.made_by else Expected(life, (WRONG_STATE,))
    rows = ACCEPTED[life.state]
    if action in rows:
        state = rows[action]
        return Expected(life if state is None else _changed(life, action, state))
    if life.state is State.UNKNOWN:
        codes: tuple[int, ...] = (UNKNOWN_TICKET,)
    elif life.state is State.TOMBSTONE:
        codes = (UNKNOWN_TICKET, WRONG_STATE)
    else:
        codes = (WRONG_STATE,)
    return Expected(life, codes, either=(life.state, action) in LEFT_OPEN)


def _changed(life: Life, action: str, state: State) -> Life:
    if action in (CREATE, RESERVE):
        taken = life.amounts.price if action == CREATE else 0
        return replace(life, state=state, made_by=action, taken=taken)
    if action in UNDOING:
        return replace(life, state=state, taken=0, credited=0)
    credit = {WIN: life.amounts.net_payout, VOID: life.void.net_payout}
    return replace(life, state=state, credited=credit.get(action, 0))


def tolerated(life: Life, action: str) -> tuple[int, ...]:
    """What the ticket may have moved, in cents, if an action that was to be refused is accepted all the same.

    Nothing may move, or the platform reads the action otherwise in a way that creates and loses no money:
    the last result counts, a result is undone with its bet, a reservation is paid from the wallet.
    """
    totals = [life.moved]
    if life.state in (State.WON, State.LOST, State.VOID):
        if action in _RESULT:
            totals.append(_changed(life, action, _RESULT[action]).moved)
        if action in UNDOING:
            totals.append(0)
    if life.state is State.RESERVED and action == CREATE:
        totals.append(-life.amounts.price)
    return tuple(totals)


WAYS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "unknown": (),
        "reserved": (RESERVE,),
        "created": (CREATE,),
        "won": (CREATE, WIN),
        "lost": (CREATE, LOST),
        "void": (CREATE, VOID),
        "won_and_closed": (CREATE, WIN, CLOSED),
        "rolled_back": (CREATE, WIN, ROLLBACK),
        "rolled_back_reservation": (RESERVE, WIN, ROLLBACK),
        "refunded": (CREATE, REFUND),
        "discarded": (CREATE, DISCARD),
        "discarded_before_it_was_seen": (DISCARD,),
    }
)
"""The states in which a ticket is tried with every action, and how it gets there."""

ACTIONS: Final = (CREATE, RESERVE, WIN, LOST, VOID, REFUND, DISCARD, ROLLBACK, CLOSED)
"""What a ticket of any type can be told; an update is for jackpots alone."""
