"""A game provider that sells its games through BETCORE."""

from __future__ import annotations

from typing import Literal

from mockserver.testing.amounts import Amount, amount_text
from mockserver.testing.documents import Driven
from mockserver.testing.tenant import Tenant

__tracebackhide__ = True  # pytest shows the line of the test that called


class GameProvider(Tenant):
    """A game provider. Amounts are in units of the player's currency.

    A method returns when each call that follows was tried once, with those calls. What a call asks for is in
    ``result``. Of a provider with a ``provider_url`` there are :meth:`games` and :meth:`launch` alone, since
    its players play by themselves.
    """

    def games(self) -> Driven:
        """List the provider's games."""
        return self._happens("games")

    def launch(
        self,
        player: str,
        *,
        game: int | str | None = None,
        mode: Literal["real", "demo"] | None = None,
        session: str | None = None,
        language: str | None = None,
        min_bet: Amount | None = None,
        max_bet: Amount | None = None,
    ) -> Driven:
        """Open a session for a player and launch it; one that is there already is launched again."""
        return self._happens(
            "launch",
            player=player,
            game=game,
            mode=mode,
            session=session,
            language=language,
            min_bet=amount_text(min_bet),
            max_bet=amount_text(max_bet),
        )

    def balance(self, session: str) -> Driven:
        """Let the built-in provider read a balance."""
        return self._happens("balance", session=session)

    def play(
        self,
        session: str,
        *,
        stake: Amount | None = None,
        win: Amount | None = None,
        way: Literal["pay_in", "pay_in_out"] | None = None,
        cancelled: bool | None = None,
    ) -> Driven:
        """Let a player play a round: the stake is paid in, and what it wins is paid out.

        :param way: ``pay_in_out`` for all of it in one call
        :param cancelled: the draw fails, and the round is refunded
        """
        return self._happens(
            "play",
            session=session,
            stake=amount_text(stake),
            win=amount_text(win),
            way=way,
            cancelled=cancelled,
        )

    def pay_in(self, session: str, stake: Amount) -> Driven:
        """Register a bet, whose outcome is open."""
        return self._happens("pay_in", session=session, stake=amount_text(stake))

    def pay_out(self, bet: str, *, win: Amount | None = None) -> Driven:
        """Settle a registered bet; without ``win`` it is lost."""
        return self._happens("pay_out", bet=bet, win=amount_text(win))

    def pay_in_out(self, session: str, stake: Amount, *, win: Amount | None = None) -> Driven:
        """Register a bet and settle it in one call."""
        return self._happens("pay_in_out", session=session, stake=amount_text(stake), win=amount_text(win))

    def refund(self, bet: str) -> Driven:
        """Give a registered bet up."""
        return self._happens("refund", bet=bet)
