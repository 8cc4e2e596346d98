"""Twenty clients at once have BETCORE take and settle bets: none is lost, none is booked twice."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import BoundedSemaphore

from demo.sandbox import sandbox
from mockserver.testing import Sandbox, Tenant

CLIENTS, BETS_OF_EACH = 20, 50
BETS = CLIENTS * BETS_OF_EACH
MOST_WAITING = 16
"""Requests of one tenant that the control plane lets wait at once; it answers 503 to more."""

DEADLINE_SECONDS = 60
START = Decimal("100000.5")
STAKE, WIN, PRIZE = Decimal("1.25"), Decimal("2.00000001"), Decimal("7")
PLAYERS = ("ann", "bob", "cid")

PAYOUT, RETURN, JACKPOT = 1, 2, 4
FOLLOWS = ((PAYOUT, WIN), (RETURN, STAKE), (JACKPOT, PRIZE), None)
"""What follows a bet, by its number in turn; each comes twice, the second time as a repeat."""


def play(client: Tenant, turn: BoundedSemaphore, bet: int) -> None:
    """Take a bet, and let follow what has to, twice."""
    common = {"player": PLAYERS[bet % len(PLAYERS)], "bet_id": bet}
    with turn:
        taken = client.drive("bet", amount=str(STAKE), **common)
    assert taken["calls"][0]["state"] == "sent"
    if follows := FOLLOWS[bet % len(FOLLOWS)]:
        kind, amount = follows
        for _ in range(2):
            with turn:
                client.drive("payment", type=kind, amount=str(amount), **common)


def test_bets_of_a_crowd_are_booked_and_accepted_once() -> None:
    with sandbox() as it, Sandbox(it.admin_url) as plane:
        players = [{"id": id, "currency": "EUR", "balance": str(START)} for id in PLAYERS]
        client = plane.create_partner_client(players=players, outbox_size=10_000)
        turn = BoundedSemaphore(MOST_WAITING)

        def one_client(number: int) -> None:
            for bet in range(number, BETS, CLIENTS):
                play(client, turn, bet + 1)

        with ThreadPoolExecutor(CLIENTS) as jobs:
            list(jobs.map(one_client, range(CLIENTS)))
        client.wait_for_outbox(DEADLINE_SECONDS)

        gains: Counter[str] = Counter()
        for bet in range(1, BETS + 1):
            follows = FOLLOWS[bet % len(FOLLOWS)]
            gains[PLAYERS[bet % len(PLAYERS)]] += (follows[1] if follows else 0) - STAKE
        assert {one["id"]: Decimal(one["balance"]) - START for one in client.players()} == gains
        booked = [one["TransactionType"] for bet in client.bets() for one in bet["transactions"]]
        assert Counter(booked) == {-1: BETS, PAYOUT: BETS // 4, RETURN: BETS // 4, JACKPOT: BETS // 4}
        asked = client.transactions()
        assert len(asked) == BETS + 2 * (3 * BETS // 4)
        assert {one["state"] for one in asked} == {"booked"}
        named = {(one["BetId"], one["TransactionType"], one["PartnerTransactionId"]) for one in asked}
        assert len(named) == len(booked)
        states = Counter((call["action"], call["state"]) for call in client.outbox())
        assert states["acceptBet", "sent"] == BETS
        assert states["acceptPayment", "sent"] == 2 * (3 * BETS // 4)
        assert sum(map(Decimal, client.ledger()["balances"].values())) == 0
