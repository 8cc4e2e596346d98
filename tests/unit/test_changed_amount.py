"""A document is sent again with another amount in it."""

import pytest

from mockserver.betcore.callbacks import CasinoCaller
from mockserver.betcore.sessions.callbacks import ProviderCaller
from mockserver.betstack.callbacks import OperatorCaller
from mockserver.kernel.changed_amount import with_other_amount


def test_every_amount_is_raised_by_one_and_all_else_stays_as_it_stands() -> None:
    document = (
        b'{"action":"ticket_create","data":{"ticket_id":"5","price":500,"stake":444,"wht":10.0,'
        b'"ext_amount":56,"gross_payout":2842,"net_payout":2602,"rtag":null}}'
    )
    changed = (
        b'{"action":"ticket_create","data":{"ticket_id":"5","price":501,"stake":445,"wht":10.0,'
        b'"ext_amount":56,"gross_payout":2843,"net_payout":2603,"rtag":null}}'
    )

    assert with_other_amount(document, OperatorCaller.amounts) == changed


def test_amounts_in_text_stay_text_with_as_many_digits() -> None:
    assert with_other_amount(b'{"Amount":"10.50","BetId":"900001"}', CasinoCaller.amounts) == (
        b'{"Amount":"11.50","BetId":"900001"}'
    )
    assert with_other_amount(b'{"betAmount":"0","winAmount":"9.99"}', ProviderCaller.amounts) == (
        b'{"betAmount":"1","winAmount":"10.99"}'
    )


def test_long_amounts_keep_every_digit() -> None:
    assert with_other_amount(b'{"Amount":"99999999999999999999.12345678"}', {"Amount"}) == (
        b'{"Amount":"100000000000000000000.12345678"}'
    )


def test_amounts_with_a_fraction_may_be_numbers() -> None:
    assert with_other_amount(b'{"Amount":10.50}', {"Amount"}) == b'{"Amount":11.50}'


def test_each_item_of_a_list_is_changed() -> None:
    assert with_other_amount(b'[{"Amount":"1"},{"Amount":"0"}]', {"Amount"}) == (
        b'[{"Amount":"2"},{"Amount":"1"}]'
    )


@pytest.mark.parametrize(
    "document",
    [
        b'{"action":"ticket_win","data":{"operator":"site","ticket_id":"500"}}',
        b'{"price":null,"stake":"much","net_payout":true}',
        b"[]",
        b"",
        b'{"price":500',
    ],
)
def test_nothing_comes_of_a_document_without_an_amount(document: bytes) -> None:
    assert with_other_amount(document, OperatorCaller.amounts) is None
