"""What the generated layer asks of Schemathesis: its configuration, the derived contract, the signing.

Importing this module is expensive (it loads Schemathesis); do so only when a run starts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

import requests
import schemathesis

from bet_contracts.documents import METHODS
from conformance.client import Evidence
from conformance.errors import Missing
from conformance.feed import bearer
from conformance.judged import REQUEST_PREFIX
from conformance.signing import jwt_body

if TYPE_CHECKING:
    from conformance.run import Run

CHECKS: Final = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)

SMALL_AMOUNT: Final = {"type": "string", "pattern": "^0[.]0[0-9]$"}
"""Amounts of made-up transactions, so that a run does not use up a player's balance."""

FEW: Final = {"type": "integer", "minimum": 1, "maximum": 3}
"""Elements of a list that a made-up request asks for."""

SMALL_CENTS: Final = {"type": "integer", "minimum": 1, "maximum": 9}
"""The same for amounts in whole cents."""


@dataclass(frozen=True, slots=True)
class Hints:
    """What made-up requests should hold, by name of the property or path parameter.

    Without them nearly every request would be refused for an unknown player, and nothing behind that be seen.
    """

    fixed: Mapping[str, Any] = field(default_factory=dict)
    """Name to the schema that replaces the contract's; it must allow less."""
    known: Mapping[str, Any] = field(default_factory=dict)
    """Name to a value that the target knows, which stands beside what the contract allows."""

    def schema(self, name: str, schema: Any) -> Any:
        """The schema for the name."""
        if name in self.fixed:
            return self.fixed[name]
        if name in self.known:
            return {"anyOf": [{"enum": [self.known[name]]}, schema]}
        return schema


def hints(run: Run, surface: str) -> Hints:
    """What the target file and the run so far know."""
    if surface == "betcore.casino" and run.target.casino is not None:
        return Hints(
            {"Amount": SMALL_AMOUNT, "TaxAmount": SMALL_AMOUNT}, {"PartnerUserId": run.target.casino.user}
        )
    if surface == "betcore.aggregator" and run.target.aggregator is not None:
        client = run.target.aggregator.client
        return Hints({}, {"PartnerClientId": client.number, "Secret": client.secret})
    if surface in ("betstack.pam", "betstack.sms") and run.target.platform is not None:
        return _of_an_operator(run)
    if surface == "betcore.feed" and run.target.feed is not None:
        return _of_a_feed(run)
    if surface == "betcore.sessions" and run.target.sessions is not None:
        return Hints(
            {"betAmount": SMALL_AMOUNT, "winAmount": SMALL_AMOUNT},
            {"sessionId": run.target.sessions.session},
        )
    if surface == "betcore.provider" and run.target.provider is not None:
        mine = run.target.provider
        game = {} if mine.game is None else {"gameId": mine.game}
        return Hints({}, {"userId": mine.user_id, "currency": mine.currency, **game})
    if run.target.betstack is None:
        return Hints()
    operator = run.target.betstack.operator
    known: dict[str, Any] = {"token": operator.token, "currency": operator.currency}
    if run.target.betstack.superbet_event is not None:
        known["event"] = run.target.betstack.superbet_event
    if run.created:
        known["identifier"] = next(reversed(run.created))
    if surface == "betstack.bet_card" and run.card_codes:
        known["code"] = run.card_codes.get("smartbet") or next(iter(run.card_codes.values()))
    fixed: dict[str, Any] = {"operator": {"type": "string", "enum": [operator.name]}}
    if surface == "betstack.bet_engine":
        fixed |= {"price": SMALL_CENTS, "limit": FEW}
    return Hints(fixed, known)


def _of_a_feed(run: Run) -> Hints:
    """Made-up calls know the client's credentials and a game that there is."""
    feed = run.feed(Evidence(), judged=False)
    known = {"PartnerClientId": feed.target.partner_client_id, "Secret": feed.target.secret}
    try:
        game = {"id": {"anyOf": [{"enum": [feed.game()]}, {"type": "integer", "minimum": 1}]}}
    except Missing:
        game = {}
    return Hints(game, known)


def _of_an_operator(run: Run) -> Hints:
    """Made-up calls to an operator move few cents of the player, and send no message to a stranger."""
    assert run.target.platform is not None
    operator = run.target.platform
    fixed: dict[str, Any] = {
        "operator": {"type": "string", "enum": [operator.operator]},
        "currency": {"type": "string", "enum": [operator.currency]},
        "price": SMALL_CENTS,
        "net_payout": SMALL_CENTS,
    }
    if operator.msisdn is not None:
        fixed["msisdn"] = {"type": "string", "enum": [operator.msisdn]}
    if player := run.platform(Evidence(), judged=False).identify().identifier("player_id"):
        fixed["player_id"] = {"type": "string", "enum": [player]}
    return Hints(fixed, {"token": operator.token})


