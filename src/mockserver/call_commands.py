"""The commands that make calls go out: ``mockserver trigger``, ``send``, ``resend``. What a command does not
use is not imported."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from mockserver.control_command import EXIT_USAGE, asks_the_sandbox, stop

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


@click.command()
@click.argument("action", required=False)
@click.option("--list", "listed", is_flag=True, help="Print every ACTION with its sample.")
@click.option(
    "--to",
    metavar="URL",
    help="Where it goes: of a PAM platform or receiver of texts its URL, else its base URL.",
)
@click.option(
    "--secret",
    help="What it is signed with (or BETSTACK_SECRET, BETCORE_SECRET); default: that of the seeds.",
)
@click.option(
    "--operator",
    "--client",
    "--counterparty",
    "name",
    metavar="NAME",
    help="Name of the operator, partner client or provider; default: the seeded one.",
)
@click.option(
    "--set",
    "settings",
    metavar="PATH=VALUE",
    multiple=True,
    help="A field of the sample, such as price=700 or 0.Amount=5; may be given more than once.",
)
@click.option(
    "--body", type=click.File("rb"), help="File with the whole document instead, `-` for standard input."
)
@click.option("--game", default="101", show_default=True, help="Id of the game that is launched.")
@click.option("--explain", is_flag=True, help="Print the text that the signature covers too.")
@click.option(
    "--key",
    type=click.Path(dir_okay=False, path_type=Path),
    help="PEM file with the private key for calls to a casino; written if it is not there.",
)
@click.option(
    "--jwks-out", type=click.Path(dir_okay=False, path_type=Path), help="File to write the key set into."
)
@click.option("--serve-jwks", metavar="HOST:PORT", help="Where to serve the key set during the call.")
def send(action: str | None, listed: bool, to: str | None, body: BinaryIO | None, **how: Any) -> None:
    """Send one call of a vendor's to a platform, casino or provider of yours. No sandbox has to run.

    The document is the contract's sample of the ACTION, signed as the vendor signs, and the answer is awaited
    for as long as the vendor does. Printed are both messages, whether the answer acknowledges the call, and
    each way in which it breaks the contract.

    \b
      mockserver send ticket_create --to http://127.0.0.1:9000/pam --set price=700
      mockserver send users/data --to http://127.0.0.1:9000
      mockserver send launch --to http://127.0.0.1:9000 --game 7

    A casino verifies calls with BETCORE's keys. Unless you say otherwise a new key is made, and served during
    the call where a sandbox would: http://127.0.0.1:8080/mis-api/api/v2/auth/jwks. With --key FILE the key
    stays the same from call to call, and the set is printed; --jwks-out writes it into a file.

    Ends with 0 if the answer acknowledges the call and is as the contract has it, 1 if not, 3 if nobody is
    there.
    """
    try:
        from mockserver.send import command  # noqa: PLC0415  --help needs none of it
    except ImportError as error:
        stop(f"the server is not installed: {error}; install bet-sandbox[server]", EXIT_USAGE)
    if listed or action is None:
        command.print_calls()
        return
    if to is None:
        stop("--to: say where the call goes, such as http://127.0.0.1:9000/pam", EXIT_USAGE)
    command.send(action, command.Order(to=to, body=body.read() if body else None, **how))
