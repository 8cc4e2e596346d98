"""Calls to the operator's platform, which the kit plays: what is told, and what becomes of a refusal.

The first requirement of each case is one of the bet engine, whose caller the operator is.
"""

from __future__ import annotations

import hmac
import json
import re
from decimal import Decimal
from typing import Any, Final

from conformance.betstack import Answer, Betstack
from conformance.callback_sink import Reply
from conformance.case import control, requirement
from conformance.client import expect_equal, shown, simultaneously
from conformance.errors import Hazard, Mismatch, Missing
from conformance.oracle import betstack as oracle
from conformance.oracle.pam import ORDER
from conformance.pam_call_checks import (
    arrived,
    calls_of_both,
    must_fail,
    must_have_failed,
    player_of,
    selling,
    sold,
    some_calls,
    the_call,
)
from conformance.played_pam import DROPPED, Watch, answered, refused
from conformance.signing import betstack_signature
from conformance.ticket_checks import amounts_must_add_up, must_match, must_refuse, ticket_of

NEEDS: Final = ("platform-calls", "create")

SELLING: Final = ("createTicket", "reserveTicket")
"""What costs money comes first, so that a hazard is not hidden by less."""

STATUSES: Final = (403, 404, 500, 503, 201, 204, 302)
"""Statuses that are not 200, so that the platform has booked nothing (BS-ASM-094)."""


@requirement("BS-CRT-006", safety="moves-money", needs=NEEDS)
def test_creation_calls_ticket_create(betstack: Betstack, pam: Watch) -> None:
    """Creating a ticket calls ticket_create, once and with the ticket's id, before the caller is answered."""
    answer = betstack.create(betstack.cheap(betstack.reservation())).must_be(200)
    told = pam.calls("ticket_create")
    if not told:
        raise Mismatch(
            f"a ticket was created, and no ticket_create arrived at {pam.pam.url}",
            expected="one ticket_create",
            actual=arrived(pam),
        )
    expect_equal("tickets told of", expected=[ticket_of(answer)["id"]], actual=[call.ticket for call in told])


@requirement("BS-RSV-012", "BS-ACT-006", safety="creates", needs=("platform-calls",))
def test_reservation_calls_ticket_reserve(betstack: Betstack, pam: Watch) -> None:
    """Reserving a ticket calls ticket_reserve, with atag and rtag as they were sent."""
    for atag, rtag in (("affiliate-1", "referral-2"), (None, None)):
        watch = pam.afresh()
        ticket = ticket_of(betstack.reserve(betstack.reservation(atag=atag, rtag=rtag)).must_be(200))
        told = watch.calls("ticket_reserve")
        if not told:
            raise Mismatch(
                f"a ticket was reserved, and no ticket_reserve arrived at {pam.pam.url}",
                expected="one ticket_reserve",
                actual=arrived(watch),
            )
        expect_equal("tickets told of", expected=[ticket["id"]], actual=[call.ticket for call in told])
        for name, value in (("atag", atag), ("rtag", rtag)):
            expect_equal(f"{name} of ticket_reserve", expected=value, actual=told[0].data.get(name))


@requirement("BS-RSV-013", safety="creates", needs=("platform-calls",))
def test_reserved_ticket_is_not_wagered(betstack: Betstack, pam: Watch) -> None:
    """A reserved ticket is not wagered: the platform is not told to take its price."""
    ticket = betstack.reserve_ticket()
    the_call(pam, "ticket_reserve", ticket.id)
    if pam.calls("ticket_create", ticket=ticket.id):
        raise Hazard(
            "ticket_create was called for a ticket that is only reserved: its price is taken without a bet",
            expected="no ticket_create",
            actual=arrived(pam),
        )
    betstack.status_must_be(ticket, "reserved")


@requirement("BS-CRT-007", "BS-ACT-007", safety="moves-money", needs=NEEDS)
def test_tags_of_a_creation_are_passed_on(betstack: Betstack, pam: Watch) -> None:
    """ticket_create carries atag and rtag as they were sent."""
    for atag, rtag in (("affiliate-1", "referral-2"), ("affiliate-3", None)):
        watch = pam.afresh()
        fields = betstack.cheap(betstack.reservation(atag=atag, rtag=rtag))
        call = the_call(watch, "ticket_create", betstack.created_ticket(fields).id)
        for name, value in (("atag", atag), ("rtag", rtag)):
            expect_equal(f"{name} of ticket_create", expected=value, actual=call.data.get(name))


