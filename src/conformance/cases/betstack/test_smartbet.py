"""Generating a smartbet from a card."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Final

from conformance.bet_cards import JSON_TYPE, BetCards
from conformance.betstack import Answer
from conformance.case import control, requirement
from conformance.client import expect_equal, shown
from conformance.errors import Mismatch, Missing
from conformance.oracle import bet_cards as oracle
from conformance.oracle import betstack as engine
from conformance.signing import betstack_body
from conformance.ticket_checks import (
    amounts_must_add_up,
    cents,
    members,
    must_have_members,
    must_have_two_digits,
    must_match,
    rate,
    rates_must_be_percentages,
    without,
    zone_of,
)

RISK: Final = "1.25-4.99"
"""That of the page's request."""

NEEDS: Final = ("bet-card", "smartbet")


@requirement("BS-SMB-001", "BS-SMB-002", "BS-SMB-003", "BS-CAL-004", safety="read", needs=NEEDS)
def test_smartbet_has_the_fields_of_the_sample(cards: BetCards) -> None:
    """A smartbet generated from a card has the fields of the page's sample."""
    answer = _generated(cards).must_have_fields(oracle.SMARTBET, frozenset())
    _told_apart(cards, answer)


@requirement("BS-SMB-004", safety="read", needs=NEEDS)
def test_stake_of_the_request_is_the_price_of_the_answer(cards: BetCards) -> None:
    """The stake of the request comes back as the price of the answer."""
    for stake in (cards.target.price, cards.target.price + 1):
        _generated(cards, stake=stake).must_have("price", stake)


@requirement("BS-CAL-005", safety="read", needs=NEEDS)
def test_rates_are_percentages(cards: BetCards) -> None:
    """ext and wht of a smartbet are percentages, not fractions: the taxes fit them so."""
    answer = _generated(cards, stake=1_000_000, win=1_500_000)
    rates_must_be_percentages(answer.raw.value)
    _told_apart(cards, answer)


@requirement("BS-SMB-005", "BS-SMB-006", safety="read", needs=NEEDS)
def test_event_has_the_fields_of_the_sample(cards: BetCards) -> None:
    """Each event of a smartbet has its start, category, teams, bet and id, as in the page's sample."""
    answer = _generated(cards)
    for event in members(answer.raw.value, "events"):
        must_have_members(event, oracle.SELECTED_EVENT, "event")
        must_have_members(event["category"], oracle.CATEGORY, "category")
        for side in ("home_team", "away_team"):
            must_have_members(event[side], oracle.TEAM, side)
    _told_apart(cards, answer)


@requirement("BS-SMB-007", safety="read", needs=NEEDS)
def test_bet_has_the_fields_of_the_sample(cards: BetCards) -> None:
    """The bet of each event has the fields of the page's sample; its line may be null."""
    answer = _generated(cards)
    for bet in _bets(answer):
        must_have_members(bet, oracle.SELECTED_BET, "bet", oracle.BET_NULLABLE)
    _told_apart(cards, answer)


@requirement("BS-SMB-008", safety="read", needs=NEEDS)
def test_start_is_given_in_both_zones(cards: BetCards) -> None:
    """starts and operator_time_starts are one instant, with microseconds and without offset."""
    answer = _generated(cards)
    zones = {zone_of(event, ("starts",)) for event in members(answer.raw.value, "events")}
    expect_equal("zones of the operator, by the events", expected=1, actual=len(zones))
    _told_apart(cards, answer)


@requirement("BS-SMB-009", safety="read", needs=NEEDS)
def test_updated_has_whole_seconds(cards: BetCards) -> None:
    """updated of a bet has whole seconds and no offset."""
    answer = _generated(cards)
    for bet in _bets(answer):
        must_match("updated of a bet", oracle.UPDATED, bet.get("updated"), "whole seconds and no offset")
    _told_apart(cards, answer)


