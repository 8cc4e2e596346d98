"""BETCORE's calls to the casino: a JWT as the body (source: betcore/users-data; BC-ASM-002)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from mockserver.betcore.model import PartnerClient
from mockserver.kernel.exchange import REASON_HEADER
from mockserver.kernel.json_codec import JsonInvalid, dump, parse
from mockserver.kernel.outbox import OutgoingCall, Schedule
from mockserver.kernel.ports import Clock, Deadlines, OutgoingAnswer, OutgoingRequest, SigningKey

GET_USER_DATA = "getUserData"

ISSUER = "https://test.tvbetapi.net/identity-api"  # as the samples have it (source: betcore/users-data)
TOKEN_LIFE_SECONDS = 10

_PATHS = MappingProxyType({GET_USER_DATA: "/users/data"})
_MINUTES = (1, 5, 15, 60, *(60,) * 23)
_PATIENT = Schedule(
    Deadlines(connect=5, read=10, total=10), tuple(timedelta(minutes=one) for one in _MINUTES)
)
SCHEDULES = MappingProxyType({GET_USER_DATA: _PATIENT})  # BC-ASM-048


def user_data(user_id: str) -> bytes:
    """What a request for a player's balance says."""
    return dump({"PartnerUserId": user_id})


class CasinoCaller:
    """Calls the client's casino.

    :param own_url: where the built-in casino is
    :param wall_clock: the time that a client's own casino is shown
    """

    schedules: Mapping[str, Schedule] = SCHEDULES

    def __init__(self, signing_key: SigningKey, own_url: str, wall_clock: Clock) -> None:
        self._signing_key = signing_key
        self._own_url = own_url
        self._wall_clock = wall_clock

    def operation_of(self, call: OutgoingCall) -> tuple[str, str]:
        """Actions are named as the contract names operations."""
        return "betcore.casino", call.action

    def prepare(self, tenant: PartnerClient, call: OutgoingCall) -> OutgoingRequest:
        """A fresh token with the same ``data`` for each try. The built-in casino has the tenant's time."""
        url = tenant.settings["casino_url"]
        clock = self._wall_clock if url else tenant.clock
        nbf = int(clock.now().timestamp())
        claims = {
            "nbf": nbf,
            "exp": nbf + TOKEN_LIFE_SECONDS,
            "iss": ISSUER,
            "data": call.document.decode(),
            "client_id": tenant.name,
        }
        token = self._signing_key.sign(dump(claims))
        return OutgoingRequest(
            (url or self._own_url) + _PATHS[call.action],
            (("content-type", "application/json"),),
            json.dumps(token).encode(),
            canonical=token.rpartition(".")[0].encode(),
            document=call.document,
            internal=url is None,
        )

    def failure_in(self, call: OutgoingCall, answer: OutgoingAnswer) -> str | None:
        """Only HTTP 200 with ``ErrorCode`` 200 acknowledges (BC-ASM-005)."""
        if answer.status != 200:
            return f"HTTP status {answer.status}; only 200 acknowledges"
        try:
            document = parse(answer.body)
        except JsonInvalid as error:
            return f"the answer is no JSON: {error}"
        code = document.get("ErrorCode") if isinstance(document, dict) else None
        if code == 200 and code is not True:
            return None
        hints = [value for name, value in answer.headers if name.lower() == REASON_HEADER]
        return "; ".join([f"ErrorCode {code}; only 200 acknowledges", *hints])

    def ended(self, tenant: PartnerClient, call: OutgoingCall) -> None:
        """Nothing else hangs on it."""
