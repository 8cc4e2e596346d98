"""What of the journal can be sent again, and what can't."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from mockserver.kernel.control import ControlRefusal
from mockserver.kernel.journal import LARGEST_KEPT, Direction, Exchange, Journal, Turns
from mockserver.kernel.resending import Again, resend


class Post:
    """Remembers what it is to send again."""

    schedules = ("ticket_win", "ticket_create")
    amounts = frozenset({"price"})

    def __init__(self, journal: Journal) -> None:
        self.sent: list[tuple[str, bytes]] = []
        self._journal = journal

    async def send_again(self, tenant: Any, sent: Exchange, document: bytes, *, identical: bool) -> str:
        self.sent.append((sent.id, document))
        return add(self._journal, cause=sent.id, request_body=document).id


def add(journal: Journal, **fields: Any) -> Exchange:
    made = {
        "direction": Direction.SENT,
        "method": "POST",
        "target": "http://127.0.0.1:9/pam",
        "at": datetime(2026, 3, 1, tzinfo=UTC),
        "action": "ticket_win",
        "subject": "t1",
    }
    exchange = Exchange(**made | fields)
    journal.begin(exchange)
    journal.keep(exchange)
    return exchange


@pytest.fixture
def tenant() -> Any:
    journal = Journal("site", lambda: 10, Turns())
    return SimpleNamespace(
        name="site", journal=journal, post=Post(journal), outbox=SimpleNamespace(closed=False)
    )


def run(tenant: Any, exchange: Exchange, **how: Any) -> list[str]:
    return [one.id for one in asyncio.run(resend(tenant, exchange, Again(**how)))]


def test_what_came_of_each_time_is_returned(tenant: Any) -> None:
    exchange = add(tenant.journal, request_body=b'{"price":5}')

    assert run(tenant, exchange, times=2) == ["site-2", "site-3"]
    assert run(tenant, exchange, changed=True) == ["site-4"]
    assert tenant.post.sent == [("site-1", b'{"price":5}')] * 2 + [("site-1", b'{"price":6}')]


def test_the_document_of_a_token_is_what_is_sent_again(tenant: Any) -> None:
    exchange = add(tenant.journal, request_body=b'"a.b.c"', document=b'{"price":5}')

    run(tenant, exchange)

    assert tenant.post.sent == [("site-1", b'{"price":5}')]


def test_what_followed_is_the_next_call_about_the_same_subject(tenant: Any) -> None:
    first = add(tenant.journal, request_body=b"1")
    add(tenant.journal, request_body=b"other ticket", subject="t2")
    add(tenant.journal, request_body=b"came in", direction=Direction.RECEIVED)
    add(tenant.journal, request_body=b"another API", surface="betstack.sms")
    add(tenant.journal, request_body=b"1")
    add(tenant.journal, request_body=b"never went out", target="")
    following = add(tenant.journal, request_body=b"2")
    add(tenant.journal, request_body=b"3")

    run(tenant, first, reordered=True)

    assert tenant.post.sent == [(following.id, b"2"), (first.id, b"1")]


@pytest.mark.parametrize(
    ("fields", "how", "told"),
    [
        ({"direction": Direction.RECEIVED}, {}, "was received"),
        ({"target": ""}, {}, "never went out"),
        ({"action": None}, {}, "never went out"),
        ({"action": "unheard_of"}, {}, "never went out"),
        ({"request_body": b"x" * (LARGEST_KEPT + 1)}, {}, "only the first 65536 bytes are kept"),
        ({"request_body": b"{}"}, {"changed": True}, "says no amount here"),
        ({}, {"identical": True, "changed": True}, "contradict one another"),
        ({"subject": None}, {"reordered": True}, "no call about the same subject followed"),
    ],
)
def test_what_can_not_be_sent_again_is_refused(
    tenant: Any, fields: dict[str, Any], how: dict[str, Any], told: str
) -> None:
    exchange = add(tenant.journal, **fields)
    add(tenant.journal, **{"request_body": b"2", "subject": None} if "reordered" in how else {})

    with pytest.raises(ControlRefusal, match=told):
        run(tenant, exchange, **how)

    assert tenant.post.sent == []


def test_nothing_more_is_sent_once_the_tenant_is_gone(tenant: Any) -> None:
    exchange = add(tenant.journal)

    async def send_again(*sent: Any, **how: Any) -> str:
        tenant.outbox.closed = len(tenant.post.sent) == 1
        return await Post.send_again(tenant.post, *sent, **how)

    tenant.post.send_again = send_again
    with pytest.raises(ControlRefusal, match="`site` was reset or dropped meanwhile; 2 of 5 calls were sent"):
        run(tenant, exchange, times=5)

    assert len(tenant.post.sent) == 2
