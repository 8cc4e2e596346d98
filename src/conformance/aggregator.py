"""BETCORE's aggregator API as a casino calls it, and BETCORE's own calls as that casino receives them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from conformance.aggregator_target import AggregatorTarget, Client
from conformance.casino_answer import Answer
from conformance.channel import Channel
from conformance.client import shown
from conformance.errors import Missing
from conformance.hooks import Begun, Hooks
from conformance.oracle.aggregator import SUCCESS
from conformance.oracle.betcore import BET, PAYOUT, PAYOUT_RETURN
from conformance.played_casino import AS_USUAL, BOOKS, CASHBACK, MAKE, CasinoCall, CasinoWatch, Told
from conformance.played_wallet import plain
from conformance.signing import claims

ACCEPTS: Final[Mapping[str, str]] = {"bets": "acceptPayment", "cashback": "acceptCashback"}
"""Book of a transaction to the operation that reports its outcome."""

ASKS: Final[Mapping[str, str]] = {"bet": MAKE, "payout": MAKE, "cashback": CASHBACK}
"""Hook to the path of the casino that BETCORE then calls."""

LONGEST_WAIT: Final = 60
"""Seconds that a case waits at most for the end of a token."""

LOOK: Final = 0.05
"""Seconds between two looks at whether a hook has failed."""


@dataclass(slots=True)
class Aggregator:
    """The API of one partner client, and the casino of that client."""

    channel: Channel
    target: AggregatorTarget
    hooks: Hooks
    watch: CasinoWatch | None
    """What arrives at the casino; ``None`` where the kit plays none."""
    new_bet: Callable[[], int]
    """A bet id that no run has used."""
    callback_seconds: float
    """Until a call must have arrived."""
    moved_on: list[int] = field(default_factory=list)
    """By how many seconds the case has moved the target's clock on."""
    clock: Callable[[], float] = field(default_factory=lambda: time.time)
    """Unix seconds of this machine, by which arrivals are dated too."""
    sleep: Callable[[float], None] = field(default_factory=lambda: time.sleep)
    taken: list[str] = field(default_factory=list)
    """Ids of the bets and cashbacks that the case had BETCORE take."""
    _token: str | None = None

    # -- the API ------------------------------------------------------------------------------------

    def credentials(self, **changes: Any) -> dict[str, Any]:
        """What the client shows to get a token; ``changes`` replace some of it."""
        client = self.target.client
        return {"PartnerClientId": client.number, "Secret": client.secret, **changes}

    def issue(self, document: Any, *, legal: bool = True) -> Answer:
        """Ask for an access token with these credentials."""
        if legal:
            self.channel.require_legal("issueToken", document)
        return self.send("issueToken", json.dumps(document).encode(), token=None)

    def access_token(self) -> str:
        """The access token of the case. Raises :exc:`Missing` when the target gives none."""
        if self._token is None:
            self._token = self.token_of(self.target.client)
        return self._token

    def renew(self) -> None:
        """Forget the access token of the case, so that the next call gets a new one."""
        self._token = None

    def token_of(self, client: Client) -> str:
        """A new access token of the client. Raises :exc:`Missing` when the target gives none."""
        with self.channel.evidence.during("access token"):
            answer = self.issue(self.credentials(PartnerClientId=client.number, Secret=client.secret))
        token = token_in(answer)
        if token is None:
            raise Missing(f"needs an access token, but auth/token got {answer.raw.describe()}")
        return token

    def send(
        self,
        operation_id: str,
        body: bytes | None,
        *,
        token: str | None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Call an operation with exactly these bytes; ``token`` goes as ``Bearer``, ``headers`` beside it."""
        own = {"content-type": "application/json"} if body is not None else {}
        identity = {} if token is None else {"authorization": f"Bearer {token}"}
        raw = self.channel.call(operation_id, body=body, headers={**own, **identity, **(headers or {})})
        return Answer(raw, self.channel.refusals(operation_id))

    def call(
        self, operation_id: str, document: Any, *, legal: bool = True, token: str | None = None
    ) -> Answer:
        """Call an operation with a JSON document and an access token, the case's own if none is given."""
        if legal:
            self.channel.require_legal(operation_id, document)
        return self.send(operation_id, self.body(document), token=token or self.access_token())

    def body(self, document: Any) -> bytes:
        """The document as it goes out."""
        return json.dumps(document, default=_number).encode()

    def outside(self, method: str, path: str) -> Answer:
        """Send what no operation describes."""
        return Answer(self.channel.call_outside(method, path))

    def keys(self) -> Sequence[Mapping[str, Any]]:
        """The keys of the set. Raises :exc:`Missing` when the target shows none."""
        with self.channel.evidence.during("keys"):
            answer = self.read_keys()
        keys = answer.raw.member("keys")
        found = [key for key in keys if isinstance(key, dict)] if isinstance(keys, list) else []
        if not found:
            raise Missing(f"needs BETCORE's keys, but auth/jwks got {answer.raw.describe()}")
        return found

    def read_keys(self) -> Answer:
        """The answer of auth/jwks."""
        return self.send("getJwks", None, token=None)

    def acceptance(
        self, about: CasinoCall, code: int = SUCCESS, *, transaction: str | None = None
    ) -> dict[str, Any]:
        """The body that reports the outcome of what a call asked for.

        A success carries the casino's id of the transaction, or ``transaction`` in its place.
        """
        assert about.transaction is not None
        own = transaction or (about.booked.id if about.booked else "") or f"{about.bet}-accepted"
        return acceptance(about.data.get("BetId"), about.transaction.kind, code, own)

    def accept(self, about: CasinoCall, code: int = SUCCESS, *, transaction: str | None = None) -> Answer:
        """Report the outcome of what a call asked for."""
        assert about.transaction is not None
        document = self.acceptance(about, code, transaction=transaction)
        return self.call(ACCEPTS[about.transaction.book], document)

    def unknown_acceptance(self, operation_id: str = "acceptPayment") -> dict[str, Any]:
        """The body that reports the outcome of a bet or cashback that BETCORE never asked for."""
        kind = BET if operation_id == "acceptPayment" else PAYOUT
        return acceptance(self.new_bet(), kind, SUCCESS, "unknown")

    def accept_unknown(self, operation_id: str = "acceptPayment", *, token: str | None = None) -> Answer:
        """Report the outcome of a bet or cashback that BETCORE never asked for."""
        return self.call(operation_id, self.unknown_acceptance(operation_id), token=token)

    def claims(self) -> dict[str, Any]:
        """The claims that a token of BETCORE for this client has."""
        return claims(
            {"PartnerUserId": self.target.user}, client_id=self.target.client.name, now=self.clock()
        )

    def verify(self, compact: str, *, token: str | None = None) -> Answer:
        """Have a token verified that was perhaps received."""
        return self.call("verifyToken", compact, token=token)

    # -- BETCORE's own calls ------------------------------------------------------------------------

    def bet(self, told: Told = AS_USUAL) -> CasinoCall:
        """Have BETCORE take a bet, and the casino treat its acceptance so. Raises :exc:`Missing`."""
        fields = {"player": self.target.user, "amount": plain(self.target.stake)}
        return self._asked("bet", fields, BET, told)

    def pay(self, bet: CasinoCall, kind: int, amount: Decimal, told: Told = AS_USUAL) -> CasinoCall:
        """Have BETCORE ask for a further transaction of a bet. Raises :exc:`Missing`."""
        fields = {
            "bet_id": int(bet.bet or 0),
            "player": self.target.user,
            "type": kind,
            "amount": plain(amount),
        }
        return self._asked("payout", fields, kind, told, bet=bet.bet)

    def cashback(self, told: Told = AS_USUAL) -> CasinoCall:
        """Have BETCORE pay a cashback. Raises :exc:`Missing`."""
        fields = {"player": self.target.user, "amount": plain(self.target.stake)}
        return self._asked("cashback", fields, PAYOUT, told)

    def cancel(self, cashback: CasinoCall, told: Told = AS_USUAL) -> CasinoCall:
        """Have BETCORE take a cashback back. Raises :exc:`Missing`."""
        fields = {
            "bet_id": int(cashback.bet or 0),
            "player": self.target.user,
            "amount": plain(self.target.stake),
            "cancel": True,
        }
        return self._asked("cashback", fields, PAYOUT_RETURN, told, bet=cashback.bet)

    def advance(self, seconds: int) -> None:
        """Move the target's clock on."""
        self.hooks.call("advance", {"seconds": seconds})
        self.moved_on.append(seconds)

    def outlive(self, call: CasinoCall) -> None:
        """Wait until the token of a call, counted from its arrival, is past its end."""
        life = call.token.life()
        if life is None or not 0 < life <= LONGEST_WAIT:
            raise Missing(f"the kit does not wait for the end of a token that lives for {shown(life)} s")
        self.sleep(max(0.0, call.received.at + float(life) + 1 - self.clock()))

    def arrivals(self) -> CasinoWatch:
        """What arrives at the casino from now on. Raises :exc:`Missing` where the kit plays none."""
        if self.watch is None:
            raise Missing("the kit plays no casino in this run")
        return self.watch.afresh()

    def awaited(
        self, watch: CasinoWatch, path: str, *, bet: str | None, kind: int | None = None
    ) -> CasinoCall | None:
        """The call about the bet that has to follow; ``None`` if none arrives in time."""
        return watch.await_call(path, bet=bet, kind=kind, seconds=self.callback_seconds)

    def fence(self) -> None:
        """Let everything arrive that was due: another bet is taken, and its acceptance comes after it."""
        self.bet()

    def tidy(self) -> str | None:
        """What the case left at the target, in words."""
        said = [f"asked for {', '.join(self.taken)}"] if self.taken else []
        if self.moved_on:
            said.append(f"its clock was moved on by {sum(self.moved_on)} s")
        return "; ".join(said) or None

    def _asked(
        self, hook: str, fields: Mapping[str, Any], kind: int, told: Told, *, bet: str | None = None
    ) -> CasinoCall:
        path = ASKS[hook]
        book = BOOKS[path]
        watch = self.arrivals()
        with nullcontext() if told is AS_USUAL else watch.casino.treating(book, kind, told):
            begun = self.hooks.begin(hook, fields)
            call = self._arrived(begun, watch, path, bet, kind)
            begun.end(self.hooks.transport.timeout)
        if call.bet not in self.taken:
            self.taken.append(str(call.bet))
        return call

    def _arrived(self, begun: Begun, watch: CasinoWatch, path: str, bet: str | None, kind: int) -> CasinoCall:
        """What the hook brought about. Raises :exc:`Missing` when nothing comes, or the hook fails before."""
        waited, patience = 0.0, LOOK if watch.casino.given_up else self.callback_seconds
        while waited < patience:
            call = watch.await_call(path, bet=bet, kind=kind, seconds=LOOK)
            if call is not None:
                return call
            waited += LOOK
            if begun.over:
                begun.wait()
        arrived = [call.describe() for call in watch.calls()]
        watch.casino.given_up = not watch.casino.since(0)
        raise Missing(
            f"the hook {begun.name} was called, and no {path} of type {kind} arrived at {watch.casino.url}; "
            + (f"instead came {'; '.join(arrived)[:300]}" if arrived else "nothing did")
        )


def acceptance(bet: Any, kind: int, code: int, transaction: str) -> dict[str, Any]:
    """The body of an accept; the casino's id of the transaction goes with every success."""
    document: dict[str, Any] = {"BetId": bet, "TransactionType": kind, "ErrorCode": code}
    if code == SUCCESS:
        document["PartnerTransactionId"] = transaction
    return {**document, "Message": "Success" if code == SUCCESS else "Refused by the conformance kit"}


def token_in(answer: Answer) -> str | None:
    """The access token that an answer holds."""
    token = answer.raw.member("access_token")
    return token if answer.raw.status == 200 and isinstance(token, str) and token else None


def _number(value: object) -> int:
    """A bet's id that was read as a decimal."""
    if isinstance(value, Decimal):
        return int(value)
    raise TypeError(f"{type(value).__name__} can't be sent as JSON")
