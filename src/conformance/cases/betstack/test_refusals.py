"""What a creation and a reservation are refused for: the same rows for both calls."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final

from conformance.bet_cards import BetCards, a_jackpot, bets_of, events_of, first_legs, leg_of
from conformance.betstack import Answer, Betstack
from conformance.case import control, requirement
from conformance.client import expect_equal
from conformance.errors import Missing
from conformance.oracle import betstack as oracle
from conformance.signing import betstack_body
from conformance.target import Leg
from conformance.ticket_checks import must_refuse, without

NOWHERE: Final = 999_999_999
"""Id of no event and of no bet."""


@requirement("BS-CRT-010", safety="moves-money", needs=("create", "superbet"))
def test_refused_creation_answers_400(betstack: Betstack) -> None:
    """A creation that is refused for what it asks answers 400 with an error body."""
    _answers_400(betstack, "createTicket")


@requirement("BS-RSV-014", safety="creates", needs=("superbet",))
def test_refused_reservation_answers_400(betstack: Betstack) -> None:
    """A reservation that is refused for what it asks answers 400 with an error body."""
    _answers_400(betstack, "reserveTicket")


@requirement("BS-CRT-009", safety="moves-money", needs=("create", "quicktip"))
def test_creation_at_changed_odds_is_refused(betstack: Betstack) -> None:
    """With an odds_diff of 0 any difference of odds is refused, otherwise one that is greater than it."""
    _changed_odds_are_refused(betstack, "createTicket")
    allowed = Decimal("0.2")
    betstack.create(_shifted(betstack, allowed, allowed)).must_be(200)
    _is_odds_changed(betstack, betstack.create(_shifted(betstack, allowed + Decimal("0.01"), allowed)))


@requirement("BS-RSV-015", safety="creates", needs=("quicktip",))
def test_reservation_at_changed_odds_is_refused(betstack: Betstack) -> None:
    """With an odds_diff of 0 a reservation whose odds differ by a hundredth is refused."""
    _changed_odds_are_refused(betstack, "reserveTicket")


@requirement("BS-CRT-016", safety="moves-money", needs=("create",))
def test_malformed_creation_is_refused(betstack: Betstack) -> None:
    """A creation whose body is no JSON, or does not fit the table, gets 400 and 900 and no ticket."""
    good = betstack.cheap(betstack.reservation())
    with control("a well-formed creation"):
        betstack.create(good).must_be(200)
    for purpose, body in (
        ("no JSON", b'{"operator":'),
        ("no object", b"[]"),
        ("price as text", betstack_body({**good, "price": "100"})),
        ("unknown type", betstack_body({**good, "type": "lottery"})),
        ("type as an object", betstack_body({**good, "type": {"superbet": 1}})),
        ("price beyond every number", betstack_body(good).replace(b'"price":', b'"price":1e999,"price_":')),
        ("no number", betstack_body(good).replace(b'"price":', b'"price":NaN,"price_":')),
        ("not UTF-8", betstack_body(good).replace(b'"psp":null', b'"psp":"\xff\xfe"')),
        ("nested too deep", b"[" * 20_000 + b"]" * 20_000),
    ):
        with betstack.channel.evidence.during(purpose):
            _is_invalid(betstack.post("createTicket", body, betstack.headers(body)), purpose)


@requirement("BS-CRT-038", safety="moves-money")
def test_request_that_lacks_a_field_is_refused(betstack: Betstack) -> None:
    """A request that lacks any field not called optional is refused."""
    _good_ones_are_sold(betstack)
    good = betstack.cheap(betstack.reservation())
    for name in without(good, "psp", "atag", "rtag", "operator"):
        _each_is_invalid(betstack, without(good, name), f"without {name}")


@requirement("BS-CRT-039", safety="moves-money")
def test_value_out_of_range_is_refused(betstack: Betstack) -> None:
    """Prices below 1 cent, odds below 1, empty lists and empty texts are refused."""
    _good_ones_are_sold(betstack)
    good = betstack.cheap(betstack.reservation())
    ranges: list[dict[str, Any]] = [{"price": 0}, {"price": -100}, {"price": 10**12 + 1}, {"token": ""}]
    if "events" in good:
        ranges += [
            {"events": []},
            {"events": [{**good["events"][0], "odds": Decimal("0.99")}]},
            {"odds_diff": -1},
        ]
    else:
        ranges += [{"bets": []}]
    for changes in ranges:
        _each_is_invalid(betstack, {**good, **changes}, f"with {', '.join(changes)} out of range")


@requirement("BS-CRT-036", safety="moves-money")
def test_unknown_source_is_refused(betstack: Betstack) -> None:
    """Each of the seven sources is accepted; any other is refused, SMS in capitals too."""
    for operation in betstack.ways():
        for source in oracle.SOURCES:
            with control(f"source {source}"):
                betstack.sell(operation, betstack.cheap(betstack.reservation(source=source))).must_be(200)
    for source in ("SMS", "fax"):
        _each_is_invalid(betstack, betstack.cheap(betstack.reservation(source=source)), f"source {source}")


@requirement("BS-CRT-037", safety="moves-money", needs=("jackpot", "bet-card"))
def test_jackpot_with_coupon_id_is_refused(betstack: Betstack, cards: BetCards) -> None:
    """A jackpot with coupon_id in place of betcard_code is refused as incomplete."""
    good = betstack.cheap(a_jackpot(betstack, cards))
    _sold_both_ways(betstack, good, "with betcard_code")
    _each_is_invalid(betstack, {**without(good, "betcard_code"), "coupon_id": 455}, "with coupon_id")


@requirement("BS-SIG-022", safety="moves-money")
def test_body_of_another_media_type_is_refused(betstack: Betstack) -> None:
    """A body that is declared as anything but JSON is refused with 415 and code 901."""
    _good_ones_are_sold(betstack)
    body = betstack_body(betstack.cheap(betstack.reservation()))
    for operation in betstack.ways():
        headers = {**betstack.headers(body), "content-type": "text/plain"}
        betstack.post(operation, body, headers).must_be(415, code=oracle.UNSUPPORTED_MEDIA_TYPE)


@requirement("BS-SIG-021", safety="load")
def test_body_above_a_mebibyte_is_refused(betstack: Betstack) -> None:
    """A body of more than 1 MiB is refused with 413 and code 902."""
    _good_ones_are_sold(betstack)
    body = b" " * (1024 * 1024 + 1)
    for operation in betstack.ways():
        betstack.post(operation, body, betstack.headers(body)).must_be(413, code=oracle.TOO_LARGE)


@requirement("BS-CRT-017", safety="moves-money", needs=("create", "limited-operator"))
def test_creation_of_a_type_that_is_off_is_refused(betstack: Betstack, cards: BetCards) -> None:
    """A creation of a type that the account lacks gets 400 and 100, and the message names the type."""
    limited = betstack.as_limited_operator()
    if not limited.operator.types_off:
        raise Missing("needs [betstack.limited_operator] types_off in the target file")
    for kind in limited.operator.types_off:
        with control("an account that has this type"):
            betstack.create(betstack.cheap(_of_type(betstack, cards, kind))).must_be(200)
        refused = limited.create(limited.cheap(_of_type(limited, cards, kind)))
        refused.must_be(400, code=oracle.FEATURE_OFF)
        refused.must_say(oracle.MESSAGES[oracle.FEATURE_OFF][0].format(feature=kind))


@requirement("BS-CRT-020", safety="moves-money", needs=("create",))
def test_creation_with_an_unknown_token_is_refused(betstack: Betstack) -> None:
    """A creation with a token that the operator does not know is refused with 400 and code 101."""
    with control("a known token"):
        betstack.create(betstack.cheap(betstack.reservation())).must_be(200)
    fields = betstack.cheap(betstack.reservation(token=f"unknown-{betstack.new_id()}"))
    must_refuse(betstack.create(fields).must_be(400, code=oracle.UNKNOWN_PLAYER), "an unknown token")


@requirement("BS-CRT-021", safety="moves-money", needs=("blocked-player",))
def test_blocked_player_is_refused(betstack: Betstack) -> None:
    """A player whom the operator does not let bet is refused with 400 and code 916."""
    if betstack.target.blocked_token is None:
        raise Missing("needs [betstack] blocked_token in the target file")
    fields = betstack.cheap(betstack.reservation(token=betstack.target.blocked_token))
    _each_is_refused(betstack, fields, oracle.PLAYER_BLOCKED)


@requirement("BS-CRT-022", safety="moves-money")
def test_other_currency_than_the_players_is_refused(betstack: Betstack) -> None:
    """A currency other than the player's is refused with 400 and code 913."""
    other = "XTS" if betstack.operator.currency != "XTS" else "XXX"
    fields = betstack.cheap(betstack.reservation(currency=other))
    _each_is_refused(betstack, fields, oracle.CURRENCY_MISMATCH)


