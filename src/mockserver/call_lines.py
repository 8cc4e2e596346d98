"""One line per call to a partner, as the commands print them."""

from __future__ import annotations

from mockserver.printable import printable
from mockserver.testing.documents import Exchange, ExchangeInFull
from mockserver.testing.lines import faults_of

_NAME_WIDTH = 15
_SHOWN = 300


def call_line(exchange: Exchange) -> str:
    """Action, to where, status, what is wrong, id in the journal."""
    came = "no answer" if exchange["status"] is None else str(exchange["status"])
    verdict = "acknowledged" if exchange["refusal"] is None else f"not acknowledged: {exchange['reason']}"
    return printable(f"{_called(exchange)}  {came}  {verdict}  ({exchange['id']}){faults_of(exchange)}")


def answer_line(exchange: ExchangeInFull) -> str:
    """Action, to where, what was answered, id in the journal."""
    if exchange["status"] is None:
        return printable(f"{_called(exchange)}  no answer: {exchange['reason']}  ({exchange['id']})")
    body = " ".join(exchange["answer"]["body"].split())
    shown = body if len(body) <= _SHOWN else f"{body[:_SHOWN]}..."
    return printable(f"{_called(exchange)}  {exchange['status']}  {shown}  ({exchange['id']})")


def _called(exchange: Exchange) -> str:
    name = exchange["action"] or exchange["operation"] or ""
    return f"{name:<{_NAME_WIDTH}} {exchange['method']} {exchange['target'] or '(not sent)'}"
