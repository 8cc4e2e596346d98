"""The sandbox as a whole, over HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from types import MappingProxyType, TracebackType
from typing import Any, Self, TypeVar, Unpack, cast

import httpx

from mockserver.testing.documents import (
    Exchange,
    ExchangeInFull,
    Filters,
    Health,
    TenantDocument,
    TenantWithSecret,
)
from mockserver.testing.game_provider import GameProvider
from mockserver.testing.operator import Operator
from mockserver.testing.partner_client import PartnerClient
from mockserver.testing.paths import segment
from mockserver.testing.tenant import Tenant
from mockserver.testing.waiting import wait_for

__tracebackhide__ = True  # pytest shows the line of the test that called

T = TypeVar("T", bound=Tenant)

_KINDS: Mapping[type[Tenant], str] = MappingProxyType(
    {Operator: "operator", PartnerClient: "partner_client", GameProvider: "provider"}
)
_CLASSES = {kind: of for of, kind in _KINDS.items()}
_NOBODY = "sandbox"
_PROBLEM = "urn:bet-sandbox:"
_PAGE = 1000
_WAIT_SECONDS = 130  # longer than the control plane waits for what it sets going


class ControlPlaneError(Exception):
    """The control plane refuses.

    :ivar status: of the answer
    :ivar problem: kind of the refusal, such as ``conflict`` or ``not_found``; empty where it has none
    :ivar detail: what to change, one line
    """

    def __init__(self, status: int, problem: str, detail: str) -> None:
        super().__init__(f"{status}: {detail}")
        self.status = status
        self.problem = problem
        self.detail = detail


class CallRefused(Exception):
    """One of the vendors' APIs refuses a call.

    :ivar status: of the answer
    :ivar code: the vendor's, where the answer has one
    :ivar reason: what the sandbox says of it (``X-Sandbox-Reason``), or the vendor's message
    :ivar exchange: its id in the journal, unless the sandbox gives no hints
    """

    def __init__(self, status: int, code: int | None, reason: str, exchange: str | None) -> None:
        told = f"{status}" if code is None else f"{status}, code {code}"
        super().__init__(f"{told}: {reason}" + (f" (exchange {exchange})" if exchange else ""))
        self.status = status
        self.code = code
        self.reason = reason
        self.exchange = exchange


class SandboxUnreachable(Exception):
    """Nothing answers where the sandbox should be. The text is one line."""


class Sandbox:
    """A running sandbox, reached through its control plane.

    :param url: of the control plane, as ``mockserver serve`` prints it
    :param token: the server's ``--admin-token``, if it has one
    :param transport: another way to carry requests to the control plane
    """

    def __init__(
        self,
        url: str = "http://127.0.0.1:8081",
        *,
        token: str | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._url = url
        self._http = httpx.Client(
            base_url=url,
            headers={"authorization": f"Bearer {token}"} if token else {},
            timeout=_WAIT_SECONDS,
            trust_env=False,
            transport=transport,
        )
        # Apart, since the token is none of the APIs' business.
        self._apis = httpx.Client(timeout=_WAIT_SECONDS, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def url(self) -> str:
        """Of the control plane."""
        return self._url

    def close(self) -> None:
        """Close the connections. The sandbox goes on."""
        self._http.close()
        self._apis.close()

    @cached_property
    def base_url(self) -> str:
        """Where the vendors' APIs are, as the control plane tells it."""
        return self.health()["base_url"]

    def health(self) -> Health:
        """What runs."""
        return cast(Health, self.call("GET", "/health"))

    def reset(self) -> list[str]:
        """Go back to the seeds; every other tenant goes, also those of other jobs.

        :returns: the names of the seeded tenants
        """
        return cast(list[str], self.call("POST", "/reset")["tenants"])

    def export(self) -> dict[str, Any]:
        """Everything as one document. It holds secrets."""
        return cast(dict[str, Any], self.call("GET", "/state"))

    def load(self, state: Mapping[str, Any]) -> list[str]:
        """Put what :meth:`export` gave in the place of everything.

        :returns: the names of the tenants
        """
        return cast(list[str], self.call("PUT", "/state", state)["tenants"])

    def create_operator(
        self,
        name: str | None = None,
        *,
        secret: str | None = None,
        players: Sequence[Mapping[str, Any]] | None = None,
        **settings: Any,
    ) -> Operator:
        """Create a Betstack operator. What is left out is made up or the standard.

        :param players: ``id``, ``currency``, and ``tokens``, ``balance`` (cents), ``state`` as needed
        :param settings: by name, see ``mockserver settings``
        """
        return self._create(Operator, name, secret, players, settings)

    def create_partner_client(
        self,
        name: str | None = None,
        *,
        secret: str | None = None,
        players: Sequence[Mapping[str, Any]] | None = None,
        **settings: Any,
    ) -> PartnerClient:
        """Create a BETCORE partner client, as :meth:`create_operator` does; balances are in units."""
        return self._create(PartnerClient, name, secret, players, settings)

    def create_provider(
        self,
        name: str | None = None,
        *,
        secret: str | None = None,
        players: Sequence[Mapping[str, Any]] | None = None,
        **settings: Any,
    ) -> GameProvider:
        """Create a game provider of BETCORE's, as :meth:`create_operator` does; balances are in units."""
        return self._create(GameProvider, name, secret, players, settings)

    def tenant(self, name: str, secret: str | None = None) -> Tenant:
        """A tenant that is there already: an ``Operator``, a ``PartnerClient`` or a ``GameProvider``.

        :param secret: its secret, which the control plane does not tell again
        """
        document = cast(TenantDocument, self.call("GET", f"/tenants/{segment(name)}"))
        kind = document["kind"]
        return _CLASSES[kind](self, kind, document["name"], secret)

    @property
    def nobody(self) -> Tenant:
        """What is no tenant's: the bet cards, the key set, and calls whose sender is not known. It has faults
        and a journal, and nothing else of a tenant."""
        return Tenant(self, "nobody", _NOBODY, None)

    def tenants(self) -> list[TenantDocument]:
        """Every tenant."""
        return cast(list[TenantDocument], self.call("GET", "/tenants")["items"])

    def journal(self, tenant: str | None = None, **filters: Unpack[Filters]) -> list[Exchange]:
        """The latest exchanges that fit, oldest first; with ``after`` the next ones behind that exchange.
        Without ``limit`` up to 1000."""
        query = {"limit": _PAGE, **({"tenant": tenant} if tenant else {}), **filters}
        return cast(list[Exchange], self.call("GET", "/journal", query=query)["items"])

    def journal_in_full(self, tenant: str | None = None, **filters: Unpack[Filters]) -> list[ExchangeInFull]:
        """The same, each as :meth:`exchange` gives it: with both messages and all that is wrong with them."""
        query = {"limit": _PAGE, "full": "true", **({"tenant": tenant} if tenant else {}), **filters}
        return cast(list[ExchangeInFull], self.call("GET", "/journal", query=query)["items"])

    def count(self, tenant: str | None = None, **filters: Unpack[Filters]) -> int:
        """How many exchanges fit that are kept."""
        query = {**({"tenant": tenant} if tenant else {}), **filters, "limit": 1}
        return cast(int, self.call("GET", "/journal", query=query)["total"])

    def wait_for(
        self,
        tenant: str | None = None,
        *,
        at_least: int = 1,
        within_seconds: float = 5,
        **filters: Unpack[Filters],
    ) -> list[Exchange]:
        """Wait until so many exchanges fit, of those that are there already too (but see ``after``).

        :returns: all that fit, as :meth:`journal` does
        :raises NotSeen: they have not come in time; the text says what has
        :raises ControlPlaneError: it refuses; with ``conflict`` when the tenant is reset or dropped meanwhile
        """
        return wait_for(self, tenant, filters, at_least=at_least, within_seconds=within_seconds)

    def har(self, tenant: str | None = None, **filters: Unpack[Filters]) -> dict[str, Any]:
        """The same exchanges as a HAR 1.2 document, which browsers' developer tools open; without ``limit``
        the latest 10000."""
        query = {**({"tenant": tenant} if tenant else {}), **filters}
        return cast(dict[str, Any], self.call("GET", "/journal/har", query=query))

    def exchange(self, exchange_id: str) -> ExchangeInFull:
        """One exchange in full, by the value of ``X-Sandbox-Exchange``."""
        return cast(ExchangeInFull, self.call("GET", f"/journal/{segment(exchange_id)}"))

    def resend(
        self,
        exchange_id: str,
        *,
        times: int = 1,
        identical: bool = False,
        changed: bool = False,
        reordered: bool = False,
    ) -> list[ExchangeInFull]:
        """Send a call to a partner again, as a network does: nothing comes of the answers but exchanges.

        :param identical: byte for byte instead of signed afresh
        :param changed: with every amount 1 higher
        :param reordered: behind the call that followed it about the same ticket, bet or session
        """
        asked = {"times": times, "identical": identical, "changed": changed, "reordered": reordered}
        path = f"/journal/{segment(exchange_id)}/resend"
        return cast(list[ExchangeInFull], self.call("POST", path, asked)["items"])

    def call(
        self, method: str, path: str, document: Any = None, *, query: Mapping[str, Any] | None = None
    ) -> Any:
        """Call the control plane.

        :returns: the document that it answers with; ``None`` without one
        :raises ControlPlaneError: it refuses
        :raises SandboxUnreachable: it does not answer
        """
        try:
            answer = self._http.request(method, path, json=document, params=query)
        except httpx.ReadTimeout:
            raise SandboxUnreachable(
                f"no answer to {method} {path} within {_WAIT_SECONDS} s; the sandbox may still be at it"
            ) from None
        except httpx.HTTPError as error:
            raise SandboxUnreachable(
                f"no control plane answers at {self._url}: {error or type(error).__name__}; "
                "is `mockserver serve` running, and its control plane there?"
            ) from None
        if answer.is_success:
            try:
                return answer.json() if answer.content else None
            except (ValueError, RecursionError):
                raise SandboxUnreachable(
                    f"what answers at {self._url} is no control plane: its answer is no JSON"
                ) from None
        try:
            document = answer.json()
            problem, detail = document["type"].partition(_PROBLEM)[2], document["detail"]
        except (ValueError, LookupError, TypeError, AttributeError):
            problem = ""
            detail = (
                f"no problem document; is {self._url} the control plane? It is not at the URL of the "
                "vendors' APIs; `mockserver serve` prints both"
            )
        raise ControlPlaneError(answer.status_code, problem, detail)

    def call_api(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Any:
        """Call one of the vendors' APIs, as a party of theirs does.

        :param path: below :attr:`base_url`
        :param body: JSON, or nothing
        :param headers: who calls, such as :meth:`Tenant.sign` gives them
        :returns: the document that it answers with; ``None`` without one
        :raises CallRefused: it refuses
        :raises SandboxUnreachable: it does not answer
        """
        url = f"{self.base_url}{path}"
        media_type = {"content-type": "application/json"} if body else {}
        try:
            answer = self._apis.request(method, url, content=body, headers={**headers, **media_type})
        except httpx.HTTPError as error:
            raise SandboxUnreachable(f"no answer from {url}: {error or type(error).__name__}") from None
        try:
            document = answer.json() if answer.content else None
        except ValueError:
            document = None
        if answer.is_success:
            return document
        told = document if isinstance(document, dict) else {}
        reason = answer.headers.get("x-sandbox-reason") or told.get("message") or answer.reason_phrase
        raise CallRefused(
            answer.status_code, told.get("code"), reason, answer.headers.get("x-sandbox-exchange")
        )

    def require_control_plane(self) -> None:
        """See to it that it is a control plane that answers.

        :raises SandboxUnreachable: it is something else, or nothing
        """
        health = self.call("GET", "/health")
        if not isinstance(health, dict) or "surfaces" not in health:
            raise SandboxUnreachable(f"what answers at {self._url} is no control plane of a sandbox")

    def pages(self, path: str, query: Mapping[str, Any] | None = None) -> list[Any]:
        """Every item of a list that comes in pages.

        :raises ControlPlaneError: it refuses
        :raises SandboxUnreachable: it does not answer
        """
        items: list[Any] = []
        while True:
            page = self.call("GET", path, query={**(query or {}), "limit": _PAGE, "offset": len(items)})
            items += page["items"]
            if len(items) >= page["total"] or not page["items"]:
                return items

    def _create(
        self,
        made_as: type[T],
        name: str | None,
        secret: str | None,
        players: Sequence[Mapping[str, Any]] | None,
        settings: Mapping[str, Any],
    ) -> T:
        asked = {
            "kind": _KINDS[made_as],
            "name": name,
            "secret": secret,
            "players": None if players is None else list(players),
            "settings": dict(settings),
        }
        document = {key: value for key, value in asked.items() if value is not None}
        made = cast(TenantWithSecret, self.call("POST", "/tenants", document))
        return made_as(self, made["kind"], made["name"], made["secret"])
