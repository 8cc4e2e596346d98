"""One tenant, over the control plane."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Unpack, cast
from uuid import uuid4

from mockserver.kernel.signing import digest, sign, x_sign_text
from mockserver.testing.documents import (
    ArmedFault,
    Call,
    Clock,
    Conditions,
    Drive,
    Driven,
    Exchange,
    ExchangeInFull,
    Filters,
    Ledger,
    Passage,
    Player,
    TenantDocument,
    TenantWithSecret,
    Timer,
)
from mockserver.testing.paths import segment
from mockserver.testing.waiting import wait_for_outbox

if TYPE_CHECKING:
    from mockserver.testing.client import Sandbox

__tracebackhide__ = True  # pytest shows the line of the test that called


class Tenant:
    """An operator, a partner client or a game provider.

    :ivar kind: ``operator``, ``partner_client`` or ``provider``
    :ivar secret: its secret, where it is known
    :ivar clock: its time
    """

    def __init__(self, sandbox: Sandbox, kind: str, name: str, secret: str | None) -> None:
        self._sandbox = sandbox
        self.kind = kind
        self.name = name
        self.secret = secret
        self.clock = TenantClock(self)

    def __repr__(self) -> str:
        return f"<{self.kind} {self.name}>"

    def read(self) -> TenantDocument:
        """The tenant with its settings."""
        return cast(TenantDocument, self.call("GET"))

    def change(self, **settings: Any) -> TenantDocument:
        """Change settings; ``None`` goes back to the default."""
        return cast(TenantDocument, self.call("PATCH", document={"settings": settings}))

    def rotate_secret(self, secret: str | None = None, *, overlap_seconds: int | None = None) -> str:
        """Give it a new secret; the old one counts for the overlap longer, in the tenant's time."""
        asked = {"secret": secret, "overlap_seconds": overlap_seconds}
        document = {name: value for name, value in asked.items() if value is not None}
        self.secret = cast(TenantWithSecret, self.call("POST", "/secret", document))["secret"]
        return self.secret

    def sign(self, body: bytes = b"", *, timestamp: int | None = None) -> dict[str, str]:
        """The identity headers of a call that an operator sends to Betstack, or a game provider to BETCORE.

        :param body: as it will be sent, empty for a call without one
        :param timestamp: Unix seconds, of a provider milliseconds; now where it is left out
        :raises ValueError: the secret is not known
        """
        if self.secret is None:
            raise ValueError(f"the secret of `{self.name}` is not known; give it to Sandbox.tenant()")
        if self.kind == "provider":
            return _x_sign(self.name, self.secret, body, timestamp)
        seconds = str(int(time.time()) if timestamp is None else timestamp)
        return {
            "timestamp": seconds,
            "operator-name": self.name,
            "signature": sign(self.secret, seconds, body),
        }

    def reset(self) -> None:
        """Put it back to where it began; secret and settings stay."""
        self.call("POST", "/reset")

    def drop(self) -> None:
        """Drop it and all that is its."""
        self.call("DELETE")

    def players(self) -> list[Player]:
        """Its players with their balances."""
        return cast(list[Player], self._pages("/players"))

    def player(self, player_id: str) -> Player:
        """One player with the balance."""
        return cast(Player, self.call("GET", f"/players/{segment(player_id)}"))

    def seed_player(
        self,
        player_id: str,
        *,
        currency: str | None = None,
        tokens: Sequence[str] | None = None,
        balance: int | str | None = None,
        state: str | None = None,
        msisdn: str | None = None,
    ) -> Player:
        """Put a player in, or change one; what is left out stays as it is.

        :param balance: cents of Betstack, units of BETCORE (as text where they have a fraction)
        """
        asked = {
            "currency": currency,
            "tokens": None if tokens is None else list(tokens),
            "balance": balance,
            "state": state,
            "msisdn": msisdn,
        }
        document = {name: value for name, value in asked.items() if value is not None}
        return cast(Player, self.call("PATCH", f"/players/{segment(player_id)}", document))

    def reset_player(self, player_id: str) -> None:
        """Put one player back to where the tenant's reset would."""
        self.call("POST", f"/players/{segment(player_id)}/reset")

    def tickets(self) -> list[dict[str, Any]]:
        """The tickets of an operator, as the bet engine shows them."""
        return cast(list[dict[str, Any]], self._pages("/tickets"))

    def transactions(self) -> list[dict[str, Any]]:
        """What BETCORE asked a partner client's casino for, with what is known of the outcomes."""
        return cast(list[dict[str, Any]], self._pages("/transactions"))

    def cashbacks(self) -> list[dict[str, Any]]:
        """The cashbacks of a partner client, with their payments and cancellations."""
        return cast(list[dict[str, Any]], self._pages("/cashbacks"))

    def bets(self) -> list[dict[str, Any]]:
        """The bets of a partner client, with their transactions, or those of a game provider."""
        return cast(list[dict[str, Any]], self._pages("/bets"))

    def sessions(self) -> list[dict[str, Any]]:
        """The sessions that were launched with a game provider."""
        return cast(list[dict[str, Any]], self._pages("/sessions"))

    def ledger(self) -> Ledger:
        """The first 1000 postings, and the balance of every account."""
        return cast(Ledger, self.call("GET", "/ledger", query={"limit": 1000}))

    def timers(self) -> list[Timer]:
        """What will fall due, in order."""
        return cast(list[Timer], self.call("GET", "/timers")["items"])

    def drives(self) -> list[Drive]:
        """What can be made to happen."""
        return cast(list[Drive], self.call("GET", "/drives")["items"])

    def drive(self, drive: str, /, **fields: Any) -> Driven:
        """Make something happen; returns when each call that follows was tried once."""
        return cast(Driven, self.call("POST", f"/drives/{segment(drive)}", fields))

    def arm(
        self, fault: str, parameters: dict[str, Any] | None = None, **conditions: Unpack[Conditions]
    ) -> ArmedFault:
        """Arm a fault of the catalogue: ``arm("latency", {"milliseconds": 300}, operation="getTicket")``."""
        document = {"fault": fault, "parameters": parameters or {}, **conditions}
        return cast(ArmedFault, self.call("POST", "/faults", document))

    def faults(self) -> list[ArmedFault]:
        """The faults that are armed, oldest first."""
        return cast(list[ArmedFault], self.call("GET", "/faults")["items"])

    def disarm(self, fault_id: str) -> ArmedFault:
        """Take a fault back."""
        return cast(ArmedFault, self.call("DELETE", f"/faults/{segment(fault_id)}"))

    def clear_faults(self) -> None:
        """Take all faults back."""
        self.call("DELETE", "/faults")

    def _happens(self, drive: str, **fields: Any) -> Driven:
        """Run a drive with the fields that are given."""
        return self.drive(drive, **{name: value for name, value in fields.items() if value is not None})

    def outbox(self, state: str | None = None) -> list[Call]:
        """The calls to its partner, oldest first."""
        return cast(list[Call], self._pages("/outbox", {"state": state} if state else {}))

    def send(self, call_id: str) -> Call:
        """Send a call again now, besides its schedule."""
        return cast(Call, self.call("POST", f"/outbox/{segment(call_id)}/send"))

    def drop_call(self, call_id: str) -> Call:
        """Give a call up."""
        return cast(Call, self.call("POST", f"/outbox/{segment(call_id)}/drop"))

    def journal(self, **filters: Unpack[Filters]) -> list[Exchange]:
        """Its exchanges, as :meth:`Sandbox.journal` finds them."""
        return self._sandbox.journal(self.name, **filters)

    def resend(
        self,
        exchange_id: str,
        *,
        times: int = 1,
        identical: bool = False,
        changed: bool = False,
        reordered: bool = False,
    ) -> list[ExchangeInFull]:
        """Send a call of its journal again, as :meth:`Sandbox.resend` does."""
        return self._sandbox.resend(
            exchange_id, times=times, identical=identical, changed=changed, reordered=reordered
        )

    def exchange(self, exchange_id: str) -> ExchangeInFull:
        """One exchange in full."""
        return self._sandbox.exchange(exchange_id)

    def journal_in_full(self, **filters: Unpack[Filters]) -> list[ExchangeInFull]:
        """The same, each with both messages and all that is wrong with them."""
        return self._sandbox.journal_in_full(self.name, **filters)

    def count(self, **filters: Unpack[Filters]) -> int:
        """How many of its exchanges fit: whether something was called, and how often."""
        return self._sandbox.count(self.name, **filters)

    def wait_for(
        self, *, at_least: int = 1, within_seconds: float = 5, **filters: Unpack[Filters]
    ) -> list[Exchange]:
        """Wait until so many of its exchanges fit, as :meth:`Sandbox.wait_for` does.

        :raises NotSeen: they have not come in time; the text says what has
        """
        return self._sandbox.wait_for(self.name, at_least=at_least, within_seconds=within_seconds, **filters)

    def har(self, **filters: Unpack[Filters]) -> dict[str, Any]:
        """Its exchanges as a HAR 1.2 document, as :meth:`Sandbox.har` gives it."""
        return self._sandbox.har(self.name, **filters)

    def wait_for_outbox(self, within_seconds: float = 10) -> None:
        """Wait until each call to its partner was tried at least once, but for those that are held by others.

        :raises NotSeen: a call is still pending; the text says which
        """
        wait_for_outbox(self._sandbox, self.name, within_seconds=within_seconds)

    def call(
        self, method: str, path: str = "", document: Any = None, *, query: dict[str, Any] | None = None
    ) -> Any:
        """Call the control plane below this tenant's path; see :meth:`Sandbox.call`."""
        return self._sandbox.call(method, f"/tenants/{segment(self.name)}{path}", document, query=query)

    def _pages(self, path: str, query: dict[str, Any] | None = None) -> list[Any]:
        return self._sandbox.pages(f"/tenants/{segment(self.name)}{path}", query)


