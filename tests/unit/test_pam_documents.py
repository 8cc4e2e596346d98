"""What Betstack says to an operator, byte for byte: the order of the fields is what is signed."""

import json
from typing import Any

import pytest

from bet_contracts.contracts import load
from mockserver.betstack import actions, outcome
from mockserver.betstack.action import Action, Notification
from mockserver.betstack.states import Result, Status
from mockserver.betstack.ticket import Ticket
from mockserver.kernel.signing import sign

from .small_ticket import ticket

PAM, SMS = load(["betstack.pam", "betstack.sms"]).values()


def sample() -> Ticket:
    """The ticket of the vendor's signed sample."""
    return ticket(
        "quickbet",
        ["6.40"],
        operator="acme",
        user_id="sometokenvalue",
        price=500,
        currency="USD",
        atag="atag_value",
        wht="10",
    )


def jackpot() -> Ticket:
    return ticket("jackpot", ["2.00", "3.00"], price=500, psp="mobile", rtag="friend-7")


def voided() -> Ticket:
    made = sample()
    made.amounts = outcome.voided(made).amounts
    return made


def resulted() -> Ticket:
    made = sample()
    made.status, made.result = Status.RESULTED, Result.WON
    return made


REFERENCE = '"operator":"acme","ticket_id":"668ef666333180bba97f0c93"'
HEAD = f'{REFERENCE},"ticket_code":"CD4BDD","player_id":"sometokenvalue"'
COSTS = '"price":500,"stake":444,"wht_amount":240,"wht":10,"ext_amount":56,"ext":12.5,"ext_type":"inclusive"'
AMOUNTS = f'{COSTS},"gross_payout":2842,"net_payout":2602'
TAIL = '"currency":"USD","atag":"atag_value","rtag":null,"ticket_type":"quickbet"'
REASON = '"reason":"Spiel fällt aus · \\"x\\""'

DOCUMENTS = {
    Action.PING: (actions.ping(), '{"action":"ping","data":{}}'),
    Action.IDENTIFY: (
        actions.identify("acme", "sGhx12 wkrX"),
        '{"action":"identify","data":{"operator":"acme","token":"sGhx12 wkrX"}}',
    ),
    Action.CREATE: (
        actions.ticket_create(sample()),
        f'{{"action":"ticket_create","data":{{{HEAD},{AMOUNTS},{TAIL}}}}}',
    ),
    Action.RESERVE: (
        actions.ticket_reserve(sample()),
        f'{{"action":"ticket_reserve","data":{{{HEAD},"psp":null,{AMOUNTS},{TAIL}}}}}',
    ),
    Action.UPDATE: (
        actions.ticket_update(jackpot()),
        '{"action":"ticket_update","data":{"operator":"site","ticket_id":"668ef666333180bba97f0c93",'
        '"ticket_code":"CD4BDD","player_id":"1660986605374148608","psp":"mobile","price":500,"stake":444,'
        '"wht_amount":0,"wht":20,"ext_amount":56,"ext":12.5,"ext_type":"inclusive","gross_payout":0,'
        '"net_payout":0,"currency":"KES","atag":null,"rtag":"friend-7","ticket_type":"jackpot"}}',
    ),
    Action.WIN: (actions.about(Action.WIN, sample()), f'{{"action":"ticket_win","data":{{{REFERENCE}}}}}'),
    Action.LOST: (actions.about(Action.LOST, sample()), f'{{"action":"ticket_lost","data":{{{REFERENCE}}}}}'),
    Action.VOID: (
        actions.ticket_void(voided()),
        f'{{"action":"ticket_void","data":{{{REFERENCE},"price":500,"stake":444,"wht_amount":0,"wht":10,'
        '"ext_amount":56,"ext":12.5,"ext_type":"inclusive","gross_payout":500,"net_payout":500}}',
    ),
    Action.CLOSED: (
        actions.about(Action.CLOSED, sample()),
        f'{{"action":"ticket_closed","data":{{{REFERENCE}}}}}',
    ),
    **{
        action: (
            actions.about_with_reason(action, sample(), 'Spiel fällt aus · "x"'),
            f'{{"action":"{action}","data":{{{REFERENCE},{REASON}}}}}',
        )
        for action in (Action.REFUND, Action.DISCARD, Action.ROLLBACK)
    },
    Notification.OTP: (
        actions.otp("1234", "260977223120"),
        '{"type":"otp","data":{"code":"1234","msisdn":"+260977223120"}}',
    ),
    Notification.TICKET_STATUS: (
        actions.ticket_status(resulted(), "260977223120"),
        '{"type":"ticket_status","data":{"ticket_code":"CD4BDD","ticket_id":"668ef666333180bba97f0c93",'
        '"msisdn":"260977223120","status":"resulted","result":"won"}}',
    ),
}


