"""What an operator's platform refuses, and how."""

from __future__ import annotations

from typing import Any

from conformance.betstack import Answer
from conformance.case import control, requirement
from conformance.client import shown
from conformance.errors import Mismatch
from conformance.operator_platform import Platform
from conformance.oracle import pam as oracle
from conformance.platform_answer import accepted, must_refuse
from conformance.platform_ticket import Ticket
from conformance.signing import betstack_body


@requirement("BS-PAM-016", safety="moves-money")
def test_body_that_is_no_json_is_refused(platform: Platform) -> None:
    """A body that is no JSON, or no object, is refused with 400 or 403; a whole creation is taken."""
    platform.open_books(needed=platform.price)
    for body in (b"{", b"", b"[]", b'"ticket_create"', b"\xff\xfe"):
        with platform.channel.evidence.during(f"{body!r}"):
            answer = platform.post(body, platform.headers(body))
            platform.books_must_agree(f"a body {body!r} was sent")
            # No operator can be read from such a body, so nobody can verify it.
            if answer.raw.status != 403:
                must_refuse(answer, oracle.INVALID_REQUEST)
    _whole_creation_is_taken(platform)


@requirement("BS-PAM-016", safety="moves-money")
def test_unknown_action_is_refused(platform: Platform) -> None:
    """An action that no page has is refused with 400, and moves nothing."""
    ticket = platform.brought(oracle.CREATE)
    for action in ("ticket_lose", "ticket_close", "TICKET_WIN", "win"):
        answer = platform.send(action, platform.data(oracle.WIN, ticket), legal=False)
        platform.books_must_agree(f"an action {action} was sent")
        must_refuse(answer, oracle.INVALID_REQUEST)
    with control("ticket_win"):
        platform.step(oracle.WIN, ticket).must_be(200)


@requirement("BS-PAM-016", safety="moves-money")
def test_creation_without_a_field_is_refused(platform: Platform) -> None:
    """A creation that lacks a field of its table is refused with 400, and takes nothing."""
    platform.open_books(needed=platform.price)
    ticket = platform.new_ticket()
    whole = platform.data(oracle.CREATE, ticket)
    for name in oracle.REFUSED_WITHOUT:
        if name == "operator":  # without it nobody can verify the call
            continue
        data = {key: value for key, value in whole.items() if key != name}
        _malformed(platform, oracle.CREATE, ticket, data, f"without {name}")
    _whole_creation_is_taken(platform)


@requirement("BS-PAM-016", safety="moves-money")
def test_creation_with_a_wrong_type_is_refused(platform: Platform) -> None:
    """A creation whose price is text, a fraction or negative is refused with 400, and takes nothing."""
    platform.open_books(needed=platform.price)
    ticket = platform.new_ticket()
    for price in (str(platform.price), platform.price + 0.5, -platform.price, None, [platform.price]):
        data = platform.data(oracle.CREATE, ticket, price=price)
        _malformed(platform, oracle.CREATE, ticket, data, f"at the price {shown(price)}")
    _whole_creation_is_taken(platform)


@requirement("BS-PAM-016", safety="moves-money")
def test_action_without_its_ticket_is_refused(platform: Platform) -> None:
    """A win without ticket_id, and a discard without reason, are refused with 400, and move nothing."""
    ticket = platform.brought(oracle.CREATE)
    for action, name in ((oracle.WIN, "ticket_id"), (oracle.DISCARD, "reason")):
        data = {key: value for key, value in platform.data(action, ticket).items() if key != name}
        _malformed(platform, action, ticket, data, f"without {name}")
    with control("a whole win"):
        platform.step(oracle.WIN, ticket).must_be(200)


@requirement("BS-PAM-017", safety="moves-money")
def test_body_that_is_too_large_is_refused(platform: Platform) -> None:
    """A body of more than 1 MiB is refused with 413 and {code, message}, and moves nothing."""
    ticket = platform.brought(oracle.CREATE)
    answer = platform.act(oracle.REFUND, ticket, reason="x" * (oracle.LARGEST_BODY + 1))
    platform.enter(answer, oracle.REFUND, ticket)
    answer.must_be(413, code=oracle.TOO_LARGE)
    with control("of ordinary size"):
        platform.step(oracle.REFUND, platform.brought(oracle.CREATE)).must_be(200)


