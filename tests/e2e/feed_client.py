"""A consumer of the feed over the network: tokens, and the plain protocol of the hub."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import httpx
from websockets.sync.client import ClientConnection, connect

from mockserver.testing import Tenant

HUB = "/signalrhub-livefeed-service/hubs"
OTHER_HUB = "/signalrhub-integration-service/hubs"
END = "\x1e"
PATIENCE = 15.0


@dataclass(frozen=True)
class FeedClient:
    base_url: str
    client: Tenant
    http: httpx.Client

    @property
    def number(self) -> int:
        return int(self.client.name.rpartition("-")[2])

    def token(self) -> str:
        answer = self.http.post(
            f"{self.base_url}/partnersmediator-service/api/v2/auth/token",
            json={"PartnerClientId": self.number, "Secret": self.client.secret},
        )
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    def url(self, path: str = HUB, scheme: str = "ws", token: str | None = None) -> str:
        return f"{scheme}{self.base_url.removeprefix('http')}{path}?access_token={token or self.token()}"

    def open(self, path: str = HUB, token: str | None = None, **options: Any) -> ClientConnection:
        return connect(self.url(path, token=token), **options)

    def wanted(self, game_type: int = 3) -> list[str]:
        wish = {"GameType": game_type, "PartnerClientId": self.number, "Count": 1}
        return ["SubOnWholeGamesInfo", json.dumps(wish)]

    def shake_hands(self, connection: ClientConnection) -> None:
        connection.send(json.dumps({"protocol": "json", "version": 1}) + END)
        assert [hear(connection), hear(connection)] == [{}, {"type": 6}]

    def subscribe(self, connection: ClientConnection, game_type: int = 3) -> None:
        message = {"arguments": self.wanted(game_type), "target": "Subscribe", "type": 1}
        connection.send(json.dumps(message) + END)


def hear(connection: ClientConnection) -> Any:
    """The next message; the hub puts one into each frame."""
    text = connection.recv(timeout=PATIENCE, decode=True)
    assert text.endswith(END)
    return json.loads(text[:-1])