@requirement("BS-CRT-008", safety="moves-money", needs=("platform-calls",))
def test_player_is_identified_before_the_ticket(betstack: Betstack, pam: Watch) -> None:
    """The player is looked up by identify before the ticket is created or reserved, and only if known."""
    for operation in betstack.ways():
        watch = pam.afresh()
        ticket = sold(betstack, operation)
        actions = [call.action for call in watch.calls()]
        expect_equal(
            f"calls of {operation}", expected=["identify", oracle.ANNOUNCES[operation]], actual=actions
        )
        watch = pam.afresh()
        unknown = betstack.cheap(betstack.reservation(token=f"unknown-{betstack.new_id()}"))
        must_refuse(betstack.sell(operation, unknown), "a token that the platform does not know")
        actions = [call.action for call in watch.calls()]
        expect_equal("calls for an unknown token", expected=["identify"], actual=actions)
        betstack.read(ticket["id"]).must_be(200)


@requirement("BS-CRT-008", "BS-IDN-011", "BS-TKT-018", safety="moves-money", needs=("platform-calls",))
def test_player_id_is_the_one_of_identify(betstack: Betstack, pam: Watch) -> None:
    """player_id of the calls, and user_id of the ticket, are the player_id that identify answered."""
    player = player_of(betstack, pam)
    for operation in betstack.ways():
        watch = pam.afresh()
        ticket = sold(betstack, operation)
        call = the_call(watch, oracle.ANNOUNCES[operation], ticket["id"])
        expect_equal(f"player_id of {call.action}", expected=player.id, actual=call.data.get("player_id"))
        betstack.read(ticket["id"]).must_be(200).must_have("user_id", player.id)


@requirement(
    *("BS-CRT-006", "BS-PAM-001", "BS-PAM-002", "BS-PAM-005", "BS-IDN-012"), safety="moves-money", needs=NEEDS
)
def test_calls_are_signed(betstack: Betstack, pam: Watch) -> None:
    """Each call has timestamp and a signature over it and the body as it came, and no operator-name."""
    for operation in SELLING:
        sold(betstack, operation)
    for call in calls_of_both(pam):
        timestamp, signature = call.received.header("timestamp"), call.received.header("signature")
        if timestamp is None or signature is None:
            raise Mismatch(
                f"{call.action} lacks timestamp or signature",
                expected="both headers",
                actual=", ".join(name for name, _ in call.received.headers),
            )
        right = betstack_signature(betstack.operator.secret, timestamp, call.received.body)
        if not hmac.compare_digest(right.encode(), signature.encode("utf-8", "replace")):
            raise Mismatch(
                f"the signature of {call.action} does not fit timestamp and body",
                expected="HMAC-SHA256 over the timestamp and the body without white space",
                actual="another signature",
            )
        expect_equal(
            f"header operator-name of {call.action}",
            expected=None,
            actual=call.received.header("operator-name"),
        )
        expect_equal(
            f"operator of {call.action}", expected=betstack.operator.name, actual=call.data.get("operator")
        )
        if call.action == "identify":
            expect_equal("token of identify", expected=betstack.operator.token, actual=call.data.get("token"))


@requirement(
    *("BS-CRT-006", "BS-PAM-003", "BS-PAM-004", "BS-ACT-028", "BS-ACT-029"), safety="moves-money", needs=NEEDS
)
def test_calls_have_the_fields_of_the_pages_in_their_order(betstack: Betstack, pam: Watch) -> None:
    """The calls have action before data, and the fields of the pages in their order, null without a value."""
    for operation in SELLING:
        sold(betstack, operation, psp=None, atag=None, rtag=None)
    for call in calls_of_both(pam):
        expect_equal("members of the body", expected=["action", "data"], actual=list(call.members))
        wanted = list(ORDER[call.action])
        # Whether a creation has psp, and a reservation's may be null, is not documented.
        fields = [name for name in call.data if name != "psp" or name in wanted]
        expect_equal(f"fields of {call.action}", expected=wanted, actual=fields)
        for name in ("atag", "rtag"):
            if name in wanted:
                expect_equal(f"{name} of {call.action}", expected=None, actual=call.data[name])


@requirement("BS-CRT-008", "BS-PAM-014", "BS-PAM-022", safety="moves-money", needs=NEEDS)
def test_calls_are_posts_of_json(betstack: Betstack, pam: Watch) -> None:
    """Every call is a POST to the one URL, with a body that is declared as application/json."""
    for operation in SELLING:
        sold(betstack, operation)
    for call in calls_of_both(pam):
        expect_equal(f"method of {call.action}", expected="POST", actual=call.received.method)
        must_match(
            f"Content-Type of {call.action}",
            r"application/json(\s*;.*)?",
            (call.received.header("content-type") or "").lower(),
            "application/json",
        )


