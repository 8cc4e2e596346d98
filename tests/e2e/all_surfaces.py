"""One call to each API of the sandbox, by tenants of a test's own."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt

from mockserver.kernel.signing import sign
from mockserver.testing import Sandbox, Tenant

from .betstack_client import signed, superbet
from .raw_answer import RawAnswer, asked

ISSUER = "https://test.tvbetapi.net/identity-api"

OPERATIONS: Mapping[str, str] = {
    "betstack.bet_engine": "reserveTicket",
    "betstack.bet_card": "listSuperbetCards",
    "betstack.pam": "sendPamAction",
    "betstack.sms": "sendSmsNotification",
    "betcore.casino": "getUserData",
    "betcore.aggregator": "issueToken",
    "betcore.sessions": "getBalance",
    "betcore.provider": "listGames",
    "betcore.feed": "issueFeedToken",
}
"""What is called, by surface."""


@dataclass
class AllSurfaces:
    """An operator, a client and a provider that call everything."""

    base_url: str
    plane: Sandbox
    operator: Tenant
    client: Tenant
    provider: Tenant

    def __post_init__(self) -> None:
        self._key = self.plane.export()["signing_keys"][0]
        (jwk,) = json.loads(self._get("/mis-api/api/v2/auth/jwks").body)["keys"][:1]
        self._kid = jwk["kid"]
        self._session = self.provider.sessions()[0]["sessionId"]

    def faults_of(self, surface: str) -> Tenant:
        """The tenant whose faults strike there."""
        if surface == "betstack.bet_card":
            return self.plane.nobody
        if surface.startswith("betstack."):
            return self.operator
        return self.provider if surface in ("betcore.sessions", "betcore.provider") else self.client

    def call(self, surface: str) -> RawAnswer:
        """Call the operation of a surface."""
        credentials = {
            "PartnerClientId": int(self.client.name.rpartition("-")[2]),
            "Secret": self.client.secret,
        }
        match surface:
            case "betstack.bet_engine":
                body = json.dumps(superbet(self.operator.name)).encode()
                return self._post("/be/tickets/reserve", body, signed(self.operator, body))
            case "betstack.bet_card":
                return self._get(f"/bc/superbets?operator={self.operator.name}")
            case "betstack.pam":
                data = {"operator": self.operator.name, "token": "UnIqUe-ToKeN"}
                body = json.dumps({"action": "identify", "data": data}).encode()
                assert self.operator.secret is not None
                signature = sign(self.operator.secret, "1706090303", body)
                return self._post("/pam", body, {"timestamp": "1706090303", "signature": signature})
            case "betstack.sms":
                body = b'{"type":"otp","data":{"code":"1234","msisdn":"+260977223120"}}'
                return self._post("/sms", body, signed(self.operator, body))
            case "betcore.casino":
                return self._post("/users/data", json.dumps(self._token()).encode(), {})
            case "betcore.aggregator":
                return self._post("/mis-api/api/v2/auth/token", json.dumps(credentials).encode(), {})
            case "betcore.sessions":
                return self._get(f"/v1/sessions/{self._session}/balance", self.provider.sign())
            case "betcore.provider":
                return self._get("/v1/games", self.provider.sign())
            case "betcore.feed":
                path = "/partnersmediator-service/api/v2/auth/token"
                return self._post(path, json.dumps(credentials).encode(), {})
        raise LookupError(surface)

    def _token(self) -> str:
        now = int(time.time())
        claims: dict[str, Any] = {
            "nbf": now,
            "exp": now + 10,
            "iss": ISSUER,
            "client_id": self.client.name,
            "data": '{"PartnerUserId":"SomeUserId100"}',
        }
        return jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": self._kid})

    def _get(self, path: str, headers: dict[str, str] | None = None) -> RawAnswer:
        return asked(self.base_url, "GET", path, headers)

    def _post(self, path: str, body: bytes, headers: dict[str, str]) -> RawAnswer:
        return asked(self.base_url, "POST", path, {"content-type": "application/json", **headers}, body)
