"""What an operator's platform books, worked out a second time from BS-ASM-083 to BS-ASM-097."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

OK = (200, None)
NEVER_SEEN = (400, 102)
BLOCKED = (400, 916)
NO_FUNDS = (400, 925)
GIVEN_UP = (400, 950)
WRONG_STATE = (400, 952)
Reply = tuple[int, int | None]
"""Status and code."""

RESULTS = {"ticket_win": "won", "ticket_lost": "lost", "ticket_void": "void"}


@dataclass
class Page:
    """What the platform knows of one ticket. Money in cents."""

    opened: str = ""
    """``ticket_create`` or ``ticket_reserve``."""
    player: str = ""
    ended: str = ""
    """``won``, ``lost``, ``void``, ``refunded``, ``discarded``, or ``given up`` before it was heard of."""
    closed: bool = False
    withdrawn: bool = False
    taken: int = 0
    given: int = 0


@dataclass
class PlatformModel:
    """Players' balances and tickets.

    :ivar refuses_shortfall: whether a rollback that the balance does not cover is refused (BS-ASM-091)
    :ivar moved: player and cents of every movement, in order; below zero the player paid
    """

    balances: dict[str, int]
    refuses_shortfall: bool
    blocked: set[str] = field(default_factory=set)
    pages: dict[str, Page] = field(default_factory=dict)
    moved: list[tuple[str, int]] = field(default_factory=list)

    def reply(self, action: str, data: Mapping[str, Any], net_payout: int) -> Reply:
        """Book a call.

        :param net_payout: cents that the ticket shows at the bet engine
        :returns: what has to be answered
        """
        ticket = data["ticket_id"]
        page = self.pages.get(ticket)
        if action in ("ticket_create", "ticket_reserve"):
            return self._open(action, data, page)
        if page is None or page.ended == "given up":
            if action not in ("ticket_discard", "ticket_refund"):
                return NEVER_SEEN
            self.pages[ticket] = Page(ended="given up")
            return OK
        if action in RESULTS:
            pays = {"ticket_win": net_payout, "ticket_lost": 0, "ticket_void": data.get("net_payout", 0)}
            return self._end(page, RESULTS[action], pays[action])
        if action == "ticket_refund":
            return self._end(page, "refunded", page.taken)
        if action == "ticket_discard":
            return self._end(page, "discarded", page.taken)
        if action == "ticket_rollback":
            return self._withdraw(page)
        if action == "ticket_closed":
            if page.ended in ("", "discarded"):
                return WRONG_STATE
            page.closed = True
            return OK
        assert action == "ticket_update"
        return WRONG_STATE if page.ended else OK

    def _open(self, action: str, data: Mapping[str, Any], page: Page | None) -> Reply:
        if page is not None:
            return GIVEN_UP if page.ended in ("refunded", "discarded", "given up") else OK
        player = data["player_id"]
        if player in self.blocked:
            return BLOCKED
        price = 0
        if action == "ticket_create":
            price = data["price"]
            if price > self.balances[player]:
                return NO_FUNDS
        self.pages[data["ticket_id"]] = Page(opened=action, player=player, taken=price)
        self._move(player, -price)
        return OK

    def _end(self, page: Page, how: str, gives: int) -> Reply:
        if page.ended:
            return OK if page.ended == how else WRONG_STATE
        page.ended, page.given = how, gives
        self._move(page.player, gives)
        return OK

    def _withdraw(self, page: Page) -> Reply:
        if not page.ended:
            return OK if page.withdrawn else WRONG_STATE
        if page.ended not in RESULTS.values():
            return WRONG_STATE
        if self.refuses_shortfall and page.given > max(self.balances[page.player], 0):
            return NO_FUNDS
        self._move(page.player, -page.given)
        page.ended, page.given, page.closed, page.withdrawn = "", 0, False, True
        return OK

    def _move(self, player: str, cents: int) -> None:
        if cents:
            self.balances[player] += cents
            self.moved.append((player, cents))
