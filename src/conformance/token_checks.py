"""What a case demands of a casino that is shown a token it must not believe."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from conformance.case import control
from conformance.casino import Casino
from conformance.casino_answer import Answer
from conformance.forgery import Forge, Forger
from conformance.oracle import betcore as oracle
from conformance.signing import SigningKey, jwt_body


@cache
def stranger() -> SigningKey:
    """A key that no set has; the same for the whole process, since making one takes long."""
    return SigningKey.generate()


@cache
def successor() -> SigningKey:
    """A key that the set gets while a case lasts; the same for the whole process."""
    return SigningKey.generate()


def forger(casino: Casino) -> Forger:
    """Somebody who has seen what the casino sees."""
    return Forger(casino.key, stranger(), casino.betcore.trap)


def send_forged(casino: Casino, operation_id: str, forge: Forge, data: Any) -> Answer:
    """Call the operation with these data in a forged token."""
    return casino.send(operation_id, jwt_body(forge(forger(casino), casino.claims(data))))


def only_the_genuine_one(casino: Casino, make_bad: Callable[[dict[str, Any]], str]) -> None:
    """A bad token closes nothing and gets 103811; the genuine one closes the bet."""
    bet = casino.accepted_bet()
    claims = casino.claims(casino.closing(bet, closed=True))

    casino.send("closeBet", jwt_body(make_bad(claims))).must_be(oracle.JWT_INVALID)
    with control("the bet is still open: a payout for it runs"):
        casino.transact(bet, oracle.PAYOUT, casino.stake).must_be(oracle.SUCCESS)
    with control("the genuine token"):
        casino.close(bet).must_be(oracle.SUCCESS)
