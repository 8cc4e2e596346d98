"""Exchanges as lines that people read."""

from __future__ import annotations

from datetime import datetime

from mockserver.printable import printable
from mockserver.testing.documents import Exchange, Verdict

ARROWS = {"received": "-->", "sent": "<--"}
"""By direction: what came to the sandbox, and what the sandbox sent."""

MARKS: dict[Verdict, str] = {"conforms": "ok", "violates": "BAD", "not_judged": "--"}


def moment_of(exchange: Exchange) -> str:
    """When it began, ``12:00:01.123`` in this machine's zone."""
    moment = datetime.fromisoformat(exchange["machine_at"] or exchange["at"]).astimezone()
    return moment.strftime("%H:%M:%S.") + f"{moment.microsecond // 1000:03}"


def name_of(exchange: Exchange) -> str:
    """What was asked for: the action or operation; method and path where it is none."""
    return exchange["action"] or exchange["operation"] or f"{exchange['method']} {exchange['target']}"


def status_of(exchange: Exchange) -> str:
    """The HTTP status; ``---`` without one."""
    return "---" if exchange["status"] is None else str(exchange["status"])


def marks_of(exchange: Exchange) -> str:
    """How request and answer stand to the contract: ``ok/BAD``, ``--`` for what was not judged."""
    verdicts = exchange["verdicts"]
    return f"{MARKS[verdicts['request']]}/{MARKS[verdicts['answer']]}"


def faults_of(exchange: Exchange) -> str:
    """The faults that struck it, ``  [duplicate-3]``; nothing where none did."""
    return f"  [{', '.join(exchange['faults'])}]" if exchange["faults"] else ""


def line_of(exchange: Exchange) -> str:
    """All of that in one line, with the id and the reason."""
    parts = [
        moment_of(exchange),
        ARROWS[exchange["direction"]],
        exchange["id"],
        name_of(exchange),
        status_of(exchange),
        f"{exchange['duration_ms']:.1f} ms",
        marks_of(exchange),
    ]
    reason = f": {exchange['reason']}" if exchange["reason"] else ""
    return printable("  ".join(parts) + faults_of(exchange) + reason)
