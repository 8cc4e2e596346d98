"""Documents of events, their teams and bets. Fields are sent in the order of the vendor's samples."""

from __future__ import annotations

from datetime import UTC, datetime, timezone
from typing import Any

from mockserver.betstack.offer import Bet, Category, Event, Team


def stamp(moment: datetime, zone: timezone) -> str:
    """Microseconds, no offset: ``2024-01-28T14:33:01.000000``."""
    return moment.astimezone(zone).replace(tzinfo=None).isoformat(timespec="microseconds")


def described(event: Event, zone: timezone) -> dict[str, Any]:
    """What is known of an event, without its id and its bets.

    :param zone: the operator's time
    """
    return {
        "starts": stamp(event.starts, UTC),
        "operator_time_starts": stamp(event.starts, zone),
        "category": _category(event.category),
        "home_team": team(event.home_team),
        "away_team": team(event.away_team),
    }


def team(it: Team) -> dict[str, Any]:
    """One side of an event."""
    return {"slug": it.slug, "name": it.name, "id": it.id}


def bet(it: Bet) -> dict[str, Any]:
    """A bet with its current odds. ``updated`` is in UTC and has whole seconds (BS-ASM-063)."""
    return {
        "id": it.id,
        "bet_code": it.bet_code,
        "bet_name": it.bet_name,
        "market_code": it.market_code,
        "market_name": it.market_name,
        "line_code": it.line_code,
        "line_name": it.line_name,
        "odds": it.odds,
        "updated": it.updated.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds"),
    }


def _category(it: Category) -> dict[str, Any]:
    return {
        "league_id": it.league_id,
        "league_slug": it.league_slug,
        "league_name": it.league_name,
        "country_id": it.country_id,
        "country_slug": it.country_slug,
        "country_name": it.country_name,
    }
