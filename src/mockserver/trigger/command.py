"""What ``mockserver trigger`` does with its options."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import click

from mockserver.assignments import NoAssignment, assignments
from mockserver.control_command import EXIT_REFUSED, EXIT_UNREACHABLE, EXIT_USAGE, stop
from mockserver.kernel.settings import nearest
from mockserver.kernel.tenant_settings import OPERATOR, PARTNER_CLIENT, PROVIDER
from mockserver.printable import printable
from mockserver.seeded_tenants import DEFAULT_TENANTS, VARIABLES, secret_of
from mockserver.trigger.events import EVENTS, NAMES
from mockserver.trigger.front_end import FrontEnd
from mockserver.trigger.listing import lines
from mockserver.trigger.run import Trigger
from mockserver.trigger.usage import BaseUrlUnreachable, Stopped, UsageError

if TYPE_CHECKING:
    from mockserver.testing import Sandbox

_BASE_URL = "http://127.0.0.1:8080"
_KINDS = {OPERATOR: "an operator", PARTNER_CLIENT: "a partner client", PROVIDER: "a game provider"}


def print_events() -> None:
    """Print the table of events."""
    for line in lines():
        click.echo(line)


def known_event(text: str) -> str:
    """The event of this name; ends the command where there is none."""
    if text not in NAMES:
        stop(f"EVENT: there is no `{text}`; {_meant(text)}", EXIT_USAGE)
    return NAMES[text]


def trigger(
    sandbox: Sandbox,
    event: str,
    *,
    tenant: str | None,
    secret: str | None,
    base_url: str | None,
    settings: Sequence[str],
    options: Mapping[str, str | None],
) -> None:
    """Make an event happen and print what came of it; ends with 1 where a call was not acknowledged.

    :param event: one of the table
    :param options: which of it the event has is checked
    """
    kind = EVENTS[event].kind
    given = {name: value for name, value in options.items() if value is not None}
    try:
        found = sandbox.tenant(tenant or DEFAULT_TENANTS[kind])
        if found.kind != kind:
            raise UsageError(
                f"--tenant: `{event}` happens to {_KINDS[kind]}; `{found.name}` is {_KINDS[found.kind]}"
            )

        def front_end() -> FrontEnd:
            known = secret_of(kind, found.name, secret, os.environ)
            if known is None:
                raise UsageError(
                    f"the front end of `{found.name}` signs with its secret; give it as --secret or "
                    f"{VARIABLES[kind]}"
                )
            return FrontEnd(base_url or _told_base_url(sandbox), found.name, known)

        outcome = Trigger(sandbox, found, front_end, _print).happen(event, given, assignments(settings))
    except (UsageError, NoAssignment) as error:
        stop(str(error), EXIT_USAGE)
    except Stopped as error:
        stop(str(error), EXIT_REFUSED)
    except BaseUrlUnreachable as error:
        stop(str(error), EXIT_UNREACHABLE)
    noun = EVENTS[event].makes or EVENTS[event].subject
    if outcome.subject is not None and not EVENTS[event].result:
        click.echo(f"About: {noun} {outcome.subject}".replace("  ", " "))
    click.echo(f"More: mockserver tail, or {sandbox.url}/journal/ID with an id from the brackets")
    if not outcome.acknowledged:
        stop("not every call was acknowledged", EXIT_REFUSED)


def _print(line: str) -> None:
    click.echo(printable(line))


def _told_base_url(sandbox: Sandbox) -> str:
    told = cast("Mapping[str, Any]", sandbox.health()).get("base_url")
    return told if isinstance(told, str) else _BASE_URL


def _meant(text: str) -> str:
    hint = nearest(text, NAMES)
    return hint if hint.startswith("did you mean") else "`mockserver trigger --list` has them all"
