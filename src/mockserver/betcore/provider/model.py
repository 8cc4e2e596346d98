"""Nouns of the built-in provider. Amounts are decimals in the session's currency, major units."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from mockserver.betcore.provider.states import State
from mockserver.kernel.money import is_amount

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Launched:
    """A session that BETCORE launched, as the provider knows it."""

    session_id: str
    user_id: str
    game_id: str
    """As the path had it."""
    currency: str
    mode: str


@dataclass(slots=True, kw_only=True)
class Round:
    """A player's bet in a game."""

    bet_id: str
    round_id: str
    session_id: str
    user_id: str
    stake: Decimal
    state: State = State.ASKED


@dataclass(slots=True)
class Studio:
    """What the built-in provider holds: sessions by id, rounds by the id of their bet."""

    launched: dict[str, Launched] = field(default_factory=dict)
    rounds: dict[str, Round] = field(default_factory=dict)

    def forget(self, user_id: str) -> None:
        """Drop the sessions and rounds of one player."""
        self.launched = {key: one for key, one in self.launched.items() if one.user_id != user_id}
        self.rounds = {key: one for key, one in self.rounds.items() if one.user_id != user_id}

    def restore(self, launched: Iterable[Launched], rounds: Iterable[Round]) -> None:
        """Put sessions and rounds back as they were; those that were there are gone.

        :raises ValueError: two have the same id, or a stake can't be; nothing has changed
        """
        sessions = _by_id((one.session_id, one) for one in launched)
        played = _by_id((one.bet_id, one) for one in rounds)
        if not all(is_amount(one.stake) for one in played.values()):
            raise ValueError("a round of the provider has a stake that can't be")
        self.launched, self.rounds = sessions, played


def _by_id(pairs: Iterator[tuple[str, T]]) -> dict[str, T]:
    found: dict[str, T] = {}
    for name, one in pairs:
        if not name or name in found:
            raise ValueError(f"the provider can't have `{name[:40]}`, or has it twice")
        found[name] = one
    return found
