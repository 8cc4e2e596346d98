"""What ``mockserver states`` prints: the transition tables that the sandbox lives, as a table or drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from mockserver.betcore import states as betcore
from mockserver.betcore.feed import states as feed
from mockserver.betcore.provider import states as provider
from mockserver.betcore.sessions import states as sessions
from mockserver.betstack import states as betstack
from mockserver.betstack.pam import states as platform

Table = Mapping[tuple[Any, Any], Any]


class Format(StrEnum):
    """How a lifecycle is printed."""

    TABLE = "table"
    MERMAID = "mermaid"
    MARKDOWN = "markdown"


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """A transition table with what it is about."""

    title: str
    about: str
    table: Table


LIFECYCLES: Mapping[str, Lifecycle] = MappingProxyType(
    {
        "betstack": Lifecycle(
            "A ticket at Betstack",
            "`status` of a ticket, from the first call to its closing. What no arrow shows is refused.",
            betstack.TRANSITIONS,
        ),
        "betstack-operator": Lifecycle(
            "A ticket on the operator's platform",
            "What the built-in platform knows of a ticket. An arrow back to its own state is an action that "
            "comes again: it is answered as before and moves no money.",
            platform.TRANSITIONS,
        ),
        "betcore-cashback": Lifecycle(
            "A cashback in a casino's wallet",
            "One player's cashback in the books of the built-in casino. What no arrow shows is refused, as "
            "unknown or as a repeat.",
            betcore.CASHBACK_TRANSITIONS,
        ),
        "betcore-casino": Lifecycle(
            "A bet in a casino's wallet",
            "One player's bet in the books of the built-in casino.",
            betcore.TRANSITIONS,
        ),
        "betcore-sessions": Lifecycle(
            "A bet in a session of a game provider",
            "What BETCORE books for a provider. What no arrow shows is refused; an arrow back to its own "
            "state is a call that comes again: it is answered as before and moves no money.",
            sessions.TRANSITIONS,
        ),
        "betcore-provider": Lifecycle(
            "A round at the built-in game provider",
            "What the built-in provider knows of its bet at BETCORE.",
            provider.TRANSITIONS,
        ),
        "betcore-feed": Lifecycle(
            "A game of BETCORE's feed",
            "On the wire `s` is 1 for awaiting, 2 for betting and action, 3 for finished and confirmed, "
            "4 for review, 5 for cancelled.",
            feed.TRANSITIONS,
        ),
    }
)


_PAGE = """# Lifecycles

Written by `mockserver states --format markdown`, from the tables that the sandbox lives.

"""


def of_party(name: str) -> list[str]:
    """The lifecycle of a party, or those of all parties of a vendor; none where there is no such party."""
    if name in LIFECYCLES:
        return [name]
    return [party for party in LIFECYCLES if party.startswith(f"{name}-")]


def page(form: Format) -> str:
    """Every lifecycle as text with a line break at its end."""
    head = _PAGE if form is Format.MARKDOWN else ""
    return head + text_of(LIFECYCLES, form)


def text_of(names: Iterable[str], form: Format) -> str:
    """Some lifecycles as text with a line break at its end."""
    return "\n".join(_text_of(LIFECYCLES[name], form) for name in names)


def _text_of(lifecycle: Lifecycle, form: Format) -> str:
    if form is Format.MERMAID:
        return mermaid(lifecycle.table)
    if form is Format.TABLE:
        return table(lifecycle.table)
    return f"## {lifecycle.title}\n\n{lifecycle.about}\n\n```mermaid\n{mermaid(lifecycle.table)}```\n"


def mermaid(transitions: Table) -> str:
    """A state diagram in Mermaid's language. The state that nothing leads to is where it begins; one that
    leads nowhere is where it ends."""
    sources = list(dict.fromkeys(state for state, _ in transitions))
    targets = set(transitions.values())
    lines = ["stateDiagram-v2"]
    lines += [f"    [*] --> {state}" for state in sources if not _leads_to(state, transitions)]
    arrows: dict[tuple[Any, Any], list[str]] = {}
    for (state, event), target in transitions.items():
        arrows.setdefault((state, target), []).append(event)
    lines += [f"    {state} --> {target}: {', '.join(events)}" for (state, target), events in arrows.items()]
    lines += [f"    {state} --> [*]" for state in sorted(targets - {*sources})]
    return "\n".join(lines) + "\n"


def table(transitions: Table) -> str:
    """One line for each row: state, event, state."""
    width = max(len(state) for state, _ in transitions)
    wide = max(len(event) for _, event in transitions)
    return "".join(
        f"{state:<{width}}  {event:<{wide}}  {target}\n" for (state, event), target in transitions.items()
    )


def _leads_to(state: Any, transitions: Table) -> bool:
    """Whether another state leads there."""
    return any(target == state and source != state for (source, _), target in transitions.items())
