"""Profiles: which party is under test, and which surfaces that means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from conformance.errors import KitError


@dataclass(frozen=True, slots=True)
class Profile:
    """A party that can be put under test."""

    name: str
    party: str
    surfaces: tuple[str, ...]
    cases: str
    """Directory of its cases below ``conformance/cases``."""
    needs_sink: bool
    """Whether the target calls the vendor, which the kit then plays."""
    made_up: Mapping[str, str]
    """The operations that made-up requests are sent to, with what these may do to a target."""
    may_listen: bool = False
    """Whether the kit, if it is told where to listen, plays the party that the target calls."""
    whole_url: bool = False
    """Whether ``--base-url`` is the one URL that takes every call, and nothing is appended to it."""


BUILT: Final[Mapping[str, Profile]] = {
    profile.name: profile
    for profile in (
        Profile(
            "betstack",
            "Betstack's bet engine and bet cards",
            ("betstack.bet_engine", "betstack.bet_card"),
            "betstack",
            needs_sink=False,
            made_up={
                "createTicket": "moves-money",
                "reserveTicket": "creates",
                "payTicket": "destructive",
                "getTicket": "read",
                "listTickets": "read",
                "getFinanceDetails": "read",
                "listJackpotCards": "read",
                "getJackpotCard": "read",
                "pickJackpotBets": "read",
                "listQuicktipCards": "read",
                "getQuicktipCard": "read",
                "listSmartbetCards": "read",
                "getSmartbetCard": "read",
                "listQuickbetCards": "read",
                "getQuickbetCard": "read",
                "listSuperbetCards": "read",
                "getSuperbetCard": "read",
                "generateSmartbet": "read",
            },
            may_listen=True,
        ),
        Profile(
            "betcore-casino",
            "a casino's wallet for BETCORE",
            ("betcore.casino",),
            "betcore",
            needs_sink=True,
            made_up={
                "authUser": "read",
                "getUserData": "read",
                "makePayment": "moves-money",
                "makePayments": "moves-money",
                "getPaymentInfo": "read",
                "closeBet": "destructive",
                "makeCashback": "moves-money",
            },
        ),
        Profile(
            "betcore-aggregator",
            "BETCORE as a casino calls it",
            ("betcore.aggregator",),
            "betcore_aggregator",
            needs_sink=False,
            made_up={
                "getJwks": "read",
                "issueToken": "read",
                "verifyToken": "read",
                "acceptPayment": "creates",
                "acceptCashback": "creates",
            },
            may_listen=True,
        ),
        Profile(
            "betstack-operator",
            "an operator's platform and SMS receiver for Betstack",
            ("betstack.pam", "betstack.sms"),
            "betstack_operator",
            needs_sink=False,
            made_up={"sendPamAction": "moves-money", "sendSmsNotification": "creates"},
            whole_url=True,
        ),
        Profile(
            "betcore-feed",
            "BETCORE's feed, with the live hub, for a consumer",
            ("betcore.feed", "betcore.livefeed"),
            "betcore_feed",
            needs_sink=False,
            made_up={
                "issueFeedToken": "read",
                "listFeedGames": "read",
                "getGameInfo": "read",
                "listTranslations": "read",
                "getAccumulatedJackpot": "read",
            },
        ),
        Profile(
            "betcore-sessions",
            "BETCORE's sessions API for game providers",
            ("betcore.sessions",),
            "betcore_sessions",
            needs_sink=False,
            made_up={
                "getBalance": "read",
                "payIn": "moves-money",
                "payOut": "moves-money",
                "payInOut": "moves-money",
                "refundBet": "moves-money",
            },
            may_listen=True,
        ),
        Profile(
            "betcore-provider",
            "a game provider for BETCORE",
            ("betcore.provider",),
            "betcore_provider",
            needs_sink=False,
            made_up={"listGames": "read", "launchGame": "creates"},
            may_listen=True,
        ),
    )
}


def profile(name: str) -> Profile:
    """The profile with this name. Raises :exc:`KitError` for one that is unknown."""
    if name in BUILT:
        return BUILT[name]
    raise KitError(f"unknown profile {name}; there are {', '.join(BUILT)}")


def chosen(names: Iterable[str]) -> tuple[Profile, ...]:
    """The profiles with these names, each once, in the order given."""
    return tuple(profile(name) for name in dict.fromkeys(names))


def of_cases(directory: str) -> Profile | None:
    """The built profile whose cases are in this directory."""
    return next((profile for profile in BUILT.values() if profile.cases == directory), None)


def of_surface(surface: str) -> Profile | None:
    """The built profile that a surface belongs to."""
    return next((profile for profile in BUILT.values() if surface in profile.surfaces), None)
