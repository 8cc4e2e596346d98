"""A round that a provider's player plays in a session that the kit launched, and what it sends about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from conformance.client import shown
from conformance.errors import Hazard, Mismatch
from conformance.game_provider import GameProvider
from conformance.hooks import Hooks
from conformance.oracle import sessions as oracle
from conformance.played_sessions import SessionCall, SessionWatch, Told, amount
from conformance.session_books import plain

OUTCOMES: Final = (oracle.PAY_OUT, oracle.REFUND)

QUIET: Final = 0.5
"""Seconds without a call after which a round, of which calls came, is over: the hook has answered by then."""

ENDED: Final = (oracle.State.PAID_OUT, oracle.State.AT_ONCE, oracle.State.REFUNDED, oracle.State.TOMBSTONE)


@dataclass(frozen=True, slots=True)
class Player:
    """Plays rounds at the provider by its hook."""

    provider: GameProvider
    hooks: Hooks
    sessions: SessionWatch

    def play(
        self, session: str | None = None, *, told: Mapping[str, Sequence[Told]] | None = None, **wish: Any
    ) -> Round:
        """Play a round to its end in a session, a new one unless it is named.

        ``told`` are the answers that the next calls of an operation get; ``wish`` goes to the hook. Raises
        :exc:`Missing` where no session can be launched or the hook refuses.
        """
        chosen = self.provider.launched() if session is None else session
        watch = self.sessions.afresh()
        document = {"session": chosen, "stake": plain(self.provider.target.stake), **wish}
        with watch.sessions.answering(told or {}):
            self.hooks.call("play", document)
            self._await_end(watch)
        return Round(chosen, watch)

    def _await_end(self, watch: SessionWatch) -> None:
        """Wait until no call has come for a while: a provider may answer the hook before it calls."""
        count, seconds = 1, self.provider.seconds
        while watch.wait(*oracle.EVENTS, count=count, seconds=seconds):
            count, seconds = len(watch.calls(*oracle.EVENTS)) + 1, min(QUIET, seconds)


@dataclass(frozen=True, slots=True)
class Round:
    """What a provider sent about a round."""

    session: str
    watch: SessionWatch

    def calls(self, *operations: str) -> Sequence[SessionCall]:
        """The calls of these operations; of all that a bet can be told about, where none is named."""
        return self.watch.calls(*(operations or oracle.EVENTS))

    def registration(self) -> SessionCall:
        """The first call that registers a bet. Raises :exc:`Mismatch` where none arrived."""
        calls = self.calls(*oracle.REGISTERING)
        if not calls:
            raise Mismatch(
                f"a round was played, and no registration arrived at {self.watch.sessions.url}",
                expected=" or ".join(oracle.REGISTERING),
                actual=self.watch.describe(),
            )
        return calls[0]

    def must_tell(self, *operations: str) -> Round:
        """Raise :exc:`Mismatch` unless exactly these calls came, in this order."""
        came = [call.operation for call in self.calls()]
        if came != list(operations):
            raise Mismatch(
                f"calls of the round: {self.watch.describe()}",
                expected=", ".join(operations) or "no call",
                actual=", ".join(came) or "no call",
            )
        return self

    def must_be_about_one_bet(self) -> Round:
        """Raise :exc:`Mismatch` unless all calls carry one betId."""
        bets = sorted({call.bet for call in self.calls()})
        if len(bets) != 1 or not bets[0]:
            raise Mismatch(
                f"betId of the round's calls: {shown(bets)}", expected="one betId", actual=shown(bets)
            )
        return self

    def must_be_sound(self) -> Round:
        """Raise :exc:`Hazard` where the player or the operator loses money by what the provider sent."""
        self._one_stake()
        for bet in {call.bet for call in self.calls()}:
            self._no_win_without_a_bet(bet)
            self._one_end(bet)
        return self

    def must_be_over(self) -> Round:
        """Raise :exc:`Hazard` where BETCORE holds a stake about which no outcome and no refund was sent."""
        for bet in {call.bet for call in self.calls(*oracle.REGISTERING)}:
            life = self.watch.sessions.life(bet)
            if life is None or life.state in ENDED or self.watch.calls(*OUTCOMES, bet=bet):
                continue
            raise Hazard(
                f"the stake of {plain(life.stake)} was taken, and neither an outcome nor a refund followed",
                expected="payOut or refundBet",
                actual=self.watch.describe(),
            )
        return self

    def _one_stake(self) -> None:
        taken = {
            call.bet
            for call in self.calls(*oracle.REGISTERING)
            if (life := self.watch.sessions.life(call.bet)) is not None
            and life.state not in (oracle.State.REFUNDED, oracle.State.TOMBSTONE)
        }
        if len(taken) > 1:
            raise Hazard(
                f"the round has {len(taken)} bets whose stake was taken: a repeat has another betId",
                expected="one bet",
                actual=self.watch.describe(),
            )

    def _no_win_without_a_bet(self, bet: str) -> None:
        registered = (oracle.SUCCESS, oracle.REGISTERED)
        known = [call.code in registered for call in self.watch.calls(oracle.PAY_IN, bet=bet)]
        if known and not any(known) and self.watch.calls(oracle.PAY_OUT, bet=bet):
            raise Hazard(
                "payOut was sent for a bet whose registration did not succeed",
                expected="no payOut",
                actual=self.watch.describe(),
            )

    def _one_end(self, bet: str) -> None:
        outcomes = self.watch.calls(oracle.PAY_OUT, bet=bet)
        wins = {amount(call.data.get("winAmount")) for call in outcomes}
        refunds = self.watch.calls(oracle.REFUND, bet=bet)
        if len(wins) > 1 or (outcomes and refunds):
            what = "two wins" if len(wins) > 1 else "an outcome and a refund"
            raise Hazard(
                f"{what} were sent for one bet", expected="one end of the bet", actual=self.watch.describe()
            )
