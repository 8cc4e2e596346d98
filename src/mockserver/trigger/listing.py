"""The table of events as ``mockserver trigger --list`` prints it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from mockserver.kernel.tenant_settings import OPERATOR, PARTNER_CLIENT, PROVIDER
from mockserver.seeded_tenants import DEFAULT_TENANTS
from mockserver.trigger.events import EVENTS, Event

_TITLES = {
    OPERATOR: "Betstack, to an operator",
    PARTNER_CLIENT: "BETCORE, to a partner client",
    PROVIDER: "BETCORE, to a game provider",
}
_WIDTH = 24
_WIDEST = 80


def lines() -> Iterator[str]:
    """A title for each kind of tenant; a line per event, and one with what it takes."""
    for kind, title in _TITLES.items():
        yield f"{title} (--tenant, default {DEFAULT_TENANTS[kind]})"
        yield ""
        for name, event in EVENTS.items():
            if event.kind == kind:
                yield f"  {name:<{_WIDTH}} {event.what}"
                yield from (f"  {'':<{_WIDTH}}   {one}" for one in _details(event))
        yield ""
    yield "What an event is about (--ticket, --bet, --session) is made first where it is not named."


def _details(event: Event) -> Iterator[str]:
    if event.also:
        yield f"also: {', '.join(event.also)}"
    if event.options:
        yield f"takes {' '.join(f'--{one}' for one in event.options)}"
    if event.more:
        yield from textwrap.wrap(f"--set {', '.join(event.more)}", _WIDEST, subsequent_indent="      ")