@requirement("BS-CAL-026", safety="read", needs=NEEDS)
def test_odds_have_two_digits(cards: BetCards) -> None:
    """The odds of the bets and the total odds are decimal odds with two digits after the point."""
    answer = _generated(cards)
    must_have_two_digits("total_odds", answer.raw.member("total_odds"))
    for bet in _bets(answer):
        must_have_two_digits("odds of a bet", bet.get("odds"))
    _told_apart(cards, answer)


@requirement(
    *("BS-SMB-012", "BS-CAL-014", "BS-CAL-015", "BS-CAL-016", "BS-CAL-017", "BS-CAL-018", "BS-CAL-019"),
    safety="read",
    needs=NEEDS,
)
def test_amounts_follow_from_stake_and_odds(cards: BetCards) -> None:
    """The amounts are those of an inclusive excise at the product of the bets' odds, to the cent."""
    for stake in (cards.target.price, 1999, 12345):
        answer = _generated(cards, stake=stake)
        odds = [_odds(bet) for bet in _bets(answer)]
        answer.must_have("total_odds", engine.total_odds(odds))
        amounts_must_add_up(answer.raw.value, stake, odds, "a stake of")


@requirement("BS-SMB-013", safety="read", needs=NEEDS)
def test_rates_are_those_of_the_cards_operator(cards: BetCards) -> None:
    """ext and wht of a smartbet are the rates that the calculator has for the card's operator."""
    answer = _generated(cards)
    calculated = cards.finance_details(cards.target.price, oracle.CALCULATOR_SAMPLE.odds).must_be(200)
    for name in ("ext", "wht"):
        expect_equal(
            f"{name} of a smartbet, and of the calculator",
            expected=rate(calculated.raw.value, name),
            actual=answer.raw.member(name),
        )
    _told_apart(cards, answer)


@requirement("BS-SMB-014", "BS-SMB-016", safety="read", needs=NEEDS)
def test_bets_lie_within_the_risk(cards: BetCards) -> None:
    """The odds of every bet lie within the answered risk, and that within the risk that was asked for."""
    low, high = _range(RISK)
    answer = _generated(cards)
    answered = _range(answer.raw.member("risk"))
    if not low <= answered[0] <= answered[1] <= high:
        raise Mismatch(
            f"risk {shown(answer.raw.member('risk'))} is not within {RISK}",
            expected=f"a range within {RISK}",
            actual=shown(answer.raw.member("risk")),
        )
    for bet in _bets(answer):
        if not answered[0] <= _odds(bet) <= answered[1]:
            raise Mismatch(
                f"odds {shown(bet.get('odds'))} are not within the risk {shown(answer.raw.member('risk'))}",
                expected=f"odds within {shown(answer.raw.member('risk'))}",
                actual=shown(bet.get("odds")),
            )
    with control("each event once"):
        ids = [event.get("id") for event in members(answer.raw.value, "events")]
        expect_equal("different events of a smartbet", expected=len(ids), actual=len({*map(str, ids)}))
    _told_apart(cards, answer)


@requirement("BS-SMB-015", safety="read", needs=NEEDS)
def test_payout_reaches_the_win(cards: BetCards) -> None:
    """net_payout of the answer is at least the win that was asked for."""
    for times in (2, 5):
        win = times * cards.target.price
        answer = _generated(cards, win=win)
        if cents(answer.raw.value, "net_payout") < win:
            raise Mismatch(
                f"net_payout {answer.raw.member('net_payout')} is below the win {win}",
                expected=f"net_payout of at least {win}",
                actual=f"net_payout {answer.raw.member('net_payout')}",
            )
    _told_apart(cards, answer)


@requirement("BS-SMB-017", "BS-SMB-018", safety="read", needs=NEEDS)
def test_malformed_wish_is_refused(cards: BetCards) -> None:
    """A body that is no JSON, or lacks a field, or has one of the wrong type, is refused with 400 and 900."""
    wish, code = _wish(cards), cards.code("smartbet")
    with control("a well-formed wish"):
        _generated(cards)
    for purpose, body in (
        ("no JSON", b'{"stake":'),
        ("no object", b"[]"),
        *((f"without {name}", betstack_body(without(wish, name))) for name in wish),
        ("stake as text", betstack_body({**wish, "stake": "2000"})),
        ("win as text", betstack_body({**wish, "win": "25000"})),
        ("risk as a number", betstack_body({**wish, "risk": 2})),
        ("stake of 0", betstack_body({**wish, "stake": 0})),
    ):
        with cards.channel.evidence.during(purpose):
            answer = cards.ask("generateSmartbet", code=code, headers=JSON_TYPE, body=body)
            answer.must_be(400, code=engine.INVALID_REQUEST)


