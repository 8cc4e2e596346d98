"""Waiting for what is to come: exchanges in a journal, calls of an outbox."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from mockserver.testing.documents import Call, Exchange, ExchangePage
from mockserver.testing.lines import line_of

if TYPE_CHECKING:
    from mockserver.testing.client import Sandbox

__tracebackhide__ = True  # pytest shows the line of the test that called

LONGEST_WAIT = 60.0
"""Seconds that one request may wait; whoever waits longer asks again."""

_MOST = 1000
_SHOWN = 5


class NotSeen(TimeoutError):
    """What was waited for has not come in time. The text says what has, in a few lines.

    :ivar seen: the last exchanges that came instead, whatever they are, oldest first
    """

    def __init__(self, text: str, seen: list[Exchange]) -> None:
        shown = "".join(f"\n  {line_of(one)}" for one in seen)
        super().__init__(f"{text}; " + (f"the last that came:{shown}" if seen else "nothing came at all"))
        self.seen = seen


def wait_for(
    sandbox: Sandbox,
    tenant: str | None,
    filters: Mapping[str, Any],
    *,
    at_least: int,
    within_seconds: float,
) -> list[Exchange]:
    """Wait until so many exchanges fit.

    :raises NotSeen: they have not come in time
    """
    query = {"limit": _MOST, "at_least": at_least, **_of_tenant(tenant), **filters}
    deadline = time.monotonic() + within_seconds
    while True:
        left = max(0.0, deadline - time.monotonic())
        page = cast(
            ExchangePage,
            sandbox.call("GET", "/journal", query={**query, "within_seconds": min(left, LONGEST_WAIT)}),
        )
        if page["reached"]:
            return page["items"]
        if left <= LONGEST_WAIT:
            break
    asked = ", ".join(f"{name}={value}" for name, value in filters.items()) or "whatever"
    raise NotSeen(
        f"{page['total']} of {at_least} exchanges came within {within_seconds:g} s: {asked}",
        sandbox.journal(tenant, limit=_SHOWN),
    )


def wait_for_outbox(sandbox: Sandbox, tenant: str, *, within_seconds: float) -> None:
    """Wait until no call of a tenant is pending: each was tried, or is held by another one.

    :raises NotSeen: one is still pending
    """
    deadline = time.monotonic() + within_seconds
    query: dict[str, Any] = {"tenant": tenant, "direction": "sent", "limit": 1}
    while pending := _pending(sandbox, tenant):
        left = deadline - time.monotonic()
        if left <= 0:
            waiting = ", ".join(f"{call['action']} ({call['id']})" for call in pending)
            raise NotSeen(
                f"still pending after {within_seconds:g} s: {waiting}", sandbox.journal(tenant, limit=_SHOWN)
            )
        # A try that ends is an exchange; a call that is dropped is none, so look again now and then. The
        # first time nothing is waited for: what ended before the look may be all that there is.
        position = sandbox.call("GET", "/journal", query=query)["position"]
        query |= {"since": position, "within_seconds": min(left, 1.0)}


def _pending(sandbox: Sandbox, tenant: str) -> list[Call]:
    query = {"state": "pending", "limit": _MOST}
    return cast(list[Call], sandbox.call("GET", f"/tenants/{tenant}/outbox", query=query)["items"])


def _of_tenant(tenant: str | None) -> dict[str, str]:
    return {} if tenant is None else {"tenant": tenant}
