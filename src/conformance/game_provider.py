"""A game provider as BETCORE calls it: its list of games, and launches."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from conformance.channel import Channel
from conformance.client import shown
from conformance.code_answer import Answer, number
from conformance.counterparty import Counterparty
from conformance.errors import Mismatch, Missing, NotApplicable
from conformance.oracle import provider as oracle
from conformance.provider_tables import ProviderTarget
from conformance.session_books import plain
from conformance.signing import alphabetical_body


@dataclass(slots=True)
class GameProvider:
    """The provider, called as BETCORE."""

    channel: Channel
    target: ProviderTarget
    caller: Counterparty
    new_id: Callable[[], str]
    """A UUID that no session has."""
    know: Callable[[str], None]
    """Takes the id of a session that BETCORE launches, before the provider hears of it."""
    seconds: float
    """How long a call of the provider is waited for."""
    _listed: list[Mapping[str, Any]] = field(default_factory=list, init=False)

    # -- calls --------------------------------------------------------------------------------------

    def ask(self, headers: Mapping[str, str] | None = None) -> Answer:
        """Ask for the games, signed unless other headers are given."""
        raw = self.channel.call(oracle.LIST, headers=self.caller.headers() if headers is None else headers)
        return Answer(raw, self.channel.refusals(oracle.LIST))

    def post(
        self,
        body: bytes,
        headers: Mapping[str, str] | None = None,
        *,
        game: str | None = None,
        media_type: str = "application/json",
    ) -> Answer:
        """Launch with exactly these bytes, signed unless other headers are given."""
        identity = self.caller.headers(body) if headers is None else headers
        raw = self.channel.call(
            oracle.LAUNCH,
            values={"gameId": self.game() if game is None else game},
            headers={"content-type": media_type, **identity},
            body=body,
        )
        return Answer(raw, self.channel.refusals(oracle.LAUNCH))

    def launch(self, fields: Mapping[str, Any], *, game: str | None = None, legal: bool = True) -> Answer:
        """Launch a session. Raises :exc:`HarnessError` if the request is meant to be legal and is not."""
        if legal:
            self.channel.require_legal(oracle.LAUNCH, dict(fields))
        session = fields.get("sessionId")
        if isinstance(session, str):
            self.know(session)
        return self.post(alphabetical_body(fields), game=game)

    def request(self, **changes: Any) -> dict[str, Any]:
        """The twelve members of a launch for money, with a session of its own; some of them changed."""
        target = self.target
        return {
            "buttonAmounts": [Decimal("0.5"), Decimal(1), Decimal(2), Decimal(5)],
            "currency": target.currency,
            "gameMargin": Decimal(5),
            "gameMode": "real",
            "language": target.language,
            "maxBet": target.max_bet,
            "maxOdd": Decimal(100),
            "maxWin": target.max_bet,
            "minBet": target.min_bet,
            "sessionId": self.new_id(),
            "userId": target.user_id,
            "viewType": "desktop",
            **changes,
        }

    # -- what it has --------------------------------------------------------------------------------

    def games(self) -> list[Mapping[str, Any]]:
        """The games of the list. Raises :exc:`Missing` where there is none to be had."""
        if not self._listed:
            with self.channel.evidence.during("games"):
                answer = self.ask()
            self._listed = games_in(answer)
            if not self._listed:
                raise Missing(f"needs a list of games, but listGames got {answer.raw.describe()}")
        return self._listed

    def game(self) -> str:
        """Id of the game to launch: that of the target file, or the first one that is no crash game."""
        if self.target.game is not None:
            return self.target.game
        games = self.games()
        chosen = next((game for game in games if game.get("gameCategory") != oracle.CRASH), games[0])
        found = written(chosen.get("gameId"))
        if not found:
            raise Missing(f"needs a game, but gameId is {shown(chosen.get('gameId'))}")
        return found

    def other_game(self, than: str) -> str:
        """Id of another listed game. Raises :exc:`NotApplicable` where there is none."""
        found = [written(game.get("gameId")) for game in self.games()]
        other = next((game for game in found if game and game != than), None)
        if other is None:
            raise NotApplicable("the list has one game only")
        return other

    def launched(self, *, game: str | None = None, **changes: Any) -> str:
        """A session that the provider has taken. Raises :exc:`Missing` if it refuses one."""
        fields = self.request(**changes)
        with self.channel.evidence.during("launch"):
            answer = self.launch(fields, game=game)
        if frame_of(answer) is None:
            raise Missing(f"needs a launched session, but launchGame got {answer.raw.describe()}")
        return str(fields["sessionId"])


def games_in(answer: Answer) -> list[Mapping[str, Any]]:
    """The games of an answer; none where it has no list. No page says that the list is a bare array."""
    value = answer.raw.value
    lists = [value] if isinstance(value, list) else []
    if isinstance(value, dict):
        lists = [member for member in value.values() if isinstance(member, list)]
    if answer.raw.status != 200 or len(lists) != 1:
        return []
    return [game for game in lists[0] if isinstance(game, dict)]


def written(game_id: object) -> str:
    """The id of a game as it is written in a path; empty where it is neither number nor text."""
    if isinstance(game_id, str):
        return game_id
    exact = number(game_id)
    return "" if exact is None else plain(exact)


def frame_of(answer: Answer) -> str | None:
    """The address to embed, if the answer tells one; a refusal tells none, whatever else it holds."""
    frame = answer.raw.member("frameUri")
    if answer.raw.status != 200 or answer.code not in (None, 1):
        return None
    return frame if isinstance(frame, str) and frame else None


def must_be_launched(answer: Answer) -> str:
    """The address to embed. Raises :exc:`Mismatch` unless the answer tells one."""
    frame = frame_of(answer)
    if frame is None:
        raise Mismatch(
            f"expected frameUri with HTTP 200, got {answer.raw.describe()}",
            expected="HTTP 200 with frameUri",
            actual=answer.raw.describe(),
        )
    return frame


def must_not_be_launched(answer: Answer, what: str) -> Answer:
    """Raise :exc:`Mismatch` if the answer tells an address to embed, or if there is none."""
    if answer.raw.status is None or frame_of(answer) is not None:
        raise Mismatch(
            f"{what} got {answer.raw.describe()}", expected="a refusal", actual=answer.raw.describe()
        )
    return answer
