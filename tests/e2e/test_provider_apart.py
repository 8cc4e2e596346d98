"""A game provider apart from BETCORE: two sandboxes, of which one is BETCORE and the other the provider."""

from __future__ import annotations

import httpx

from demo.sandbox import sandbox
from mockserver.testing import Sandbox

from .judged import JudgedTransport

PROVIDER, SECRET = "933a215f-a9e6-4f88-9d91-52a87cd50499", "PROVIDERSECRET933A"
PLAYER = "553314AA2"


def test_a_round_that_is_played_at_the_provider_moves_money_at_betcore() -> None:
    with (
        sandbox() as betcore,
        sandbox("--betcore-url", betcore.base_url) as games,
        Sandbox(betcore.admin_url, transport=JudgedTransport()) as here,
        Sandbox(games.admin_url, transport=JudgedTransport()) as there,
    ):
        at_betcore, at_provider = here.tenant(PROVIDER, SECRET), there.tenant(PROVIDER)
        at_betcore.change(provider_url=games.base_url)

        listed = at_betcore.drive("games")["calls"]
        launched = at_betcore.drive("launch", player=PLAYER, session="apart")["calls"]
        played = at_provider.drive("play", session="apart", stake="0.1", win="0.30000001")["calls"]
        signed = at_betcore.sign()
        balance = httpx.get(f"{betcore.base_url}/v1/sessions/apart/balance", headers=signed)
        stranger = httpx.get(f"{games.base_url}/v1/sessions/apart/balance", headers=signed)

        assert [call["state"] for call in (*listed, *launched, *played)] == ["sent"] * 4
        assert balance.text == '{"currency":"EUR","balance":750.70000001,"_responseCode":1}'
        assert stranger.json() == {"_responseCode": 3}
        assert at_betcore.player(PLAYER)["balance"] == "750.70000001"
        assert at_provider.player(PLAYER)["balance"] == "750.5"
        came = [one["operation"] for one in at_betcore.journal() if one["direction"] == "received"]
        assert came == ["payIn", "payOut", "getBalance"]
