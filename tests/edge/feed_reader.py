"""A consumer of the feed, in process."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx

from mockserver.betcore.model import PartnerClient

from .in_process import Service

BASE = "/partnersmediator-service/api/v2"
CREDENTIALS: dict[str, Any] = {"PartnerClientId": 1556, "Secret": "PARTNERSECRET1556"}


@dataclass
class FeedReader:
    service: Service

    @property
    def client(self) -> PartnerClient:
        found = self.service.sandbox.tenants.find("PartnerClient-1556")
        assert isinstance(found, PartnerClient)
        return found

    def ask_for_token(self, document: Any) -> httpx.Response:
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        return self.service.send("POST", f"{BASE}/auth/token", {"content-type": "application/json"}, body)

    def token(self) -> str:
        answer = self.ask_for_token(CREDENTIALS)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    def get(self, path: str, token: str | None = None) -> httpx.Response:
        return self.service.send("GET", f"{BASE}{path}", {"authorization": f"Bearer {token or self.token()}"})

    def game(self, game_id: int) -> dict[str, Any]:
        found: dict[str, Any] = self.get(f"/games/info?id={game_id}").json()
        return found

    def newest(self, game_type: int) -> dict[str, Any]:
        games: list[dict[str, Any]] = self.get("/games/list").json()
        return next(game for game in games if game["t"] == game_type)

    def play(self, **fields: Any) -> None:
        drive = self.service.sandbox.tenants.vendor_of(self.client).drives["round"]
        assert drive.run is not None
        self.service.loop.run_until_complete(drive.run(self.client, {"game_type": 3} | fields, "test"))

    def wait(self, seconds: float) -> None:
        """Let the client's time pass."""
        self.service.loop.run_until_complete(self.client.timekeeper.advance(timedelta(seconds=seconds)))
