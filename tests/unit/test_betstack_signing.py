"""Signatures as the vendor's pages work them out (signature, PAM signature, SMS signature)."""

import pytest

from mockserver.kernel.signing import same, sign, without_spaces

CREATE_V2 = (
    '{"operator":"site","token":"UnIqUe-ToKeN","price":5000,"currency":"KES","atag":"affiliate-1",'
    '"source":"mobile","type":"superbet","event":100001,"bets":[101,102,103,104,105,106]}'
)
PAM_V3 = (
    '{"action":"ticket_create","data":{"operator":"acme","ticket_id":"668ef666333180bba97f0c93",'
    '"ticket_code":"CD4BDD","player_id":"sometokenvalue","price":500,"stake":444,"wht_amount":240,'
    '"wht":10,"ext_amount":56,"ext":12.5,"ext_type":"inclusive","gross_payout":2842,"net_payout":2602,'
    '"currency":"USD","atag":"atag_value","rtag":null,"ticket_type":"quickbet"}}'
)
PAM_V2 = PAM_V3.replace('"wht":10,', '"wht":10.0,').replace('"rtag":null,', "")

SMS = '{"type":"otp","data":{"code":"1234","msisdn":"+260977223120"}}'

WORKED_EXAMPLES = {
    "call, v2": ("1706090303", CREATE_V2, "f99aee9f77eef1ee8b64c78e7f8612e3234f03cce5fecdebd7ea27f2b9081423"),
    "call, v1": (
        "1706090303",
        CREATE_V2.replace('"price"', '"stake"'),
        "b52d0924c11e0afcd6edb136a4168359432963c039bf3f8d665ddfa3eba2a0ff",
    ),
    "call without a body": (
        "1706090303",
        "",
        "7db53cb103adee7367b1298e9b7419cfc377d3511ded4648675bf43171c28196",
    ),
    "callback, v3": (
        "1706191612",
        PAM_V3,
        "3fe37f41ba6dc960fd2a7098bd4643f971ff1408a31bcea9f3ef8d03b3ba2d0a",
    ),
    "callback, v2": (
        "1706191612",
        PAM_V2,
        "87ec9666ad9446d5ff41febf540acde588a2a3bb648af100bf871d2f0d80783b",
    ),
    "text message": (
        "1706191612",
        SMS,
        "46b1ec8d2a05129bb57c8256f2cdd3029b2cf72dbed57f0d3eedd6b156573433",
    ),
}


@pytest.mark.parametrize(("timestamp", "body", "signature"), WORKED_EXAMPLES.values(), ids=WORKED_EXAMPLES)
def test_worked_examples_of_the_pages_are_reproduced(timestamp: str, body: str, signature: str) -> None:
    assert sign("12345ABCDE", timestamp, body.encode()) == signature


def test_white_space_takes_no_part_wherever_it_stands() -> None:
    spread = CREATE_V2.replace(",", " ,\r\n\t").encode()

    assert sign("12345ABCDE", "1706090303", spread) == WORKED_EXAMPLES["call, v2"][2]
    assert without_spaces(b'{"reason": "Event cancelled"}') == b'{"reason":"Eventcancelled"}'


def test_order_number_format_timestamp_and_secret_take_part() -> None:
    reference = sign("12345ABCDE", "1706191612", PAM_V3.encode())

    assert sign("12345ABCDE", "1706191612", PAM_V3.replace("10,", "10.0,").encode()) != reference
    assert sign("12345ABCDE", "1706191613", PAM_V3.encode()) != reference
    assert sign("12345ABCDF", "1706191612", PAM_V3.encode()) != reference


def test_any_text_can_be_compared_with_a_signature() -> None:
    assert same("ab", "ab")
    assert not same("ab", "AB")
    assert not same("ab", "ü\udcff")
