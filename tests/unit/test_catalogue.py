"""Events and cards come from a file; whatever is wrong with it is named by its place."""

from __future__ import annotations

import copy
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mockserver.betstack import catalogue as catalogue_module
from mockserver.betstack.catalogue import Catalogue, CatalogueError, read_catalogue
from mockserver.betstack.offer import Closed, Event, TicketType
from mockserver.catalogue_file import built_in_catalogue, built_in_text, catalogue_in
from mockserver.cli import cli
from mockserver.kernel.conversion import from_document, to_document

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
DOCUMENT: dict[str, Any] = {
    "leagues": {
        "kenya": {
            "league_id": 1,
            "league_slug": "football/kenya/premier-league",
            "league_name": "Premier League",
            "country_id": 2,
            "country_slug": "kenya",
            "country_name": "Kenya",
        }
    },
    "outcomes": {
        "home": {"bet_code": "1", "bet_name": "Home", "market_code": "MRFT", "market_name": "Result"},
        "over": {
            "bet_code": "O",
            "bet_name": "Over",
            "market_code": "TGFT",
            "market_name": "Goals",
            "line_code": "2.5",
            "line_name": "2.5",
        },
    },
    "events": [
        {
            "id": number,
            "starts": "2030-06-08T19:30:00+03:00",
            "league": "kenya",
            "home_team": {"id": 11, "slug": "gor-mahia", "name": "Gor Mahia"},
            "away_team": {"id": 12, "slug": "tusker", "name": "Tusker"},
            "updated": "2026-01-14T08:31:40Z",
            "bets": [
                {"id": 101, "outcome": "home", "odds": Decimal("1.5")},
                {"id": 102, "outcome": "over", "odds": 2},
            ],
        }
        for number in (7, 8)
    ],
    "cards": [
        {
            "code": "AAAAA1",
            "operator": "site",
            "kind": "superbet",
            "title": "One",
            "description": "Of one match",
            "events": [{"event": 7, "bets": [101, 102]}],
        },
        {
            "code": "AAAAA2",
            "operator": "site",
            "kind": "jackpot",
            "title": "Two",
            "description": "Of two matches",
            "prize": 5_000_000,
            "bonus_prizes": [1000],
            "events": [{"event": 7, "bets": [101]}, {"event": 8, "bets": [101]}],
        },
        {
            "code": "AAAAA3",
            "operator": "other",
            "kind": "quicktip",
            "title": "Three",
            "description": "A tip",
            "sitename": "bets.example",
            "events": [{"event": 7, "tip": 101}],
        },
    ],
}


