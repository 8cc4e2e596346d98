"""BETCORE's feed as a consumer calls it by REST."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from conformance.answered import Refusals
from conformance.channel import Channel
from conformance.client import RawAnswer, read_json, shown
from conformance.errors import Mismatch, Missing
from conformance.feed_target import FeedTarget
from conformance.games_info import is_whole
from conformance.oracle.feed import TOKEN_TYPE

READS: Final = ("listFeedGames", "getGameInfo", "listTranslations", "getAccumulatedJackpot")
"""The methods that take a token."""

JSON_TYPE: Final = {"content-type": "application/json"}

TOKEN_NAMES: Final = ("access_token", "accesstoken", "token")
SCOPE_NAMES: Final = ("scope", "scopes", "scp")
"""Names, in lower case, under which a token answer may have what the page speaks of but does not name."""

TOKENS_DIFFER: Final = 2.5
"""Seconds until two tokens that count whole seconds must have become different."""

POLL: Final = 0.2


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of the feed, with what a case may demand of it."""

    raw: RawAnswer
    refusals: Refusals = field(default_factory=Refusals)

    def must_be(self, status: int, *, code: int | None = None) -> Answer:
        """Raise :exc:`Mismatch` unless the HTTP status, and ``ErrorCode`` if one is given, are these."""
        if code is None:
            wanted, actual = self.refusals.status(status), self.raw.status
            agrees, expected = wanted == actual, f"HTTP {wanted}"
        else:
            status, code = self.refusals.expected(status, code)
            told = self.raw.member("ErrorCode")
            agrees = not isinstance(told, bool) and (self.raw.status, told) == (status, code)
            expected = f"HTTP {status} with ErrorCode {code}"
        if agrees:
            return self
        raise Mismatch(
            f"expected {expected}, got {self.raw.describe()}", expected=expected, actual=self.raw.describe()
        )

    @property
    def token(self) -> str | None:
        """The access token, whatever its name; ``None`` unless the answer is a success that has one."""
        found = _member_named(self.raw.value, TOKEN_NAMES) if self.raw.status == 200 else None
        return found if isinstance(found, str) and found else None

    @property
    def scope(self) -> object:
        """What the token permits, as the answer or the token itself says; ``None`` where neither does."""
        own = _member_named(self.raw.value, SCOPE_NAMES)
        return own if own is not None else _member_named(claims_of(self.token or ""), SCOPE_NAMES)


