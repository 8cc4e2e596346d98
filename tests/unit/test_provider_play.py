"""What the built-in provider makes of an answer to a registration, and what it writes."""

from __future__ import annotations

from decimal import Decimal

import pytest

from mockserver.betcore.provider import actions
from mockserver.betcore.provider.model import Round
from mockserver.betcore.provider.play import Verdict, verdict_on
from mockserver.kernel.ports import OutgoingAnswer

REJECTED, REPEAT, UNKNOWN = Verdict.REJECTED, Verdict.REPEAT, Verdict.UNKNOWN
ROUND = Round(bet_id="b-1", round_id="r-1", session_id="s-1", user_id="u-1", stake=Decimal("3.00"))


@pytest.mark.parametrize(
    ("code", "first", "second", "crash"),
    [
        (None, REPEAT, UNKNOWN, UNKNOWN),
        (99, REPEAT, UNKNOWN, UNKNOWN),
        (104, REPEAT, REJECTED, REJECTED),
        (42, REPEAT, REJECTED, REJECTED),
        (9, REPEAT, REJECTED, REJECTED),
        (0, REPEAT, REJECTED, REJECTED),
        *((code, REJECTED, REJECTED, REJECTED) for code in range(2, 9)),
    ],
)
def test_what_follows_from_an_answer(
    code: int | None, first: Verdict, second: Verdict, crash: Verdict
) -> None:
    """104 to a repeat counts as acknowledged, so that it gets no verdict here."""
    assert verdict_on(code, tries=1, crash=False) is first
    assert verdict_on(code, tries=2, crash=False) is second
    assert verdict_on(code, tries=1, crash=True) is crash


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (200, b'{"_responseCode":1}', 1),
        (201, b'{"_responseCode":1}', None),
        (500, b'{"_responseCode":1}', None),
        (401, b'{"_responseCode":8}', 8),
        (500, b'{"_responseCode":99}', 99),
        (200, b'{"_responseCode":"1"}', None),
        (200, b'{"_responseCode":true}', None),
        (200, b'{"_responseCode":1.5}', None),
        (200, b"[]", None),
        (200, b"{", None),
        (204, b"", None),
    ],
)
def test_which_code_an_answer_has(status: int, body: bytes, code: int | None) -> None:
    assert actions.code_in(OutgoingAnswer(status, (), body)) == code


def test_no_answer_has_no_code() -> None:
    assert actions.code_in(None) is None


def test_documents_have_their_keys_in_order_and_amounts_as_text() -> None:
    assert actions.pay_in(ROUND) == b'{"betAmount":"3","betId":"b-1","gameRoundId":"r-1","sessionId":"s-1"}'
    assert actions.pay_in_out(ROUND, Decimal("4")) == (
        b'{"betAmount":"3","betId":"b-1","gameRoundId":"r-1","sessionId":"s-1","winAmount":"4",'
        b'"winOdd":"1.33333333"}'
    )
    assert actions.refund(ROUND) == b'{"betId":"b-1"}'


@pytest.mark.parametrize(
    ("stake", "win", "odds"),
    [("3", "0", None), ("0", "5", None), ("3", "2", '"0.66666667"'), ("2", "5", '"2.5"')],
)
def test_a_win_has_a_coefficient_where_there_is_one(stake: str, win: str, odds: str | None) -> None:
    it = Round(bet_id="b", round_id="r", session_id="s", user_id="u", stake=Decimal(stake))

    document = actions.pay_out(it, Decimal(win)).decode()

    assert f'"winAmount":"{win}"' in document
    assert (f'"winOdd":{odds}' in document) if odds else ("winOdd" not in document)
