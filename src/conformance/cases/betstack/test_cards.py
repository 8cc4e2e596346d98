"""Listing and reading bet cards, and picking jackpot bets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from conformance.bet_cards import LIST, READ, BetCards, bets_of, events_of
from conformance.betstack import Answer
from conformance.case import control, requirement
from conformance.client import expect_equal, shown
from conformance.errors import Mismatch, Missing
from conformance.oracle import bet_cards as oracle
from conformance.oracle import betstack as engine
from conformance.ticket_checks import must_match, must_refuse, pairs_of

NOBODY: Final = "nobody-knows-me"
NO_CODE: Final = "ZZ99ZZ"
ORIGIN: Final = {"origin": "https://front-end.example"}


@requirement("BS-CRD-001", "BS-CRD-002", "BS-CRD-004", safety="read", needs=("bet-card", "smartbet"))
def test_smartbet_card_has_the_fields_of_the_sample(cards: BetCards) -> None:
    """A smartbet card is read by its code, and has that code and the fields of the page's sample."""
    code = cards.code("smartbet")
    answer = cards.read("smartbet", code).must_be(200).must_have("code", code)
    answer.must_have_fields(oracle.SMARTBET_CARD, oracle.CARD_NULLABLE)
    _unknown_code_shows_no_card(cards, "smartbet")


@requirement("BS-CRD-005", safety="read", needs=("bet-card",))
def test_card_code_is_six_letters_or_digits(cards: BetCards) -> None:
    """The code of a card of any kind is six upper-case letters or digits."""
    for kind, card in _one_of_each_kind(cards):
        must_match(f"code of a {kind} card", oracle.CARD_CODE, card.get("code"), "six letters or digits")
        _unknown_code_shows_no_card(cards, kind)


@requirement("BS-CRD-006", safety="read", needs=("bet-card",))
def test_card_names_its_operator(cards: BetCards) -> None:
    """A card of any kind names the operator in whose list it stands."""
    for kind, card in _one_of_each_kind(cards):
        expect_equal(f"operator of a {kind} card", expected=cards.operator.name, actual=card.get("operator"))
        _unknown_code_shows_no_card(cards, kind)


@requirement("BS-CRD-007", safety="read", needs=("bet-card",))
def test_card_has_its_events(cards: BetCards) -> None:
    """A card has its events, each with an id, two teams, and a tipped bet or bets to choose from."""
    for kind, card in _one_of_each_kind(cards):
        if kind == "superbet":
            continue
        expect_equal(f"event of a {kind} card", expected=None, actual=card.get("event"))
        for event in events_of(card):
            _event_must_be_whole(event, f"event of a {kind} card")
        _unknown_code_shows_no_card(cards, kind)


@requirement("BS-CRD-008", "BS-CRD-018", safety="read", needs=("bet-card",))
def test_card_is_read_at_the_plural_of_its_kind(cards: BetCards) -> None:
    """A card of any kind is read at the plural of its kind and its code, without an operator in the query."""
    for kind in cards.kinds():
        code = cards.code(kind)
        cards.read(kind, code).must_be(200).must_have("code", code)
        _unknown_code_shows_no_card(cards, kind)


@requirement("BS-CRD-009", "BS-CRD-012", safety="read", needs=("bet-card", "superbet"))
def test_superbet_cards_are_a_bare_array(cards: BetCards) -> None:
    """The superbet cards of an operator are answered as a bare array, without identity headers."""
    _unknown_operator_has_another_list(cards, "superbet", cards.listed("superbet"))


@requirement("BS-CRD-010", "BS-CRD-011", safety="read", needs=("bet-card", "superbet"))
def test_superbet_card_has_one_event_with_its_teams(cards: BetCards) -> None:
    """Each superbet card has a code and one event with a numeric id and two teams with name, slug and id."""
    listed = cards.listed("superbet")
    for card in listed:
        event = card.get("event")
        if not isinstance(event, dict) or not _is_number(event.get("id")):
            raise Mismatch(
                f"event of superbet card {card['code']}: expected one with a numeric id, got {shown(event)}",
                expected="an object with a numeric id",
                actual=shown(event),
            )
        for side in ("home_team", "away_team"):
            _must_be_a_team(event.get(side), f"{side} of superbet card {card['code']}")
    _unknown_operator_has_another_list(cards, "superbet", listed)