@dataclass(frozen=True, slots=True)
class Feed:
    """The REST methods, called as one partner client."""

    channel: Channel
    target: FeedTarget
    tokens: list[str]
    """Every token that this run was given; the first serves wherever it does not matter which."""
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def credentials(self, **changes: Any) -> dict[str, Any]:
        """The partner client's credentials, some of them changed."""
        return {"PartnerClientId": self.target.partner_client_id, "Secret": self.target.secret, **changes}

    def wrong_secret(self) -> dict[str, Any]:
        """Credentials that nobody has."""
        return self.credentials(Secret=f"{self.target.secret}-not")

    def issue(self, credentials: Any, *, headers: Mapping[str, str] = JSON_TYPE) -> Answer:
        """Ask for a token with these credentials: bytes as they are, anything else as JSON."""
        body = credentials if isinstance(credentials, bytes) else json.dumps(credentials).encode()
        answer = self._call("issueFeedToken", headers=headers, body=body)
        if answer.token is not None and answer.token not in self.tokens:
            self.tokens.append(answer.token)
        return answer

    def issue_own(self) -> Answer:
        """Ask for a token as documented."""
        credentials = self.credentials()
        self.channel.require_legal("issueFeedToken", credentials)
        return self.issue(credentials)

    def token(self) -> str:
        """A token of the client, asked for once in a run. Raises :exc:`Missing` where there is none."""
        if self.tokens:
            return self.tokens[0]
        with self.channel.evidence.during("preparation"):
            return self._own_token()

    def new_token(self) -> str:
        """A token that nothing in this run has used. Raises :exc:`Missing` where there is none."""
        known = {self.token()}.union(self.tokens)
        deadline = self.monotonic() + TOKENS_DIFFER
        with self.channel.evidence.during("preparation"):
            while (token := self._own_token()) in known:
                if self.monotonic() >= deadline:
                    raise Missing("needs a token that was not used before, but gets the same one again")
                self.sleep(POLL)
        return token

    def forget_tokens(self) -> None:
        """Ask for a new token where one is needed next: those of the run are too old."""
        self.tokens.clear()

    def read(
        self,
        operation_id: str,
        *,
        query: Sequence[tuple[str, str]] | None = None,
        authorization: str | None = "",
    ) -> Answer:
        """Call a method. Without a query ``getGameInfo`` is asked about a game that there is.

        ``authorization`` is the whole header; ``None`` sends none, the default is a good one.
        """
        if query is None:
            query = [("id", str(self.game()))] if operation_id == "getGameInfo" else ()
        if authorization == "":
            authorization = bearer(self.token())
        headers = {} if authorization is None else {"authorization": authorization}
        return self._call(operation_id, query=query, headers=headers)

    def info(self, game: object) -> Answer:
        """The game with this id."""
        return self.read("getGameInfo", query=[("id", str(game))])

    def game(self) -> int:
        """The id of a game that the feed has. Raises :exc:`Missing` where it lists none."""
        if "list" in self.target.lacks:
            raise Missing("needs the id of a game, and the target declares to lack the list")
        with self.channel.evidence.during("preparation"):
            answer = self.read("listFeedGames")
        games = answer.raw.value if answer.raw.status == 200 else None
        for game in games if isinstance(games, list) else ():
            if isinstance(game, dict) and is_whole(game.get("i")):
                return int(game["i"])
        raise Missing(f"needs the id of a game, but the list got {answer.raw.describe()}")

    def outside(self, method: str, path: str) -> Answer:
        """A call with a good token that no operation describes; ``path`` stands below the base path."""
        headers = {"authorization": bearer(self.token())}
        return Answer(self.channel.call_outside(method, path, headers=headers))

    def _own_token(self) -> str:
        answer = self.issue_own()
        if answer.token is None:
            raise Missing(f"needs an access token, but asking for one got {answer.raw.describe()}")
        return answer.token

    def _call(
        self,
        operation_id: str,
        *,
        headers: Mapping[str, str],
        query: Sequence[tuple[str, str]] = (),
        body: bytes | None = None,
    ) -> Answer:
        raw = self.channel.call(operation_id, query=query, headers=headers, body=body)
        return Answer(raw, self.channel.refusals(operation_id))


def bearer(token: str) -> str:
    """The value of ``Authorization`` for a token."""
    return f"{TOKEN_TYPE} {token}"


def foreign(token: str) -> str:
    """The token with another signature; one that has none comes out as another word."""
    head, dot, signature = token.rpartition(".")
    changed = "".join("B" if letter == "A" else "A" for letter in signature)
    return f"{head}{dot}{changed or 'A'}"


def claims_of(token: str) -> object:
    """What a JWT says, unverified; ``None`` for what is none."""
    segments = token.split(".")
    if len(segments) < 2:
        return None
    try:
        return read_json(base64.urlsafe_b64decode(segments[1] + "=" * (-len(segments[1]) % 4)))
    except ValueError:
        return None


def must_hold(what: str, holds: bool, *, expected: str, actual: object) -> None:
    """Raise :exc:`Mismatch` unless it holds."""
    if not holds:
        raise Mismatch(
            f"{what}: expected {expected}, got {shown(actual)}", expected=expected, actual=shown(actual)
        )


def must_be_let_in(answer: Answer) -> None:
    """Raise :exc:`Mismatch` unless the answer speaks of the call and not of the caller."""
    let_in = answer.raw.status not in (None, 401, 403)
    must_hold("answer", let_in, expected="neither 401 nor 403", actual=answer.raw.describe())


def _member_named(value: Any, names: Sequence[str]) -> Any:
    for name, child in _members(value):
        if name.lower() in names and child is not None:
            return child
    return None


def _members(value: Any) -> Iterator[tuple[str, Any]]:
    """The members of an object and, after them, those of the objects right in it: it may be an envelope."""
    if isinstance(value, dict):
        yield from value.items()
        for child in value.values():
            if isinstance(child, dict):
                yield from child.items()