@requirement("BS-PAM-017", safety="moves-money")
def test_body_that_is_not_declared_as_json_is_refused(platform: Platform) -> None:
    """A creation declared as text is refused with 415 and {code, message}, and takes nothing."""
    platform.open_books(needed=platform.price)
    ticket = platform.new_ticket()
    body = platform.body(oracle.CREATE, platform.data(oracle.CREATE, ticket))
    answer = platform.post(body, {**platform.headers(body), "content-type": "text/plain"})
    platform.enter(answer, oracle.CREATE, ticket)
    answer.must_be(415, code=oracle.UNSUPPORTED_MEDIA_TYPE)
    with control("declared as JSON"):
        platform.step(oracle.CREATE, ticket).must_be(200)


@requirement("BS-PAM-018", safety="read")
def test_other_method_is_refused(platform: Platform) -> None:
    """A GET of the platform's URL is answered 405 with {code, message}, and Allow names POST."""
    answer = Answer(platform.channel.call_outside("GET", ""))
    answer.must_be(405, code=oracle.METHOD_NOT_ALLOWED)
    allowed = answer.raw.header("Allow") or ""
    if "POST" not in allowed:
        raise Mismatch(f"Allow: expected POST, got {shown(allowed)}", expected="POST", actual=shown(allowed))
    with control("a POST"):
        platform.identify().must_be(200)


@requirement("BS-PAM-018", safety="read")
def test_other_path_is_refused(platform: Platform) -> None:
    """A path below the platform's URL is answered 404 with {code, message}."""
    body = platform.body(oracle.PING, {})
    answer = Answer(platform.channel.call_outside("POST", "/nothing-here", body=body))
    answer.must_be(404, code=oracle.UNKNOWN_PATH)
    with control("the URL itself"):
        platform.identify().must_be(200)


@requirement("BS-PAM-019", safety="read")
def test_refusal_has_code_and_message_alone(platform: Platform) -> None:
    """The body of a refusal is an object with an integer code, a string message, and no more."""
    answer = platform.unknown_token_must_be_refused()
    answer.must_have_fields({"code": int, "message": str}, frozenset())
    more = set(answer.raw.value) - {"code", "message"}
    if more:
        raise Mismatch(
            f"expected code and message alone, got {shown(sorted(more))} too",
            expected="code, message",
            actual=shown(sorted(answer.raw.value)),
        )
    with control("a known token"):
        platform.identify().must_be(200)


@requirement("BS-ACT-019", safety="moves-money")
def test_result_of_an_unknown_ticket_is_refused(platform: Platform) -> None:
    """A win, loss or void of a ticket that was never seen is refused with 102, and moves nothing."""
    _unknown_ticket(platform, *(name for name in oracle.RESULTS if name in platform.told()))


@requirement("BS-ACT-019", safety="moves-money")
def test_closing_of_an_unknown_ticket_is_refused(platform: Platform) -> None:
    """The closing of a ticket that was never seen is refused with 102."""
    _unknown_ticket(platform, oracle.CLOSED)


@requirement("BS-ACT-019", safety="moves-money", needs=("rollback",))
def test_rollback_of_an_unknown_ticket_is_refused(platform: Platform) -> None:
    """The rollback of a ticket that was never seen is refused with 102, and moves nothing."""
    _unknown_ticket(platform, oracle.ROLLBACK)


@requirement("BS-ACT-019", safety="moves-money", needs=("update",))
def test_update_of_an_unknown_ticket_is_refused(platform: Platform) -> None:
    """The update of a jackpot that was never seen is refused with 102, and moves nothing."""
    platform.open_books(needed=platform.price)
    ticket = platform.new_ticket(kind="jackpot")
    must_refuse(platform.step(oracle.UPDATE, ticket), oracle.UNKNOWN_TICKET)
    with control("of one that is created"):
        platform.brought(oracle.CREATE, oracle.UPDATE, ticket=ticket)


@requirement("BS-ACT-023", safety="moves-money")
def test_creation_for_an_unknown_player_is_refused(platform: Platform) -> None:
    """A creation for a player whom the platform does not have is refused with 101."""
    _for_nobody(platform, oracle.CREATE)


@requirement("BS-ACT-023", safety="moves-money", needs=("reserve",))
def test_reservation_for_an_unknown_player_is_refused(platform: Platform) -> None:
    """A reservation for a player whom the platform does not have is refused with 101."""
    _for_nobody(platform, oracle.RESERVE)


