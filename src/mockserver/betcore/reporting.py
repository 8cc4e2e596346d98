"""Telling BETCORE what became of each transaction (source: betcore/payments-accept; BC-ASM-040)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mockserver.betcore.accepts import Reported
from mockserver.betcore.model import PartnerClient
from mockserver.betcore.payment import Payment
from mockserver.betcore.refusals import Refusal
from mockserver.betcore.service import Booking
from mockserver.betcore.wire import SUCCESS, SUCCESS_MESSAGE
from mockserver.kernel.errors import Rejection
from mockserver.kernel.money import decimal_text

Refusals = Mapping[str, tuple[int, str]]
"""Code, and template of the message, by class of refusal, as the contract's rows have them."""

Make = Callable[[PartnerClient, Payment], Booking]

Report = Callable[[PartnerClient, Reported, str], None]
"""Takes the client, an outcome, and the id of the exchange that brought it about."""


@dataclass(frozen=True, slots=True)
class Reporting:
    """A use case that books transactions; the outcome of each is reported."""

    make: Make
    refusals: Refusals
    report: Report
    cashback: bool = False

    def __call__(self, client: PartnerClient, payment: Payment, exchange_id: str) -> Booking:
        """Book one transaction.

        :raises Rejection: as the use case does, after that was reported
        """
        try:
            booking = self.make(client, payment)
        except Rejection as rejection:
            self.report(client, self._refused(payment, rejection), exchange_id)
            raise
        self.report(client, self._booked(payment, booking.transaction.id), exchange_id)
        return booking

    def _refused(self, payment: Payment, rejection: Rejection) -> Reported:
        """What is refused because it is booked already is reported as what it is: booked (BC-ASM-115)."""
        if rejection.refusal == Refusal.DUPLICATE:
            return self._booked(payment, str(rejection.details["PartnerTransactionId"]))
        return self._reported(payment, *verdict(self.refusals, rejection), None)

    def _booked(self, payment: Payment, transaction_id: str) -> Reported:
        return self._reported(payment, SUCCESS, SUCCESS_MESSAGE, transaction_id)

    def _reported(self, payment: Payment, code: int, message: str, transaction_id: str | None) -> Reported:
        return Reported(
            cashback=self.cashback,
            bet_id=int(payment.bet_id),
            type=payment.type.value,
            amount=decimal_text(payment.amount),
            tax=decimal_text(payment.tax) if payment.tax else None,
            code=code,
            message=message,
            transaction_id=transaction_id,
        )


def verdict(refusals: Refusals, rejection: Rejection) -> tuple[int, str]:
    """Code and message that a transaction is refused with."""
    code, message = refusals[rejection.refusal]
    return code, message.format_map(rejection.values)
