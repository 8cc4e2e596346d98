"""Operations of the contracts, bound to use cases. A handler translates and never decides."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.betcore import wire
from mockserver.betcore.service import Wallet
from mockserver.kernel.exchange import Call, Document, Handler


def casino_handlers(wallet: Wallet) -> Mapping[str, Handler]:
    """Handlers of the casino API by operationId."""

    async def get_user_data(call: Call) -> Document:
        return wire.user_data(wallet.balance(call.tenant, call.document["PartnerUserId"]))

    async def make_payment(call: Call) -> Document:
        return wire.booking(wallet.make(call.tenant, wire.payment(call.document)))

    async def close_bet(call: Call) -> Document:
        wallet.close(call.tenant, call.document["BetId"], closed=call.document["Closed"])
        return wire.success()

    return {"getUserData": get_user_data, "makePayment": make_payment, "closeBet": close_bet}
