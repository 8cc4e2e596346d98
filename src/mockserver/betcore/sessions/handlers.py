"""Operations of the sessions API, bound to use cases. A handler translates and never decides."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.betcore.sessions import wire
from mockserver.betcore.sessions.service import SessionWallet
from mockserver.betcore.sessions.states import Event
from mockserver.kernel.exchange import Call, Document, Handler


def handlers(wallet: SessionWallet) -> Mapping[str, Handler]:
    """Handlers of the sessions API by operationId."""

    async def get_balance(call: Call) -> Document:
        session = wallet.session(call.tenant, call.parameters["sessionId"])
        return wire.balance(session.currency, wallet.balance(call.tenant, session))

    async def pay_in(call: Call) -> Document:
        asked = wire.registration(Event.PAY_IN, call.parameters["sessionId"], call.document)
        return wire.booked(wallet.register(call.tenant, asked))

    async def pay_in_out(call: Call) -> Document:
        asked = wire.registration(Event.PAY_IN_OUT, call.parameters["sessionId"], call.document)
        return wire.booked(wallet.register(call.tenant, asked))

    async def pay_out(call: Call) -> Document:
        session_id, document = call.parameters["sessionId"], call.document
        wire.require_same_session(session_id, document)
        win = wire.amount(document, "winAmount")
        return wire.booked(wallet.pay_out(call.tenant, session_id, document["betId"], win))

    async def refund_bet(call: Call) -> Document:
        session_id, bet_id = call.parameters["sessionId"], call.document["betId"]
        return wire.booked(wallet.refund(call.tenant, session_id, bet_id))

    return {
        "getBalance": get_balance,
        "payIn": pay_in,
        "payOut": pay_out,
        "payInOut": pay_in_out,
        "refundBet": refund_bet,
    }
