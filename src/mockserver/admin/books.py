"""What a tenant's books hold: tickets, bets, sessions, postings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mockserver.admin.plane import Plane, page
from mockserver.kernel.control import ControlRefusal, Json, Problem
from mockserver.kernel.ledger import Posting
from mockserver.kernel.money import decimal_text


def handlers(plane: Plane) -> dict[str, Callable[..., Any]]:
    """By operationId."""
    tenants = plane.tenants

    def collection(name: str) -> Callable[..., Json]:
        def list_items(tenant: str, limit: int, offset: int) -> Json:
            def on_loop() -> Json:
                found = tenants.find(tenant)
                collections = tenants.vendor_of(found).collections
                if name not in collections:
                    raise ControlRefusal(
                        Problem.NOT_FOUND,
                        f"a tenant of kind `{found.kind}` has no {name}; it has {', '.join(collections)}",
                    )
                return page(collections[name].items(found), limit, offset, collections[name].show)

            return plane.bridge.run(on_loop)

        return list_items

    def list_postings(tenant: str, limit: int, offset: int) -> Json:
        def on_loop() -> Json:
            ledger = tenants.find(tenant).ledger
            balances = {name: decimal_text(balance) for name, balance in ledger.balances().items()}
            return page(list(ledger.postings()), limit, offset, _posting) | {"balances": balances}

        return plane.bridge.run(on_loop)

    return {
        "listTickets": collection("tickets"),
        "listBets": collection("bets"),
        "listCashbacks": collection("cashbacks"),
        "listTransactions": collection("transactions"),
        "listSessions": collection("sessions"),
        "listPostings": list_postings,
    }


def _posting(posting: Posting) -> Json:
    return {
        "source": posting.source,
        "destination": posting.destination,
        "amount": decimal_text(posting.amount),
        "reference": posting.reference,
    }