def signer(run: Run, surface: str) -> Callable[[requests.PreparedRequest], None]:
    """What gives a prepared request its identity, in place."""
    if surface == "betcore.casino":
        casino = run.casino(Evidence(), judged=False)

        def sign_token(request: requests.PreparedRequest) -> None:
            if request.body:
                request.prepare_body(jwt_body(casino.token(json.loads(request.body))), None)

        return sign_token
    if surface == "betcore.feed":
        authorization = bearer(run.feed(Evidence(), judged=False).token())
        return lambda request: request.headers.update({"authorization": authorization})
    if surface == "betstack.bet_card":
        return lambda request: None  # it asks for no identity
    if surface == "betcore.aggregator":
        access = run.aggregator(Evidence(), "read", judged=False).access_token

        def show_token(request: requests.PreparedRequest) -> None:
            request.headers["Authorization"] = f"Bearer {access()}"

        return show_token
    headers: Callable[[bytes], Mapping[str, str]]
    if surface == "betcore.sessions":
        headers = run.wallet(Evidence(), judged=False).caller.headers
    elif surface == "betcore.provider":
        headers = run.game_provider(Evidence(), judged=False).caller.headers
    elif surface == "betstack.pam":
        headers = run.platform(Evidence(), judged=False).headers
    elif surface == "betstack.sms":
        headers = run.sms(Evidence()).headers
    else:
        headers = run.betstack(Evidence(), judged=False).headers

    def sign_headers(request: requests.PreparedRequest) -> None:
        body = request.body or b""
        request.headers.update(headers(body.encode() if isinstance(body, str) else body))

    return sign_headers


def config(
    *, seed: int, examples: int, base_url: str, timeout: float, rate: str | None
) -> schemathesis.Config:
    """Schemathesis's configuration, complete, so that no ``schemathesis.toml`` takes part."""
    settings: dict[str, Any] = {
        "seed": seed,
        "base-url": base_url,
        "workers": 1,
        "continue-on-failure": True,
        "request-timeout": timeout,
        "max-redirects": 0,
        "cache": {"enabled": False},
        "analysis": {"constants": {"enabled": False}},
        "warnings": False,
        "checks": {"enabled": False, **{name: {"enabled": True} for name in CHECKS}},
        "generation": {
            "max-examples": examples,
            "database": "none",
            "codec": "utf-8",
            "allow-x00": False,
            "with-security-parameters": False,
            "no-shrink": True,
            "deterministic": True,
        },
        "phases": {
            "examples": {"enabled": False},
            "stateful": {"enabled": False},
            "coverage": {"unexpected-methods": [], "extra-data-sources": {"responses": False}},
            "fuzzing": {
                "generation": {"mode": "positive"},
                "extra-data-sources": {"responses": False},
                "error-feedback": {"enabled": False},
            },
        },
    }
    if rate:
        settings["rate-limit"] = rate
    return schemathesis.Config.from_dict(settings)


def for_requests(document: dict[str, Any], hints: Hints) -> dict[str, Any]:
    """The document with requests that get somewhere, from one whose request schemas stand apart.

    A body that is a token is described by the schema of its ``data``; the hints are worked in.
    """
    changed = deepcopy(document)
    for name, schema in changed["components"]["schemas"].items():
        if name.startswith(REQUEST_PREFIX):
            _hint(schema, hints)
    inline = [
        item[method].get("parameters", ())
        for item in changed["paths"].values()
        for method in METHODS
        if method in item
    ]
    for parameter in (*changed["components"].get("parameters", {}).values(), *chain(*inline)):
        where, name = parameter.get("in"), parameter.get("name")
        if (where == "path" and name in hints.known) or (where == "query" and name in hints.fixed):
            parameter["schema"] = hints.schema(name, parameter["schema"])
    for item in changed["paths"].values():
        for method in METHODS:
            media = item.get(method, {}).get("requestBody", {}).get("content", {}).get("application/json", {})
            if "x-jwt" in media:
                media["schema"] = media["x-jwt"]["data"]
                media.pop("examples", None)  # they are tokens
    return changed


def _hint(node: Any, hints: Hints) -> None:
    if isinstance(node, list):
        for child in node:
            _hint(child, hints)
    elif isinstance(node, dict):
        for name, child in node.get("properties", {}).items():
            node["properties"][name] = hints.schema(name, child)
        for child in node.values():
            _hint(child, hints)
