"""Hooks: URLs that make the party under test start something by itself.

Some behaviour begins with the party under test: BETCORE takes a bet and asks the casino for it, a player of a
provider plays a round. A target file names a URL for each thing that can be asked for so; the kit posts a
JSON object there, and any 2xx says that it was begun or done.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from conformance.client import Evidence, RawAnswer, RawExchange, Transport
from conformance.errors import KitError, Missing, NotApplicable
from conformance.toml_rows import Row, line_of, read_table
from conformance.urls import check_url

TABLE: Final = "hooks"

HOOKS: Final[Mapping[str, str]] = {
    "bet": "BETCORE takes a player's bet and asks the casino for it",
    "payout": "BETCORE asks the casino for a payout, a return or a jackpot",
    "cashback": "BETCORE asks the casino to pay a cashback, or to take one back",
    "round": "a round of a game is played and its results go to the feed",
    "games": "BETCORE asks the provider for its games",
    "launch": "BETCORE launches a session at the provider",
    "play": "a player plays a round in a session of the provider",
    "keys": "BETCORE signs with a new key from now on",
    "advance": "the party's clock moves on by so many seconds",
}
"""Name of each hook that a target file may have, with what it makes happen."""


def absent(name: str) -> str:
    """What a case says that needs a hook which the target file does not have."""
    return f"needs a hook: the target file names no URL as {name} in [{TABLE}] ({HOOKS[name]})"


def read(table: object, *, file: Path, text: str) -> dict[str, str]:
    """The table ``[hooks]``: name to URL. Raises :exc:`KitError` with one line."""
    if isinstance(table, dict):
        for name in table:
            if name not in HOOKS:
                line = line_of(text, (TABLE,), name)
                place = f"{file}{f':{line}' if line else ''}"
                raise KitError(f"{place}: [{TABLE}] {name} is no hook; there are {', '.join(HOOKS)}")
    rows = [Row(name, str, default=None) for name in HOOKS]
    found = read_table(table, rows, file=file, text=text, path=(TABLE,), environment={})
    urls = {name: url for name, url in found.items() if url is not None}
    for name, url in urls.items():
        check_url(f"{file}: [{TABLE}] {name}:", url)
    return urls


@dataclass(slots=True)
class Begun:
    """A hook's call that is under way in a thread of its own."""

    name: str
    _thread: threading.Thread
    _outcome: list[Any | Exception] = field(default_factory=list)

    @property
    def over(self) -> bool:
        """Whether the hook has answered, or can't any more."""
        return not self._thread.is_alive()

    def wait(self, seconds: float | None = None) -> Any:
        """What the hook answered, as JSON.

        Raises :exc:`Missing` where it answered otherwise than with 2xx, or not after ``seconds`` (``None``:
        its own deadline).
        """
        self._thread.join(seconds)
        if not self.over:
            raise Missing(f"the hook {self.name} has not answered after {seconds:g} s")
        outcome = self._outcome[0]
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def end(self, seconds: float) -> None:
        """Wait for the end without a judgement."""
        self._thread.join(seconds)


@dataclass(slots=True)
class Hooks:
    """The hooks as one case uses them. What they say is evidence of the case; no credentials are sent."""

    urls: Mapping[str, str]
    barred: Callable[[str], str | None]
    """Takes a URL; says why this case must not call it, if so."""
    transport: Transport
    """Its URL is replaced by the hook's; its timeout holds until a hook's answer."""
    evidence: Evidence
    _begun: list[Begun] = field(default_factory=list)

    def obstacle(self, name: str) -> str | None:
        """Why the hook can't be called; ``None`` if it can."""
        url = self.urls.get(name)
        return absent(name) if url is None else self.barred(url)

    def has(self, name: str) -> bool:
        """Whether the hook can be called."""
        return self.obstacle(name) is None

    def call(self, name: str, document: Mapping[str, Any] | None = None) -> Any:
        """Post the document, wait for the answer, and return it as JSON. Decimals go out as strings.

        Raises :exc:`NotApplicable` where there is no such hook, :exc:`Missing` for an answer other than 2xx.
        """
        reason = self.obstacle(name)
        if reason is not None:
            raise NotApplicable(reason)
        answer = self._post(name, document or {})
        if answer.status is None or not 200 <= answer.status < 300:
            raise Missing(f"the hook {name} got {answer.describe()}")
        return answer.value

    def begin(self, name: str, document: Mapping[str, Any] | None = None) -> Begun:
        """As :meth:`call`, in a thread of its own: a hook may answer only when the calls that it causes are
        done.
        """
        reason = self.obstacle(name)
        if reason is not None:
            raise NotApplicable(reason)
        outcome: list[Any | Exception] = []

        def run() -> None:
            try:
                outcome.append(self.call(name, document))
            except Exception as error:  # carried into the case's own thread, where it gets a verdict
                outcome.append(error)

        begun = Begun(name, threading.Thread(target=run, daemon=True), outcome)
        self._begun.append(begun)
        begun._thread.start()
        return begun

    def close(self) -> None:
        """Wait for what was begun, so that nothing of one case happens in the next."""
        for begun in self._begun:
            begun.end(self.transport.timeout)

    def _post(self, name: str, document: Mapping[str, Any]) -> RawAnswer:
        body = json.dumps(document, ensure_ascii=False, default=_plain).encode()
        there = replace(self.transport, base_url=self.urls[name])
        request = there.prepare("POST", "", {"content-type": "application/json"}, body)
        answer = there.send(request)
        with self.evidence.lock:
            self.evidence.exchanges.append(RawExchange(f"hook {name}", request, answer, f"hook {name}"))
        return answer


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    raise TypeError(f"{type(value).__name__} can't be sent to a hook")
