"""Operations of the contracts, bound to use cases. A handler translates and never decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.betcore import wire
from mockserver.betcore.accounts import Accounts
from mockserver.betcore.cashback import CashbackDesk
from mockserver.betcore.payment import Payment
from mockserver.betcore.reporting import Refusals, Report, Reporting, verdict
from mockserver.betcore.service import Wallet
from mockserver.kernel.errors import Rejection
from mockserver.kernel.exchange import Call, Document, Handler


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionRefusals:
    """How the contract has a transaction refused, by the operation that asks for it."""

    payment: Refusals
    listed: Refusals
    """In its place in the answer to a list."""
    cashback: Refusals


def casino_handlers(
    wallet: Wallet,
    accounts: Accounts,
    cashback: CashbackDesk,
    refusals: TransactionRefusals,
    report: Report,
) -> Mapping[str, Handler]:
    """Handlers of the casino API by operationId.

    :param report: is told the outcome of every transaction
    """
    pay = Reporting(wallet.make, refusals.payment, report)
    pay_listed = Reporting(wallet.make, refusals.listed, report)
    pay_cashback = Reporting(cashback.make, refusals.cashback, report, cashback=True)

    async def auth_user(call: Call) -> Document:
        return wire.entry(accounts.enter(call.tenant, call.document["RefreshToken"]))

    async def get_user_data(call: Call) -> Document:
        return wire.user_data(wallet.balance(call.tenant, call.document["PartnerUserId"]))

    async def make_payment(call: Call) -> Document:
        return wire.booking(pay(call.tenant, wire.payment(call.document), call.exchange))

    async def make_payments(call: Call) -> Document:
        def one(payment: Payment) -> dict[str, Any]:
            try:
                return wire.booked_item(pay_listed(call.tenant, payment, call.exchange))
            except Rejection as rejection:
                code, message = verdict(refusals.listed, rejection)
                return wire.refused_item(payment, code, message, rejection.details)

        return wire.items([one(payment) for payment in map(wire.payment, call.document)])

    async def get_payment_info(call: Call) -> Document:
        return wire.info(wallet.transactions(call.tenant, wire.bet_id(call.document["BetId"])))

    async def close_bet(call: Call) -> Document:
        wallet.close(call.tenant, call.document["BetId"], closed=call.document["Closed"])
        return wire.success()

    async def make_cashback(call: Call) -> Document:
        return wire.booking(pay_cashback(call.tenant, wire.payment(call.document), call.exchange))

    return {
        "authUser": auth_user,
        "getUserData": get_user_data,
        "makePayment": make_payment,
        "makePayments": make_payments,
        "getPaymentInfo": get_payment_info,
        "closeBet": close_bet,
        "makeCashback": make_cashback,
    }
