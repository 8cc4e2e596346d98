"""One line per call to a partner, as the commands print them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mockserver.testing.lines import faults_of
from mockserver.testing.documents import Exchange, ExchangeInFull

_NAME_WIDTH = 15
_SHOWN = 300
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def call_line(exchange: Exchange) -> str:
    """Action, to where, status, what is wrong, id in the journal."""
    came = "no answer" if exchange["status"] is None else str(exchange["status"])
    verdict = "acknowledged" if exchange["refusal"] is None else f"not acknowledged: {exchange['reason']}"
    return f"{_called(exchange)}  {came}  {verdict}  ({exchange['id']}){faults_of(exchange)}"


def answer_line(exchange: ExchangeInFull) -> str:
    """Action, to where, what was answered, id in the journal."""
    if exchange["status"] is None:
        return f"{_called(exchange)}  no answer: {exchange['reason']}  ({exchange['id']})"
    body = " ".join(exchange["answer"]["body"].split())
    shown = body if len(body) <= _SHOWN else f"{body[:_SHOWN]}..."
    return f"{_called(exchange)}  {exchange['status']}  {printable(shown)}  ({exchange['id']})"


def printable(text: str) -> str:
    """A partner's text without what moves a terminal's cursor."""
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def _called(exchange: Exchange) -> str:
    name = exchange["action"] or exchange["operation"] or ""
    return printable(f"{name:<{_NAME_WIDTH}} {exchange['method']} {exchange['target'] or '(not sent)'}")
