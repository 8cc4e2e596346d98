"""The same seed and the same requests in the same order give the same ids and the same journal."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from demo.sandbox import sandbox
from mockserver.testing import Sandbox

from .betstack_client import pay, reserve
from .pam import Pam, pam_platform


def trace(*flags: str, pam: Pam) -> dict[str, Any]:
    """What a run leaves behind, less how long each exchange took and where the partners were."""
    with sandbox(*flags) as it, Sandbox(it.admin_url) as plane:
        made = plane.create_operator()
        made.clock.freeze(datetime(2026, 3, 1, 12, 0, tzinfo=UTC))
        pam.status = 500
        tickets = [reserve(it.base_url, made).json() for _ in range(3)]
        pay(it.base_url, made, tickets[0]["id"])
        pay(it.base_url, made, tickets[0]["id"])
        made.change(pam_url=pam.url)
        made.drive("discard", ticket=tickets[1]["id"])
        made.clock.advance(hours=1)
        journal = made.journal()
        for exchange in journal:
            exchange["duration_ms"], exchange["machine_at"] = 0.0, None
            exchange["target"] = exchange["target"].replace(it.base_url, "")
        bodies = [plane.exchange(one["id"])["answer"]["body"] for one in journal]
        return {
            "name": made.name,
            "secret": made.secret,
            "tickets": tickets,
            "calls": made.outbox(),
            "journal": journal,
            "bodies": bodies,
        }


def test_the_same_seed_gives_the_same_ids_and_the_same_journal() -> None:
    with pam_platform() as pam:
        first = trace("--seed", "42", pam=pam)
        second = trace("--seed", "42", pam=pam)
        other = trace("--seed", "43", pam=pam)
        unseeded = trace(pam=pam)

    assert len(first["journal"]) == 22
    assert second == first
    for different in (other, unseeded):
        assert different["name"] != first["name"]
        assert {one["id"] for one in different["tickets"]}.isdisjoint(one["id"] for one in first["tickets"])


def test_a_reset_repeats_ids_with_a_seed_and_not_without() -> None:
    def ids_before_and_after(*flags: str) -> tuple[str, str]:
        with sandbox(*flags) as it, Sandbox(it.admin_url) as plane:
            site = plane.tenant("site", "12345ABCDE")
            before = reserve(it.base_url, site).json()["id"]
            site.reset()
            return before, reserve(it.base_url, site).json()["id"]

    before, after = ids_before_and_after("--seed", "42")
    assert before == after
    before, after = ids_before_and_after()
    assert before != after
