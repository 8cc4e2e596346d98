"""Operations of the contracts, bound to use cases. A handler translates and never decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mockserver.betcore import wire
from mockserver.betcore.accounts import Accounts
from mockserver.betcore.cashback import CashbackDesk
from mockserver.betcore.outcome import Kind, Report, Reporting
from mockserver.betcore.payment import Payment
from mockserver.betcore.service import Wallet
from mockserver.kernel.errors import Rejection
from mockserver.kernel.exchange import Call, Document, Handler

ItemRefusals = Mapping[str, tuple[int, str]]
"""Class of refusal to the code and message that a transaction in a list gets."""


def casino_handlers(
    wallet: Wallet, accounts: Accounts, cashback: CashbackDesk, item_refusals: ItemRefusals, report: Report
) -> Mapping[str, Handler]:
    """Handlers of the casino API by operationId.

    :param item_refusals: how the contract has a transaction in a list refused (``x-item-errors``)
    :param report: is told the outcome of every transaction
    """
    pay = Reporting(Kind.PAYMENTS, wallet.make, report)
    pay_cashback = Reporting(Kind.CASHBACK, cashback.make, report)

    async def auth_user(call: Call) -> Document:
        return wire.entry(accounts.enter(call.tenant, call.document["RefreshToken"]))

    async def get_user_data(call: Call) -> Document:
        return wire.user_data(wallet.balance(call.tenant, call.document["PartnerUserId"]))

    async def make_payment(call: Call) -> Document:
        return wire.booking(pay(call.tenant, wire.payment(call.document), call.exchange))

    async def make_payments(call: Call) -> Document:
        def one(payment: Payment) -> dict[str, Any]:
            try:
                return wire.booked_item(pay(call.tenant, payment, call.exchange))
            except Rejection as rejection:
                if rejection.refusal not in item_refusals:
                    raise
                code, message = item_refusals[rejection.refusal]
                return wire.refused_item(
                    payment, code, message.format_map(rejection.values), rejection.details
                )

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


def aggregator_handlers(jwks: Callable[[], Document]) -> Mapping[str, Handler]:
    """Handlers of the aggregator API by operationId.

    :param jwks: gives the public keys as a JSON Web Key Set
    """

    async def get_jwks(_call: Call) -> Document:
        return jwks()

    return {"getJwks": get_jwks}
