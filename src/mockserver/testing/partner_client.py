"""A partner client of BETCORE's: what BETCORE asks its casino for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mockserver.testing.amounts import Amount, amount_text
from mockserver.testing.documents import Driven
from mockserver.testing.tenant import Tenant

__tracebackhide__ = True  # pytest shows the line of the test that called


class PartnerClient(Tenant):
    """A partner client. Amounts are in units of the player's currency; ``"10.50"`` is sent as it is.

    A method returns when each call that follows was tried once, with those calls. What a call asks for is in
    ``result``.
    """

    def refresh_token(self, player: str, *, currency: str | None = None) -> Driven:
        """Have the built-in casino issue a refresh token.

        :param currency: of the account of a player whom the casino does not know yet
        """
        return self._happens("refresh_token", player=player, currency=currency)

    def auth(self, refresh_token: str, *, tag_id: int | None = None) -> Driven:
        """Exchange a refresh token (``users/auth``)."""
        return self._happens("auth", refresh_token=refresh_token, tag_id=tag_id)

    def balance(self, player: str) -> Driven:
        """Ask for a player's balance (``users/data``)."""
        return self._happens("balance", player=player)

    def bet(
        self,
        player: str,
        amount: Amount,
        *,
        bet_id: int | None = None,
        tax_amount: Amount | None = None,
        promo_code: str | None = None,
        tag_id: int | None = None,
    ) -> Driven:
        """Take a bet. Without an outcome in 30 seconds it is returned and closed."""
        return self._happens(
            "bet",
            player=player,
            amount=amount_text(amount),
            bet_id=bet_id,
            tax_amount=amount_text(tax_amount),
            promo_code=promo_code,
            tag_id=tag_id,
        )

    def payment(
        self,
        bet_id: int,
        player: str,
        type: int,
        amount: Amount,
        *,
        tax_amount: Amount | None = None,
        promo_code: str | None = None,
        tag_id: int | None = None,
    ) -> Driven:
        """Make one transaction of a bet, whatever its state (``payments/make``).

        :param type: -1 bet, 1 payout, 2 bet return, -2 payout return, 4 jackpot
        """
        return self._happens(
            "payment",
            bet_id=bet_id,
            player=player,
            type=type,
            amount=amount_text(amount),
            tax_amount=amount_text(tax_amount),
            promo_code=promo_code,
            tag_id=tag_id,
        )

    def payments(self, payments: Sequence[Mapping[str, Any]]) -> Driven:
        """Make several transactions in one call (``payments/make-list``).

        :param payments: with the fields of :meth:`payment`; amounts are text
        """
        return self._happens("payments", payments=payments)

    def close(self, bet_id: int, *, closed: bool | None = None) -> Driven:
        """Close a bet, or with ``closed=False`` reopen it."""
        return self._happens("close", bet_id=bet_id, closed=closed)

    def adjust(self, bet_id: int, payments: Sequence[Mapping[str, Any]]) -> Driven:
        """Reopen a closed bet, make the transactions, and close it again."""
        return self._happens("adjust", bet_id=bet_id, payments=payments)

    def script(self, player: str, steps: Sequence[Mapping[str, Any]], *, bet_id: int | None = None) -> Driven:
        """Play a bet step by step; it ends where a step is not acknowledged.

        :param steps: such as ``{"step": "bet", "amount": "10.5"}`` and ``{"step": "close"}``
        """
        return self._happens("script", player=player, steps=steps, bet_id=bet_id)

    def info(self, bet_id: int) -> Driven:
        """Ask for a bet's transactions (``payments/info``)."""
        return self._happens("info", bet_id=bet_id)

    def cashback(
        self, player: str, amount: Amount, *, bet_id: int | None = None, cancel: bool | None = None
    ) -> Driven:
        """Pay a cashback, or cancel one.

        :param bet_id: the id of the cashback
        """
        return self._happens(
            "cashback", player=player, amount=amount_text(amount), bet_id=bet_id, cancel=cancel
        )

    def keys(self, *, overlap_seconds: int | None = None) -> Driven:
        """Have BETCORE sign with a new key; the old one stays in the key set for the overlap."""
        return self._happens("keys", overlap_seconds=overlap_seconds)

    def round(
        self,
        game_type: int,
        *,
        review: bool | None = None,
        cancelled: bool | None = None,
        at_once: bool | None = None,
        betting_seconds: int | None = None,
        action_seconds: int | None = None,
        result_seconds: int | None = None,
    ) -> Driven:
        """Play the game of the feed that waits, in the tenant's time.

        :param game_type: 3 is Poker
        :param at_once: it is over at once, whatever the times
        """
        return self._happens(
            "round",
            game_type=game_type,
            review=review,
            cancelled=cancelled,
            at_once=at_once,
            betting_seconds=betting_seconds,
            action_seconds=action_seconds,
            result_seconds=result_seconds,
        )
