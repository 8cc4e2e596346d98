"""The sandbox as a whole, over HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self, Unpack, cast
from urllib.parse import quote

import httpx

from mockserver.testing.documents import (
    Exchange,
    ExchangeInFull,
    Filters,
    Health,
    TenantDocument,
    TenantWithSecret,
)
from mockserver.testing.tenant import Tenant

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


class SandboxUnreachable(Exception):
    """Nothing answers where the control plane should be. The text is one line."""


class Sandbox:
    """A running sandbox, reached through its control plane.

    :param url: of the control plane, as ``mockserver serve`` prints it
    :param token: the server's ``--admin-token``, if it has one
    :param transport: another way to carry requests
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

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections. The sandbox goes on."""
        self._http.close()

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
    ) -> Tenant:
        """Create a Betstack operator. What is left out is made up or the standard.

        :param players: ``id``, ``currency``, and ``tokens``, ``balance`` (cents), ``state`` as needed
        :param settings: by name, see ``mockserver settings``
        """
        return self._create("operator", name, secret, players, settings)

    def create_partner_client(
        self,
        name: str | None = None,
        *,
        secret: str | None = None,
        players: Sequence[Mapping[str, Any]] | None = None,
        **settings: Any,
    ) -> Tenant:
        """Create a BETCORE partner client, as :meth:`create_operator` does; balances are in units."""
        return self._create("partner_client", name, secret, players, settings)

    def create_provider(
        self,
        name: str | None = None,
        *,
        secret: str | None = None,
        players: Sequence[Mapping[str, Any]] | None = None,
        **settings: Any,
    ) -> Tenant:
        """Create a game provider of BETCORE's, as :meth:`create_operator` does; balances are in units."""
        return self._create("provider", name, secret, players, settings)

    def tenant(self, name: str, secret: str | None = None) -> Tenant:
        """A tenant that is there already.

        :param secret: its secret, which the control plane does not tell again
        """
        document = cast(TenantDocument, self.call("GET", f"/tenants/{quote(name, safe='')}"))
        return Tenant(self, document["kind"], document["name"], secret)

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

    def exchange(self, exchange_id: str) -> ExchangeInFull:
        """One exchange in full, by the value of ``X-Sandbox-Exchange``."""
        return cast(ExchangeInFull, self.call("GET", f"/journal/{quote(exchange_id, safe='')}"))

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
                "is `mockserver serve` running?"
            ) from None
        if answer.is_success:
            return answer.json() if answer.content else None
        try:
            document = answer.json()
            problem, detail = document["type"].partition(_PROBLEM)[2], document["detail"]
        except (ValueError, LookupError, TypeError, AttributeError):
            problem, detail = "", f"no problem document; is {self._url} the control plane?"
        raise ControlPlaneError(answer.status_code, problem, detail)

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
        kind: str,
        name: str | None,
        secret: str | None,
        players: Sequence[Mapping[str, Any]] | None,
        settings: Mapping[str, Any],
    ) -> Tenant:
        asked = {
            "kind": kind,
            "name": name,
            "secret": secret,
            "players": None if players is None else list(players),
            "settings": dict(settings),
        }
        document = {key: value for key, value in asked.items() if value is not None}
        made = cast(TenantWithSecret, self.call("POST", "/tenants", document))
        return Tenant(self, made["kind"], made["name"], made["secret"])