@requirement("BS-CRT-023", safety="moves-money", needs=("jackpot", "bet-card"))
def test_jackpot_on_an_unknown_card_is_refused(betstack: Betstack, cards: BetCards) -> None:
    """A jackpot with a betcard_code that no card has is refused with 400 and code 917."""
    good = betstack.cheap(a_jackpot(betstack, cards))
    _sold_both_ways(betstack, good, "a card that exists")
    _each_is_refused(betstack, {**good, "betcard_code": "ZZ99ZZ"}, oracle.UNKNOWN_CARD)


@requirement("BS-CRT-024", safety="moves-money", needs=("jackpot", "bet-card"))
def test_jackpot_with_other_events_than_its_card_is_refused(betstack: Betstack, cards: BetCards) -> None:
    """A jackpot that leaves out an event of its card, or adds one, is refused with 400 and code 918."""
    card = cards.card("jackpot")
    legs = first_legs(card)
    good = betstack.cheap(betstack.jackpot(card, legs))
    _sold_both_ways(betstack, good, "all events of the card")
    fewer = betstack.cheap(betstack.jackpot(card, legs[:-1]))
    if fewer["events"]:
        _each_is_refused(betstack, fewer, oracle.WRONG_NUMBER_OF_PICKS)
    _each_is_refused(
        betstack,
        betstack.cheap(betstack.jackpot(card, [*legs, Leg(NOWHERE, 1, Decimal(2))])),
        oracle.WRONG_NUMBER_OF_PICKS,
    )


