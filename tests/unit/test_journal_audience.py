"""Who waits for exchanges is told of each that ends, in order, and of the end."""

from __future__ import annotations

import pytest

from mockserver.kernel.journal import Exchange, Journal, JournalClosed, Turns

from .test_journal import exchange, journal, kept


def test_the_order_of_the_ends_is_counted_apart_from_that_of_the_beginnings() -> None:
    site = journal()
    slow, quick = exchange(), exchange()
    site.begin(slow)
    site.begin(quick)
    assert (slow.end_turn, site.last_end) == (0, 0)
    site.keep(quick)
    site.keep(slow)

    assert [(one.turn, one.end_turn) for one in (slow, quick)] == [(1, 2), (2, 1)]
    assert site.last_end == 2


def test_what_has_not_ended_stands_in_a_snapshot_only() -> None:
    site = journal()
    one = exchange()
    site.begin(one)

    assert (site.snapshot(), site.exchanges()) == ([one], [])


def test_an_audience_hears_of_its_own_journal_and_the_common_one_of_all() -> None:
    turns = Turns()
    site, other = journal("site", turns=turns), journal("other", turns=turns)
    of_site: list[object] = []
    of_all: list[object] = []
    site.audience.join(of_site.append)
    turns.audience.join(of_all.append)

    first, second = kept(site), kept(other)

    assert (of_site, of_all) == ([first], [first, second])


def test_what_is_heard_is_complete() -> None:
    site = journal()
    heard: list[tuple[bool, int, int]] = []

    def listen(one: Exchange | JournalClosed) -> None:
        assert isinstance(one, Exchange)
        heard.append((one.ended, one.end_turn, one.request_size))

    site.audience.join(listen)
    kept(site, exchange(b"body"))

    assert heard == [(True, 1, 4)]


def test_whoever_leaves_hears_nothing_more_and_may_leave_twice() -> None:
    site = journal()
    heard: list[object] = []
    leave = site.audience.join(heard.append)
    first = kept(site)
    leave()
    leave()
    kept(site)

    assert heard == [first]


def test_an_audience_is_told_of_the_end_and_of_nothing_after_it() -> None:
    turns = Turns()
    site = journal(turns=turns)
    of_site: list[object] = []
    of_all: list[object] = []
    site.audience.join(of_site.append)
    turns.audience.join(of_all.append)

    site.close("tenant `site` was reset")
    kept(site)

    (closed,) = of_site
    assert isinstance(closed, JournalClosed)
    assert str(closed) == "tenant `site` was reset"
    assert of_all == []
    with pytest.raises(JournalClosed):
        site.audience.join(of_site.append)


def test_a_closed_journal_still_counts_and_keeps() -> None:
    site: Journal = journal()
    site.close("gone")

    assert kept(site).end_turn == 1
