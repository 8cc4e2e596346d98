"""The commands that make calls go out: ``mockserver resend``. What a command does not use is not imported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from mockserver.control_command import asks_the_sandbox

if TYPE_CHECKING:
    from mockserver.testing import Sandbox


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
