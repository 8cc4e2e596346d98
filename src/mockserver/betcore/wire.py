"""Between the wire's documents and the model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from mockserver.betcore.accounts import Entry
from mockserver.betcore.books import Bet, Cashback
from mockserver.betcore.payment import Payment, Transaction
from mockserver.betcore.service import Booking
from mockserver.betcore.states import TransactionType
from mockserver.kernel.moments import in_milliseconds
from mockserver.kernel.money import decimal_text

SUCCESS = 200
SUCCESS_MESSAGE = "Success"
_SUCCESS: dict[str, Any] = {"ErrorCode": SUCCESS, "Message": SUCCESS_MESSAGE}


def refusal(code: int, message: str, details: Mapping[str, object]) -> dict[str, Any]:
    """Body of every refusal; details such as the balance go into ``Value``."""
    document: dict[str, Any] = {"ErrorCode": code, "Message": message}
    return document | {"Value": dict(details)} if details else document


def bet_id(number: int | Decimal) -> str:
    """A bet's id as text, however the number is written (BC-ASM-003)."""
    return str(int(number))


def payment(document: Mapping[str, Any]) -> Payment:
    """Read a payment, or a cashback, that fits the contract."""
    return Payment(
        user_id=document["PartnerUserId"],
        bet_id=bet_id(document["BetId"]),
        type=TransactionType(document["TransactionType"]),
        amount=Decimal(document["Amount"]),
        tax=Decimal(document.get("TaxAmount", "0")),
        promo_code=document.get("PromoCode"),
    )


def success() -> dict[str, Any]:
    """The envelope alone."""
    return dict(_SUCCESS)


def user_data(balance: Decimal) -> dict[str, Any]:
    """A player's balance as a decimal string."""
    return _SUCCESS | {"Value": {"Balance": decimal_text(balance)}}


def entry(it: Entry) -> dict[str, Any]:
    """A player who was signed in (BC-ASM-033)."""
    return _SUCCESS | {
        "Value": {
            "PartnerUserId": it.player.id,
            "CurrencyCode": it.player.currency,
            "RefreshToken": it.refresh_token,
            "Balance": decimal_text(it.balance),
        }
    }


def booking(it: Booking) -> dict[str, Any]:
    """A transaction that was booked (BC-ASM-011)."""
    return _SUCCESS | {"Value": _booked(it)}


def booked_item(it: Booking) -> dict[str, Any]:
    """A transaction of a list that was booked (BC-ASM-038)."""
    return _of(it.transaction.payment) | _SUCCESS | _booked(it)


def refused_item(it: Payment, code: int, message: str, details: Mapping[str, object]) -> dict[str, Any]:
    """A transaction of a list that was refused (BC-ASM-038)."""
    return _of(it) | {"ErrorCode": code, "Message": message} | dict(details)


def items(entries: list[dict[str, Any]]) -> dict[str, Any]:
    """What became of each transaction of a list."""
    return _SUCCESS | {"Value": entries}


def info(transactions: Iterable[Transaction]) -> dict[str, Any]:
    """All transactions of a bet (BC-ASM-042)."""
    return _SUCCESS | {
        "Value": [
            {
                "Timestamp": in_milliseconds(one.at),
                **_of(one.payment),
                "PartnerTransactionId": one.id,
                "Amount": decimal_text(one.payment.amount),
                **({"TaxAmount": decimal_text(one.payment.tax)} if one.payment.tax else {}),
            }
            for one in transactions
        ]
    }


def history(bet_id: str, user_id: str, it: Bet | Cashback) -> dict[str, Any]:
    """A bet or cashback as the control plane shows it: its state, and every transaction of it."""
    return {
        "BetId": bet_id,
        "PartnerUserId": user_id,
        "state": it.state.value,
        "transactions": [
            {
                "PartnerTransactionId": one.id,
                "TransactionType": one.payment.type.value,
                "Amount": decimal_text(one.payment.amount),
                "TaxAmount": decimal_text(one.payment.tax),
                "PromoCode": one.payment.promo_code,
                "Timestamp": in_milliseconds(one.at),
                "moved": decimal_text(one.moved),
            }
            for one in it.history
        ],
    }


def _of(it: Payment) -> dict[str, Any]:
    """What a payment is known by. An id may have more digits than a JSON writer's integers."""
    return {"BetId": Decimal(it.bet_id), "TransactionType": it.type.value}


def _booked(it: Booking) -> dict[str, Any]:
    return {"PartnerTransactionId": it.transaction.id, "Balance": decimal_text(it.balance)}
