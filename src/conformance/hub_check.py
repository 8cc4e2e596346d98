"""What the AsyncAPI contract of a hub says about single messages."""

from __future__ import annotations

import json
from typing import Any, Final

import jsonschema_rs

from conformance.client import NO_JSON
from conformance.contract import Contract
from conformance.games_info import carried
from conformance.hub_messages import Message
from conformance.judged import judged_schemas
from conformance.oracle import feed as oracle

MESSAGES: Final = {
    oracle.CALL: "gamesInfo",
    oracle.COMPLETION: "completion",
    oracle.ALIVE: "keepAlive",
    oracle.CLOSE: "close",
}
"""Type of a message that the hub sends to its name in the contract."""

INFO: Final = "GamesInfo"
"""Schema of what a message of the stream carries, whatever the message around it is."""


class HubCheck:
    """Judges the messages of a hub by one contract.

    With ``full`` the assumed constraints count too; otherwise the judged contract is used. What the kit sends
    is held to the full contract.
    """

    def __init__(self, contract: Contract, *, full: bool) -> None:
        document = contract.document
        self._payloads = {
            name: message["payload"]["$ref"] for name, message in document["components"]["messages"].items()
        }
        own = document["components"]["schemas"]
        self._sent = {name: _compiled(reference, own) for name, reference in self._payloads.items()}
        self._filter = _compiled("#/components/schemas/SubscriptionFilter", own)
        judged = own if full else judged_schemas(document)
        self._received = {name: _compiled(reference, judged) for name, reference in self._payloads.items()}
        self._info = _compiled(f"#/components/schemas/{INFO}", judged)

    def problems(self, name: str, message: Any) -> list[str]:
        """What is illegal about a message that the kit is about to send, one line each."""
        found = _lines(self._sent[name], message)
        if name == "subscribe" and not found:
            found = _lines(self._filter, json.loads(message["arguments"][1]))
        return found

    def answer_to_handshake(self, message: Message) -> list[str]:
        """What of the first message breaks the contract; one with a type is no answer to the handshake."""
        return [] if message.kind is not None else self._broken("handshakeResponse", message)

    def violations(self, message: Message) -> list[str]:
        """What of a later message breaks the contract, one line each."""
        if message.value is NO_JSON:
            return [f"the hub sent what is no JSON: {message.text[:100]!r}"]
        name = MESSAGES.get(message.kind or 0)
        return self._broken(name, message) if name else []

    def info_violations(self, message: Message) -> list[str]:
        """What breaks the contract of what a message of the stream carries, whatever is around it."""
        info = carried(_floats(message.text))
        return [] if info is None else [f"{INFO}: {line}" for line in _lines(self._info, info)]

    def undocumented(self, message: Message) -> str | None:
        """Why the contract has no such message, if so."""
        if message.value is NO_JSON or message.kind in MESSAGES:
            return None
        return f"a message of type {message.kind} is not documented"

    def _broken(self, name: str, message: Message) -> list[str]:
        return [f"{name}: {line}" for line in _lines(self._received[name], _floats(message.text))]


def _compiled(reference: str, schemas: dict[str, Any]) -> jsonschema_rs.Draft7Validator:
    root = {"allOf": [{"$ref": reference}], "components": {"schemas": schemas}}
    return jsonschema_rs.Draft7Validator(root, validate_formats=True)


def _floats(text: str) -> Any:
    """The JSON as the validator takes it, which knows no decimals."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _lines(validator: jsonschema_rs.Draft7Validator, value: Any) -> list[str]:
    try:
        return [
            f"{'/'.join(map(str, error.instance_path)) or 'message'}: {error.message}"[:300]
            for error in validator.iter_errors(value)
        ]
    except (ValueError, RecursionError) as error:
        # What the library can't digest is the target's odd message, not a fault of the kit.
        return [f"the message can't be checked: {error}"[:300]]
