"""Carries out the commands of the page of incidents on a tenant of its own."""

from __future__ import annotations

import itertools
import json
import re
import shlex
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from websockets.exceptions import ConnectionClosed

from bet_contracts.incident_register import LOST, Scene, Step
from bet_contracts.rehearsal import (
    CONTROL_PLANE,
    SECRETS,
    TENANTS,
    TICKET,
    TICKET_FILE,
    VENDORS,
    Command,
    commands,
)
from mockserver.cli import cli as mockserver
from mockserver.testing import Sandbox, Tenant

from .curl import Curl
from .feed_client import FeedClient, hear

_NUMBERS = itertools.count(8001)
"""Of partner clients."""


def tenant_for(plane: Sandbox, scene: Scene) -> Tenant:
    """A fresh tenant that stands for the one that the commands name."""
    if scene.against in ("pam", "front"):
        return plane.create_operator(secret=SECRETS[TENANTS["front"]])
    if scene.against == "provider":
        return plane.create_provider()
    return plane.create_partner_client(f"PartnerClient-{next(_NUMBERS)}")


@dataclass
class Rehearsal:
    """Runs a scene, and keeps what its words in capitals stand for.

    :ivar built_in: whether the sandbox's own party is rehearsed with, whose side the journal has too
    :ivar armed: ids of the faults that its steps armed
    """

    base_url: str
    admin_url: str
    scene: Scene
    tenant: Tenant
    folder: Path
    http: httpx.Client
    built_in: bool = True
    armed: list[str] = field(default_factory=list)
    _taken: dict[str, str] = field(default_factory=dict)

    def run(self) -> None:
        """Every command, each held against what the page says of its answer."""
        (self.folder / TICKET_FILE).write_text(self._here(json.dumps(dict(TICKET))))
        for command in commands(self.scene):
            for _ in range(command.times):
                self._run(command)

    def _run(self, command: Command) -> None:
        if command.step and command.step.kind == "hears":
            self._listen(command.step)
            return
        *_, last = parts = [shlex.split(part) for part in self._here(command.text).split(" | ")]
        if last[0] == "echo":
            _, text, _, file = last
            (self.folder / file).write_text(text)
            return
        headers = self._signed(parts[0]) if len(parts) == 2 else ""
        step = command.step
        try:
            answer = Curl.parse(last, headers, self.folder).run(self.http)
        except httpx.TransportError:
            assert step is not None, command.text
            assert step.answer == LOST, command.text
            self._wait()
            return
        if step is None or step.answer is None:
            assert answer.is_success, f"{command.text}: {answer.text}"
        else:
            assert answer.status_code == step.answer, f"{command.text}: {answer.text}"
        if step is None:
            return
        self._wait()
        document = json.loads(answer.content, parse_float=Decimal) if answer.content else None
        if step.kind == "fault":
            self.armed.append(document["id"])
        elif step.kind == "clock":
            assert document["complete"]
        elif step.kind == "set":
            assert step.what.items() <= document["settings"].items()
        shows = step.shows if self.built_in or not _is_of_the_party(step) else {}
        for path, value in shows.items():
            assert at(document, path) == value, f"{command.text}: {path}: {answer.text}"
        for name, path in step.take.items():
            self._taken[name] = str(at(document, path))

    def _listen(self, step: Step) -> None:
        """Be a consumer of the live hub, for as long as it takes to hear what the step says."""
        consumer = FeedClient(self.base_url, self.tenant, self.http)
        heard: list[int] = []
        with consumer.open() as connection:
            consumer.shake_hands(connection)
            consumer.subscribe(connection)
            while len(heard) < len(step.what):
                heard.append(hear(connection)["arguments"][0]["sId"])
            if step.more.get("ends"):
                with pytest.raises(ConnectionClosed):
                    hear(connection)
        assert heard == step.what

    def _wait(self) -> None:
        """Let what goes on behind an answer, such as a discard, come to its end."""
        deadline = time.monotonic() + 30
        while self.tenant.outbox("pending"):
            assert time.monotonic() < deadline, "a call is still under way"

    def _here(self, text: str) -> str:
        """The text for this sandbox and this tenant."""
        replaced = {
            VENDORS: self.base_url,
            CONTROL_PLANE: self.admin_url,
            f"/tenants/{TENANTS[self.scene.against]}": f"/tenants/{self.tenant.name}",
            f'"operator": "{TENANTS["front"]}"': f'"operator": "{self.tenant.name}"',
            f"tenant={TENANTS[self.scene.against]}": f"tenant={self.tenant.name}",
            f"--operator {TENANTS['front']}": f"--operator {self.tenant.name}",
        }
        for there, here in replaced.items():
            text = text.replace(there, here)
        for name, value in self._taken.items():
            text = re.sub(rf"\b{name}\b", value, text)
        if text.startswith("mockserver sign") and "--secret" not in text:
            secret = SECRETS[TENANTS["front"]]
            text = text.replace("mockserver sign", f"mockserver sign --secret {secret}", 1)
        return text

    def _signed(self, words: list[str]) -> str:
        """What ``mockserver sign`` prints."""
        given = [str(self.folder / word) if word.endswith(".json") else word for word in words[1:]]
        ran = CliRunner().invoke(mockserver, given)
        assert ran.exit_code == 0, ran.output
        return ran.stdout


def at(document: Any, path: str) -> Any:
    """What stands at a path such as ``items.0.id`` or ``items.-1.id``."""
    found = document
    for part in path.split("."):
        try:
            found = found[int(part)] if isinstance(found, list) else found[part]
        except (LookupError, TypeError):
            raise AssertionError(f"{path}: nothing stands there in {document}") from None
    return found


def _is_of_the_party(step: Step) -> bool:
    """Whether a step reads what the party was asked, and has answered, in its own exchanges."""
    return step.kind == "look" and "operation=makePayment&direction=received" in step.what


def balances(tenant: Tenant, scene: Scene) -> Iterator[tuple[str, Decimal]]:
    """What the players have whom a scene names."""
    for player in scene.balances:
        yield player, Decimal(tenant.player(player)["balance"])
