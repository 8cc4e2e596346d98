"""A BETCORE evening: a player enters, bets, wins, and what is booked, returned and corrected in the end;
and a round at the game provider."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from rich.console import Console
from rich.markup import escape

from demo.exchanges import Surprise, brief
from mockserver.testing import NotSeen, Sandbox, Tenant

_PLAYER = "guest"
_PLAYER_OF_THE_PROVIDER = "553314AA2"  # a standard one
_DEADLINE_SECONDS = 10
_CASINO = "betcore.casino"
_BASE = "/mis-api/api/v2"


class CasinoEvening:
    """Walks a player of a partner client of its own through the evening: BETCORE calls the built-in casino,
    and the casino reports each outcome.

    :param plane: the control plane of the sandbox
    """

    def __init__(self, plane: Sandbox, console: Console) -> None:
        self._plane = plane
        self._console = console
        self._client: Tenant = plane.create_partner_client()
        self._last: str | None = None

    def walk(self) -> None:
        """Launch, bet, payout, return, close, reopen, jackpot, close.

        :raises demo.exchanges.Surprise: something is not as documented
        """
        self._console.rule("[bold]BETCORE: an evening at the casino, with its accepts")
        issued = self._client.drive("refresh_token", player=_PLAYER)["result"]
        assert issued is not None
        self._step("launch: the casino opens the WebFrame with a refresh token", "auth", **issued)
        self._client.seed_player(_PLAYER, balance="100")
        first, second = 900001, 900002
        for told, drive, fields in (
            ("bet", "bet", {"bet_id": first, "player": _PLAYER, "amount": "10.5"}),
            ("payout", "payment", self._payment(first, 1, "21", tax_amount="1.5")),
            ("another bet", "bet", {"bet_id": second, "player": _PLAYER, "amount": "5"}),
            ("its return", "payment", self._payment(second, 2, "5")),
            ("close", "close", {"bet_id": first}),
            ("reopen", "close", {"bet_id": first, "closed": False}),
            ("jackpot", "payment", self._payment(first, 4, "1000")),
            ("close", "close", {"bet_id": first}),
        ):
            self._step(told, drive, **fields)
        for bet in self._client.bets():
            booked = ", ".join(f"{one['TransactionType']}: {one['moved']}" for one in bet["transactions"])
            self._console.print(f"  BetId {bet['BetId']} is {bet['state']}; moved by type: {booked}")
        self._console.print()

    def _payment(self, bet: int, kind: int, amount: str, **more: str) -> dict[str, Any]:
        return {"bet_id": bet, "player": _PLAYER, "type": kind, "amount": amount, **more}

    def _step(self, told: str, drive: str, **fields: Any) -> None:
        self._console.print(f"[cyan]→ control plane: {escape(told)}[/]")
        driven = self._client.drive(drive, **fields)
        self._wait_for_accepts()
        for one in self._client.journal(**({"after": self._last} if self._last else {})):
            self._last = one["id"]
            if one["direction"] == "sent" and one["operation"] != "issueToken":
                self._show(one["id"])
        if failed := [call for call in driven["calls"] if call["state"] != "sent"]:
            raise Surprise(
                f"{failed[0]['action']} is {failed[0]['state']}: {failed[0]['tries'][-1]['failure']}"
            )
        player = next((one for one in self._client.players() if one["id"] == _PLAYER), None)
        self._console.print(f"  [yellow]balance {player['balance'] if player else 'of nobody yet'}[/]\n")

    def _wait_for_accepts(self) -> None:
        try:
            self._client.wait_for_outbox(_DEADLINE_SECONDS)
        except NotSeen as error:
            raise Surprise(str(error)) from None

    def _show(self, exchange_id: str) -> None:
        exchange = self._plane.exchange(exchange_id)
        who = "BETCORE → casino" if exchange["surface"] == _CASINO else "casino → BETCORE"
        path = urlsplit(exchange["target"]).path.removeprefix(_BASE)
        answer = json.loads(exchange["answer"]["body"])
        value = f" {brief(answer['Value'])}" if "Value" in answer else ""
        self._console.print(
            f"[magenta]{who} {path}[/]  {escape(exchange['document'] or exchange['request']['body'])}"
        )
        self._console.print(f"  [green]← {answer['ErrorCode']}[/]{escape(value)}")


class ProviderEvening:
    """Launches a session at the built-in game provider, and plays a round in it.

    :param plane: the control plane of the sandbox
    """

    def __init__(self, plane: Sandbox, console: Console) -> None:
        self._plane = plane
        self._console = console
        self._provider: Tenant = plane.create_provider()

    def walk(self) -> None:
        """Launch and play.

        :raises demo.exchanges.Surprise: something is not as documented
        """
        self._console.rule("[bold]BETCORE: a game is launched at its provider, and a round is played")
        session = str(uuid4())
        self._step("launch", player=_PLAYER_OF_THE_PROVIDER, session=session)
        self._step("play", session=session, stake="1", win="2.5")

    def _step(self, drive: str, **fields: Any) -> None:
        self._console.print(f"[cyan]→ control plane: {drive}[/]")
        for call in self._provider.drive(drive, **fields)["calls"]:
            made = call["tries"][-1]
            if made["failure"] is not None:
                raise Surprise(f"{call['action']}: {made['failure']}")
            exchange = self._plane.exchange(made["exchange"])
            who = "BETCORE → provider" if drive == "launch" else "provider → BETCORE"
            self._console.print(
                f"[magenta]{who} {urlsplit(exchange['target']).path}[/]  {escape(call['document'])}"
            )
            self._console.print(f"  [green]← {exchange['status']}[/] {escape(exchange['answer']['body'])}")
        balance = self._provider.player(_PLAYER_OF_THE_PROVIDER)["balance"]
        self._console.print(f"  [yellow]balance {balance}[/]\n")
