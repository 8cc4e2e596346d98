"""The bets and the money of the small casino."""

from __future__ import annotations

import itertools
import re
import threading
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from meeting import Meeting

SIGN = {-1: -1, 1: 1, 2: 1, -2: -1, 4: 1}
TAXED = (1, -2, 4)
OTHER_HALF = {2: -1, -2: 1, -1: 2, 1: -2}
"""A transaction makes room for the one that it takes back, and the other way round."""


class Refused(Exception):
    """A transaction is not booked."""

    def __init__(self, code: int, **value: str) -> None:
        super().__init__(code)
        self.code, self.value = code, value


class SmallBets:
    """Who has what, and what was booked."""

    def __init__(self, faults: frozenset[str], balances: dict[str, Decimal], blocked: set[str]) -> None:
        self.faults, self.balances, self.blocked = faults, balances, blocked
        self.meeting = Meeting()
        self.booked: dict[tuple[str, int, int], tuple[tuple[Decimal, Decimal], str]] = {}
        """Player, bet and type to amount and tax, and the id of the transaction."""
        self.standing: dict[tuple[str, int, int], list[tuple[Decimal, Decimal]]] = {}
        """Stakes and payouts that were booked and not returned."""
        self.opened: set[tuple[str, int]] = set()
        self.ended: set[tuple[str, int]] = set()
        """Bets that were returned before they came."""
        self.closed: set[str] = set()
        self.paid_back: set[tuple[str, int]] = set()
        self.history: list[dict[str, Any]] = []
        self.cashbacks: dict[tuple[str, int], list[tuple[int, Decimal, str]]] = {}
        self.movements = 0
        self.lock = threading.Lock()
        self._numbers = itertools.count(1)

    def known(self, user: Any) -> str:
        """The player's id. Raises :exc:`Refused`."""
        if not isinstance(user, str) or not user:
            raise TypeError(user)
        if user not in self.balances:
            raise Refused(102145)
        return user

    # -- bets ---------------------------------------------------------------------------------------

    def make(self, data: Any) -> dict[str, str]:
        """Book a transaction; returns what the answer tells of it. Raises :exc:`Refused`."""
        amount, tax = amount_in(data, loose="odd_amounts" in self.faults), tax_in(data)
        bet, kind = whole(data["BetId"]), whole(data["TransactionType"])
        if kind not in SIGN:
            if "any_type" not in self.faults:
                raise ValueError(kind)
            return {"PartnerTransactionId": "none", "Balance": "0"}
        if (kind == -1 and not amount and "free_bets_refused" in self.faults) or (
            "tax_needed" in self.faults and "TaxAmount" not in data
        ):
            raise ValueError(data)
        for name in ("TaxAmount", "PromoCode"):
            if f"{name}_refused" in self.faults and name in data:
                raise ValueError(name)
        user = self.known(data["PartnerUserId"])
        if "compensation_race" in self.faults and kind in (-1, 2):
            nothing_yet = (user, bet) not in self.opened
            self.meeting.wait(("pair", bet))
            if kind == 2 and nothing_yet:
                return {"PartnerTransactionId": "none", "Balance": plain(self.balances[user])}
        if "booking_race" in self.faults and (user, bet, kind) not in self.booked:
            self.meeting.wait((bet, kind))  # two have seen no booking
            with self.lock:
                return self._move(user, bet, kind, amount, tax)
        if "funds_race" in self.faults and kind == -1 and amount <= self.balances[user]:
            self.meeting.wait("funds", of=4)  # four have seen enough money
            with self.lock:
                return self._move(user, bet, kind, amount, tax)
        with self.lock:
            return self._book(user, bet, kind, amount, tax)

    def _book(self, user: str, bet: int, kind: int, amount: Decimal, tax: Decimal) -> dict[str, str]:
        if tax > amount and kind in TAXED and "tax_beyond_amount_taken" not in self.faults:
            raise Refused(103801)
        self._require_open(user, bet, kind, amount)
        before = self.booked.get((user, bet, kind))
        if before is not None and "booked_again" not in self.faults:
            self._repeat(before, user, kind, amount, tax)
        self._require_something_to_return(user, bet, kind, amount, tax)
        if kind == -1 and user in self.blocked and "blocked_may_bet" not in self.faults:
            raise Refused(990007)
        if user in self.blocked and "blocked_get_nothing" in self.faults:
            raise Refused(990007)
        taken = -SIGN[kind] * self._net(kind, amount, tax)
        if taken > self.balances[user] and "overdraft" not in self.faults:
            if kind == -2 and "debts_vanish" in self.faults:
                return {"PartnerTransactionId": "none", "Balance": plain(self.balances[user])}
            raise Refused(990001, Balance=plain(self.balances[user]))
        return self._move(user, bet, kind, amount, tax)

    def _require_open(self, user: str, bet: int, kind: int, amount: Decimal) -> None:
        here = (user, bet)
        closed = str(bet) in self.closed or (here in self.ended and "late_bet_taken" not in self.faults)
        if closed and "closed_bet_pays" not in self.faults:
            if "closed_bet_pays_silently" in self.faults:
                self.balances[user] += SIGN[kind] * amount
            raise Refused(990005)
        opened = here in self.opened or "payout_without_bet" in self.faults
        if "any_owner" in self.faults:
            opened = opened or any(one == bet for _, one in self.opened)
        if kind in (1, -2) and not opened:
            raise Refused(990004)
        if kind == 4 and "jackpot_needs_bet" in self.faults and not opened:
            raise Refused(990004)

    def _require_something_to_return(
        self, user: str, bet: int, kind: int, amount: Decimal, tax: Decimal
    ) -> None:
        lax = self.faults & {"any_return", "booked_again"}
        if kind not in (2, -2) or lax or (user, bet) not in self.opened:
            return
        standing = self.standing.get((user, bet, OTHER_HALF[kind]), [])
        if (amount, tax) not in standing:
            raise Refused(103801)

    def _repeat(
        self,
        before: tuple[tuple[Decimal, Decimal], str],
        user: str,
        kind: int,
        amount: Decimal,
        tax: Decimal,
    ) -> None:
        same = before[0] == (amount, tax)
        if "amounts_as_text" in self.faults:
            same = str(before[0][0]) == str(amount)
        if "tax_of_repeat_unseen" in self.faults:
            same = before[0][0] == amount
        if not same and "changed_amount_booked" in self.faults:
            self.balances[user] += SIGN[kind] * amount
        code = 990002 if same or "changed_amount_refused_wrongly" in self.faults else 990003
        if "repeat_answered_with_success" in self.faults and same:
            code = 200
        raise Refused(code, PartnerTransactionId=before[1])

    def _net(self, kind: int, amount: Decimal, tax: Decimal) -> Decimal:
        if kind not in TAXED:
            return amount - tax if "tax_off_bets" in self.faults else amount
        if "tax_ignored" in self.faults or (kind == 4 and "jackpot_tax_ignored" in self.faults):
            return amount
        if kind == -2 and "tax_kept_at_return" in self.faults:
            return amount
        if "tax_twice" in self.faults:
            return amount - 2 * tax
        return amount - tax

    def _move(self, user: str, bet: int, kind: int, amount: Decimal, tax: Decimal) -> dict[str, str]:
        here, move = (user, bet), SIGN[kind] * self._net(kind, amount, tax)
        overtaken = kind == 2 and here not in self.opened
        if overtaken and "return_of_nothing_pays" not in self.faults:
            move = Decimal(0)
        move = self._spoilt(here, kind, amount, move)
        payer = "SomeUserId100" if "one_wallet" in self.faults else user
        self.balances[payer] += move
        self.movements += 1
        transaction = "" if "transactions_unnamed" in self.faults else f"T{next(self._numbers)}"
        self.booked[user, bet, kind] = ((amount, tax), transaction)
        if kind in (-1, 1):
            self.standing.setdefault((user, bet, kind), []).append((amount, tax))
        elif (amount, tax) in (stands := self.standing.get((user, bet, OTHER_HALF.get(kind, 0)), [])):
            stands.remove((amount, tax))
        self.booked.pop((user, bet, OTHER_HALF.get(kind, 0)), None)
        self._note(bet, kind, amount, tax, transaction)
        if kind == -1 and "bets_never_open" not in self.faults:
            self.opened.add(here)
        if overtaken:
            self.ended.add(here)
        if kind == -2:
            self.paid_back.add(here)
        return {"PartnerTransactionId": transaction, "Balance": plain(self.balances[user])}

    def _spoilt(self, here: tuple[str, int], kind: int, amount: Decimal, move: Decimal) -> Decimal:
        """What a fault makes of a movement."""
        if "fractions_lost" in self.faults:
            move = Decimal(int(move))
        if "binary_fractions" in self.faults:
            move = Decimal(repr(float(move)))
        if (kind, True) in ((-1, "bet_is_free" in self.faults), (4, "jackpot_lost" in self.faults)):
            move = Decimal(0)
        if {2: "bet_return_takes", -2: "payout_return_gives"}.get(kind) in self.faults:
            move = -move
        if kind == 1 and amount == 0 and "loss_gives_back" in self.faults:
            move = Decimal(10)
        if kind == 1 and "payouts_pay_nothing" in self.faults:
            move = Decimal(0)
        if kind == 1 and here in self.paid_back and "second_payout_swallowed" in self.faults:
            move = Decimal(0)
        return move

    def _note(self, bet: int, kind: int, amount: Decimal, tax: Decimal, transaction: str) -> None:
        row: dict[str, Any] = {
            "Timestamp": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
            "BetId": bet,
            "PartnerTransactionId": transaction,
            "TransactionType": kind,
            "Amount": plain(amount),
        }
        if tax:
            row["TaxAmount"] = plain(tax)
        self.history.append(row)

    def close(self, bet: str, closed: bool) -> None:
        """Close or reopen every player's bet of this id."""
        if closed:
            self.closed.add(bet)
        elif "never_reopened" not in self.faults and bet in self.closed:
            self.closed.discard(bet)
            if "reopened_bet_remembers" in self.faults:
                return
            for here in [here for here in self.booked if str(here[1]) == bet]:
                del self.booked[here]

    def info(self, bet: int) -> list[dict[str, Any]]:
        """What was booked for the bet. Raises :exc:`Refused`."""
        rows = [row for row in self.history if row["BetId"] == bet or "info_of_all_bets" in self.faults]
        if not rows and "empty_info" not in self.faults:
            raise Refused(990004)
        if "info_loses_last" in self.faults:
            rows = rows[:-1] or rows
        if "info_backwards" in self.faults:
            rows = rows[::-1]
        if "info_amounts_wrong" in self.faults:
            rows = [{**row, "Amount": plain(Decimal(row["Amount"]) * 2)} for row in rows]
        if "info_other_ids" in self.faults:
            rows = [{**row, "PartnerTransactionId": f"I{row['PartnerTransactionId']}"} for row in rows]
        left_out = {"Timestamp": "info_without_time", "TaxAmount": "info_without_tax"}
        return [
            {name: value for name, value in row.items() if left_out.get(name) not in self.faults}
            for row in rows
        ]

    # -- cashback -----------------------------------------------------------------------------------

    def cashback(self, data: Any) -> dict[str, str]:
        """Pay a cashback or take it back. Raises :exc:`Refused`."""
        amount, bet, kind = amount_in(data), whole(data["BetId"]), whole(data["TransactionType"])
        if kind not in (1, -2):
            raise ValueError(kind)
        user = self.known(data["PartnerUserId"])
        with self.lock:
            if str(bet) in self.closed and "cashback_closed_with_bet" in self.faults:
                raise Refused(990005)
            before = self.cashbacks.setdefault((user, bet), [])
            paid = [one for one in before if one[0] == 1]
            if kind == -2 and not paid and "cashback_from_nowhere" not in self.faults:
                raise Refused(990013)
            if kind == -2 and paid and paid[-1][1] != amount and "part_of_cashback" not in self.faults:
                raise Refused(103801)
            if before and before[-1][0] == kind and "cashback_again" not in self.faults:
                same = before[-1][1] == amount
                if not same and "changed_cashback_booked" in self.faults:
                    self.balances[user] += amount
                raise Refused(990002 if same else 990003, PartnerTransactionId=before[-1][2])
            if kind == -2 and amount > self.balances[user] and "overdraft" not in self.faults:
                raise Refused(990001, Balance=plain(self.balances[user]))
            stays = {1: "cashback_lost", -2: "cashback_stays"}[kind] in self.faults
            self.balances[user] += 0 if stays else SIGN[kind] * amount
            self.movements += 1
            transaction = f"C{next(self._numbers)}"
            before.append((kind, amount, transaction))
            return {"PartnerTransactionId": transaction, "Balance": plain(self.balances[user])}


def amount_in(data: Any, name: str = "Amount", *, loose: bool = False) -> Decimal:
    """The amount. Raises as one that is malformed."""
    text = data[name]
    if loose and isinstance(text, str) and Decimal(text).is_finite():
        return Decimal(text)
    if not isinstance(text, str) or re.fullmatch(r"[0-9]{1,20}(\.[0-9]{1,8})?", text) is None:
        raise ValueError(text)
    return Decimal(text)


def tax_in(data: Any) -> Decimal:
    """The tax, if there is one."""
    return amount_in(data, "TaxAmount") if "TaxAmount" in data else Decimal(0)


def whole(value: Any) -> int:
    """The whole number. Raises :exc:`TypeError`."""
    if type(value) is not int:
        raise TypeError(value)
    return value


def plain(amount: Decimal) -> str:
    """The amount without trailing zeros."""
    return f"{amount.normalize():f}"