@requirement("BS-CRD-013", safety="read", needs=("bet-card", "superbet"))
def test_superbet_cards_may_be_read_by_a_page_of_another_origin(cards: BetCards) -> None:
    """The list of superbet cards allows a web page of another origin to read it."""
    answer = cards.list_cards("superbet", **ORIGIN).must_be(200)
    if answer.raw.header("Access-Control-Allow-Origin") not in ("*", ORIGIN["origin"]):
        _no_origin_allowed(answer)


@requirement("BS-CRD-015", safety="read", needs=("bet-card",))
def test_every_call_is_answered_without_identity(cards: BetCards) -> None:
    """Every call to the Bet Card API is answered without identity headers."""
    cards.finance_details(2000, (engine_odds(),)).must_be(200)
    for kind in cards.kinds():
        cards.list_cards(kind).must_be(200)
        cards.read(kind, cards.code(kind)).must_be(200)
        _unknown_code_shows_no_card(cards, kind)
    cards.pick(cards.code("jackpot")).must_be(200)
    cards.generate(cards.code("smartbet"), smallest_wish(cards)).must_be(200)


@requirement("BS-CRD-016", safety="read", needs=("bet-card",))
def test_every_answer_may_be_read_from_any_origin(cards: BetCards) -> None:
    """Every answer of the Bet Card API, a refusal too, allows a web page of any origin to read it."""
    answers = [cards.finance_details(2000, (engine_odds(),), **ORIGIN)]
    for kind in cards.kinds():
        answers += [cards.list_cards(kind), cards.list_cards(kind, operator=NOBODY, **ORIGIN)]
        answers += [cards.read(kind, cards.code(kind)), cards.read(kind, NO_CODE, **ORIGIN)]
    answers += [
        cards.pick(cards.code("jackpot")),
        cards.generate(cards.code("smartbet"), smallest_wish(cards)),
    ]
    answers.append(Answer(cards.channel.call_outside("GET", "/nothing-is-here", headers=ORIGIN)))
    for answer in answers:
        if answer.raw.header("Access-Control-Allow-Origin") != "*":
            _no_origin_allowed(answer)


@requirement("BS-CRD-017", "BS-CRD-019", safety="read", needs=("bet-card",))
def test_cards_are_listed_at_the_plural_of_their_kind(cards: BetCards) -> None:
    """The cards of each kind are listed at the plural of the kind, as a bare array."""
    for kind in cards.kinds():
        _unknown_operator_has_another_list(cards, kind, cards.listed(kind))


@requirement("BS-CRD-020", safety="read", needs=("bet-card",))
def test_listed_card_is_found_by_its_code(cards: BetCards) -> None:
    """Every card of a list is read by its code, with the same content."""
    for kind in cards.kinds():
        listed = cards.listed(kind)
        for card in listed:
            found = cards.read(kind, card["code"]).must_be(200)
            expect_equal(f"{kind} card {card['code']} as it is read", expected=card, actual=found.raw.value)
        _unknown_operator_has_another_list(cards, kind, listed)


@requirement("BS-CRD-021", safety="read", needs=("bet-card",))
def test_list_of_an_unknown_operator_is_refused(cards: BetCards) -> None:
    """A list of cards for an unknown operator is refused with 400 and code 106."""
    for kind in cards.kinds():
        with control("an operator that exists"):
            cards.list_cards(kind).must_be(200)
        refused = cards.list_cards(kind, operator=NOBODY).must_be(400, code=engine.UNKNOWN_OPERATOR)
        refused.must_say(engine.MESSAGES[engine.UNKNOWN_OPERATOR][0].format(operator=NOBODY))


@requirement("BS-CRD-022", safety="read", needs=("bet-card",))
def test_list_without_an_operator_is_refused(cards: BetCards) -> None:
    """A list of cards without the parameter operator is refused with 400 and code 900."""
    for kind in cards.kinds():
        with control("with an operator"):
            cards.list_cards(kind).must_be(200)
        cards.ask(LIST[kind]).must_be(400, code=engine.INVALID_REQUEST)