def test_every_action_and_every_notification_is_here() -> None:
    assert set(DOCUMENTS) == {*Action, *Notification}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_written_byte_for_byte(name: str) -> None:
    written, expected = DOCUMENTS[name]  # type: ignore[index]

    assert written.decode() == expected


@pytest.mark.parametrize("name", [name for name in DOCUMENTS if name != Action.PING])
def test_fields_stand_in_the_order_in_which_the_contract_signs_them(name: str) -> None:
    document = json.loads(DOCUMENTS[name][0])  # type: ignore[index]
    whole, data = orders_of(name)

    assert (list(document), list(document["data"])) == (whole, data)


def orders_of(name: str) -> tuple[list[str], list[str]]:
    """``x-signature-order`` of the document of an action or notification, and of its ``data``."""
    for contract, key in ((PAM, "action"), (SMS, "type")):
        schemas: dict[str, Any] = contract["components"]["schemas"]
        for schema in schemas.values():
            if schema.get("properties", {}).get(key, {}).get("enum") == [name]:
                data = schema["properties"]["data"]
                (reference,) = data.get("allOf", [data])
                named = schemas[reference["$ref"].rpartition("/")[2]]
                return schema["x-signature-order"], named["x-signature-order"]
    raise AssertionError(f"no contract has {name}")


def vector_of(contract: dict[str, Any]) -> dict[str, Any]:
    """The vendor's signed sample of generation v3."""
    vectors = contract["components"]["securitySchemes"]["hmac"]["x-vectors"]
    (vector,) = [one for one in vectors if one["generation"] == "v3"]
    return dict(vector)


@pytest.mark.parametrize(
    ("contract", "document"),
    [(PAM, actions.ticket_create(sample())), (SMS, actions.otp("1234", "+260977223120"))],
    ids=["ticket_create", "otp"],
)
def test_the_vendors_signed_samples_come_out_byte_for_byte(contract: dict[str, Any], document: bytes) -> None:
    vector = vector_of(contract)

    assert document.decode() == vector["body"]
    assert sign(vector["secret"], vector["timestamp"], document) == vector["signature"]


@pytest.mark.parametrize(("rate", "written"), [("10", "10"), ("10.0", "10"), ("12.50", "12.5"), ("0", "0")])
def test_a_percentage_has_a_fraction_only_where_there_is_one(rate: str, written: str) -> None:
    document = actions.ticket_create(ticket(wht=rate)).decode()

    assert f'"wht":{written},' in document


@pytest.mark.parametrize("kind", ["superbet", "jackpot"])
def test_what_is_not_known_yet_is_told_as_nothing(kind: str) -> None:
    data = json.loads(actions.ticket_create(ticket(kind, ["2.00"], price=2000)))["data"]

    assert (data["gross_payout"], data["net_payout"], data["wht_amount"]) == (0, 0, 0)
    assert (data["price"], data["stake"], data["ext_amount"]) == (2000, 1778, 222)


def test_a_number_is_written_with_a_plus_in_a_password_and_without_in_a_status() -> None:
    for number in ("254700000001", "+254700000001"):
        assert b'"msisdn":"+254700000001"' in actions.otp("1", number)
        assert b'"msisdn":"254700000001"' in actions.ticket_status(ticket(), number)
