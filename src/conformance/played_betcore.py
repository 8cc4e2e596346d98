"""The kit as BETCORE, where a casino calls it: keys, access tokens, and accepts, which it records."""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from conformance.callback_sink import JWKS_PATH, Received, Reply, Role
from conformance.client import shown
from conformance.oracle import betcore as oracle
from conformance.signing import SigningKey

TOKEN_PATH: Final = "/mis-api/api/v2/auth/token"
ACCEPT_PATH: Final = "/mis-api/api/v2/payments/accept"
CASHBACK_ACCEPT_PATH: Final = "/mis-api/api/v2/cashback-payments/accept"

TRAP_PATH: Final = "/keys-of-a-stranger"
"""Where a forged token says that its key can be had. Nobody is to come."""

TOKEN_LIFE: Final = 3600
"""Seconds."""

TOKEN_BYTES: Final = 16


def answered(code: int, message: str, *, status: int = 200) -> Reply:
    """A reply with BETCORE's envelope."""
    return Reply(status, json.dumps({"ErrorCode": code, "Message": message}).encode())


TAKEN: Final = answered(oracle.SUCCESS, "Success")
DENIED: Final = answered(oracle.ACCESS_DENIED, "Access denied", status=401)
EXPIRED: Final = answered(oracle.ACCESS_EXPIRED, "Access token expired", status=401)
FAILED: Final = answered(oracle.GENERAL_ERROR, "General API Error")
"""An answer that carries an error."""

DROPPED: Final = Reply(None)
"""The connection is closed without an answer: a network error."""


@dataclass(frozen=True, slots=True)
class Accept:
    """One accept of the casino."""

    received: Received
    fields: Mapping[str, Any]
    """Empty where the body is no JSON object."""
    authorised: bool
    """Whether it came with an access token that the kit issued."""
    taken: bool
    """Whether the kit answered with success."""

    @property
    def bet(self) -> str:
        """Id of the bet or cashback, as its digits."""
        value = self.fields.get("BetId")
        return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""

    @property
    def kind(self) -> int | None:
        """Type of the transaction; ``None`` where it is not told."""
        value = self.fields.get("TransactionType")
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    @property
    def code(self) -> object:
        """What the accept says of the outcome."""
        return self.fields.get("ErrorCode")

    @property
    def transaction(self) -> object:
        """The casino's own id of the transaction."""
        return self.fields.get("PartnerTransactionId")

    def describe(self) -> str:
        """The accept on one line."""
        return shown(dict(self.fields))


@dataclass(slots=True)
class PlayedBetcore:
    """What BETCORE serves to a casino. Called by the listener, in a thread of each connection."""

    keys: list[SigningKey]
    """Those of the key set, in its order."""
    client_id: str
    secret: str | None = None
    """What the casino has to show for an access token; ``None``: anything will do."""
    url: str = ""
    """Where the casino has to call; set once the kit listens."""
    silent: bool = field(default=False, init=False)
    """Whether a case has waited in vain for any accept at all."""
    _accepts: list[Accept] = field(default_factory=list, init=False)
    _told: dict[str, list[Reply]] = field(default_factory=dict, init=False)
    _issued: set[str] = field(default_factory=set, init=False)
    _expired: set[str] = field(default_factory=set, init=False)
    _key_requests: int = field(default=0, init=False)
    _strays: list[str] = field(default_factory=list, init=False)
    _changed: threading.Condition = field(default_factory=threading.Condition, init=False)

    def roles(self) -> dict[str, Role]:
        """What answers at which path."""
        return {
            JWKS_PATH: self._serve_keys,
            TOKEN_PATH: self._issue_token,
            ACCEPT_PATH: self._take_accept,
            CASHBACK_ACCEPT_PATH: self._take_accept,
            TRAP_PATH: self._stray,
        }

    @property
    def trap(self) -> str:
        """A URL at which nobody is to come."""
        return self.url + TRAP_PATH

    @property
    def strays(self) -> list[str]:
        """The requests that came to the trap."""
        return list(self._strays)

    @property
    def key_requests(self) -> int:
        """How often the key set was fetched so far."""
        return self._key_requests

    @contextmanager
    def also_signing_with(self, key: SigningKey) -> Iterator[None]:
        """Inside the block the key set has this key too."""
        self.keys.append(key)
        try:
            yield
        finally:
            self.keys.remove(key)

    def expire_tokens(self) -> None:
        """From now on every access token that was issued is over."""
        with self._changed:
            self._expired |= self._issued

    def answer_next(self, bet: int, *replies: Reply) -> None:
        """The next accepts about the bet get these replies, one each."""
        with self._changed:
            self._told[str(bet)] = list(replies)

    def accepts(self, bet: int, kind: int | None = None) -> Sequence[Accept]:
        """The accepts about the bet so far, with this type of transaction if one is given."""
        with self._changed:
            return self._about(bet, kind)

    def await_accepts(
        self, bet: int, kind: int | None, seconds: float, *, count: int = 1, taken: bool = False
    ) -> Sequence[Accept]:
        """The accepts about the bet, once there are ``count``; those that came if ``seconds`` pass.

        With ``taken`` only those count that got a success as their answer.
        """

        def enough() -> bool:
            return len([one for one in self._about(bet, kind) if one.taken or not taken]) >= count

        with self._changed:
            self._changed.wait_for(enough, seconds)
            return self._about(bet, kind)

    @property
    def any_accept(self) -> bool:
        """Whether the casino has sent an accept at all."""
        return bool(self._accepts)

    def _about(self, bet: int, kind: int | None) -> list[Accept]:
        return [one for one in self._accepts if one.bet == str(bet) and kind in (None, one.kind)]

    # -- roles --------------------------------------------------------------------------------------

    def _serve_keys(self, received: Received) -> Reply:
        with self._changed:
            self._key_requests += 1
            return Reply(200, json.dumps({"keys": [key.jwk() for key in self.keys]}).encode())

    def _issue_token(self, received: Received) -> Reply:
        body = received.document()
        client = body.get("PartnerClientId")
        known = f"PartnerClient-{client}" == self.client_id and not isinstance(client, bool)
        if not known or (self.secret is not None and body.get("Secret") != self.secret):
            return DENIED
        token = secrets.token_hex(TOKEN_BYTES)
        with self._changed:
            self._issued.add(token)
        answer = {"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_LIFE}
        return Reply(200, json.dumps(answer).encode())

    def _take_accept(self, received: Received) -> Reply:
        token = (received.header("Authorization") or "").rpartition(" ")[2]
        fields = received.document()
        with self._changed:
            reply = self._judged(token, fields)
            self._accepts.append(Accept(received, fields, token in self._issued, reply is TAKEN))
            self._changed.notify_all()
            return reply

    def _judged(self, token: str, fields: Mapping[str, Any]) -> Reply:
        if token not in self._issued:
            return DENIED
        if token in self._expired:
            return EXPIRED
        told = self._told.get(str(fields.get("BetId")))
        return told.pop(0) if told else TAKEN

    def _stray(self, received: Received) -> Reply:
        self._strays.append(f"{received.method} {received.path}")
        return Reply(200, json.dumps({"keys": []}).encode())