def changed(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    document = copy.deepcopy(DOCUMENT)
    change(document)
    return document


def complaint(document: Any) -> str:
    with pytest.raises(CatalogueError) as error:
        read_catalogue(document)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_an_event_is_read_with_its_league_its_odds_and_its_start_in_utc() -> None:
    event = read_catalogue(DOCUMENT).events[7]

    assert event.starts == datetime(2030, 6, 8, 16, 30, tzinfo=UTC)
    assert event.starts.tzinfo is UTC
    assert (event.category.league_name, event.category.country_id) == ("Premier League", 2)
    assert (event.home_team.name, event.away_team.slug, event.suspended) == ("Gor Mahia", "tusker", False)
    home, over = event.bets.values()
    assert (home.bet_code, home.line_code, str(home.odds)) == ("1", None, "1.50")
    assert (over.market_code, over.line_code, str(over.odds)) == ("TGFT", "2.5", "2.00")
    assert over.updated == datetime(2026, 1, 14, 8, 31, 40, tzinfo=UTC)


def test_a_card_is_read_with_what_its_kind_holds() -> None:
    superbet, jackpot = read_catalogue(DOCUMENT).cards_of("site")[:2]
    (quicktip,) = [card for card in read_catalogue(DOCUMENT).cards_of("other") if card.code == "AAAAA3"]

    assert (superbet.kind, superbet.events[0].offered) == (TicketType.SUPERBET, (101, 102))
    assert (superbet.sitename, superbet.prize) == (None, 0)
    assert (jackpot.prize, jackpot.bonus_prizes) == (5_000_000, (1000,))
    assert [one.event.id for one in jackpot.events] == [7, 8]
    assert (quicktip.sitename, quicktip.events[0].tip, quicktip.events[0].offered) == (
        "bets.example",
        101,
        (),
    )


GONE = object()
NUMBER = "it has to be a number from 1 to below 1000000, with at most two digits after the point"
MISTAKES: list[tuple[str, Any, str]] = [
    ("cards", GONE, "`cards` is missing"),
    ("card", [], "unknown key `card`; known are leagues, outcomes, events, cards"),
    ("events", [], "events: is []; it has to be a list of at least 1"),
    ("events", 7, "events: is 7; it has to be a list of at least 1"),
    ("leagues.kenya.country_id", GONE, "leagues.kenya: `country_id` is missing"),
    ("leagues.kenya.league_id", "1", "leagues.kenya.league_id: is '1'; it has to be a whole number"),
    ("outcomes.over.line_code", 2, "outcomes.over.line_code: is 2; it has to be a text"),
    ("events.1.id", 7, "events[1]: event 7 stands twice"),
    ("events.1.id", True, "events[1].id: is True; it has to be a whole number from 1"),
    ("events.1.id", 2**53, "events[1].id: is 9007199254740992; it has to be a whole number"),
    ("events.1.start", "x", "events[1]: unknown key `start`; known are id, starts"),
    ("events.1.starts", "2030-06-08T19:30:00", "events[1].starts: is '2030-06-08T19:30:00'; it has to be a"),
    (
        "events.1.starts",
        "2030-02-30T19:30:00Z",
        "events[1].starts: is '2030-02-30T19:30:00Z'; it has to be a",
    ),
    (
        "events.1.starts",
        "1999-12-31T23:59:00Z",
        "events[1].starts: is '1999-12-31T23:59:00Z'; it has to be a",
    ),
    (
        "events.1.league",
        "kenia",
        "events[1].league: there is no `kenia` among the leagues; did you mean `kenya`?",
    ),
    ("events.1.suspended", "no", "events[1].suspended: is 'no'; it has to be true or false"),
    ("events.1.home_team.name", "", "events[1].home_team.name: is ''; it has to be a text"),
    ("events.1.bets.0.odds", Decimal("1.955"), f"events[1].bets[0].odds: is 1.955; {NUMBER}"),
    ("events.1.bets.0.odds", Decimal("0.99"), f"events[1].bets[0].odds: is 0.99; {NUMBER}"),
    ("events.1.bets.0.odds", 1.5, f"events[1].bets[0].odds: is 1.5; {NUMBER}"),
    ("events.1.bets.0.odds", 10**6, f"events[1].bets[0].odds: is 1000000; {NUMBER}"),
    ("events.1.bets.0.odds", Decimal("NaN"), f"events[1].bets[0].odds: is NaN; {NUMBER}"),
    ("events.1.bets.1.id", 101, "events[1].bets[1]: bet 101 stands twice in the event"),
    ("events.1.bets.1.outcome", "home", "events[1].bets[1]: outcome `home` stands twice in the event"),
    ("cards.1.code", "AAAAA1", "cards[1]: card AAAAA1 stands twice"),
    ("cards.1.code", "aaaaa2", "cards[1].code: is 'aaaaa2'; it has to be six upper-case letters or digits"),
    (
        "cards.1.kind",
        "jackpt",
        "cards[1].kind: there is no `jackpt` among the kinds; did you mean `jackpot`?",
    ),
    ("cards.1.prize", GONE, "cards[1].prize: is missing; a jackpot card has it"),
    ("cards.1.prize", -1, "cards[1].prize: is -1; it has to be a whole number from 0"),
    ("cards.0.prize", 1, "cards[0].prize: a superbet card has none"),
    ("cards.1.events.0.event", 9, "cards[1].events[0].event: there is no event 9"),
    ("cards.1.events.0.bets.0", 999, "cards[1].events[0].bets[0]: event 7 has no bet 999; it has 101, 102"),
    ("cards.1.events.0.bets", [101, 101], "cards[1].events[0].bets: a bet stands twice"),
    ("cards.1.events.1.event", 7, "cards[1].events[1]: event 7 stands twice on the card"),
    ("cards.1.events.0.tip", 101, "cards[1].events[0].tip: an event of a jackpot card has none"),
    ("cards.2.events.0.tip", GONE, "cards[2].events[0].tip: is missing; an event of a quicktip card has it"),
    ("cards.1.kind", "superbet", "cards[1].events: a superbet card has one event, not 2"),
]


@pytest.mark.parametrize(("place", "value", "told"), MISTAKES, ids=[told for *_, told in MISTAKES])
def test_a_mistake_is_told_in_one_line_with_its_place(place: str, value: Any, told: str) -> None:
    *steps, last = (int(step) if step.isdecimal() else step for step in place.split("."))
    document: Any = copy.deepcopy(DOCUMENT)
    holder = document
    for step in steps:
        holder = holder[step]
    if value is GONE:
        del holder[last]
    else:
        holder[last] = value

    assert complaint(document).startswith(told)


@pytest.mark.parametrize("document", [None, [], "text", 7])
def test_a_document_that_is_no_object_is_refused(document: Any) -> None:
    assert "it has to be an object with leagues, outcomes, events, cards" in complaint(document)


def test_an_operator_has_its_own_cards_under_their_codes_and_copies_of_all_others() -> None:
    catalogue = read_catalogue(DOCUMENT)
    site, other, fresh = (catalogue.cards_of(name) for name in ("site", "other", "fresh"))

    assert [card.code for card in site[:2]] == ["AAAAA1", "AAAAA2"]
    assert other[2].code == "AAAAA3"
    codes = [card.code for cards in (site, other, fresh) for card in cards]
    assert len(set(codes)) == 9
    assert all(re.fullmatch("[0-9A-Z]{6}", code) for code in codes)
    for cards in (site, other, fresh):
        assert [card.title for card in cards] == ["One", "Two", "Three"]


def test_codes_follow_from_the_catalogue_and_the_operators_name() -> None:
    one, another = read_catalogue(DOCUMENT), read_catalogue(DOCUMENT)

    assert [card.code for card in one.cards_of("fresh")] == [card.code for card in another.cards_of("fresh")]
    assert [card.code for card in one.cards_of("fresh")] != [card.code for card in one.cards_of("fresh-2")]


def test_a_derived_code_that_is_taken_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    made = iter(["AAAAA2", "BBBBB1", "BBBBB1", "BBBBB2", "BBBBB3"])
    monkeypatch.setattr(catalogue_module, "_code_of", lambda _digest: next(made))

    cards = read_catalogue(DOCUMENT).cards_of("fresh")

    assert [card.code for card in cards] == ["BBBBB1", "BBBBB2", "BBBBB3"]


def test_a_card_is_found_by_its_operator_and_by_its_code_alone() -> None:
    catalogue = read_catalogue(DOCUMENT)
    copied = catalogue.cards_of("fresh")[0]

    assert catalogue.card("fresh", copied.code) == copied
    assert catalogue.card("fresh", "AAAAA1") is None
    assert catalogue.owned(copied.code, ["site", "fresh"]) == ("fresh", copied)
    assert catalogue.owned("AAAAA1", ["site", "fresh"]) == ("site", catalogue.cards_of("site")[0])
    assert catalogue.owned(copied.code, ["site"]) is None


@pytest.mark.parametrize(
    ("moment", "suspended", "taken"),
    [
        (timedelta(microseconds=-1), False, True),
        (timedelta(0), False, False),
        (timedelta(hours=-1), True, False),
    ],
)
def test_bets_are_taken_before_the_start_unless_the_event_is_suspended(
    moment: timedelta, suspended: bool, taken: bool
) -> None:
    event = read_catalogue(changed(lambda it: it["events"][0].update(suspended=suspended))).events[7]

    assert (event.why_closed((), event.starts + moment) is None) is taken


def test_an_event_that_has_ended_takes_no_bets_nor_does_its_card() -> None:
    catalogue = read_catalogue(DOCUMENT)
    event = catalogue.events[7]
    assert event.why_closed((), NOW) is None

    assert event.why_closed({7}, NOW) is Closed.ENDED
    cards = [card for card in catalogue.cards_of("site") if any(one.event.id == 7 for one in card.events)]
    assert cards
    assert not any(card.takes_bets({7}, NOW) for card in cards if card.kind is not TicketType.SMARTBET)


def test_a_card_takes_bets_while_all_its_events_do_and_a_smartbet_while_one_does() -> None:
    def suspended(it: dict[str, Any]) -> None:
        it["events"][0]["suspended"] = True
        events = [{"event": 7, "bets": [101]}, {"event": 8, "bets": [101]}]
        smartbet = it["cards"][0] | {"code": "AAAAA4", "kind": "smartbet", "events": events}
        it["cards"] += [smartbet, smartbet | {"code": "AAAAA5", "events": events[:1]}]

    catalogue = read_catalogue(changed(suspended))
    cards = {card.code: card.takes_bets((), NOW) for card in catalogue.cards_of("site")}

    assert (cards["AAAAA1"], cards["AAAAA2"], cards["AAAAA4"], cards["AAAAA5"]) == (False, False, True, False)
    assert all(card.takes_bets((), NOW) for card in read_catalogue(DOCUMENT).cards_of("site"))


def test_events_survive_an_export() -> None:
    for event in built_in_catalogue().events.values():
        assert from_document(Event, to_document(event)) == event


# What is built in.

FORMER = {
    100001: ("PPJ", "JaPS/47", "2030-06-08T16:00:00", "3.10 3.40 2.25 1.95 1.85 2.60"),
    390815: ("Gor Mahia", "Tusker", "2030-06-08T17:30:00", "1.55 3.80 5.50"),
    391814: ("AFC Leopards", "Bandari", "2030-06-09T13:00:00", "2.20 3.10 3.05 1.72 1.50"),
}


@pytest.fixture(scope="module")
def built_in() -> Catalogue:
    return built_in_catalogue()


@pytest.mark.parametrize("number", FORMER)
def test_the_events_of_the_vendors_ticket_samples_are_on_offer(built_in: Catalogue, number: int) -> None:
    home, away, starts, odds = FORMER[number]
    event = built_in.events[number]

    assert (event.home_team.name, event.away_team.name) == (home, away)
    assert event.starts.isoformat() == f"{starts}+00:00"
    assert {bet.id: str(bet.odds) for bet in event.bets.values()} == dict(
        zip(range(101, 107), odds.split(), strict=False)
    )


def test_the_event_of_the_vendors_card_sample_is_there_and_has_begun(built_in: Catalogue) -> None:
    event = built_in.events[292275]
    bet = event.bets[1]

    assert event.starts == datetime(2024, 7, 17, 17, 0, tzinfo=UTC)
    assert (event.category.league_id, event.category.country_id) == (18450000, 1880000)
    assert event.category.league_slug == "football/finland/kakkonen-group-a"
    assert (event.home_team.id, event.away_team.id) == (1141060000, 1222480000)
    assert (bet.bet_code, bet.market_code, bet.line_code, str(bet.odds)) == ("1", "MRFT", None, "1.95")
    assert bet.updated == datetime(2024, 7, 16, 6, 45, 11, tzinfo=UTC)
    assert event.why_closed((), NOW) is Closed.STARTED


def test_one_event_is_suspended_and_all_others_but_one_are_open(built_in: Catalogue) -> None:
    assert [event.id for event in built_in.events.values() if event.suspended] == [396503]
    assert {event.id for event in built_in.events.values() if event.why_closed((), NOW)} == {292275, 396503}
    assert len(built_in.events) >= 16


def test_every_kind_has_cards_that_take_bets(built_in: Catalogue) -> None:
    open_cards = [card for card in built_in.cards_of("site") if card.takes_bets((), NOW)]

    for kind in TicketType:
        assert len([card for card in open_cards if card.kind is kind]) >= 2
    world = built_in.card("site", "F2964C")
    assert world is not None
    assert (world.title, world.description) == ("World", "Smartbet description")
    assert len([one for one in world.events if one.event.why_closed((), NOW) is None]) >= 10


def test_the_mega_jackpot_has_thirteen_events_and_the_mini_jackpot_those_of_the_samples(
    built_in: Catalogue,
) -> None:
    mega, mini = [card for card in built_in.cards_of("site") if card.kind is TicketType.JACKPOT]

    assert len(mega.events) == 13
    assert mega.prize > max(mega.bonus_prizes) > 0
    assert [one.event.id for one in mini.events] == [390815, 391814]


# The file.


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "catalogue.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_printed_catalogue_can_be_read_and_is_the_built_in_one(tmp_path: Path) -> None:
    printed = CliRunner().invoke(cli, ["catalogue"])
    read = catalogue_in(written(tmp_path, printed.output))

    assert printed.exit_code == 0
    assert read.events == built_in_catalogue().events
    assert read.cards_of("fresh") == built_in_catalogue().cards_of("fresh")


def test_a_number_with_a_fraction_is_read_exactly(tmp_path: Path) -> None:
    text = built_in_text().replace("odds: 3.10}", "odds: 999999.99}", 1)

    assert catalogue_in(written(tmp_path, text)).events[100001].bets[101].odds == Decimal("999999.99")


FILE_MISTAKES = [
    ("odds: 3.10", "odds: 3.101", r": events\[1\]\.bets\[0\]\.odds: is 3\.101; it has to be a number"),
    ("odds: 3.10", "odds: 3.10, odds: 3.20", r":\d+: key `odds` stands twice in one object"),
    ("odds: 3.10", "odds: 1e3", r": events\[1\]\.bets\[0\]\.odds: is '1e3'; it has to be a number"),
    ("odds: 3.10", "odds: 1:30", r":\d+: `1:30` is no number like 2000 or 1\.95"),
    ("odds: 3.10", "odds: .inf", r":\d+: `\.inf` is no number like"),
    ("odds: 3.10", "odds: !!int [1]", r":\d+: expected a scalar node"),
    ("odds: 3.10", "odds: !!bool x", r" is no YAML that is read: 'x'"),
    ("events:", "evnts:", r": unknown key `evnts`"),
    ("events:", "events: [", r":\d+: "),
    ("events:", "\x00events:", r" is no YAML that is read: .*control characters"),
    ("events:", "? [1]\n: 2\nevents:", r":\d+: found unhashable key"),
    ("events:", "---\nevents:", r":\d+: but found another document"),
    ("events:", "x: " + "[" * 100_000, r": nested too deep"),
]


@pytest.mark.parametrize(("old", "new", "told"), FILE_MISTAKES, ids=[told for *_, told in FILE_MISTAKES])
def test_a_broken_file_is_told_in_one_line_with_its_name(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    file = written(tmp_path, built_in_text().replace(old, new, 1))

    with pytest.raises(CatalogueError) as error:
        catalogue_in(file)

    assert re.match(re.escape(str(file)) + told, str(error.value))
    assert "\n" not in str(error.value)


def test_a_file_that_is_missing_or_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes(b"leagues: \xff")

    with pytest.raises(CatalogueError, match=r"none\.yaml can't be read: No such file or directory$"):
        catalogue_in(tmp_path / "none.yaml")
    with pytest.raises(CatalogueError, match=r"latin\.yaml is not UTF-8 at byte 9$"):
        catalogue_in(tmp_path / "latin.yaml")


def test_a_server_does_not_start_with_a_broken_catalogue(tmp_path: Path) -> None:
    file = written(tmp_path, "events: []\n")

    ended = subprocess.run(
        [
            sys.executable,
            "-m",
            "mockserver",
            "serve",
            "--port",
            "0",
            "--admin-port",
            "0",
            "--catalogue",
            file,
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == f"mockserver: {file}: `leagues` is missing\n"
