"""Between the documents of the casino and aggregator APIs, and what BETCORE asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mockserver.betcore.aggregator.asked import Asked, Kind, Wish
from mockserver.betcore.callbacks import whole_code
from mockserver.betcore.states import TransactionType
from mockserver.kernel.json_codec import dump, parse
from mockserver.kernel.moments import in_milliseconds


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the answer to a list says of one transaction."""

    code: int
    transaction_id: str | None


def transaction(wish: Wish) -> dict[str, Any]:
    """A transaction in the order of the documented table (source: betcore/payments-make)."""
    document: dict[str, Any] = {"Amount": wish.amount}
    if wish.tax is not None:
        document["TaxAmount"] = wish.tax
    document |= {
        "BetId": wish.bet_id,
        "PartnerUserId": wish.user_id,
        "TransactionType": wish.type.value,
    }
    if wish.promo_code is not None:
        document["PromoCode"] = wish.promo_code
    if wish.tag_id is not None:
        document["TagId"] = wish.tag_id
    return document


def request(wish: Wish) -> bytes:
    """What a request for one transaction says."""
    if wish.kind is Kind.CASHBACK:  # BC-ASM-055
        names = ("BetId", "PartnerUserId", "TransactionType", "Amount")
        document = transaction(wish)
        return dump({name: document[name] for name in names})
    return dump(transaction(wish))


def request_list(wishes: Sequence[Wish]) -> bytes:
    """What a request for several says: an array without a name (BC-ASM-035)."""
    return dump([transaction(wish) for wish in wishes])


def closing(bet_id: int, *, closed: bool) -> bytes:
    """The target state of a bet, whose id is text here (source: betcore/payments-close)."""
    return dump({"BetId": str(bet_id), "Closed": closed})


def user_data(user_id: str) -> bytes:
    """What a request for a player's balance says."""
    return dump({"PartnerUserId": user_id})


def user_auth(refresh_token: str, tag_id: int | None) -> bytes:
    """What the exchange of a refresh token says."""
    return dump({"RefreshToken": refresh_token} | ({} if tag_id is None else {"TagId": tag_id}))


def bet_info(bet_id: int) -> bytes:
    """What a request for a bet's transactions says (BC-ASM-041)."""
    return dump({"BetId": bet_id})


def transaction_id(value: object) -> str | None:
    """``PartnerTransactionId`` in the ``Value`` of an answer, where there is one (BC-ASM-011)."""
    found = value.get("PartnerTransactionId") if isinstance(value, Mapping) else None
    return found if isinstance(found, str) and found else None


def verdicts(value: object, count: int) -> list[Verdict]:
    """One for each transaction of a list; none where the answer has not as many (BC-ASM-038)."""
    if not isinstance(value, list) or len(value) != count:
        return []
    codes = [whole_code(one.get("ErrorCode")) if isinstance(one, Mapping) else None for one in value]
    known = [code for code in codes if code is not None]
    if len(known) != count:
        return []
    return [Verdict(code, transaction_id(one)) for code, one in zip(known, value, strict=True)]


def accepted(cashback: bool, document: bytes) -> tuple[Kind, int, TransactionType]:
    """What an accept of the built-in casino names."""
    said: Any = parse(document)
    kind = Kind.CASHBACK if cashback else Kind.PAYMENT
    return kind, int(said["BetId"]), TransactionType(said["TransactionType"])


def asked(it: Asked) -> dict[str, Any]:
    """A transaction as the control plane shows it."""
    wish, outcome = it.wish, it.outcome
    return {
        "kind": wish.kind.value,
        "BetId": str(wish.bet_id),
        "PartnerUserId": wish.user_id,
        "TransactionType": wish.type.value,
        "Amount": wish.amount,
        "TaxAmount": wish.tax,
        "asked_at": in_milliseconds(it.at),
        "call": it.call,
        "state": _state(it),
        "ErrorCode": None if outcome is None else outcome.code,
        "PartnerTransactionId": None if outcome is None else outcome.transaction_id,
    }


def _state(it: Asked) -> str:
    if it.overdue:
        return "overdue"
    if it.outcome is None:
        return "open"
    return "booked" if it.outcome.booked else "refused"
