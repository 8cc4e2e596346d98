"""Scenes of the register of incidents as commands to copy."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from bet_contracts.incident_register import LOST, Scene, Step

VENDORS: Final = "http://127.0.0.1:8080"
CONTROL_PLANE: Final = "http://127.0.0.1:8081"

TENANTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "pam": "site",
        "front": "site",
        "casino": "PartnerClient-1556",
        "consumer": "PartnerClient-1556",
        "provider": "933a215f-a9e6-4f88-9d91-52a87cd50499",
    }
)
"""The seeded tenant that a party is, by party."""

SECRETS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "site": "12345ABCDE",
        "PartnerClient-1556": "PARTNERSECRET1556",
        "933a215f-a9e6-4f88-9d91-52a87cd50499": "PROVIDERSECRET933A",
    }
)
"""Those of the seeded tenants."""

TICKET: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "operator": TENANTS["pam"],
        "token": "UnIqUe-ToKeN",
        "psp": None,
        "price": 2000,
        "currency": "KES",
        "atag": None,
        "rtag": None,
        "source": "mobile",
        "type": "quicktip",
        "odds_diff": 0,
        "events": [{"id": 390815, "bet": 101, "odds": 1.55}],
    }
)
"""What a front end sends for a ticket; where a step says no other one."""

TICKET_FILE: Final = "ticket.json"
_OTHER_FILE: Final = "other.json"

_IDENTIFIED: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "pay": ("-X POST ", "/be/tickets/{ticket}/paid"),
        "read": ("", "/be/tickets/{ticket}"),
        "list": ("", "/be/tickets"),
    }
)
_WITH_BODY: Final[Mapping[str, str]] = MappingProxyType(
    {"create": "/be/tickets", "reserve": "/be/tickets/reserve"}
)


@dataclass(frozen=True, slots=True)
class Command:
    """A line of a shell."""

    text: str
    """A comment where something else than a command is due."""
    step: Step | None = None
    """What it is for; none where it prepares another one, or brings back a known state."""
    times: int = 1
    puts_back: bool = False
    """Whether it comes behind the scene, and undoes what outlives a reset."""

    @property
    def shown(self) -> str:
        """As it is printed."""
        return f"for i in $(seq {self.times}); do {self.text}; done" if self.times > 1 else self.text

    @property
    def note(self) -> str | None:
        """What comes back, as far as it matters."""
        return None if self.step is None else "; ".join(_said(self.step)) or None


def commands(scene: Scene) -> Iterator[Command]:
    """The commands of a scene: a fresh state, its steps, and settings and secret as they were."""
    tenant = TENANTS[scene.against]
    yield Command(_curl("POST", tenant, "/reset"))
    for step in scene.steps:
        yield from _COMMANDS[step.kind](tenant, step)
    yield from _put_back(tenant, scene)


def _put_back(tenant: str, scene: Scene) -> Iterator[Command]:
    settings = [name for step in scene.steps if step.kind == "set" for name in step.what]
    if settings:
        changed = {"settings": dict.fromkeys(settings)}
        yield Command(_curl("PATCH", tenant, "", changed), puts_back=True)
    if any(step.kind == "secret" for step in scene.steps):
        secret = {"secret": SECRETS[tenant], "overlap_seconds": 0}
        yield Command(_curl("POST", tenant, "/secret", secret), puts_back=True)


def _said(step: Step) -> Iterator[str]:
    if step.answer == LOST:
        yield "the answer is lost"
    elif step.answer is not None:
        yield f"HTTP {step.answer}"
    for path, value in step.shows.items():
        yield f"{path}: {json.dumps(value, ensure_ascii=False)}"
    for name, path in step.take.items():
        yield f"{path} is {name} from here on"


def _curl(method: str, tenant: str, path: str, document: Mapping[str, Any] | None = None) -> str:
    verb = "" if method == "GET" else f"-X {method} "
    url = f"{CONTROL_PLANE}/tenants/{tenant}{path}"
    if document is None:
        return f"curl {verb}{_quoted(url) if '?' in url else url}"
    body = json.dumps(document, ensure_ascii=False)
    return f"curl {verb}{url} -H 'content-type: application/json' -d {_quoted(body)}"


def _quoted(text: str) -> str:
    if "'" in text:
        raise ValueError(f"{text} can't be quoted")
    return f"'{text}'"


Translation = Callable[[str, Step], Iterator[Command]]


def _plain(
    method: str, path: Callable[[Step], str], document: Callable[[Step], Mapping[str, Any] | None]
) -> Translation:
    def translated(tenant: str, step: Step) -> Iterator[Command]:
        yield Command(_curl(method, tenant, path(step), document(step)), step)

    return translated


def _look(tenant: str, step: Step) -> Iterator[Command]:
    """Read something of the tenant, or with a path of its own of the control plane."""
    if step.what.startswith("/"):
        yield Command(f"curl {_quoted(CONTROL_PLANE + step.what)}", step)
    else:
        yield Command(_curl("GET", tenant, f"/{step.what}"), step)


def _clock(tenant: str, step: Step) -> Iterator[Command]:
    """Move the clock on, or put it to a moment."""
    method, path = ("PATCH", "/clock") if "now" in step.what else ("POST", "/clock/advance")
    yield Command(_curl(method, tenant, path, step.what), step)


def _resend(_tenant: str, step: Step) -> Iterator[Command]:
    """Send a call of the journal again."""
    how = json.dumps(step.more.get("fields", {}))
    url = f"{CONTROL_PLANE}/journal/{step.what}/resend"
    yield Command(f"curl -X POST {url} -H 'content-type: application/json' -d {_quoted(how)}", step)


def _hears(_tenant: str, step: Step) -> Iterator[Command]:
    """What a consumer of the live hub hears, which no command of a shell can be."""
    numbers = ", ".join(map(str, step.what))
    ending = "; then the connection ends" if step.more.get("ends") else ""
    yield Command(
        f"# Your consumer connects with a new token and subscribes: it hears sId {numbers}{ending}", step
    )


def _call(_tenant: str, step: Step) -> Iterator[Command]:
    """A call of a front end, signed."""
    sign = f"mockserver sign --operator {TENANTS['front']}"
    if secret := step.more.get("signed_with"):
        sign += f" --secret {secret}"
    times = step.more.get("times", 1)
    if step.what in _IDENTIFIED:
        method, path = _IDENTIFIED[step.what]
        where = path.format(ticket=step.more.get("ticket", "CODE"))
        yield Command(f"{sign} | curl -si -H @- {method}{VENDORS}{where}", step, times)
        return
    file = TICKET_FILE
    if other := step.more.get("with"):
        file = _OTHER_FILE
        yield Command(f"echo {_quoted(json.dumps({**TICKET, **other}))} > {file}")
    yield Command(
        f"{sign} --body {file} | curl -si -H @- -H 'content-type: application/json' "
        f"--data-binary @{file} {VENDORS}{_WITH_BODY[step.what]}",
        step,
        times,
    )


_COMMANDS: Final[Mapping[str, Translation]] = MappingProxyType(
    {
        "fault": _plain("POST", lambda _: "/faults", lambda step: {"fault": step.what, **step.more}),
        "drive": _plain(
            "POST", lambda step: f"/drives/{step.what}", lambda step: step.more.get("fields", {})
        ),
        "clock": _clock,
        "set": _plain("PATCH", lambda _: "", lambda step: {"settings": step.what}),
        "player": _plain("PATCH", lambda step: f"/players/{step.what}", lambda step: step.more["fields"]),
        "secret": _plain("POST", lambda _: "/secret", lambda step: dict(step.what)),
        "send": _plain("POST", lambda step: f"/outbox/{step.what}/send", lambda _: None),
        "look": _look,
        "clear": _plain("DELETE", lambda step: f"/{step.what}", lambda _: None),
        "call": _call,
        "resend": _resend,
        "hears": _hears,
    }
)
