"""Every action in every state of a ticket, against the table of the oracle."""

from __future__ import annotations

from conformance.case import control, requirement
from conformance.errors import Mismatch
from conformance.operator_platform import Platform
from conformance.oracle import pam as oracle
from conformance.platform_answer import must_do


@requirement("BS-ACT-021", safety="moves-money")
def test_actions_on_an_unknown_ticket(platform: Platform) -> None:
    """On a ticket never seen, every action is answered and moves money as the table says."""
    _every_action(platform, "unknown")


@requirement("BS-ACT-021", safety="moves-money", needs=("reserve",))
def test_actions_on_a_reserved_ticket(platform: Platform) -> None:
    """On a reserved ticket, every action is answered and moves money as the table says."""
    _every_action(platform, "reserved")


@requirement("BS-ACT-021", safety="moves-money")
def test_actions_on_a_created_ticket(platform: Platform) -> None:
    """On a created ticket, every action is answered and moves money as the table says."""
    _every_action(platform, "created")


@requirement("BS-ACT-021", safety="moves-money")
def test_actions_on_a_won_ticket(platform: Platform) -> None:
    """On a won ticket, every action is answered and moves money as the table says."""
    _every_action(platform, "won")


@requirement("BS-ACT-021", safety="moves-money")
def test_actions_on_a_lost_ticket(platform: Platform) -> None:
    """On a lost ticket, every action is answered and moves money as the table says."""
    _every_action(platform, "lost")


@requirement("BS-ACT-021", safety="moves-money", needs=("void",))
def test_actions_on_a_void_ticket(platform: Platform) -> None:
    """On a void ticket, every action is answered and moves money as the table says."""
    _every_action(platform, "void")


@requirement("BS-ACT-021", safety="moves-money")
def test_actions_on_a_closed_ticket(platform: Platform) -> None:
    """On a ticket that is won and closed, every action is answered and moves money as the table says."""
    _every_action(platform, "won_and_closed")


@requirement("BS-ACT-021", safety="moves-money", needs=("rollback",))
def test_actions_on_a_rolled_back_ticket(platform: Platform) -> None:
    """On a ticket that is rolled back, every action is answered and moves money as the table says."""
    _every_action(platform, "rolled_back")


@requirement("BS-ACT-021", safety="moves-money", needs=("rollback", "reserve"))
def test_actions_on_a_rolled_back_reservation(platform: Platform) -> None:
    """On a reservation that is rolled back, every action is answered and moves money as the table says."""
    _every_action(platform, "rolled_back_reservation")


@requirement("BS-ACT-021", safety="moves-money")
def test_actions_on_a_refunded_ticket(platform: Platform) -> None:
    """On a refunded ticket, every action is answered and moves money as the table says."""
    _every_action(platform, "refunded")


@requirement("BS-ACT-021", safety="moves-money")
def test_actions_on_a_discarded_ticket(platform: Platform) -> None:
    """On a discarded ticket, every action is answered and moves money as the table says."""
    _every_action(platform, "discarded")


@requirement("BS-ACT-021", safety="moves-money")
def test_actions_on_a_ticket_discarded_before_it_was_seen(platform: Platform) -> None:
    """On a ticket discarded before it was seen, every action is answered and moves money as in the table."""
    _every_action(platform, "discarded_before_it_was_seen")


@requirement("BS-ACT-021", safety="moves-money")
def test_action_before_the_creation_leaves_no_trace(platform: Platform) -> None:
    """A result, rollback or closing that overtakes its creation moves nothing, then and afterwards."""
    early = [name for name in platform.told() if name not in (oracle.CREATE, oracle.RESERVE, *oracle.UNDOING)]
    platform.open_books(needed=len(early) * platform.price)
    for action in early:
        ticket = platform.new_ticket()
        with platform.channel.evidence.during(f"{action} before the creation"):
            must_do(platform.step(action, ticket), oracle.expected(ticket.life, action))
            platform.step(oracle.CREATE, ticket).must_be(200)
            platform.step(oracle.LOST, ticket).must_be(200)


@requirement("BS-ACT-021", safety="moves-money", needs=("update",))
def test_update_of_a_settled_jackpot_is_refused(platform: Platform) -> None:
    """An update of a jackpot that is won or refunded is refused with 952, and moves nothing."""
    platform.open_books(needed=2 * platform.price)
    for action in (oracle.WIN, oracle.REFUND):
        ticket = platform.brought(oracle.CREATE, action, ticket=platform.new_ticket(kind="jackpot"))
        must_do(platform.step(oracle.UPDATE, ticket), oracle.expected(ticket.life, oracle.UPDATE))
    with control("an update before the result"):
        platform.brought(oracle.CREATE, oracle.UPDATE, ticket=platform.new_ticket(kind="jackpot"))


def _every_action(platform: Platform, way: str) -> None:
    """Bring a new ticket into the state for each action, and send it; all that differs is told together."""
    path, actions = oracle.WAYS[way], platform.told()
    platform.open_books(needed=len(actions) * platform.price)
    wrong: list[Mismatch] = []
    for action in actions:
        ticket = platform.new_ticket()
        for before in path:
            with platform.channel.evidence.during("preparation"):
                platform.step(before, ticket).must_be(200)
        wanted = oracle.expected(ticket.life, action)
        try:
            with platform.channel.evidence.during(f"{action} after {', '.join(path) or 'nothing'}"):
                must_do(platform.step(action, ticket), wanted)
        except Mismatch as mismatch:
            wrong.append(
                Mismatch(f"{action}: {mismatch}", expected=mismatch.expected, actual=mismatch.actual)
            )
    if wrong:
        raise Mismatch(
            "; ".join(str(mismatch) for mismatch in wrong),
            expected="; ".join(f"{mismatch.expected}" for mismatch in wrong),
            actual="; ".join(f"{mismatch.actual}" for mismatch in wrong),
        )
