"""Operations of the aggregator API, bound to use cases. A handler translates and never decides."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal

from mockserver.betcore.aggregator.access import LIFE_SECONDS, require_secret
from mockserver.betcore.aggregator.asked import Kind
from mockserver.betcore.aggregator.service import Acceptance, Aggregator
from mockserver.betcore.model import PartnerClient
from mockserver.betcore.states import TransactionType
from mockserver.betcore.wire import success
from mockserver.kernel.exchange import Call, Document, Handler


def aggregator_handlers(
    aggregator: Aggregator,
    jwks: Callable[[], Document],
    verify: Callable[[PartnerClient, str], Awaitable[None]],
) -> Mapping[str, Handler]:
    """Handlers by operationId.

    :param jwks: gives the public keys as a JSON Web Key Set
    :param verify: refuses a token that is not genuine, current and the client's
    """

    async def get_jwks(_call: Call) -> Document:
        return jwks()

    async def issue_token(call: Call) -> Document:
        client = require_secret(call.tenant, call.document["PartnerClientId"], call.document["Secret"])
        token = client.tokens.issue(client.ids, client.clock.now())
        return {"access_token": token, "token_type": "Bearer", "expires_in": LIFE_SECONDS}

    async def verify_token(call: Call) -> Document:
        await verify(call.tenant, call.document)
        return success()

    def accept(kind: Kind) -> Handler:
        async def handle(call: Call) -> Document:
            aggregator.accept(call.tenant, _acceptance(kind, call))
            return success()

        return handle

    return {
        "getJwks": get_jwks,
        "issueToken": issue_token,
        "verifyToken": verify_token,
        "acceptPayment": accept(Kind.PAYMENT),
        "acceptCashback": accept(Kind.CASHBACK),
    }


def _acceptance(kind: Kind, call: Call) -> Acceptance:
    document = call.document
    return Acceptance(
        kind=kind,
        bet_id=int(document["BetId"]),
        type=TransactionType(document["TransactionType"]),
        code=int(document["ErrorCode"]),
        transaction_id=document.get("PartnerTransactionId"),
        amount=Decimal(document["Amount"]) if "Amount" in document else None,
    )
