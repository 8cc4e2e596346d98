"""A journal keeps a bounded number of exchanges, each under an id of its own."""

from datetime import UTC, datetime

import pytest

from mockserver.kernel.journal import LARGEST_KEPT, NOBODY, Direction, Exchange, Journal, Turns

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def exchange(body: bytes = b"", answer: bytes = b"", document: bytes | None = None) -> Exchange:
    return Exchange(
        direction=Direction.RECEIVED,
        method="POST",
        target="/be/tickets",
        at=NOON,
        request_body=body,
        answer_body=answer,
        document=document,
    )


def kept(journal: Journal, one: Exchange | None = None) -> Exchange:
    one = one or exchange()
    journal.begin(one)
    journal.keep(one)
    return one


def journal(owner: str = "site", size: int = 10, turns: Turns | None = None) -> Journal:
    return Journal(owner, lambda: size, turns or Turns())


def ids(of: Journal) -> list[str]:
    return [one.id for one in of.exchanges()]


def test_an_exchange_is_nobodys_and_without_an_id_until_it_is_begun() -> None:
    one = exchange()
    assert (one.tenant, one.id) == (NOBODY, "")
    journal().begin(one)

    assert (one.tenant, one.id) == ("site", "site-1")


def test_an_exchange_that_is_begun_is_found_once_it_is_kept() -> None:
    site = journal()
    one = exchange()
    site.begin(one)
    assert (site.find("site-1"), site.exchanges()) == (None, [])

    site.keep(one)
    assert (site.find("site-1"), site.exchanges()) == (one, [one])
    assert site.find("site-2") is None


def test_the_order_is_that_of_the_beginnings_whichever_ends_first() -> None:
    site = journal()
    first, second = exchange(), exchange()
    site.begin(first)
    site.begin(second)
    site.keep(second)
    site.keep(first)

    assert ids(site) == ["site-1", "site-2"]
    assert [one.turn for one in site.exchanges()] == [1, 2]
    assert site.last_number == 2


def test_the_exchanges_of_one_tenant_leave_no_trace_in_the_ids_of_another() -> None:
    turns = Turns()
    site, other = journal("site", turns=turns), journal("other", turns=turns)
    for of in (site, other, site):
        kept(of)

    assert (ids(site), ids(other)) == (["site-1", "site-2"], ["other-1"])


def test_turns_count_the_exchanges_of_all_journals_together() -> None:
    turns = Turns()
    site, other = journal("site", turns=turns), journal("other", turns=turns)

    assert [kept(of).turn for of in (site, other, site)] == [1, 2, 3]


def test_the_oldest_exchanges_go_first() -> None:
    site = journal(size=3)
    for _ in range(3):
        kept(site)
    assert ids(site) == ["site-1", "site-2", "site-3"]

    kept(site)
    assert ids(site) == ["site-2", "site-3", "site-4"]
    assert site.find("site-1") is None
    assert site.last_number == 4


def test_what_goes_first_is_what_began_first_whenever_it_ends() -> None:
    site = journal(size=2)
    slow = exchange()
    site.begin(slow)
    kept(site)
    kept(site)
    site.keep(slow)

    assert ids(site) == ["site-2", "site-3"]


def test_an_exchange_that_has_not_ended_is_not_shown() -> None:
    site = journal()
    site.begin(exchange())

    assert (site.exchanges(), site.find("site-1")) == ([], None)


def test_one_journal_does_not_take_the_room_of_another() -> None:
    turns = Turns()
    site, other = journal("site", 1, turns), journal("other", 1, turns)
    kept(site)
    for _ in range(3):
        kept(other)

    assert (ids(site), ids(other)) == (["site-1"], ["other-3"])


def test_a_smaller_size_holds_at_once() -> None:
    size = 5
    site = Journal("site", lambda: size, Turns())
    for _ in range(5):
        kept(site)
    size = 2

    assert ids(site) == ["site-4", "site-5"]


@pytest.mark.parametrize("length", [0, 1, LARGEST_KEPT - 1, LARGEST_KEPT])
def test_bodies_up_to_the_largest_are_kept_whole(length: int) -> None:
    body, answer, document = b"q" * length, b"a" * length, b"d" * length
    one = kept(journal(), exchange(body, answer, document))

    assert (one.request_body, one.answer_body, one.document) == (body, answer, document)
    assert (one.request_size, one.answer_size) == (length, length)


def test_a_larger_body_is_cut_and_its_size_is_that_of_the_whole() -> None:
    whole = b"q" * LARGEST_KEPT
    one = kept(journal(), exchange(whole + b"x", whole + b"yz", whole + b"v"))

    assert (one.request_body, one.answer_body, one.document) == (whole, whole, whole)
    assert (one.request_size, one.answer_size) == (LARGEST_KEPT + 1, LARGEST_KEPT + 2)


def test_an_exchange_whose_body_is_the_document_gets_no_other() -> None:
    assert kept(journal(), exchange(b"{}")).document is None


def test_a_restored_journal_has_the_same_exchanges_and_goes_on_counting() -> None:
    old = journal()
    for _ in range(3):
        kept(old)
    new = journal()
    kept(new)
    new.restore(old.exchanges()[1:], old.last_number)

    assert ids(new) == ["site-2", "site-3"]
    assert (new.find("site-1"), new.last_number) == (None, 3)
    assert kept(new).id == "site-4"


def test_numbers_of_an_emptied_journal_begin_anew_and_turns_do_not() -> None:
    site = journal()
    kept(site)
    kept(site)
    site.restore([], 0)

    assert (site.exchanges(), site.last_number) == ([], 0)
    following = kept(site)
    assert (following.id, following.turn) == ("site-1", 3)
