"""An operator of Betstack's: its front end, and what happens to its tickets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, cast

from mockserver.testing.documents import Driven
from mockserver.testing.front_end import ticket_request
from mockserver.testing.paths import segment
from mockserver.testing.tenant import Tenant

__tracebackhide__ = True  # pytest shows the line of the test that called

Result = Literal["won", "lost", "void"]


class Operator(Tenant):
    """An operator. A ticket is named by its id or its code; amounts are cents.

    A method that makes something happen returns when each call that follows was tried once, with those calls.
    """

    def create(self, type: str = "quickbet", **fields: Any) -> dict[str, Any]:
        """Create a ticket, as the operator's front end does; the platform is asked who the player is, and
        takes the money. Without ``fields`` the standard player pays KES 20.00 for an event of the built-in
        catalogue.

        :param type: ``quickbet``, ``quicktip`` or ``superbet``; of other types, and of a catalogue of your
            own, give all fields that say what is bet on
        :param fields: of the request, such as ``price`` and ``token``
        :returns: the ticket
        :raises CallRefused: Betstack refuses, or the platform did
        :raises ValueError: the operator's secret is not known
        """
        return self._call_bet_engine("POST", "/tickets", ticket_request(self.name, type, fields))

    def reserve(self, type: str = "quickbet", **fields: Any) -> dict[str, Any]:
        """Reserve a ticket, as :meth:`create` creates one; it is open once it is paid."""
        return self._call_bet_engine("POST", "/tickets/reserve", ticket_request(self.name, type, fields))

    def pay(self, ticket: str) -> None:
        """Say that a reserved ticket was paid.

        :raises CallRefused: it can't be paid
        :raises ValueError: the operator's secret is not known
        """
        self._call_bet_engine("POST", f"/tickets/{segment(ticket)}/paid")

    def ticket(self, ticket: str) -> dict[str, Any]:
        """Read a ticket, as the front end does.

        :raises CallRefused: there is none
        :raises ValueError: the operator's secret is not known
        """
        return self._call_bet_engine("GET", f"/tickets/{segment(ticket)}")

    def settle(
        self,
        ticket: str,
        result: Result,
        *,
        void_events: Sequence[int] | None = None,
        gross_payout: int | None = None,
    ) -> Driven:
        """Result an open ticket.

        :param void_events: events whose picks are void, in a ticket that wins all the same
        :param gross_payout: what a superbet or jackpot wins; what others win follows from their odds
        """
        return self._happens(
            "settle", ticket=ticket, result=result, void_events=void_events, gross_payout=gross_payout
        )

    def settle_event(
        self,
        event: int,
        *,
        won: Sequence[int] | None = None,
        void: Sequence[int] | None = None,
        abandoned: bool | None = None,
    ) -> Driven:
        """End an event, and result every open ticket that this decides.

        :param won: bets that won; all that are neither here nor in ``void`` are lost
        :param abandoned: all bets are void
        """
        return self._happens("settle_event", event=event, won=won, void=void, abandoned=abandoned)

    def cash_out(self, ticket: str, amount: int) -> Driven:
        """Let the player take an amount for an open ticket."""
        return self._happens("cash_out", ticket=ticket, amount=amount)

    def refund(self, ticket: str, *, reason: str | None = None) -> Driven:
        """End an open or reserved ticket without a result; its money goes back."""
        return self._happens("refund", ticket=ticket, reason=reason)

    def decline(self, ticket: str, *, reason: str | None = None) -> Driven:
        """Decline an open or reserved ticket; its money goes back."""
        return self._happens("decline", ticket=ticket, reason=reason)

    def rollback(self, ticket: str, *, reason: str | None = None) -> Driven:
        """Withdraw a result; once that is acknowledged the ticket is open again."""
        return self._happens("rollback", ticket=ticket, reason=reason)

    def rollback_event(self, event: int, *, reason: str | None = None) -> Driven:
        """Withdraw the result of an event, and those of the tickets on it."""
        return self._happens("rollback_event", event=event, reason=reason)

    def update(self, ticket: str, gross_payout: int) -> Driven:
        """Change what an open or reserved jackpot would pay."""
        return self._happens("update", ticket=ticket, gross_payout=gross_payout)

    def discard(self, ticket: str, *, reason: str | None = None) -> Driven:
        """Give a reserved ticket up, as after a reservation that the platform did not answer."""
        return self._happens("discard", ticket=ticket, reason=reason)

    def otp(self, *, player: str | None = None, msisdn: str | None = None, code: str | None = None) -> Driven:
        """Have a one-time password texted to a player, or to a number."""
        return self._happens("otp", player=player, msisdn=msisdn, code=code)

    def ping(self) -> Driven:
        """Ping the platform."""
        return self._happens("ping")

    def _call_bet_engine(self, method: str, path: str, body: bytes = b"") -> dict[str, Any]:
        document = self._sandbox.call_api(method, f"/be{path}", body, self.sign(body))
        return cast(dict[str, Any], document)