@requirement("BS-ACT-024", safety="moves-money")
def test_other_currency_is_refused(platform: Platform) -> None:
    """A creation in another currency than the player's is refused with 913, and takes nothing."""
    platform.open_books(needed=platform.price)
    ticket = platform.new_ticket()
    other = "USD" if platform.target.currency != "USD" else "KES"
    answer = platform.act(oracle.CREATE, ticket, currency=other)
    platform.books_must_agree(f"a creation in {other} was answered {answer.raw.describe()}")
    must_refuse(answer, oracle.CURRENCY_MISMATCH)
    with control("in the player's currency"):
        platform.step(oracle.CREATE, platform.new_ticket()).must_be(200)


@requirement("BS-ACT-022", safety="moves-money", needs=("blocked-player",))
def test_creation_for_a_blocked_player_is_refused(platform: Platform) -> None:
    """A creation for a blocked player is refused with 916, and takes nothing of anybody."""
    _for_the_blocked(platform, oracle.CREATE)


@requirement("BS-ACT-022", safety="moves-money", needs=("blocked-player", "reserve"))
def test_reservation_for_a_blocked_player_is_refused(platform: Platform) -> None:
    """A reservation for a blocked player is refused with 916."""
    _for_the_blocked(platform, oracle.RESERVE)


@requirement("BS-MNY-020", safety="moves-money", needs=("blocked-player", "blocked-ticket", "rollback"))
def test_win_of_a_blocked_player_is_booked(platform: Platform) -> None:
    """A win of a ticket that a blocked player has had before is paid, and can be taken back."""
    blocked = platform.target.blocked_player
    assert blocked is not None
    assert blocked.ticket is not None
    theirs = platform.of(blocked.token)
    ticket = theirs.known_ticket(blocked.ticket.id, net_payout=blocked.ticket.net_payout)
    theirs.step(oracle.WIN, ticket).must_be(200)
    theirs.step(oracle.ROLLBACK, ticket).must_be(200)


def _malformed(platform: Platform, action: str, ticket: Ticket, data: dict[str, Any], how: str) -> None:
    """Send a call that breaks the table. Who reads it all the same may book it, but nothing else."""
    body = betstack_body({"action": action, "data": data})
    with platform.channel.evidence.during(how):
        answer = platform.post(body, platform.headers(body))
        moves = [0]
        if accepted(answer):
            moves.append(oracle.expected(ticket.life, action).life.moved - ticket.life.moved)
        platform.settle(moves, f"it was sent {how}", action, ticket)
        must_refuse(answer, oracle.INVALID_REQUEST)


def _whole_creation_is_taken(platform: Platform) -> None:
    with control("a whole creation"):
        platform.step(oracle.CREATE, platform.new_ticket()).must_be(200)


def _unknown_ticket(platform: Platform, *actions: str) -> None:
    """The actions are refused for a ticket never seen; a created one takes its win."""
    platform.open_books(needed=platform.price)
    for action in actions:
        must_refuse(platform.step(action, platform.new_ticket()), oracle.UNKNOWN_TICKET)
    with control("a ticket that is created takes a win"):
        platform.step(oracle.WIN, platform.brought(oracle.CREATE)).must_be(200)


def _for_nobody(platform: Platform, action: str) -> None:
    platform.open_books(needed=platform.price)
    _for_player(
        platform, action, platform.new_ticket(), f"unknown-{platform.new_id()}", oracle.UNKNOWN_PLAYER
    )


def _for_the_blocked(platform: Platform, action: str) -> None:
    blocked = platform.target.blocked_player
    assert blocked is not None
    theirs = platform.of(blocked.token)
    theirs.open_books()
    platform.open_books(needed=platform.price)
    _for_player(platform, action, platform.new_ticket(), blocked.player_id, oracle.PLAYER_BLOCKED)
    theirs.books_must_agree(f"{action} for the blocked player")


def _for_player(platform: Platform, action: str, ticket: Ticket, player: str, code: int) -> None:
    """The action is refused for another player, and the ordinary one pays nothing for it."""
    answer = platform.act(action, ticket, player_id=player)
    platform.books_must_agree(f"{action} for another player was answered {answer.raw.describe()}")
    must_refuse(answer, code)
    with control("for the ordinary player"):
        platform.step(action, platform.new_ticket()).must_be(200)
