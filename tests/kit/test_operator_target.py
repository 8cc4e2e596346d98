"""Reading what the kit has to know of an operator."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.errors import KitError
from conformance.operator_target import BlockedPlayer, OpenTicket
from conformance.target import load, sandbox_file

MINIMAL = """\
profiles = ["betstack-operator"]

[betstack-operator]
operator = "site"
secret_env = "SITE_SECRET"
token = "player"
currency = "KES"
"""
ENVIRONMENT = {"SITE_SECRET": "from-the-environment"}


def write(tmp_path: Path, text: str) -> Path:
    """A target file with this text."""
    file = tmp_path / "target.toml"
    file.write_text(text)
    return file


def test_sandbox_file_holds_the_seeds_of_the_operator() -> None:
    platform = load(sandbox_file(), {}).platform
    assert platform is not None

    assert (platform.operator, platform.secret, platform.currency) == ("site", "12345ABCDE", "KES")
    assert (platform.token, platform.second_token) == ("UnIqUe-ToKeN", "second-player-token")
    assert platform.blocked_player == BlockedPlayer("1660986605374148610", "blocked-player-token", None)
    assert (platform.sms_url, platform.msisdn) == ("/sms", "+260977223120")


def test_sandbox_file_leaves_the_platform_out_of_the_default_profiles() -> None:
    # Its --base-url is the platform's own URL, so it can't share a run with the others.
    assert "betstack-operator" not in load(sandbox_file(), {}).profiles


def test_what_the_file_does_not_name_is_lacked(tmp_path: Path) -> None:
    platform = load(write(tmp_path, MINIMAL), ENVIRONMENT).platform
    assert platform is not None

    assert platform.lacks == {"sms", "second-player", "blocked-player", "blocked-ticket"}
    assert platform.price == 500


def test_what_the_file_declares_to_lack_is_added(tmp_path: Path) -> None:
    platform = load(write(tmp_path, MINIMAL + 'lacks = ["void"]\n'), ENVIRONMENT).platform
    assert platform is not None

    assert "void" in platform.lacks
    assert "sms" in platform.lacks


def test_open_ticket_of_a_blocked_player_is_read(tmp_path: Path) -> None:
    text = MINIMAL + (
        '[betstack-operator.blocked_player]\nplayer_id = "b"\ntoken = "blocked"\n'
        '[betstack-operator.blocked_player.ticket]\nid = "t1"\nnet_payout = 2602\n'
    )
    platform = load(write(tmp_path, text), ENVIRONMENT).platform
    assert platform is not None

    assert platform.blocked_player == BlockedPlayer("b", "blocked", OpenTicket("t1", 2602))
    assert platform.lacks == {"sms", "second-player"}


def test_secrets_and_tokens_are_known_for_masking(tmp_path: Path) -> None:
    text = MINIMAL + (
        'second_token = "other"\n[betstack-operator.blocked_player]\nplayer_id = "b"\ntoken = "blocked"\n'
    )

    assert load(write(tmp_path, text), ENVIRONMENT).secrets() == [
        "from-the-environment",
        "player",
        "other",
        "blocked",
    ]


@pytest.mark.parametrize(
    ("added", "message"),
    [
        ('sms_url = "/sms"\n', ": [betstack-operator] lacks msisdn"),
        ("price = 99\n", ":8: [betstack-operator] price: must be at least 100"),
        ("price = 5.5\n", ":8: [betstack-operator] price: must be an integer"),
        ('tokn = "x"\n', ":8: [betstack-operator] tokn: unknown key; did you mean token?"),
        (
            'lacks = ["viod"]\n',
            ": [betstack-operator] lacks: viod is no capability; there are reserve, update, void, rollback, "
            "sms, second-player, blocked-player, blocked-ticket",
        ),
        (
            '[betstack-operator.blocked_player]\ntoken = "b"\n',
            ": [betstack-operator.blocked_player] lacks player_id",
        ),
    ],
)
def test_mistake_is_named_with_its_place(tmp_path: Path, added: str, message: str) -> None:
    file = write(tmp_path, MINIMAL + added)

    with pytest.raises(KitError) as stopped:
        load(file, ENVIRONMENT)

    assert str(stopped.value) == f"{file}{message}"