@requirement("BS-CRD-023", safety="read", needs=("bet-card", "limited-operator"))
def test_list_of_a_kind_that_the_account_lacks_is_refused(cards: BetCards) -> None:
    """A list of a kind of cards that the account does not have is refused with 400 and code 100."""
    limited = cards.of(cards.target.limited_operator, "limited_operator")
    if not limited.operator.types_off:
        raise Missing("needs [betstack.limited_operator] types_off in the target file")
    for kind in limited.operator.types_off:
        with control("an account that has this kind"):
            cards.list_cards(kind).must_be(200)
        refused = limited.list_cards(kind).must_be(400, code=engine.FEATURE_OFF)
        refused.must_say(engine.MESSAGES[engine.FEATURE_OFF][0].format(feature=kind))


@requirement("BS-CRD-024", safety="read", needs=("bet-card",))
def test_code_that_no_card_of_the_kind_has_is_refused(cards: BetCards) -> None:
    """A code of no card, or of a card of another kind, is refused with 400 and code 917."""
    for kind, next_kind in pairs_of(cards.kinds()):
        with control(f"the code of a {kind} card"):
            cards.read(kind, cards.code(kind)).must_be(200)
        for code in (NO_CODE, cards.code(next_kind)):
            cards.read(kind, code).must_be(400, code=engine.UNKNOWN_CARD)
    for code in (NO_CODE, cards.code("superbet")):
        cards.pick(code).must_be(400, code=engine.UNKNOWN_CARD)
        cards.generate(code, smallest_wish(cards)).must_be(400, code=engine.UNKNOWN_CARD)


@requirement("BS-CRD-025", safety="read", needs=("bet-card", "jackpot"))
def test_jackpot_card_has_its_prizes(cards: BetCards) -> None:
    """A jackpot card carries its prize, and its bonus prizes as an array of integers."""
    card = cards.card("jackpot")
    prizes = card.get("bonus_prizes")
    if not isinstance(prizes, list) or not all(_is_number(prize) for prize in [card.get("prize"), *prizes]):
        raise Mismatch(
            f"prizes of card {shown(card.get('code'))}: got {shown(card.get('prize'))}, {shown(prizes)}",
            expected="an integer and an array of integers",
            actual=f"{shown(card.get('prize'))}, {shown(prizes)}",
        )
    _unknown_code_shows_no_card(cards, "jackpot")


@requirement("BS-CRD-026", safety="read", needs=("bet-card", "superbet"))
def test_superbet_card_that_is_read_has_one_event(cards: BetCards) -> None:
    """A superbet card that is read by its code has `event` in place of `events`."""
    card = cards.card("superbet")
    expect_equal("events of a superbet card", expected=None, actual=card.get("events"))
    for event in events_of(card):
        _event_must_be_whole(event, "event of a superbet card")
    _unknown_code_shows_no_card(cards, "superbet")


@requirement("BS-CRD-027", "BS-CRD-028", safety="read", needs=("bet-card", "jackpot"))
def test_picking_answers_the_card_with_a_bet_for_each_event(cards: BetCards) -> None:
    """Picking jackpot bets answers the card with one of the offered bets for each of its events."""
    card = cards.card("jackpot")
    answer = cards.pick(str(card.get("code"))).must_be(200).must_have("code", card.get("code"))
    picked = answer.raw.value
    offered = {event.get("id"): [bet.get("id") for bet in bets_of(event)] for event in events_of(card)}
    events = events_of(picked)
    expect_equal(
        "events of the picked card", expected=list(offered), actual=[event.get("id") for event in events]
    )
    for event in events:
        bet = event.get("bet")
        if not isinstance(bet, dict) or bet.get("id") not in offered[event.get("id")]:
            raise Mismatch(
                f"bet picked for event {shown(event.get('id'))}: expected one of "
                f"{shown(offered[event.get('id')])}, got {shown(bet)}",
                expected="one of the event's bets",
                actual=shown(bet),
            )
    with control("a code of no card"):
        must_refuse(cards.pick(NO_CODE), "picking from a card that does not exist")