@requirement("BS-CRT-025", safety="moves-money", needs=("create", "quicktip"))
def test_creation_on_an_unknown_event_or_bet_is_refused(betstack: Betstack) -> None:
    """An unknown event gets 400 and 910, an unknown bet of a known event 400 and 911."""
    fields = betstack.cheap(betstack.quicktip())
    with control("an event and a bet on offer"):
        betstack.create(fields).must_be(200)
    for change, code in (({"id": NOWHERE}, oracle.UNKNOWN_EVENT), ({"bet": NOWHERE}, oracle.UNKNOWN_BET)):
        answer = betstack.create({**fields, "events": [{**fields["events"][0], **change}]})
        must_refuse(answer.must_be(400, code=code), "a pick that is not on offer")


@requirement("BS-CRT-026", safety="moves-money", needs=("quicktip", "started-event"))
def test_event_that_has_started_is_refused(betstack: Betstack) -> None:
    """An event whose start has come is refused with 400 and code 919."""
    _each_is_refused(
        betstack, _on(betstack, betstack.target.started_event, "started_event"), oracle.EVENT_STARTED
    )


@requirement("BS-CRT-027", safety="moves-money", needs=("quicktip", "suspended-event"))
def test_suspended_event_is_refused(betstack: Betstack) -> None:
    """An event that is suspended is refused with 400 and code 920."""
    fields = _on(betstack, betstack.target.suspended_event, "suspended_event")
    _each_is_refused(betstack, fields, oracle.EVENT_SUSPENDED)


@requirement("BS-CRT-028", safety="moves-money", needs=("quicktip",))
def test_event_twice_in_a_ticket_is_refused(betstack: Betstack) -> None:
    """A ticket that holds an event twice is refused with 400 and code 914."""
    fields = betstack.cheap(betstack.quicktip())
    _each_is_refused(
        betstack, {**fields, "events": [fields["events"][0], *fields["events"]]}, oracle.DUPLICATE_EVENT
    )


@requirement("BS-CRT-029", safety="moves-money", needs=("quicktip", "smartbet", "bet-card", "limits"))
def test_number_of_picks_has_its_limits(betstack: Betstack, cards: BetCards) -> None:
    """Fewer picks than the operator's least get 400 and 921, more than its most 400 and 922."""
    limits = betstack.target.limits
    if limits is None or (limits.least_events is None and limits.greatest_events is None):
        raise Missing("needs [betstack.limits] least_events or greatest_events in the target file")
    legs = first_legs(cards.card("smartbet"))

    def with_picks(count: int) -> dict[str, Any]:
        if count > len(legs):
            raise Missing(f"needs a smartbet card with {count} events")
        picks = [leg.fields() for leg in legs[:count]]
        return betstack.cheap(betstack.quicktip(events=picks, odds_diff=Decimal(1)))

    for limit, beyond, code in (
        (limits.least_events, -1, oracle.TOO_FEW_LEGS),
        (limits.greatest_events, 1, oracle.TOO_MANY_LEGS),
    ):
        if limit is not None:
            _sold_both_ways(betstack, with_picks(limit), "the limit itself")
            _each_is_refused(betstack, with_picks(limit + beyond), code)


