"""What ``mockserver resend`` does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from mockserver.call_lines import answer_line
from mockserver.control_command import EXIT_REFUSED, EXIT_USAGE, stop

if TYPE_CHECKING:
    from mockserver.testing import Sandbox


def resend(
    sandbox: Sandbox, exchanges: Sequence[str], *, times: int, identical: bool, changed: bool, reordered: bool
) -> None:
    """Send calls of the journal again, and print what was answered. Ends with 1 where one got no answer.

    :param reordered: of several the latest first; one alone behind the call that followed it
    """
    alone = len(exchanges) == 1
    answered = True
    for one in _latest_first(exchanges) if reordered and not alone else exchanges:
        for made in sandbox.resend(
            one, times=times, identical=identical, changed=changed, reordered=reordered and alone
        ):
            click.echo(answer_line(made))
            answered = answered and made["status"] is not None
    if not answered:
        stop("not every call was answered", EXIT_REFUSED)


def _latest_first(exchanges: Sequence[str]) -> list[str]:
    """Sorted by the number at their end, which counts a tenant's exchanges."""
    numbers = {one: one.rpartition("-") for one in exchanges}
    if any(not number.isdecimal() for _, _, number in numbers.values()):
        stop("JOURNAL-ID: one looks like site-7, as `X-Sandbox-Exchange` and the journal have it", EXIT_USAGE)
    if len({tenant for tenant, _, _ in numbers.values()}) > 1:
        stop("--reordered: calls of several tenants have no order", EXIT_USAGE)
    return sorted(exchanges, key=lambda one: int(numbers[one][2]), reverse=True)
