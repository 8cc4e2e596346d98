"""The documents of the control plane as types. What each field means, ``openapi/admin.yaml`` says."""

from __future__ import annotations

from typing import Any, Literal, TypedDict

PlayerState = Literal["active", "blocked", "self_excluded", "limit_reached"]
Verdict = Literal["conforms", "violates", "not_judged"]
CallState = Literal["pending", "held", "repeated", "sent", "refused", "parked", "dropped"]


class Clock(TypedDict):
    """A tenant's clock."""

    now: str
    frozen: bool
    ahead_seconds: float


class Timer(TypedDict):
    """Something that will fall due."""

    due: str
    kind: str
    subject: str


class Ran(Timer):
    """Something that fell due, and what came of it."""

    outcome: str


class Passage(TypedDict):
    """The clock after it was moved, and what ran on the way."""

    clock: Clock
    ran: list[Ran]
    complete: bool


class Player(TypedDict):
    """A player. ``balance`` is a decimal: cents of Betstack, units of BETCORE."""

    id: str
    currency: str
    tokens: list[str]
    balance: str
    state: PlayerState
    msisdn: str | None


class Posting(TypedDict):
    """A movement of money between two accounts."""

    source: str
    destination: str
    amount: str
    reference: str


class Ledger(TypedDict):
    """Postings, oldest first, and the balance of every account."""

    items: list[Posting]
    total: int
    balances: dict[str, str]


class Try(TypedDict):
    """One try of an outgoing call."""

    at: str
    exchange: str
    status: int | None
    failure: str | None


class Call(TypedDict):
    """A call to the tenant's partner."""

    id: str
    action: str
    state: CallState
    held_by: str | None
    subject: str | None
    cause: str | None
    created: str
    next: str | None
    document: str
    tries: list[Try]


class Driven(TypedDict):
    """What was made to happen."""

    cause: str
    calls: list[Call]
    result: Any
    """What was made without a call, such as a refresh token; or the answer that was asked for, if any."""


class Drive(TypedDict):
    """Something that can be made to happen."""

    drive: str
    help: str
    schema: dict[str, Any]


class Conditions(TypedDict, total=False):
    """When a fault strikes; see ``armFault``."""

    operation: str
    direction: Literal["received", "sent"]
    point: Literal["before_commit", "after_commit", "mid_answer"]
    containing: str
    after: int
    nth: int
    count: int
    probability: float
    seed: int


class ArmedFault(TypedDict):
    """A fault that is armed, with how often it fitted and struck."""

    id: str
    fault: str
    operation: str | None
    direction: Literal["received", "sent"]
    point: str | None
    containing: str | None
    parameters: dict[str, Any]
    after: int
    nth: int | None
    count: int | None
    probability: float | None
    seed: int
    matched: int
    struck: int


class Filters(TypedDict, total=False):
    """Which exchanges to find; see ``listExchanges``."""

    operation: str
    direction: Literal["received", "sent"]
    surface: str
    status: int
    refusal: str
    verdict: Literal["violates"]
    ticket: str
    bet: str
    player: str
    cause: str
    after: str
    since: int
    limit: int


class Verdicts(TypedDict):
    """How each side of an exchange stands to the contract."""

    request: Verdict
    answer: Verdict


class Exchange(TypedDict):
    """A request and its answer, in short."""

    id: str
    direction: Literal["received", "sent"]
    at: str
    machine_at: str | None
    tenant: str
    surface: str | None
    operation: str | None
    action: str | None
    method: str
    target: str
    status: int | None
    refusal: str | None
    reason: str | None
    cause: str | None
    faults: list[str]
    duration_ms: float
    verdicts: Verdicts


class ExchangePage(TypedDict):
    """Exchanges that fit, and where the journal stands."""

    items: list[Exchange]
    total: int
    position: int
    reached: bool


class Header(TypedDict):
    """A header of a message."""

    name: str
    value: str


class Message(TypedDict):
    """A request or an answer."""

    headers: list[Header]
    body: str
    size: int


class Difference(TypedDict):
    """Where what a signature covers leaves what it has to cover."""

    offset: int
    expected: str
    signed: str


class ExchangeInFull(Exchange):
    """A request and its answer, with all that is wrong with them."""

    request: Message
    document: str | None
    answer: Message
    request_violations: list[str]
    answer_violations: list[str]
    signed_text: str | None
    difference: Difference | None


class RetiredSecret(TypedDict):
    """A secret that was replaced."""

    until: str


class TenantDocument(TypedDict):
    """A tenant."""

    kind: str
    name: str
    settings: dict[str, Any]
    retired_secrets: list[RetiredSecret]


class TenantWithSecret(TenantDocument):
    """A tenant with its secret, as creation and rotation answer."""

    secret: str


class Health(TypedDict):
    """What runs."""

    status: str
    version: str
    base_url: str
    surfaces: list[str]