@requirement("BS-CRT-030", safety="moves-money", needs=("limits",))
def test_price_has_its_limits(betstack: Betstack) -> None:
    """A price below the limit gets 400 and 923, one above it 400 and 924; the limits are accepted."""
    limits = betstack.target.limits
    if limits is None or (limits.least_price is None and limits.greatest_price is None):
        raise Missing("needs [betstack.limits] least_price or greatest_price in the target file")
    for limit, beyond, code in (
        (limits.least_price, -1, oracle.PRICE_TOO_LOW),
        (limits.greatest_price, 1, oracle.PRICE_TOO_HIGH),
    ):
        if limit is not None:
            with control("the limit itself"):
                betstack.reserve(betstack.reservation(price=limit)).must_be(200)
            for operation in betstack.ways():
                answer = betstack.sell(operation, betstack.reservation(price=limit + beyond))
                must_refuse(answer.must_be(400, code=code), "a price beyond the limit")


@requirement("BS-CRT-031", safety="moves-money", needs=("quicktip", "smartbet", "bet-card"))
def test_payout_above_the_limit_is_refused(betstack: Betstack, cards: BetCards) -> None:
    """A ticket that could win more than 10^15 cents is refused with 400 and code 915."""
    legs = [
        max((leg_of(event, bet) for bet in bets_of(event)), key=lambda leg: leg.odds)
        for event in events_of(cards.card("smartbet"))
    ]
    picks = [leg.fields() for leg in legs]
    price = oracle.HIGHEST_PRICE
    if oracle.finances(price, Decimal(25), Decimal(0), [leg.odds for leg in legs]).gross_payout <= (
        oracle.HIGHEST_PAYOUT
    ):
        raise Missing("needs a smartbet card whose highest odds multiply to 1250 at least")
    fields = betstack.quicktip(events=picks, odds_diff=Decimal(1))
    with control("a low price"):
        betstack.reserve(betstack.cheap(fields)).must_be(200)
    for operation in betstack.ways():
        answer = betstack.sell(operation, {**fields, "price": price})
        must_refuse(answer.must_be(400, code=oracle.PAYOUT_LIMIT), "a payout above the limit")


@requirement("BS-CRT-032", safety="moves-money", needs=("create", "poor-player"))
def test_player_who_lacks_the_money_is_refused(betstack: Betstack) -> None:
    """A creation whose debit the operator's platform refuses for lack of money gets 400 and 925."""
    if betstack.target.poor_token is None:
        raise Missing("needs [betstack] poor_token in the target file")
    with control("a player who has the money"):
        betstack.create(betstack.cheap(betstack.reservation())).must_be(200)
    answer = betstack.create(betstack.reservation(token=betstack.target.poor_token))
    must_refuse(answer.must_be(400, code=oracle.INSUFFICIENT_FUNDS), "a debit beyond the balance")


@requirement("BS-CRT-035", safety="moves-money", needs=("quicktip",))
def test_first_reason_in_the_order_of_the_rows_is_answered(betstack: Betstack) -> None:
    """Of two reasons to refuse the first in the order of the rows is answered."""
    good = betstack.cheap(betstack.quicktip(odds_diff=Decimal(0)))
    pick = good["events"][0]
    causes: tuple[tuple[int, Callable[[dict[str, Any]], dict[str, Any]]], ...] = (
        (oracle.INVALID_REQUEST, lambda fields: {**fields, "source": "fax"}),
        (oracle.UNKNOWN_PLAYER, lambda fields: {**fields, "token": f"unknown-{betstack.new_id()}"}),
        (oracle.CURRENCY_MISMATCH, lambda fields: {**fields, "currency": "XTS"}),
        (oracle.UNKNOWN_EVENT, lambda fields: _more(fields, {**pick, "id": NOWHERE})),
        (oracle.UNKNOWN_BET, lambda fields: _more(fields, {**pick, "bet": NOWHERE})),
        (oracle.DUPLICATE_EVENT, lambda fields: _more(fields, pick)),
        (oracle.ODDS_CHANGED, _dearer),
        (oracle.PAYOUT_LIMIT, lambda fields: {**fields, "price": oracle.HIGHEST_PRICE}),
    )
    _sold_both_ways(betstack, good, "no reason to refuse")
    for operation in betstack.ways():
        for (code, first), (_, second) in pairwise(causes):
            with betstack.channel.evidence.during(f"{code} before what follows it"):
                answer = betstack.sell(operation, second(first(good)), legal=code != oracle.INVALID_REQUEST)
                must_refuse(answer.must_be(400, code=code), f"a request with the fault of {code}")


