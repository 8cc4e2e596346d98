"""The table ``[betcore-feed]`` of a target file: what the kit has to know to consume a feed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from conformance.errors import KitError
from conformance.toml_rows import Row

TABLE: Final = "betcore-feed"

CAPABILITIES: Final = ("list", "hub", "second-game-type")

FEED: Final = (
    Row("partner_client_id", int, least=1),
    Row("secret", str, secret=True),
    Row("game_type", int, default=3, least=1),
    Row("second_game_type", int, default=None, least=1),
    Row("hub_url", str, default=None),
    Row("expired_token", str, default=None, secret=True),
    Row("round_seconds", Decimal, default=Decimal(120), least=Decimal("0.1")),
    Row("lacks", list, default=(), of=str),
)

WEB_SOCKET: Final = {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"}
"""Scheme of a URL to that of a WebSocket at the same place."""


@dataclass(frozen=True, slots=True)
class FeedTarget:
    """What the profile ``betcore-feed`` needs."""

    partner_client_id: int
    secret: str
    game_type: int
    second_game_type: int | None
    """Another type whose games the client may see."""
    hub_url: str | None
    """Where the hub is; a path starts from the URL under test. ``None``: at a documented path below it."""
    expired_token: str | None
    """A token of the feed whose life is over."""
    round_seconds: float
    """Until a round that was begun must be over."""
    lacks: frozenset[str]

    def secrets(self) -> list[str]:
        """Every value that no report may show."""
        return [self.secret, *([self.expired_token] if self.expired_token else [])]


def read(
    value: dict[str, Any],
    table: Callable[..., dict[str, Any]],
    lacks: Callable[[list[Any], str], frozenset[str]],
) -> FeedTarget:
    """The table as ``table`` reads it by rows and ``lacks`` checks its capabilities.

    Raises :exc:`KitError` as they do.
    """
    row = table(value, FEED, TABLE)
    missing = {"second-game-type"} if row["second_game_type"] is None else set()
    return FeedTarget(
        **{
            **row,
            "round_seconds": float(row["round_seconds"]),
            "lacks": lacks(row["lacks"], TABLE) | missing,
        }
    )


def hub_urls(base_url: str, hub_url: str | None, paths: tuple[str, ...]) -> tuple[str, ...]:
    """Where the hub may be: at the URL that the target file names, else at each of the paths.

    Raises :exc:`KitError` for a URL that no WebSocket can have.
    """
    if hub_url is None:
        return tuple(_web_socket(base_url.rstrip("/") + path) for path in paths)
    return (_web_socket(urljoin(base_url, hub_url)),)


def _web_socket(url: str) -> str:
    try:
        parts = urlsplit(url)
        valid = parts.scheme in WEB_SOCKET and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid = False
    if not valid or parts.query or parts.fragment or "@" in parts.netloc:
        raise KitError(
            f"hub_url {url} is no ws(s) URL or path; credentials, query and fragment don't belong there"
        )
    return parts._replace(scheme=WEB_SOCKET[parts.scheme]).geturl()
