"""What becomes of a transaction, told to whoever reports it to BETCORE."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from mockserver.betcore.model import PartnerClient
from mockserver.betcore.payment import Payment
from mockserver.betcore.service import Booking
from mockserver.kernel.errors import Rejection


class Kind(StrEnum):
    """Which accept speaks of a transaction."""

    PAYMENTS = "payments"
    CASHBACK = "cashback"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A transaction that was booked, or refused.

    A refusal that repeats an earlier booking has the ``transaction_id`` of that one, as its answer does.
    """

    kind: Kind
    payment: Payment
    transaction_id: str | None
    refusal: str | None
    """Class of the refusal; ``None`` where it was booked."""


Report = Callable[[PartnerClient, Outcome, str], None]
"""Takes the client, an outcome, and the id of the exchange that brought it about."""

Make = Callable[[PartnerClient, Payment], Booking]


def unreported(_client: PartnerClient, _outcome: Outcome, _exchange_id: str) -> None:
    """Report nothing."""


@dataclass(frozen=True, slots=True)
class Reporting:
    """A use case that books transactions of one kind; each outcome is reported."""

    kind: Kind
    make: Make
    report: Report

    def __call__(self, client: PartnerClient, payment: Payment, exchange_id: str) -> Booking:
        """Book one transaction.

        :raises Rejection: as the use case does, after it was reported
        """
        try:
            booking = self.make(client, payment)
        except Rejection as rejection:
            booked_before = rejection.details.get("PartnerTransactionId")
            transaction_id = None if booked_before is None else str(booked_before)
            self.report(client, self._outcome(payment, transaction_id, rejection.refusal), exchange_id)
            raise
        self.report(client, self._outcome(payment, booking.transaction.id, None), exchange_id)
        return booking

    def _outcome(self, payment: Payment, transaction_id: str | None, refusal: str | None) -> Outcome:
        return Outcome(kind=self.kind, payment=payment, transaction_id=transaction_id, refusal=refusal)
