"""Reading target files."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from conformance.errors import KitError
from conformance.profiles import BUILT
from conformance.target import Leg, Limits, load, sandbox_file
from conformance.verdict import ExitCode

MINIMAL = """\
profiles = ["betstack", "betcore-casino"]

[betstack.operator]
name = "site"
secret_env = "SITE_SECRET"
token = "player"
currency = "KES"

[betcore-casino]
client_id = "PartnerClient-1"
user_id = "u"
"""
ENVIRONMENT = {"SITE_SECRET": "from-the-environment"}


def write(tmp_path: Path, text: str) -> Path:
    """A target file with this text."""
    file = tmp_path / "target.toml"
    file.write_text(text)
    return file


def test_sandbox_file_holds_the_documented_seeds() -> None:
    target = load(sandbox_file(), {})
    assert target.betstack is not None
    assert target.casino is not None

    assert target.profiles == ("betstack", "betcore-casino")
    assert (target.betstack.operator.name, target.betstack.operator.secret) == ("site", "12345ABCDE")
    assert target.betstack.limited_operator is not None
    assert target.betstack.limited_operator.name == "site-limited"
    assert target.betstack.second_operator is not None
    assert target.betstack.second_operator.currency == "USD"
    assert target.betstack.superbet_bets == (101, 102, 103, 104, 105, 106)
    assert target.betstack.legs == (Leg(390815, 101, Decimal("1.55")), Leg(391814, 105, Decimal("1.5")))
    assert target.betstack.limited_operator.types_off == ("jackpot",)
    assert (target.betstack.poor_token, target.betstack.blocked_token) == (
        "second-player-token",
        "blocked-player-token",
    )
    assert target.betstack.started_event == Leg(292275, 1, Decimal("1.95"))
    assert (target.betstack.limits, target.betstack.lacks) == (None, {"limits"})
    assert {"second-player-token", "blocked-player-token"} <= set(target.secrets())
    assert (target.casino.client_id, target.casino.user) == ("PartnerClient-1556", "SomeUserId100")


def test_secret_is_read_from_the_environment(tmp_path: Path) -> None:
    target = load(write(tmp_path, MINIMAL), ENVIRONMENT)
    assert target.betstack is not None

    assert target.betstack.operator.secret == "from-the-environment"
    assert target.secrets() == ["from-the-environment", "player"]


def test_defaults_are_filled_in(tmp_path: Path) -> None:
    target = load(write(tmp_path, MINIMAL), ENVIRONMENT)
    assert target.betstack is not None
    assert target.casino is not None

    assert (target.answer_seconds, target.settle_seconds) == (10.0, 5.0)
    assert (target.betstack.price, target.betstack.second_operator, target.betstack.legs) == (2000, None, ())
    assert target.casino.stake == Decimal(10)
    assert target.label is None


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ('name = "site"', 'nane = "site"', ":4: [betstack.operator] nane: unknown key; did you mean name?"),
        ('name = "site"', "", ": [betstack.operator] lacks name"),
        ('name = "site"', "name = 7", ":4: [betstack.operator] name: must be a string"),
        ('name = "site"', 'name = ""', ":4: [betstack.operator] name: must not be empty"),
        ('secret_env = "SITE_SECRET"', "", ": [betstack.operator] lacks secret_env (or secret)"),
        (
            'secret_env = "SITE_SECRET"',
            'secret_env = "NOT_THERE"',
            ":5: [betstack.operator] secret_env: the environment variable NOT_THERE is not set",
        ),
        (
            'secret_env = "SITE_SECRET"',
            'secret_env = "SITE_SECRET"\nsecret = "x"',
            ":5: [betstack.operator] secret_env: give either secret or secret_env",
        ),
        ("client_id =", "clientid =", ":10: [betcore-casino] clientid: unknown key; did you mean client_id?"),
        ('user_id = "u"', 'user_id = "u"\nstake = "10"', ":12: [betcore-casino] stake: must be a number"),
        ('user_id = "u"', 'user_id = "u"\nstake = 0', ":12: [betcore-casino] stake: must be at least 1"),
        ('user_id = "u"', 'user_id = "u"\nstake = nan', ":12: [betcore-casino] stake: must be finite"),
        ('user_id = "u"', 'user_id = "u"\ntag_id = true', ":12: [betcore-casino] tag_id: must be an integer"),
        (
            'user_id = "u"',
            'user_id = "u"\nlacks = ["jakpot"]',
            ": [betcore-casino] lacks: jakpot is no capability; "
            "there are bet-return, payout-return, jackpot, reopen, tax, promotions, make-list, info, "
            "cashback, accepts, key-rotation",
        ),
        (
            'user_id = "u"',
            'user_id = "u"\nlacks = [1]',
            ":12: [betcore-casino] lacks: each element must be a string",
        ),
        (
            '"betcore-casino"]',
            '"betcore-feeds"]',
            f": profiles: betcore-feeds can't be run; there are {', '.join(BUILT)}",
        ),
        ('profiles = ["betstack", "betcore-casino"]', "profiles = []", ": profiles is empty"),
        (
            "[betcore-casino]",
            "[betcore_casino]",
            ":9: the top level betcore_casino: unknown key; did you mean betcore-casino?",
        ),
    ],
)
def test_mistake_is_named_with_its_place(tmp_path: Path, before: str, after: str, message: str) -> None:
    assert before in MINIMAL
    file = write(tmp_path, MINIMAL.replace(before, after))

    with pytest.raises(KitError) as stopped:
        load(file, ENVIRONMENT)

    assert str(stopped.value) == f"{file}{message}"
    assert stopped.value.code is ExitCode.USAGE


def test_profile_without_its_table_is_named(tmp_path: Path) -> None:
    file = write(tmp_path, MINIMAL[: MINIMAL.index("[betcore-casino]")])

    with pytest.raises(
        KitError, match=r"profiles names betcore-casino, but the table \[betcore-casino\] is missing"
    ):
        load(file, ENVIRONMENT)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (
            '[betstack.limited_operator]\nname = "l"\nsecret = "s"\ntoken = "t"\ncurrency = "KES"\n'
            'types_off = ["lottery"]',
            "[betstack.limited_operator] types_off: lottery is no type of ticket; "
            "there are quicktip, smartbet, quickbet, superbet, jackpot",
        ),
        ("[betstack.started_event]\nid = 1\nbet = 2", "[betstack.started_event] lacks odds"),
        ("[betstack.suspended_event]\nid = 1\nbet = 2\nodds = 0.5", "odds: must be at least 1"),
        ("[betstack.limits]\nleast_prize = 5", "least_prize: unknown key; did you mean least_price?"),
        ("[betstack.limits]\nleast_events = 1", "least_events: must be at least 2"),
    ],
)
def test_mistake_in_what_a_bet_engine_has_is_named(tmp_path: Path, table: str, message: str) -> None:
    file = write(tmp_path, f"{MINIMAL}\n{table}\n")

    with pytest.raises(KitError) as stopped:
        load(file, ENVIRONMENT)

    assert str(stopped.value).startswith(f"{file}:")
    assert str(stopped.value).endswith(message)


def test_limits_are_read_and_may_be_one_alone(tmp_path: Path) -> None:
    target = load(write(tmp_path, f"{MINIMAL}\n[betstack.limits]\ngreatest_price = 5000\n"), ENVIRONMENT)
    assert target.betstack is not None

    assert target.betstack.limits == Limits(greatest_price=5000)


@pytest.mark.parametrize(
    ("legs", "message"),
    [
        ("[3]", "legs: each element must be a table"),
        ("[{id = 1, bet = 2, ods = 3}]", "ods: unknown key; did you mean odds?"),
        ("[{id = 1, bet = 2, odds = 0.5}]", "odds: must be at least 1"),
        ('[{id = "1", bet = 2, odds = 2}]', "id: must be an integer"),
    ],
)
def test_mistake_in_a_leg_is_named(tmp_path: Path, legs: str, message: str) -> None:
    file = write(tmp_path, f"{MINIMAL}[betstack.quicktip]\nlegs = {legs}\n")

    with pytest.raises(KitError) as stopped:
        load(file, ENVIRONMENT)

    assert str(stopped.value).endswith(message)
    assert "\n" not in str(stopped.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"profiles = [", "is no TOML: "),
        (b"\xff", "is not UTF-8"),
        (b"profiles = 3", "profiles: must be an array"),
        (b"profiles = [[1]]", "profiles: each element must be a string"),
        (b'betstack = 3\nprofiles = ["betstack"]', "betstack: must be a table"),
    ],
)
def test_file_that_can_not_be_read_is_one_line(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "target.toml"
    file.write_bytes(content)

    with pytest.raises(KitError) as stopped:
        load(file, {})

    assert message in str(stopped.value)
    assert str(file) in str(stopped.value)
    assert "\n" not in str(stopped.value)


def test_missing_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(KitError, match=r"gone\.toml can't be read: No such file or directory"):
        load(tmp_path / "gone.toml", {})
