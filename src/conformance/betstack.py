"""Betstack's bet engine as an operator calls it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final

from conformance.answered import Refusals, says
from conformance.channel import Channel
from conformance.client import RawAnswer, expect_equal, shown
from conformance.errors import Mismatch, Missing
from conformance.signing import betstack_body, betstack_signature
from conformance.target import BetstackTarget, Leg, Operator

SELLING: Final = ("reserveTicket", "createTicket")
"""The operations that make a ticket."""

LONGEST_IDENTIFIER: Final = 200
"""Characters; a longer one is no identifier that a person could be shown."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of Betstack, with what a case may demand of it."""

    raw: RawAnswer
    refusals: Refusals = field(default_factory=Refusals)

    def identifier(self, name: str) -> str:
        """The member, if it can name a ticket; otherwise an empty text."""
        value = self.raw.member(name)
        return value if isinstance(value, str) and len(value) <= LONGEST_IDENTIFIER else ""

    def only(self, names: Iterable[str]) -> dict[str, object]:
        """The members with these names; what else an answer holds may differ from call to call."""
        return {name: self.raw.member(name) for name in names}

    def must_be(self, status: int, *, code: int | None = None) -> Answer:
        """Raise :exc:`Mismatch` unless the HTTP status, and the error code if one is given, are these."""
        if code is not None and not self.is_refusal(status, code):
            expected = "HTTP {} with code {}".format(*self.refusals.expected(status, code))
        elif code is None and not self.has_status(status):
            expected = f"HTTP {self.refusals.status(status)}"
        else:
            if code is not None and (template := self.refusals.message(status, code)):
                self._must_be_worded((template,))
            return self
        raise Mismatch(
            f"expected {expected}, got {self.raw.describe()}", expected=expected, actual=self.raw.describe()
        )

    def is_refusal(self, status: int, code: int) -> bool:
        """Whether the answer has the status and the code that stand for these."""
        actual = self.raw.member("code")
        return not isinstance(actual, bool) and (self.raw.status, actual) == self.refusals.expected(
            status, code
        )

    def has_status(self, status: int) -> bool:
        """Whether the answer has the status that stands for this one."""
        return self.raw.status == self.refusals.status(status)

    def must_say(self, *wordings: str) -> Answer:
        """Raise :exc:`Mismatch` unless the message is one of the wordings, which may have placeholders.

        What the vendor answered goes before them.
        """
        answered = self.refusals.of_code(self.raw.member("code"))
        self._must_be_worded((answered.message,) if answered and answered.message else wordings)
        return self

    def _must_be_worded(self, wordings: Sequence[str]) -> None:
        message = self.raw.member("message")
        if not any(message == wording or says(wording, message) for wording in wordings):
            raise Mismatch(
                f"message: expected {shown(wordings[0])}, got {shown(message)}",
                expected=shown(wordings[0]),
                actual=shown(message),
            )

    def must_have(self, name: str, value: object) -> Answer:
        """Raise :exc:`Mismatch` unless the member has this value."""
        expect_equal(name, expected=value, actual=self.raw.member(name))
        return self

    def must_have_fields(self, fields: Mapping[str, type], nullable: frozenset[str]) -> Answer:
        """Raise :exc:`Mismatch` unless every field is there with its type (``Decimal``: any number)."""
        body = self.raw.value
        if not isinstance(body, dict):
            raise Mismatch(
                f"expected an object, got {self.raw.describe()}",
                expected="an object",
                actual=self.raw.describe(),
            )
        wrong = [
            f"{name} ({kind_name(kind)}): got {shown(body[name]) if name in body else 'no such field'}"
            for name, kind in fields.items()
            if name not in body or not (fits(body[name], kind) or (body[name] is None and name in nullable))
        ]
        if wrong:
            raise Mismatch(
                f"wrong fields: {'; '.join(wrong)}",
                expected="; ".join(f"{name}: {kind_name(kind)}" for name, kind in fields.items()),
                actual="; ".join(wrong),
            )
        return self


def fits(value: object, kind: type) -> bool:
    """Whether the value is of a type of the oracle's tables; ``Decimal`` stands for any number."""
    if kind is Decimal:
        return isinstance(value, int | Decimal) and not isinstance(value, bool)
    if kind is int and isinstance(value, Decimal):
        return value == value.to_integral_value()  # 10.0 is an integer in JSON
    return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))


