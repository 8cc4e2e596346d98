"""Use cases of the bet engine. Whatever changes a ticket is decided without giving up the event loop;
between two such steps the operator's platform is asked or told."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from itertools import islice

from mockserver.betstack import actions, rules
from mockserver.betstack.action import Action
from mockserver.betstack.catalogue import Catalogue
from mockserver.betstack.lifecycle import change
from mockserver.betstack.model import Feature, Operator
from mockserver.betstack.offer import Event, TicketType
from mockserver.betstack.partner import Partner
from mockserver.betstack.reasons import NO_ANSWER
from mockserver.betstack.refusals import Refusal
from mockserver.betstack.settlement import Settlement
from mockserver.betstack.states import Result, Status, Step
from mockserver.betstack.texts import text_about
from mockserver.betstack.ticket import Amounts, Selection, Ticket, TicketRequest
from mockserver.kernel.errors import Rejection
from mockserver.kernel.money import payout, total_odds

_ID_DIGITS = 24  # BS-ASM-030
_CODE_LENGTH = 6

LAPSE = "lapse"
"""Kind of the timers that cancel reservations; the subject is the id of the ticket."""

_WITHOUT_ODDS = frozenset({TicketType.SUPERBET, TicketType.JACKPOT})
"""Types whose payout is not known before their result (BS-RSV-003, BS-ASM-042)."""


@dataclass(frozen=True, slots=True)
class _Way:
    """One of the two ways to a ticket."""

    action: Action
    document: Callable[[Ticket], bytes]
    features: tuple[Feature, ...]


_CREATING = _Way(Action.CREATE, actions.ticket_create, ())
_RESERVING = _Way(Action.RESERVE, actions.ticket_reserve, (Feature.RESERVE,))


class TicketDesk:
    """Creates and reserves tickets, takes note of their payment, lets them lapse, and shows them."""

    def __init__(self, catalogue: Catalogue, partner: Partner, settlement: Settlement) -> None:
        self._catalogue = catalogue
        self._partner = partner
        self._settlement = settlement

    def attach(self, operator: Operator) -> None:
        """Have the operator's timers cancel reservations that were not paid in time."""
        operator.timekeeper.on(LAPSE, lambda ticket_id: self._lapse(operator, ticket_id))

    async def create(self, operator: Operator, request: TicketRequest, cause: str) -> Ticket:
        """Create a ticket that is wagered at once: the operator's platform takes the money.

        :param cause: id of the exchange that asks for it
        :raises Rejection: a rule of :mod:`rules` does not hold, or the platform refuses or does not answer
        """
        return await self._placed(operator, request, _CREATING, cause)

    async def reserve(self, operator: Operator, request: TicketRequest, cause: str) -> Ticket:
        """Reserve a ticket: it exists, and is not wagered until it is paid.

        :param cause: id of the exchange that asks for it
        :raises Rejection: a rule of :mod:`rules` does not hold, or the platform refuses or does not answer
        """
        ticket = await self._placed(operator, request, _RESERVING, cause)
        if operator.settings["reservations_lapse"] == "at_start":
            starts = min(event.starts for event, _ in ticket.selections)
            operator.timekeeper.set_timer(starts, LAPSE, ticket.id)
        return ticket

    def pay(self, operator: Operator, identifier: str, cause: str) -> Ticket:
        """Take note that a reserved ticket was paid. The platform is not called (BS-ASM-029); the player
        gets a text, since the ticket was reserved first.

        :raises Rejection: feature off, unknown ticket, or a status other than ``reserved``,
            in this order (source: betstack/paid)
        """
        rules.require_feature(operator, Feature.RESERVE)
        ticket = self.read(operator, identifier)
        change(operator, ticket, Step.PAY, "only a `reserved` one can be paid")
        operator.outbox.start(text_about(operator, ticket, cause))
        operator.outbox.start(self._settlement.catch_up(operator, ticket, cause))
        return ticket

    def read(self, operator: Operator, identifier: str) -> Ticket:
        """Find a ticket of the operator by id or code.

        :raises Rejection: there is none
        """
        ticket = operator.tickets.find(identifier)
        if ticket is None:
            raise Rejection(
                Refusal.UNKNOWN_TICKET,
                f"operator `{operator.name}` has no ticket with the id or code `{identifier}`",
                values={"identifier": identifier},
            )
        return ticket

    def event(self, event_id: int) -> Event:
        """Find an event of the catalogue.

        :raises Rejection: there is none
        """
        try:
            return self._catalogue.events[event_id]
        except KeyError:
            raise Rejection(Refusal.UNKNOWN_EVENT, f"event {event_id} is not on offer") from None

    def list(
        self, operator: Operator, limit: int, user_id: str | None, skip_types: Collection[str]
    ) -> list[Ticket]:
        """The operator's tickets, newest first (BS-ASM-050).

        :param user_id: only this player's; ``None`` for everybody's
        :param skip_types: types that are left out
        """
        fitting = (
            ticket
            for ticket in operator.tickets.newest_first()
            if user_id in (None, ticket.user_id) and ticket.request.type not in skip_types
        )
        return list(islice(fitting, min(limit, len(operator.tickets))))

    async def _lapse(self, operator: Operator, ticket_id: str) -> str:
        """Cancel a reservation that was not paid in time (BS-ASM-029). It took no money.

        :returns: what came of it, in a few words
        """
        ticket = operator.tickets.find(ticket_id)
        if ticket is None or ticket.status is not Status.RESERVED:
            return "not reserved any more"
        change(operator, ticket, Step.LAPSE, "only a `reserved` one lapses")
        ticket.result = Result.VOID
        return "cancelled"

    async def _placed(self, operator: Operator, request: TicketRequest, way: _Way, cause: str) -> Ticket:
        rules.check_request(rules.Asked(operator, request, way.features))
        player = await self._partner.identify(operator, request.token, cause)
        now = operator.clock.now()
        rules.check_ticket(rules.Context(operator, request, self._catalogue, player, now))
        ticket = self._new(operator, request, player.id, way)
        call = self._partner.announce(operator, ticket, way.action, way.document(ticket), cause)
        operator.tickets.add(ticket)
        await self._partner.acknowledged(operator, call)  # what becomes of the ticket, Settlement.ended says
        self._require_alive(operator, ticket, cause)
        return ticket

    def _require_alive(self, operator: Operator, ticket: Ticket, cause: str) -> None:
        """Give a ticket up whose player or operator was reset or dropped while the platform took its time.

        :raises Rejection: so it is
        """
        if not operator.outbox.closed and operator.tickets.find(ticket.id) is ticket:
            return
        document = actions.about_with_reason(Action.DISCARD, ticket, NO_ANSWER)
        operator.outbox.tell_once(Action.DISCARD, document, cause=cause)
        raise Rejection(
            Refusal.PLATFORM_UNREACHABLE,
            "the operator or the player was reset or dropped before the platform answered; "
            "the ticket is given up",
        )

    def _new(self, operator: Operator, request: TicketRequest, user_id: str, way: _Way) -> Ticket:
        """A ticket that nobody knows of yet.

        :raises Rejection: it could win too much
        """
        odds = total_odds(self._catalogue.events[event].bets[bet].odds for event, bet in request.picks)
        rates = {"ext": operator.ext, "wht": operator.wht}
        if request.type is TicketType.JACKPOT:
            rules.require_payable(operator, max((request.prize, *request.bonus_prizes)))
        else:
            rules.require_payable(operator, payout(request.price, odds, **rates).gross_payout)
        shown = None if request.type in _WITHOUT_ODDS else odds
        amounts = Amounts(payout(request.price, shown, **rates), shown)
        now = operator.clock.now()
        return Ticket(
            id=_unused(operator, operator.ids.hex, _ID_DIGITS),
            code=_unused(operator, operator.ids.code, _CODE_LENGTH),
            request=request,
            offered=amounts,
            amounts=amounts,
            ext=operator.ext,
            wht=operator.wht,
            user_id=user_id,
            selections=self._selections(request),
            created=now,
            updated=now,
            zone=operator.zone,
            reserved=way is _RESERVING,
        )

    def _selections(self, request: TicketRequest) -> tuple[Selection, ...]:
        """The events of the ticket, each with its bet; a superbet's event stands without one."""
        events = self._catalogue.events
        if request.event is not None:
            return ((events[request.event], None),)
        return tuple((events[leg.event], events[leg.event].bets[leg.bet]) for leg in request.legs)


def _unused(operator: Operator, make: Callable[[int], str], length: int) -> str:
    """An identifier that no ticket of the operator has."""
    while operator.tickets.has(identifier := make(length)):
        pass
    return identifier