def _answers_400(betstack: Betstack, operation: str) -> None:
    good = betstack.cheap(betstack.superbet())
    with control("what is on offer"):
        betstack.sell(operation, good).must_be(200)
    for wrong in ({"event": NOWHERE}, {"bets": [NOWHERE]}):
        refused = betstack.sell(operation, {**good, **wrong}).must_be(400)
        refused.must_have_fields({"code": int, "message": str}, frozenset())
        must_refuse(refused, "a bet that is not on offer")


def _changed_odds_are_refused(betstack: Betstack, operation: str) -> None:
    with control("the current odds"):
        betstack.sell(operation, _shifted(betstack, Decimal(0), Decimal(0))).must_be(200)
    for shift in ("0.01", "-0.01"):
        answer = betstack.sell(operation, _shifted(betstack, Decimal(shift), Decimal(0)))
        _is_odds_changed(betstack, answer)


def _is_odds_changed(betstack: Betstack, answer: Answer) -> None:
    """The status is documented; the code, and where the message stands, are not."""
    answer.must_be(400).must_have_fields({"code": int, "message": str}, frozenset())
    must_refuse(answer, "odds that changed")
    if betstack.assumptions:
        answer.must_be(400, code=oracle.ODDS_CHANGED).must_say(*oracle.MESSAGES[oracle.ODDS_CHANGED])


def _shifted(betstack: Betstack, shift: Decimal, odds_diff: Decimal) -> dict[str, Any]:
    """A cheap quicktip whose highest odds are off by ``shift``."""
    fields = betstack.cheap(betstack.quicktip(odds_diff=odds_diff))
    *others, highest = sorted(fields["events"], key=lambda leg: leg["odds"])
    return {**fields, "events": [*others, {**highest, "odds": highest["odds"] + shift}]}


def _of_type(betstack: Betstack, cards: BetCards, kind: str) -> dict[str, Any]:
    if kind == "superbet":
        return betstack.superbet()
    return a_jackpot(betstack, cards) if kind == "jackpot" else betstack.picked(kind)


def _on(betstack: Betstack, leg: Leg | None, table: str) -> dict[str, Any]:
    if leg is None:
        raise Missing(f"needs [betstack.{table}] in the target file")
    return betstack.cheap(betstack.quicktip(events=[leg.fields()]))


def _more(fields: dict[str, Any], pick: dict[str, Any]) -> dict[str, Any]:
    return {**fields, "events": [*fields["events"], pick]}


def _dearer(fields: dict[str, Any]) -> dict[str, Any]:
    first, *others = fields["events"]
    return {**fields, "events": [{**first, "odds": first["odds"] + 1}, *others]}


def _good_ones_are_sold(betstack: Betstack) -> None:
    _sold_both_ways(betstack, betstack.cheap(betstack.reservation()), "a good request")


def _sold_both_ways(betstack: Betstack, fields: dict[str, Any], what: str) -> None:
    with control(what):
        for operation in betstack.ways():
            betstack.sell(operation, fields).must_be(200)


def _each_is_invalid(betstack: Betstack, fields: dict[str, Any], purpose: str) -> None:
    body = betstack_body(fields)
    for operation in betstack.ways():
        with betstack.channel.evidence.during(purpose):
            _is_invalid(betstack.post(operation, body, betstack.headers(body)), purpose)


def _is_invalid(answer: Answer, purpose: str) -> None:
    answer.must_be(400, code=oracle.INVALID_REQUEST)
    expect_equal(f"id of a ticket in the refusal: {purpose}", expected=None, actual=answer.raw.member("id"))


def _each_is_refused(betstack: Betstack, fields: dict[str, Any], code: int) -> None:
    """Refused with the code, where a good request is not."""
    with control("a good request"):
        betstack.reserve(betstack.cheap(betstack.reservation())).must_be(200)
    for operation in betstack.ways():
        answer = betstack.sell(operation, fields)
        must_refuse(answer.must_be(400, code=code), f"a request with the fault of {code}")
