"""What a target file says of BETCORE's sessions and of a game provider, and the words of X-Sign."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from provider_targets import PROVIDER, SESSIONS

from conformance.errors import KitError
from conformance.oracle import sessions as oracle
from conformance.oracle.sessions import Life, State, expected
from conformance.session_books import explained
from conformance.signing import alphabetical_body, x_sign, x_sign_text
from conformance.target import load, sandbox_file

NEW = Life(Decimal(10), Decimal(25))


def after(*events: str) -> Life:
    """The bet after these calls, each of which is accepted."""
    life = NEW
    for event in events:
        step = expected(life, event)
        assert step.code == oracle.SUCCESS, (life.state, event)
        life = step.life
    return life


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a target file is written."""
    return tmp_path / "target.toml"


def test_body_is_alphabetical_without_white_space_and_money_is_exact() -> None:
    fields = {
        "sessionId": "s",
        "betAmount": "10.50",
        "minBet": Decimal("0.10"),
        "buttonAmounts": [Decimal(1)],
    }

    assert alphabetical_body(fields) == (
        b'{"betAmount":"10.50","buttonAmounts":[1],"minBet":0.10,"sessionId":"s"}'
    )


def test_signed_text_begins_with_the_body_if_there_is_one() -> None:
    assert x_sign_text("c", "1", "r", b'{"betId":"b"}') == b'{"betId":"b"}.c.1.r'
    assert x_sign_text("c", "1", "r") == b"c.1.r"


def test_signature_is_hmac_sha256_in_lower_case_hex() -> None:
    # The first test case of RFC 4231 for a key that is text ("Jefe").
    assert x_sign("Jefe", b"what do ya want for nothing?") == (
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    )


def test_what_the_file_does_not_name_is_lacked(file: Path) -> None:
    lean = SESSIONS.replace("{url}", "http://127.0.0.1:9")
    for key in ("other_session", "blocked_session", "max_bet"):
        lean = "\n".join(line for line in lean.splitlines() if not line.startswith(key))
    file.write_text(lean)
    sessions = load(file, {}).sessions

    assert sessions is not None
    assert sessions.lacks == {"other-session", "blocked-session", "limits"}


def test_secret_comes_from_the_environment(file: Path) -> None:
    lines = PROVIDER.replace("{url}", "http://127.0.0.1:9").splitlines()
    file.write_text(
        "\n".join('secret_env = "SECRET_OF_MINE"' if line.startswith("secret") else line for line in lines)
    )
    provider = load(file, {"SECRET_OF_MINE": "from-outside"}).provider

    assert provider is not None
    assert (provider.secret, provider.lacks) == ("from-outside", frozenset())
    assert load(file, {"SECRET_OF_MINE": "from-outside"}).secrets() == ["from-outside"]


def test_unknown_key_is_one_line(file: Path) -> None:
    file.write_text(SESSIONS.replace("{url}", "http://127.0.0.1:9").replace("stake =", "stkae ="))

    with pytest.raises(KitError, match=r"\[betcore-sessions\] stkae: unknown key; did you mean stake\?"):
        load(file, {})


def test_target_file_of_the_sandbox_has_both_tables() -> None:
    target = load(sandbox_file(), {})

    assert target.sessions is not None
    assert target.provider is not None
    assert target.sessions.counterparty_id == target.provider.counterparty_id


@pytest.mark.parametrize(
    ("events", "moved"),
    [
        ((oracle.PAY_IN,), -10),
        ((oracle.PAY_IN, oracle.PAY_OUT), 15),
        ((oracle.PAY_IN, oracle.PAY_OUT, oracle.PAY_OUT), 15),
        ((oracle.PAY_IN_OUT,), 15),
        ((oracle.PAY_IN, oracle.REFUND), 0),
        ((oracle.PAY_IN_OUT, oracle.REFUND, oracle.REFUND), 0),
        ((oracle.REFUND,), 0),
    ],
)
def test_calls_in_order_move_what_the_assumptions_say(events: tuple[str, ...], moved: int) -> None:
    assert after(*events).moved == moved


@pytest.mark.parametrize(
    ("events", "event", "code"),
    [
        ((), oracle.PAY_OUT, 6),
        ((oracle.PAY_IN,), oracle.PAY_IN, 104),
        ((oracle.PAY_IN,), oracle.PAY_IN_OUT, 2),
        ((oracle.PAY_IN, oracle.PAY_OUT), oracle.REFUND, 6),
        ((oracle.PAY_IN_OUT,), oracle.PAY_OUT, 6),
        ((oracle.PAY_IN, oracle.REFUND), oracle.PAY_OUT, 6),
        ((oracle.REFUND,), oracle.PAY_IN, 6),
    ],
)
def test_call_out_of_order_is_refused_and_changes_nothing(
    events: tuple[str, ...], event: str, code: int
) -> None:
    step = expected(after(*events), event)

    assert (step.code, step.life) == (code, after(*events))


def test_every_state_of_a_bet_is_reached_and_tried() -> None:
    assert {after(*way).state for way in oracle.WAYS.values()} == set(State)


@pytest.mark.parametrize(
    ("event", "wanted", "moved", "words"),
    [
        (oracle.PAY_IN, -10, 0, "payIn took nothing instead of betAmount 10 (+10.00)"),
        (oracle.PAY_IN, -10, -20, "payIn took betAmount 10 2 times instead of betAmount 10 (-10.00)"),
        (
            oracle.PAY_OUT,
            25,
            35,
            "payOut credited betAmount and winAmount 35 instead of winAmount 25 (+10.00)",
        ),
        (oracle.PAY_IN, -10, -1000, "payIn took 1000 instead of betAmount 10: another unit (-990.00)"),
        (oracle.REFUND, 0, 10, "refundBet credited betAmount 10 instead of nothing (+10.00)"),
    ],
)
def test_wrong_movement_is_named_by_the_amount_behind_it(
    event: str, wanted: int, moved: int, words: str
) -> None:
    told = explained(event, NEW, moved=Decimal(moved), wanted=Decimal(wanted))

    assert told == words
