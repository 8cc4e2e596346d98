"""Between the wire's documents and the model."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from mockserver.betcore.model import Bet, Payment
from mockserver.betcore.service import Booking
from mockserver.betcore.states import TransactionType
from mockserver.kernel.money import decimal_text

_SUCCESS: dict[str, Any] = {"ErrorCode": 200, "Message": "Success"}


def refusal(code: int, message: str, details: Mapping[str, object]) -> dict[str, Any]:
    """Body of every refusal; details such as the balance go into ``Value``."""
    document: dict[str, Any] = {"ErrorCode": code, "Message": message}
    return document | {"Value": dict(details)} if details else document


def payment(document: Mapping[str, Any]) -> Payment:
    """Read a payment that fits the contract."""
    return Payment(
        user_id=document["PartnerUserId"],
        bet_id=str(int(document["BetId"])),
        type=TransactionType(document["TransactionType"]),
        amount=Decimal(document["Amount"]),
        tax=Decimal(document.get("TaxAmount", "0")),
    )


def success() -> dict[str, Any]:
    """The envelope alone."""
    return dict(_SUCCESS)


def user_data(balance: Decimal) -> dict[str, Any]:
    """A player's balance as a decimal string."""
    return _SUCCESS | {"Value": {"Balance": decimal_text(balance)}}


def booking(it: Booking) -> dict[str, Any]:
    """A transaction that was booked (BC-ASM-011)."""
    return _SUCCESS | {
        "Value": {"PartnerTransactionId": it.transaction.id, "Balance": decimal_text(it.balance)}
    }


def bet(bet_id: str, user_id: str, it: Bet) -> dict[str, Any]:
    """A bet as the control plane shows it: its state, and the transaction in each slot."""
    return {
        "BetId": bet_id,
        "PartnerUserId": user_id,
        "state": it.state.value,
        "transactions": [
            {
                "PartnerTransactionId": transaction.id,
                "TransactionType": kind.value,
                "Amount": decimal_text(transaction.payment.amount),
                "TaxAmount": decimal_text(transaction.payment.tax),
            }
            for kind, transaction in it.slots.items()
        ],
    }
