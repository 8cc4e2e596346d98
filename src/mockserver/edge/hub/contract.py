"""The AsyncAPI document of a hub, read once: where it is, how often it sends, what it says and refuses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bet_contracts import contracts
from bet_contracts.documents import resolved
from bet_contracts.errors import ContractError
from bet_contracts.schemas import Violation, compile_json_schema
from mockserver.edge.contract import ErrorRow

HANDSHAKE = "openHub"
SUBSCRIPTION = "subscribeToGames"
STREAM = "streamGames"
KEEP_ALIVE = "sendKeepAlive"
CLOSING = "closeHub"


@dataclass(frozen=True, slots=True)
class HubRow:
    """One row of ``x-errors`` of a message: how a class of refusal is answered on the connection."""

    refusal: str
    message: str
    close: int | None
    """Code with which the WebSocket is closed; ``None`` where it stays open."""


@dataclass(frozen=True, slots=True)
class Negotiation:
    """The HTTP call that may come before the WebSocket."""

    path: str
    """Below the hub's own."""
    method: str
    transport: str
    transfer_format: str
    violation: Violation
    """Of its answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HubContract:
    """One hub."""

    surface: str
    paths: tuple[str, ...]
    """Every documented one; the hub is the same at each."""
    token_parameter: str
    """Of the query."""
    terminator: str
    """Ends every message."""
    target: str
    """What an invocation calls to subscribe."""
    stream_target: str
    """What the hub calls to stream."""
    keep_alive_seconds: float
    stream_seconds: float
    negotiation: Negotiation
    handshake_violation: Violation
    invocation_violation: Violation
    filter_violation: Violation
    """Of the JSON inside the invocation's second argument."""
    message_violation: Violation
    """Of what the hub streams."""
    http_rows: Mapping[str, ErrorRow]
    """Refusals before the connection stands."""
    rows: Mapping[str, Mapping[str, HubRow]]
    """By operation, by class of refusal."""


def load_hub(surface: str, overrides: Mapping[str, Any] | None = None) -> HubContract:
    """The contract of a hub, the user's overrides in it.

    :raises ContractError: it can't be read, or lacks what a server needs
    """
    document = contracts.load([surface], overrides)[surface]
    try:
        return _read(surface, resolved(document, document))
    except (KeyError, IndexError, ValueError) as error:
        raise ContractError(f"{surface}: {type(error).__name__} {error}") from None


def _read(surface: str, whole: Mapping[str, Any]) -> HubContract:
    channel, operations = whole["channels"]["hub"], whole["operations"]
    invocation = whole["components"]["schemas"]["Subscribe"]
    streamed = whole["components"]["schemas"]["GamesInfoMessage"]
    return HubContract(
        surface=surface,
        paths=tuple(f"{server['pathname']}{channel['address']}" for server in channel["servers"]),
        token_parameter=whole["components"]["securitySchemes"]["accessToken"]["name"],
        terminator=chr(int(channel["x-framing"]["terminator"], 16)),
        target=invocation["properties"]["target"]["const"],
        stream_target=streamed["properties"]["target"]["const"],
        keep_alive_seconds=operations[KEEP_ALIVE]["x-interval-milliseconds"] / 1000,
        stream_seconds=operations[STREAM]["x-interval-milliseconds"] / 1000,
        negotiation=_negotiation(channel["x-negotiation"]),
        handshake_violation=compile_json_schema(whole["components"]["schemas"]["HandshakeRequest"]),
        invocation_violation=compile_json_schema(invocation),
        filter_violation=compile_json_schema(invocation["properties"]["arguments"]["items"][1]["x-json"]),
        message_violation=compile_json_schema(streamed),
        http_rows={row["class"]: _http_row(row) for row in channel["x-errors"]},
        rows={
            name: {row["class"]: _hub_row(row) for row in operation["x-errors"]}
            for name, operation in operations.items()
            if "x-errors" in operation
        },
    )


def _negotiation(node: Mapping[str, Any]) -> Negotiation:
    offer = node["answer"]["properties"]["availableTransports"]["items"]["properties"]
    return Negotiation(
        path=node["path"],
        method=node["method"],
        transport=offer["transport"]["const"],
        transfer_format=offer["transferFormats"]["items"]["const"],
        violation=compile_json_schema(node["answer"]),
    )


def _http_row(row: Mapping[str, Any]) -> ErrorRow:
    return ErrorRow(row["class"], row["status"], row["code"], row["message"], row["caller"])


def _hub_row(row: Mapping[str, Any]) -> HubRow:
    return HubRow(row["class"], row["message"], row.get("close"))
