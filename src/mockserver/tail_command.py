"""What ``mockserver tail`` prints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import click

from mockserver.printable import printable
from mockserver.testing import ControlPlaneError
from mockserver.testing.lines import ARROWS, faults_of, marks_of, moment_of, name_of, status_of

if TYPE_CHECKING:
    from mockserver.testing import Sandbox
    from mockserver.testing.documents import Exchange, ExchangeInFull, ExchangePage

_WAIT_SECONDS = 30
_MOST = 1000
_TENANT_WIDTH = 12
_NAME_WIDTH = 20
_INDENT = "    "
_COLOURS = {"received": "blue", "sent": "cyan"}


@dataclass(frozen=True, slots=True)
class Look:
    """How exchanges are printed.

    :param full: with what was sent and answered
    :param colours: ``None`` for colours where a terminal shows them
    """

    full: bool
    colours: bool | None

    def print(self, exchange: Exchange | ExchangeInFull) -> None:
        """Print one."""
        click.echo("\n".join([_line(exchange), *self._more(exchange)]), color=self.colours)

    def _more(self, exchange: Exchange | ExchangeInFull) -> Iterator[str]:
        reason = exchange["reason"] or ""
        whole = cast("ExchangeInFull", exchange) if "request_violations" in exchange else None
        told = [*whole["request_violations"], *whole["answer_violations"]] if whole else []
        if reason and not any(reason.endswith(one) for one in told):
            yield _INDENT + printable(reason)
        if whole is None:
            return
        for side, violations in (
            ("request", whole["request_violations"]),
            ("answer", whole["answer_violations"]),
        ):
            for one in violations:
                yield _INDENT + click.style(f"{side}: {printable(one)}", fg="red")
        if self.full:
            yield click.style(_INDENT + printable(f"{whole['method']} {whole['target']}"), dim=True)
            yield from _body(">", whole["request"]["body"])
            if whole["document"] is not None:
                yield from _body("=", whole["document"])
            yield from _body("<", whole["answer"]["body"])


def follow(sandbox: Sandbox, query: Mapping[str, str], look: Look, *, last: int, once: bool) -> None:
    """Print the last exchanges, and then each one as it ends, until Ctrl-C.

    :param query: which ones, as ``GET /journal`` takes it
    :param last: how many to begin with
    :param once: end after those
    :raises ControlPlaneError: it refuses, such as a tenant that is not there
    :raises SandboxUnreachable: the sandbox is not there, or goes away
    """
    full = {"full": "true"} if look.full else {}
    try:
        page = _asked(sandbox, {**query, **full, "limit": max(last, 1)})
        for exchange in page["items"] if last else []:
            look.print(_explained(sandbox, exchange))
        while not once:
            waiting = {"since": page["position"], "within_seconds": _WAIT_SECONDS, "limit": _MOST}
            try:
                page = _asked(sandbox, {**query, **full, **waiting})
            except ControlPlaneError as error:
                if error.problem != "conflict":  # the tenant was reset, and goes on under its name
                    raise
                continue
            for exchange in page["items"]:
                look.print(_explained(sandbox, exchange))
    except KeyboardInterrupt:
        return


def _asked(sandbox: Sandbox, query: Mapping[str, Any]) -> ExchangePage:
    return cast("ExchangePage", sandbox.call("GET", "/journal", query=query))


def _explained(sandbox: Sandbox, exchange: Exchange) -> Exchange | ExchangeInFull:
    """With its violations, where there are any; as it is where the journal has it no more."""
    if "request_violations" in exchange or "violates" not in exchange["verdicts"].values():
        return exchange
    try:
        return sandbox.exchange(exchange["id"])
    except ControlPlaneError:
        return exchange


def _line(exchange: Exchange) -> str:
    status, marks = status_of(exchange), marks_of(exchange)
    failed = exchange["refusal"] is not None or exchange["status"] is None
    return "  ".join(
        [
            click.style(moment_of(exchange), dim=True),
            click.style(ARROWS[exchange["direction"]], fg=_COLOURS[exchange["direction"]]),
            f"{exchange['tenant']:<{_TENANT_WIDTH}}",
            f"{printable(name_of(exchange)):<{_NAME_WIDTH}}",
            click.style(status, fg="yellow" if failed else "green"),
            f"{exchange['duration_ms']:8.1f} ms",
            click.style(marks, fg="red", bold=True) if "BAD" in marks else marks,
            click.style(exchange["id"], dim=True),
        ]
    ) + click.style(faults_of(exchange), fg="magenta")


def _body(mark: str, text: str) -> Iterator[str]:
    for line in text.splitlines():
        yield f"{_INDENT}{mark} {printable(line)}"