@requirement("BS-SMB-019", safety="read", needs=NEEDS)
def test_risk_that_is_no_range_is_refused(cards: BetCards) -> None:
    """A risk whose low odds are above the high ones, or below 1, is refused with 400 and code 940."""
    with control("a range"):
        _generated(cards)
    for risk in ("4.99-1.25", "0.5-4.99"):
        cards.generate(cards.code("smartbet"), _wish(cards, risk=risk)).must_be(400, code=oracle.INVALID_RISK)


@requirement("BS-SMB-020", safety="read", needs=NEEDS)
def test_win_that_no_selection_reaches_is_refused(cards: BetCards) -> None:
    """A win that no selection within the risk reaches is refused with 400 and code 941."""
    with control("a win within reach"):
        _generated(cards)
    code = cards.code("smartbet")
    for changes in ({"stake": 1, "win": 10**15}, {"risk": "999-1000"}):
        cards.generate(code, _wish(cards, **changes)).must_be(400, code=oracle.WIN_OUT_OF_REACH)


@requirement("BS-SMB-021", safety="read", needs=NEEDS)
def test_body_of_another_media_type_is_refused(cards: BetCards) -> None:
    """A body that is declared as anything but JSON is refused with 415."""
    with control("declared as JSON"):
        _generated(cards)
    answer = cards.ask(
        "generateSmartbet",
        code=cards.code("smartbet"),
        headers={"content-type": "text/plain"},
        body=betstack_body(_wish(cards)),
    )
    answer.must_be(415)


def _wish(cards: BetCards, **changes: Any) -> dict[str, Any]:
    return {"stake": cards.target.price, "win": 2 * cards.target.price, "risk": RISK, **changes}


def _generated(cards: BetCards, **changes: Any) -> Answer:
    """A smartbet. Raises :exc:`Missing` where the card has no bets for the wish."""
    stake = changes.get("stake", cards.target.price)
    wish = _wish(cards, **{"win": 2 * stake, **changes})
    answer = cards.generate(cards.code("smartbet"), wish)
    if answer.is_refusal(400, oracle.WIN_OUT_OF_REACH):
        raise Missing(f"needs a smartbet card that reaches {wish['win']}: {answer.raw.describe()}")
    return answer.must_be(200)


def _told_apart(cards: BetCards, answer: Answer) -> None:
    with control("another stake gives another price"):
        other = _generated(cards, stake=3 * int(cents(answer.raw.value, "price")) + 1)
        if other.raw.member("price") == answer.raw.member("price"):
            raise Mismatch(
                f"two stakes gave the same price {answer.raw.member('price')}",
                expected="two prices",
                actual=shown(answer.raw.member("price")),
            )


def _bets(answer: Answer) -> list[dict[str, Any]]:
    bets = [event.get("bet") for event in members(answer.raw.value, "events")]
    found = [bet for bet in bets if isinstance(bet, dict)]
    expect_equal("events with a bet", expected=len(bets), actual=len(found))
    return found


def _odds(bet: dict[str, Any]) -> Decimal:
    must_have_two_digits("odds of a bet", bet.get("odds"))
    return Decimal(bet["odds"])


def _range(risk: object) -> tuple[Decimal, Decimal]:
    found = (
        re.fullmatch(r"(\d{1,6}(?:\.\d{1,9})?)-(\d{1,6}(?:\.\d{1,9})?)", risk)
        if isinstance(risk, str)
        else None
    )
    if found is None:
        raise Mismatch(
            f"risk: expected two odds joined by a hyphen, got {shown(risk)}",
            expected="two odds joined by a hyphen",
            actual=shown(risk),
        )
    return Decimal(found[1]), Decimal(found[2])