@requirement("BS-CRT-008", "BS-PAM-015", safety="moves-money", needs=NEEDS)
def test_percentage_without_fraction_is_written_as_an_integer(betstack: Betstack, pam: Watch) -> None:
    """A percentage without a fraction is sent as 10, not as 10.0."""
    for operation in SELLING:
        sold(betstack, operation)
    whole = 0
    for call in some_calls(pam, "ticket_create", "ticket_reserve"):
        for name in ("wht", "ext"):
            found = re.search(rf'"{name}"\s*:\s*([-+0-9.eE]+)'.encode(), call.received.body)
            text = found[1].decode() if found else "nothing"
            if re.fullmatch(r"\d+(\.0+)?", text):
                expect_equal(f"{name} of {call.action}", expected=str(int(float(text))), actual=text)
                whole += 1
    if not whole:
        raise Missing("needs a rate without a fraction; the operator has none")


@requirement(
    "BS-CRT-008", "BS-ACT-026", "BS-MNY-023", safety="moves-money", needs=("platform-calls", "quicktip")
)
def test_calls_name_type_and_excise(betstack: Betstack, pam: Watch) -> None:
    """ticket_type of the calls is the type that was asked for, ext_type is inclusive."""
    kinds = [kind for kind in ("quicktip", "quickbet", "smartbet") if kind not in betstack.target.lacks]
    for operation in betstack.ways():
        for kind in kinds:
            watch = pam.afresh()
            answer = betstack.sell(operation, betstack.cheap(betstack.picked(kind))).must_be(200)
            call = the_call(watch, oracle.ANNOUNCES[operation], ticket_of(answer)["id"])
            expect_equal(f"ticket_type of {call.action}", expected=kind, actual=call.data.get("ticket_type"))
            expect_equal(f"ext_type of {call.action}", expected="inclusive", actual=call.data.get("ext_type"))


@requirement("BS-CRT-008", "BS-ACT-027", safety="moves-money", needs=("platform-calls", "quicktip"))
def test_amounts_of_the_calls_follow_from_the_price(betstack: Betstack, pam: Watch) -> None:
    """Stake, taxes and payouts that the platform is told follow from the price by the samples' relations."""
    fields = betstack.cheap(betstack.quicktip())
    for operation in betstack.ways():
        watch = pam.afresh()
        ticket = ticket_of(betstack.sell(operation, fields).must_be(200))
        call = the_call(watch, oracle.ANNOUNCES[operation], ticket["id"])
        data = json.loads(call.received.body, parse_float=Decimal)["data"]
        amounts_must_add_up(data, fields["price"], [leg["odds"] for leg in fields["events"]])


@requirement("BS-CRT-006", "BS-ACT-028", safety="moves-money", needs=NEEDS)
def test_platform_is_told_the_amounts_that_the_ticket_has(betstack: Betstack, pam: Watch) -> None:
    """Price, stake, taxes, payouts, currency and code that the platform is told are those of the ticket."""
    for operation in SELLING:
        watch = pam.afresh()
        ticket = sold(betstack, operation)
        read = betstack.read(ticket["id"]).must_be(200)
        call = the_call(watch, oracle.ANNOUNCES[operation], ticket["id"])
        data = json.loads(call.received.body, parse_float=Decimal)["data"]
        for name in (*oracle.MONEY, "wht", "ext", "ext_type", "currency"):
            told, has = data.get(name), read.raw.member(name)
            if name == "price" and operation == "createTicket" and told != has:
                raise Hazard(
                    f"the platform was told to take {shown(told)}, the ticket costs {shown(has)}",
                    expected=f"price {shown(has)}",
                    actual=f"price {shown(told)}",
                )
            expect_equal(f"{name} of {call.action}", expected=has, actual=told)
        expect_equal("ticket_code", expected=read.raw.member("code"), actual=data.get("ticket_code"))


