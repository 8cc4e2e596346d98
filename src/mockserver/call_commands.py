"""The commands that make calls go out: ``mockserver trigger``, ``send``, ``resend``. What a command does not
use is not imported."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from mockserver.control_command import asks_the_sandbox

if TYPE_CHECKING:
    from mockserver.testing import Sandbox


_OPTIONS = {
    "ticket": "Id or code of the ticket; made first where it is left out.",
    "bet": "Id of the bet; made first where it is left out.",
    "session": "Id of the session; launched first where it is left out.",
    "player": "Id of the player; default: the tenant's first who may bet.",
    "amount": "Price, stake, payout or win: cents of Betstack, units of BETCORE.",
    "type": "Type of the ticket: quicktip (default), quickbet, smartbet, superbet, jackpot.",
    "reason": "What a refund, discard or rollback says.",
}


def _with_options(command: Callable[..., None]) -> Callable[..., None]:
    for name in reversed(_OPTIONS):
        command = click.option(f"--{name}", help=_OPTIONS[name])(command)
    return command


@click.command()
@click.argument("event", required=False)
@click.option("--list", "listed", is_flag=True, help="Print every event, what it does, and what it takes.")
@click.option("--tenant", help="To whom it happens; default: the seeded tenant of its kind.")
@_with_options
@click.option(
    "--set",
    "settings",
    metavar="NAME=VALUE",
    multiple=True,
    help="A further field, as JSON where it is some; may be given more than once.",
)
@click.option("--secret", help="The operator's Secret Key (or BETSTACK_SECRET); default: that of the seeds.")
@click.option("--base-url", metavar="URL", help="Of the vendors' APIs; default: as the sandbox says.")
@asks_the_sandbox
def trigger(
    sandbox: Sandbox, event: str | None, listed: bool, settings: tuple[str, ...], **options: Any
) -> None:
    """Make an EVENT of the vendors' pages happen on a running sandbox; without one, list them.

    What the event is about is made first where it is not named: `ticket_win` reserves and pays a ticket,
    signed as a front end signs, `payout` takes a bet. Each call that goes out is a line, with its id in the
    journal.

    \b
      mockserver trigger ticket_win
      mockserver trigger ticket_refund --ticket AB12CD --reason "match abandoned"
      mockserver trigger payout --amount 21 --set tax_amount=4.2

    An operator's own platform (`--pam-url`) may know other players: `trigger ticket_reserve` with --set
    token=TOKEN and --set currency=USD reserves for one of those; then name the --ticket.

    Ends with 1 if a call was not acknowledged or the event can't happen, 3 if no sandbox answers.
    """
    from mockserver.trigger import command  # noqa: PLC0415  --help needs none of it

    named = {name: options.pop(name) for name in _OPTIONS}
    if listed or event is None:
        command.print_events()
    else:
        name = command.known_event(event)
        command.trigger(sandbox, name, settings=settings, options=named, **options)


@click.command()
@click.argument("exchanges", nargs=-1, required=True, metavar="JOURNAL-ID...")
@click.option(
    "--times", type=click.IntRange(1, 100), default=1, show_default=True, help="How often each goes out."
)
@click.option("--identical", is_flag=True, help="Byte for byte, with the old signature.")
@click.option("--changed", is_flag=True, help="With every amount of money in it 1 higher.")
@click.option(
    "--reordered",
    is_flag=True,
    help="Of several the latest first; one alone behind the call that followed it about the same subject.",
)
@asks_the_sandbox
def resend(sandbox: Sandbox, exchanges: tuple[str, ...], **how: Any) -> None:
    """Send calls again that a running sandbox has sent, as networks repeat, change and swap them.

    A JOURNAL-ID is what the journal and `mockserver trigger` call an exchange, such as site-7. Without
    --identical a call is signed afresh, as the vendor signs each try. The outbox stays as it is, and the
    vendor takes no note of what you answer; the journal shows it.

    Ends with 1 if a call got no answer or can't be sent so, 3 if no sandbox answers.
    """
    from mockserver.resend_command import resend as send_again  # noqa: PLC0415  --help needs none of it

    send_again(sandbox, exchanges, **how)