@requirement("BS-CRD-029", safety="read", needs=("bet-card",))
def test_path_or_method_of_no_operation_is_refused(cards: BetCards) -> None:
    """A path of no operation gets 404 and 904, a method that a path does not have 405 with Allow and 905."""
    with control("a path and method that exist"):
        cards.list_cards("superbet").must_be(200)
    Answer(cards.channel.call_outside("GET", "/nothing-is-here")).must_be(404, code=engine.UNKNOWN_PATH)
    for path in ("/calculator/finance-details", "/superbets"):
        answer = Answer(cards.channel.call_outside("DELETE", path))
        answer.must_be(405, code=engine.METHOD_NOT_ALLOWED)
        if "GET" not in (answer.raw.header("Allow") or ""):
            raise Mismatch(
                f"Allow of {path}: expected GET in it, got {shown(answer.raw.header('Allow'))}",
                expected="Allow with GET",
                actual=shown(answer.raw.header("Allow")),
            )


@requirement("BS-CRD-030", safety="load", needs=("bet-card", "smartbet"))
def test_body_above_a_mebibyte_is_refused(cards: BetCards) -> None:
    """A body of more than 1 MiB is refused with 413 and code 902."""
    code, wish = cards.code("smartbet"), smallest_wish(cards)
    with control("a small body"):
        cards.generate(code, wish).must_be(200)
    body = b" " * (1024 * 1024 + 1)
    answer = cards.ask("generateSmartbet", code=code, headers={"content-type": "application/json"}, body=body)
    answer.must_be(413, code=engine.TOO_LARGE)


@requirement("BS-CRD-031", safety="read", needs=("bet-card",))
def test_refusal_has_code_and_message_alone(cards: BetCards) -> None:
    """A refusal of the Bet Card API has no members besides code and message."""
    with control("an operator that exists"):
        cards.list_cards("superbet").must_be(200)
    refusals = [cards.list_cards(kind, operator=NOBODY) for kind in cards.kinds()]
    refusals += [cards.read(kind, NO_CODE) for kind in READ]
    for refused in (*refusals, cards.ask(LIST["superbet"])):
        must_refuse(refused, "a call that names nothing")
        refused.must_have_fields({"code": int, "message": str}, frozenset())
        expect_equal("members of a refusal", expected=["code", "message"], actual=sorted(refused.raw.value))


def engine_odds() -> Any:
    """Odds of the page's sample."""
    return oracle.CALCULATOR_SAMPLE.odds[0]


def smallest_wish(cards: BetCards) -> dict[str, Any]:
    """A wish that nearly every card can fulfil."""
    return {"stake": cards.target.price, "win": 1, "risk": "1-1000"}


def _one_of_each_kind(cards: BetCards) -> Iterator[tuple[str, dict[str, Any]]]:
    for kind in cards.kinds():
        yield kind, cards.card(kind)


def _unknown_code_shows_no_card(cards: BetCards, kind: str) -> None:
    with control("a code of no card"):
        must_refuse(cards.read(kind, NO_CODE), f"reading a {kind} card that does not exist")


def _unknown_operator_has_another_list(cards: BetCards, kind: str, listed: list[dict[str, Any]]) -> None:
    with control("an operator that does not exist"):
        if not listed:
            raise Missing(f"needs a {kind} card in the list")
        answer = cards.list_cards(kind, operator=NOBODY)
        if answer.raw.value == listed:
            raise Mismatch(
                f"an unknown operator is answered like a known one: {answer.raw.describe()}",
                expected="a refusal, or an empty list",
                actual=answer.raw.describe(),
            )


def _event_must_be_whole(event: dict[str, Any], what: str) -> None:
    if not _is_number(event.get("id")) or not bets_of(event):
        raise Mismatch(
            f"{what}: expected a numeric id and a bet or bets, got {shown(event)}",
            expected="an id and bets",
            actual=shown(event),
        )
    for side in ("home_team", "away_team"):
        _must_be_a_team(event.get(side), f"{side} of the {what}")


def _must_be_a_team(team: object, what: str) -> None:
    if not isinstance(team, dict) or not (
        isinstance(team.get("name"), str) and isinstance(team.get("slug"), str) and _is_number(team.get("id"))
    ):
        raise Mismatch(
            f"{what}: expected name, slug and id, got {shown(team)}",
            expected="name, slug and id",
            actual=shown(team),
        )


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _no_origin_allowed(answer: Answer) -> None:
    allowed = answer.raw.header("Access-Control-Allow-Origin")
    raise Mismatch(
        f"Access-Control-Allow-Origin of {answer.raw.describe()}: expected *, got {shown(allowed)}",
        expected="Access-Control-Allow-Origin: *",
        actual=shown(allowed),
    )