@requirement("BS-PAY-015", "BS-MNY-021", safety="creates", needs=("platform-calls",))
def test_paying_calls_nothing(betstack: Betstack, pam: Watch) -> None:
    """Paying a reservation makes no call to the platform, so that its wallet is not charged for it."""
    ticket = betstack.reserve_ticket()
    the_call(pam, "ticket_reserve", ticket.id)
    watch = pam.afresh()
    betstack.pay(ticket.id).must_be(200)
    betstack.status_must_be(ticket, "open")
    with control("a later reservation is told"):
        other = betstack.reserve_ticket()
        the_call(watch, "ticket_reserve", other.id)
    expect_equal(
        "calls about a paid ticket", expected=[], actual=[one.action for one in watch.calls(ticket=ticket.id)]
    )


@requirement("BS-RSV-012", "BS-CLO-020", safety="creates", needs=("platform-calls",))
def test_reservation_that_the_platform_took_becomes_open_when_it_is_paid(
    betstack: Betstack, pam: Watch
) -> None:
    """A ticket that the platform was told of by ticket_reserve becomes open when the player pays."""
    ticket = betstack.reserve_ticket()
    the_call(pam, "ticket_reserve", ticket.id)
    betstack.status_must_be(ticket, "reserved")
    betstack.pay(ticket.id).must_be(200)
    betstack.status_must_be(ticket, "open")


@requirement("BS-CRT-006", "BS-CLO-001", safety="moves-money", needs=NEEDS)
def test_refused_creation_is_discarded(betstack: Betstack, pam: Watch) -> None:
    """A ticket_create that is refused makes the creation fail, and is followed by ticket_discard."""
    must_fail(betstack, pam, "createTicket", refused(oracle.INSUFFICIENT_FUNDS))


@requirement("BS-RSV-012", "BS-CLO-002", safety="creates", needs=("platform-calls",))
def test_refused_reservation_is_discarded(betstack: Betstack, pam: Watch) -> None:
    """A ticket_reserve that is refused makes the reservation fail, and is followed by ticket_discard."""
    must_fail(betstack, pam, "reserveTicket", refused(999_999))


@requirement("BS-CRT-006", "BS-CLO-003", safety="moves-money", needs=NEEDS)
def test_creation_whose_connection_is_lost_is_discarded(betstack: Betstack, pam: Watch) -> None:
    """A lost connection and an answer that is not satisfactory both count as a failed creation."""
    for reply in (DROPPED, answered(500)):
        must_fail(betstack, pam, "createTicket", reply)


@requirement("BS-CRT-033", "BS-CLO-010", safety="moves-money", needs=NEEDS)
def test_any_status_but_200_is_a_refusal(betstack: Betstack, pam: Watch) -> None:
    """Any status but 200 makes the call fail with 926, whatever the body; a redirect is not followed."""
    elsewhere = f"{pam.pam.url}/elsewhere"
    for operation in SELLING:
        for status in STATUSES:
            reply = answered(status, {}, **({"Location": elsewhere} if status == 302 else {}))
            watch = pam.afresh()
            answer = must_fail(betstack, watch, operation, reply)
            must_refuse(answer.must_be(400, code=oracle.PLATFORM_REFUSED), f"{operation} after HTTP {status}")
    if pam.pam.strays():
        raise Mismatch(
            "a redirect of the platform was followed",
            expected="no request elsewhere",
            actual=", ".join(pam.pam.strays()),
        )


@requirement("BS-CRT-033", "BS-CRT-021", "BS-CRT-020", safety="moves-money", needs=NEEDS)
def test_known_code_of_the_platform_is_passed_on(betstack: Betstack, pam: Watch) -> None:
    """The platform's 101, 916 and, for a creation, 925 are passed on; any other code becomes 926."""
    codes = (oracle.UNKNOWN_PLAYER, oracle.PLAYER_BLOCKED, oracle.INSUFFICIENT_FUNDS, 103, 999_999)
    for operation in SELLING:
        for code in codes:
            answer = must_fail(betstack, pam.afresh(), operation, refused(code))
            answer.must_be(400, code=oracle.told_caller(operation, code))


@requirement("BS-CRT-033", "BS-CRT-020", safety="moves-money", needs=("platform-calls",))
def test_player_whom_the_platform_does_not_identify_is_unknown(betstack: Betstack, pam: Watch) -> None:
    """Identify answered by 403, or by 400 with 101, makes the call fail with 101; no ticket is told of."""
    for operation in betstack.ways():
        for reply in (answered(403), refused(oracle.UNKNOWN_PLAYER, "User not found")):
            watch = pam.afresh()
            with pam.pam.answering("identify", reply):
                answer = betstack.sell(operation, betstack.cheap(betstack.reservation()))
            must_refuse(answer.must_be(400, code=oracle.UNKNOWN_PLAYER), "a player whom nobody knows")
            expect_equal(
                "calls for it", expected=["identify"], actual=[call.action for call in watch.calls()]
            )