def kind_name(kind: type) -> str:
    """JSON's name of a type of the oracle's tables."""
    return {str: "string", int: "integer", Decimal: "number", bool: "boolean", dict: "object", list: "array"}[
        kind
    ]


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket that the target has reserved or created for the kit."""

    id: str
    code: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Betstack:
    """The bet engine, called as ``operator``."""

    channel: Channel
    target: BetstackTarget
    operator: Operator
    now: Callable[[], float]
    """Unix seconds."""
    new_id: Callable[[], str]
    """24 lower-case hex digits that no ticket has."""
    created: MutableMapping[str, str]
    """Tickets that this run leaves behind, by id, with their last known status."""
    callback_seconds: float = 5.0
    """Until a call must have arrived that the target makes after it has answered."""
    assumptions: bool = False
    """Whether assumptions are judged, so that a case must not excuse a target by one."""

    def as_second_operator(self) -> Betstack:
        """The same engine, called as the other operator. Raises :exc:`Missing`."""
        return self._as(self.target.second_operator, "second_operator")

    def as_limited_operator(self) -> Betstack:
        """The same engine, called as the operator without reservations. Raises :exc:`Missing`."""
        return self._as(self.target.limited_operator, "limited_operator")

    def superbet(self, **changes: Any) -> dict[str, Any]:
        """The fields of a superbet reservation in documented order. Raises :exc:`Missing`."""
        if self.target.superbet_event is None:
            raise Missing("needs [betstack.superbet] in the target file")
        return {
            **self._common("superbet"),
            "event": self.target.superbet_event,
            "bets": list(self.target.superbet_bets),
            **changes,
        }

    def quicktip(self, **changes: Any) -> dict[str, Any]:
        """The fields of a quicktip reservation in documented order. Raises :exc:`Missing`."""
        return self.picked("quicktip", **changes)

    def picked(self, kind: str, **changes: Any) -> dict[str, Any]:
        """The fields of a quicktip, quickbet or smartbet in documented order. Raises :exc:`Missing`."""
        if not self.target.legs:
            raise Missing("needs [betstack.quicktip] in the target file")
        legs = [leg.fields() for leg in self.target.legs]
        return {**self._common(kind), "odds_diff": Decimal("0.5"), "events": legs, **changes}

    def jackpot(self, card: Mapping[str, Any], legs: Sequence[Leg], **changes: Any) -> dict[str, Any]:
        """The fields of a jackpot in documented order, on a card as it was read, with these picks."""
        return {
            **self._common("jackpot"),
            "odds_diff": Decimal("0.5"),
            "events": [leg.fields() for leg in legs],
            "betcard_code": card.get("code"),
            "prize": card.get("prize", 0),
            "bonus_prizes": card.get("bonus_prizes", []),
            **changes,
        }

    def reservation(self, **changes: Any) -> dict[str, Any]:
        """The fields of a reservation of whichever type the target has. Raises :exc:`Missing`."""
        if self.target.superbet_event is None or "superbet" in self.target.lacks:
            return self.quicktip(**changes)
        return self.superbet(**changes)

    def cheap(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """The fields at the price of a creation, which the player really pays."""
        return {**fields, "price": self.target.create_price}

    def ways(self) -> tuple[str, ...]:
        """The operations that sell tickets and that the target has."""
        return SELLING[:1] if "create" in self.target.lacks else SELLING

    def headers(
        self, body: bytes = b"", *, secret: str | None = None, timestamp: str | None = None
    ) -> dict[str, str]:
        """The three identity headers for a body, signed with the operator's secret or the given one."""
        timestamp = str(int(self.now())) if timestamp is None else timestamp
        return {
            "timestamp": timestamp,
            "operator-name": self.operator.name,
            "signature": betstack_signature(secret or self.operator.secret, timestamp, body),
        }

    def reserve(self, fields: Mapping[str, Any], *, legal: bool = True) -> Answer:
        """``POST /tickets/reserve`` with these fields, signed."""
        return self.sell("reserveTicket", fields, legal=legal)

    def create(self, fields: Mapping[str, Any], *, legal: bool = True) -> Answer:
        """``POST /tickets`` with these fields, signed."""
        return self.sell("createTicket", fields, legal=legal)

    def sell(
        self, operation_id: str, fields: Mapping[str, Any], *, legal: bool = True, paced: bool = True
    ) -> Answer:
        """Create or reserve a ticket with these fields, signed."""
        body = betstack_body(fields)
        if legal:
            self.channel.require_legal(operation_id, _plain(fields))
        return self.post(operation_id, body, self.headers(body), paced=paced)

    def post_reservation(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """``POST /tickets/reserve`` with exactly these bytes and identity headers."""
        return self.post("reserveTicket", body, headers)

    def post(
        self, operation_id: str, body: bytes, headers: Mapping[str, str], *, paced: bool = True
    ) -> Answer:
        """Create or reserve a ticket with exactly these bytes and identity headers."""
        answer = Answer(
            self.channel.call(
                operation_id, body=body, paced=paced, headers={"content-type": "application/json", **headers}
            ),
            self.channel.refusals(operation_id),
        )
        self._note(answer)
        return answer

    def reserved(self, fields: Mapping[str, Any]) -> Ticket:
        """A ticket to work with. Raises :exc:`Missing` when the target does not reserve one."""
        with self.channel.evidence.during("preparation"):
            answer = self.reserve(fields)
        return _sold(answer, "needs a reserved ticket, but reserving one")

    def created_ticket(self, fields: Mapping[str, Any]) -> Ticket:
        """As :meth:`reserved`, for a creation."""
        with self.channel.evidence.during("preparation"):
            answer = self.create(fields)
        return _sold(answer, "needs a created ticket, but creating one")

    def reserve_ticket(self) -> Ticket:
        """A reserved ticket of whichever type the target has. Raises :exc:`Missing`."""
        return self.reserved(self.reservation())

    def another_ticket(self, ticket_id: object) -> Ticket:
        """A ticket at an unusual price. Raises :exc:`Mismatch` unless its id and price are its own."""
        other = self.reserved(self.reservation(price=self.target.price + 1))
        if other.id == ticket_id:
            raise Mismatch(
                f"two reservations got the same ticket id {other.id}", expected="two ids", actual=other.id
            )
        other.answer.must_have("price", self.target.price + 1)
        return other

    def pay(self, identifier: str, *, headers: Mapping[str, str] | None = None, paced: bool = True) -> Answer:
        """``POST /tickets/{identifier}/paid``, without a body; signed unless headers are given."""
        answer = Answer(
            self.channel.call(
                "payTicket",
                values={"identifier": identifier},
                paced=paced,
                headers=self.headers() if headers is None else headers,
            ),
            self.channel.refusals("payTicket"),
        )
        if answer.raw.status == 200 and identifier in self.created:
            self.created[identifier] = "open"
        return answer

    def read(self, identifier: str, *, headers: Mapping[str, str] | None = None) -> Answer:
        """``GET /tickets/{identifier}``, signed unless headers are given."""
        answer = Answer(
            self.channel.call(
                "getTicket",
                values={"identifier": identifier},
                headers=self.headers() if headers is None else headers,
            ),
            self.channel.refusals("getTicket"),
        )
        self._note(answer)
        return answer

    def list_tickets(
        self, *query: tuple[str, str], headers: Mapping[str, str] | None = None, legal: bool = True
    ) -> Answer:
        """``GET /tickets`` with this query, signed unless headers are given."""
        if legal:
            self.channel.require_legal_query("listTickets", query)
        return Answer(
            self.channel.call(
                "listTickets", query=query, headers=self.headers() if headers is None else headers
            ),
            self.channel.refusals("listTickets"),
        )

    def status_must_be(self, ticket: Ticket, status: str) -> None:
        """Read the ticket and raise :exc:`Mismatch` unless it has this status."""
        with self.channel.evidence.during("state of the ticket"):
            self.read(ticket.id).must_be(200).must_have("status", status)

    def _as(self, operator: Operator | None, table: str) -> Betstack:
        if operator is None:
            raise Missing(f"needs [betstack.{table}] in the target file")
        return replace(self, operator=operator)

    def _common(self, kind: str) -> dict[str, Any]:
        return {
            "operator": self.operator.name,
            "token": self.operator.token,
            "psp": None,
            "price": self.target.price,
            "currency": self.operator.currency,
            "atag": None,
            "rtag": None,
            "source": self.target.source,
            "type": kind,
        }

    def _note(self, answer: Answer) -> None:
        ticket_id, status = answer.identifier("id"), answer.identifier("status")
        if answer.raw.status == 200 and ticket_id:
            self.created[ticket_id] = status or "status unknown"


def _sold(answer: Answer, needed: str) -> Ticket:
    ticket_id, code = answer.identifier("id"), answer.identifier("code")
    if answer.raw.status != 200 or not ticket_id:
        raise Missing(f"{needed} got {answer.raw.describe()}")
    return Ticket(ticket_id, code, answer)


def _plain(value: Any) -> Any:
    """The fields as a JSON reader sees them, for the check by the contract."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, Mapping):
        return {name: _plain(child) for name, child in value.items()}
    if isinstance(value, list):
        return [_plain(child) for child in value]
    return value