class TenantClock:
    """A tenant's time."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant

    def read(self) -> Clock:
        """Where it is."""
        return cast(Clock, self._tenant.call("GET", "/clock"))

    def freeze(self, at: datetime | str | None = None) -> Passage:
        """Stop it, where it is or at a moment: aware, or text such as ``2026-03-01T12:00:00Z``."""
        return self._patch({"frozen": True} | _now(at))

    def resume(self) -> Passage:
        """Let it run on from where it is."""
        return self._patch({"frozen": False})

    def set(self, moment: datetime | str) -> Passage:
        """Put it to a moment, as :meth:`freeze` takes one. What falls due on the way runs first."""
        return self._patch(_now(moment))

    def advance(
        self,
        *,
        days: int = 0,
        hours: int = 0,
        minutes: int = 0,
        seconds: int = 0,
        milliseconds: int = 0,
    ) -> Passage:
        """Move it on; what falls due on the way runs before this returns."""
        document = {
            "days": days,
            "hours": hours,
            "minutes": minutes,
            "seconds": seconds,
            "milliseconds": milliseconds,
        }
        return cast(Passage, self._tenant.call("POST", "/clock/advance", document))

    def _patch(self, document: dict[str, Any]) -> Passage:
        return cast(Passage, self._tenant.call("PATCH", "/clock", document))


def _x_sign(counterparty: str, secret: str, body: bytes, timestamp: int | None) -> dict[str, str]:
    milliseconds = str(time.time_ns() // 1_000_000 if timestamp is None else timestamp)
    request_id = uuid4().hex
    return {
        "x-counterparty-id": counterparty,
        "x-timestamp": milliseconds,
        "x-request-id": request_id,
        "x-sign": digest(secret, x_sign_text(body, counterparty, milliseconds, request_id)),
    }


def _now(moment: datetime | str | None) -> dict[str, str]:
    if moment is None:
        return {}
    return {"now": moment if isinstance(moment, str) else moment.isoformat()}