@requirement("BS-CRT-008", "BS-IDN-005", safety="moves-money", needs=("platform-calls",))
def test_player_without_feature_flags_is_taken(betstack: Betstack, pam: Watch) -> None:
    """An answer to identify that has no feature_flags identifies the player all the same."""
    player = player_of(betstack, pam)
    told = {"player_id": player.id, "lang": "en", "balance": 10**9, "currency": player.currency}
    for operation in betstack.ways():
        watch = pam.afresh()
        with pam.pam.answering("identify", answered(200, told)):
            answer = betstack.sell(operation, betstack.cheap(betstack.reservation()))
        ticket = ticket_of(answer.must_be(200))
        the_call(watch, oracle.ANNOUNCES[operation], ticket["id"])
        betstack.read(ticket["id"]).must_be(200).must_have("id", ticket["id"])


@requirement("BS-CRT-006", "BS-PAM-020", safety="moves-money", needs=NEEDS)
def test_answer_200_needs_no_body(betstack: Betstack, pam: Watch) -> None:
    """A 200 to ticket_create or ticket_reserve makes the ticket, whatever its body, and with none."""
    text = {"Content-Type": "text/plain"}
    for operation, status in zip(SELLING, ("open", "reserved"), strict=True):
        for reply in (Reply(200, b""), Reply(200, b"taken", text), Reply(200, b'{"code": 926}')):
            watch = pam.afresh()
            with pam.pam.answering(oracle.ANNOUNCES[operation], reply):
                answer = betstack.sell(operation, betstack.cheap(betstack.reservation()))
            call = some_calls(watch, oracle.ANNOUNCES[operation])[0]
            ticket = ticket_of(answer.must_be(200).must_have("status", status))
            expect_equal("ticket that was told of", expected=ticket["id"], actual=call.ticket)


@requirement("BS-LIF-002", safety="moves-money", needs=NEEDS)
def test_refused_ticket_is_read_as_cancelled(betstack: Betstack, pam: Watch) -> None:
    """A ticket that the platform refused, or whose connection it closed, is read as cancelled and void."""
    for operation in SELLING:
        for reply in (refused(oracle.PLAYER_BLOCKED), DROPPED):
            watch = pam.afresh()
            must_fail(betstack, watch, operation, reply)
            call = some_calls(watch, oracle.ANNOUNCES[operation])[0]
            read = betstack.read(str(call.ticket)).must_be(200)
            read.must_have("status", "cancelled").must_have("result", "void")
            betstack.pay(str(call.ticket)).must_be(400, code=oracle.WRONG_STATE)


@requirement("BS-LIF-001", safety="moves-money", needs=NEEDS)
def test_ticket_is_new_until_the_platform_has_answered(betstack: Betstack, pam: Watch) -> None:
    """While ticket_create waits for its answer, the ticket is read as new."""
    seen: list[Answer] = []

    def look() -> Any:
        call = pam.await_call("ticket_create", seconds=betstack.callback_seconds)
        if call is None:
            raise Missing(f"needs ticket_create at {pam.pam.url}: {arrived(pam)}")
        try:
            seen.append(betstack.read(str(call.ticket)))
        finally:
            pam.pam.release("ticket_create", answered(200))
        return seen[0].raw

    fields = betstack.cheap(betstack.reservation())
    with pam.pam.holding("ticket_create"):
        created, _ = simultaneously([lambda: betstack.sell("createTicket", fields, paced=False).raw, look])
    seen[0].must_be(200).must_have("status", "new")
    betstack.read(str(created.member("id"))).must_be(200).must_have("status", "open")


@requirement("BS-CRT-034", safety="moves-money", needs=NEEDS)
def test_platform_that_does_not_answer_makes_the_call_fail(betstack: Betstack, pam: Watch) -> None:
    """A ticket_create or ticket_reserve that gets no answer in time makes the call fail with 927."""
    fields = betstack.cheap(betstack.reservation())
    with pam.pam.holding(*oracle.ANNOUNCES.values()):
        raw = simultaneously([selling(betstack, operation, fields) for operation in SELLING])
    for operation, one in zip(SELLING, raw, strict=True):
        answer = Answer(one, betstack.channel.refusals(operation))
        call = some_calls(pam, oracle.ANNOUNCES[operation])[0]
        must_have_failed(betstack, pam, operation, answer, call)
        answer.must_be(400, code=oracle.PLATFORM_UNREACHABLE)
