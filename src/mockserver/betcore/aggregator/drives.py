"""What BETCORE can be made to do towards a client's casino."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from mockserver.betcore.aggregator import wire
from mockserver.betcore.aggregator.asked import Kind, Wish
from mockserver.betcore.aggregator.keys import KeyRing
from mockserver.betcore.aggregator.service import Aggregator
from mockserver.betcore.callbacks import Action
from mockserver.betcore.model import PartnerClient
from mockserver.betcore.states import TransactionType
from mockserver.kernel.control import Drive
from mockserver.kernel.outbox import OutgoingCall

Fields = Mapping[str, Any]
Happens = Callable[[PartnerClient, Fields, str], list[OutgoingCall]]
"""Takes the client, the fields and the cause; queues the calls that it returns."""

_PLAYER = {"type": "string", "minLength": 1, "description": "PartnerUserId, known to the casino or not"}
_BET_ID = {
    "type": "integer",
    "minimum": 0,
    "maximum": 9_007_199_254_740_991,
    "description": "BetId",
}
_NEW_BET_ID = _BET_ID | {"description": "BetId; made up where it is missing"}
_AMOUNT = {
    "type": "string",
    "pattern": r"^\d{1,20}(\.\d{1,8})?$",
    "description": "Decimal text in the player's currency, sent as it is",
}
_TYPE = {
    "enum": [kind.value for kind in TransactionType],
    "description": "TransactionType: -1 bet, 1 payout, 2 bet return, -2 payout return, 4 jackpot",
}
_PROMO_CODE = {"type": "string", "minLength": 1, "maxLength": 100}
_TAG_ID = {"type": "integer", "minimum": 0, "maximum": 2_147_483_647}
_EXTRAS = {"tax_amount": _AMOUNT, "promo_code": _PROMO_CODE, "tag_id": _TAG_ID}
_PAYMENT = {"bet_id": _BET_ID, "player": _PLAYER, "type": _TYPE, "amount": _AMOUNT, **_EXTRAS}
_REQUIRED = ("bet_id", "player", "type", "amount")
_PAYMENTS = {
    "type": "array",
    "minItems": 1,
    "maxItems": 1000,
    "items": {
        "type": "object",
        "properties": _PAYMENT,
        "required": list(_REQUIRED),
        "additionalProperties": False,
    },
}

_STEPS: Mapping[str, TransactionType | bool | None] = MappingProxyType(
    {
        "bet": TransactionType.ACCEPT,
        "payout": TransactionType.PAYOUT,
        "jackpot": TransactionType.JACKPOT,
        "return": TransactionType.RETURN,
        "payout_return": TransactionType.PAYOUT_RETURN,
        "close": True,
        "reopen": False,
        "info": None,
    }
)
"""Steps of a script: a transaction, the state that a bet is put into, or a question."""

_STEP = {
    "type": "object",
    "properties": {"step": {"enum": list(_STEPS)}, "amount": _AMOUNT, "tax_amount": _AMOUNT},
    "required": ["step"],
    "additionalProperties": False,
}


def drives(aggregator: Aggregator, keys: KeyRing) -> Mapping[str, Drive]:
    """Everything that can be driven, by name."""

    def auth(client: PartnerClient, fields: Fields, cause: str) -> list[OutgoingCall]:
        document = wire.user_auth(fields["refresh_token"], fields.get("tag_id"))
        return [client.outbox.put(Action.AUTH, document, cause=cause)]

    def balance(client: PartnerClient, fields: Fields, cause: str) -> list[OutgoingCall]:
        return [client.outbox.put(Action.DATA, wire.user_data(fields["player"]), cause=cause)]

    def bet(client: PartnerClient, fields: Fields, cause: str) -> list[OutgoingCall]:
        bet_id = _bet_id(aggregator, client, fields)
        accepted = {**fields, "bet_id": bet_id, "type": TransactionType.ACCEPT}
        return [aggregator.ask(client, _wish(accepted), cause)]

    def payment(client: PartnerClient, fields: Fields, cause: str) -> list[OutgoingCall]:
        return [aggregator.ask(client, _wish(fields), cause)]

    def payments(client: PartnerClient, fields: Fields, cause: str) -> list[OutgoingCall]:
        return [aggregator.ask_for_all(client, [_wish(one) for one in fields["payments"]], cause)]

    def close(client: PartnerClient, fields: Fields, cause: str) -> list[OutgoingCall]:
        return [aggregator.close(client, fields["bet_id"], cause, closed=fields.get("closed", True))]

    def info(client: PartnerClient, fields: Fields, cause: str) -> list[OutgoingCall]:
        return [client.outbox.put(Action.INFO, wire.bet_info(fields["bet_id"]), cause=cause)]

    def cashback(client: PartnerClient, fields: Fields, cause: str) -> list[OutgoingCall]:
        cancel = fields.get("cancel", False)
        wish = Wish(
            kind=Kind.CASHBACK,
            bet_id=_bet_id(aggregator, client, fields),
            user_id=fields["player"],
            type=TransactionType.PAYOUT_RETURN if cancel else TransactionType.PAYOUT,
            amount=fields["amount"],
        )
        return [aggregator.ask(client, wish, cause)]

    async def adjust(client: PartnerClient, fields: Fields, cause: str) -> list[OutgoingCall]:
        bet_id = fields["bet_id"]
        wishes = [_wish({**one, "bet_id": bet_id}) for one in fields["payments"]]
        client.outbox.require_room(len(wishes) + 2)
        calls: list[OutgoingCall] = []

        async def tell(call: OutgoingCall) -> None:
            calls.append(call)
            await client.outbox.tell_all([call])

        await tell(aggregator.close(client, bet_id, cause, closed=False))
        for wish in wishes:  # each after the one before: nothing holds up a bet's acceptance
            await tell(aggregator.ask(client, wish, cause))
        await tell(aggregator.close(client, bet_id, cause))
        return calls

    async def script(client: PartnerClient, fields: Fields, cause: str) -> list[OutgoingCall]:
        bet_id = _bet_id(aggregator, client, fields)
        calls: list[OutgoingCall] = []
        for step in fields["steps"]:
            call = _step(aggregator, client, {**step, "player": fields["player"], "bet_id": bet_id}, cause)
            calls.append(call)
            await client.outbox.tell_all([call])
            if call.tries and call.tries[-1].failure is not None:
                break
        return calls

    async def new_key(client: PartnerClient, fields: Fields, _cause: str) -> list[OutgoingCall]:
        seconds = fields.get("overlap_seconds", client.settings["key_overlap_seconds"])
        await keys.rotate(client, timedelta(seconds=seconds))
        return []

    adjusted = {name: schema for name, schema in _PAYMENT.items() if name != "bet_id"}
    return MappingProxyType(
        {
            "auth": Drive(
                "Exchange a player's refresh token (users/auth).",
                {"refresh_token": {"type": "string", "minLength": 1}, "tag_id": _TAG_ID},
                ("refresh_token",),
                run=_told(auth),
                asks=True,
            ),
            "balance": Drive(
                "Ask the casino for a player's balance (users/data).",
                {"player": _PLAYER},
                ("player",),
                run=_told(balance),
                asks=True,
            ),
            "bet": Drive(
                "Take a bet from a player: a transaction of type -1. Without an outcome in 30 seconds it is "
                "returned and closed.",
                {"player": _PLAYER, "amount": _AMOUNT, "bet_id": _NEW_BET_ID, **_EXTRAS},
                ("player", "amount"),
                run=_told(bet),
            ),
            "payment": Drive(
                "Make one transaction of a bet, whatever its state (payments/make).",
                _PAYMENT,
                _REQUIRED,
                run=_told(payment),
            ),
            "payments": Drive(
                "Make several transactions in one call (payments/make-list).",
                {"payments": _PAYMENTS},
                ("payments",),
                run=_told(payments),
            ),
            "close": Drive(
                "Close a bet, or reopen it (payments/close).",
                {"bet_id": _BET_ID, "closed": {"type": "boolean", "description": "Default: true"}},
                ("bet_id",),
                run=_told(close),
            ),
            "adjust": Drive(
                "Reopen a closed bet, make the transactions, and close it again.",
                {
                    "bet_id": _BET_ID,
                    "payments": {
                        "type": "array",
                        "minItems": 1,
                        "maxItems": 100,
                        "items": {
                            "type": "object",
                            "properties": adjusted,
                            "required": ["player", "type", "amount"],
                            "additionalProperties": False,
                        },
                    },
                },
                ("bet_id", "payments"),
                run=adjust,
            ),
            "script": Drive(
                "Play a bet from a script. It ends early where a step is not acknowledged.",
                {
                    "player": _PLAYER,
                    "bet_id": _NEW_BET_ID,
                    "steps": {"type": "array", "minItems": 1, "maxItems": 100, "items": _STEP},
                },
                ("player", "steps"),
                run=script,
            ),
            "info": Drive(
                "Ask the casino for a bet's transactions (payments/info).",
                {"bet_id": _BET_ID},
                ("bet_id",),
                run=_told(info),
                asks=True,
            ),
            "cashback": Drive(
                "Pay a cashback to a player, or cancel one (cashback-payments/make).",
                {
                    "player": _PLAYER,
                    "amount": _AMOUNT,
                    "bet_id": _NEW_BET_ID
                    | {"description": "Id of the cashback; made up where it is missing"},
                    "cancel": {"type": "boolean", "description": "Default: false"},
                },
                ("player", "amount"),
                run=_told(cashback),
            ),
            "keys": Drive(
                "Give BETCORE a new signing key for this client. The old one stays in the key set for "
                "a while.",
                {
                    "overlap_seconds": {
                        "type": "integer",
                        "minimum": 0,
                        "maximum": 31_536_000,
                        "description": "How long; default: the setting key_overlap_seconds",
                    }
                },
                run=new_key,
            ),
        }
    )


def _told(happens: Happens) -> Callable[[PartnerClient, Fields, str], Awaitable[list[OutgoingCall]]]:
    """Queue the calls, and wait for their first tries."""

    async def run(client: PartnerClient, fields: Fields, cause: str) -> list[OutgoingCall]:
        calls = happens(client, fields, cause)
        await client.outbox.tell_all(calls)
        return calls

    return run


def _bet_id(aggregator: Aggregator, client: PartnerClient, fields: Fields) -> int:
    given: int | None = fields.get("bet_id")
    return aggregator.new_bet_id(client) if given is None else given


def _wish(fields: Fields) -> Wish:
    return Wish(
        kind=Kind.PAYMENT,
        bet_id=fields["bet_id"],
        user_id=fields["player"],
        type=TransactionType(fields["type"]),
        amount=fields["amount"],
        tax=fields.get("tax_amount"),
        promo_code=fields.get("promo_code"),
        tag_id=fields.get("tag_id"),
    )


def _step(aggregator: Aggregator, client: PartnerClient, fields: Fields, cause: str) -> OutgoingCall:
    kind = _STEPS[fields["step"]]
    if isinstance(kind, TransactionType):
        return aggregator.ask(client, _wish({"amount": "0", **fields, "type": kind}), cause)
    if kind is None:
        return client.outbox.put(Action.INFO, wire.bet_info(fields["bet_id"]), cause=cause)
    return aggregator.close(client, fields["bet_id"], cause, closed=kind)
