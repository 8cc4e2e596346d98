"""Reading what the kit has to know to be BETCORE's casino."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.aggregator_target import Client
from conformance.errors import KitError
from conformance.target import load, sandbox_file

MINIMAL = """\
profiles = ["betcore-aggregator"]

[betcore-aggregator]
partner_client_id = 1556
secret_env = "SECRET"
user_id = "SomeUserId100"
"""
SECOND = '[betcore-aggregator.second_client]\npartner_client_id = 1557\nsecret_env = "SECOND"\n'
ENVIRONMENT = {"SECRET": "from-the-environment", "SECOND": "another"}


def write(tmp_path: Path, text: str) -> Path:
    """A target file with this text."""
    file = tmp_path / "target.toml"
    file.write_text(text)
    return file


def test_sandbox_file_holds_the_seeded_client() -> None:
    aggregator = load(sandbox_file(), {}).aggregator
    assert aggregator is not None

    assert aggregator.client == Client(1556, "PARTNERSECRET1556")
    assert aggregator.client.name == "PartnerClient-1556"
    assert (aggregator.user, aggregator.stake) == ("SomeUserId100", 10)


def test_second_client_that_the_file_does_not_name_is_lacked(tmp_path: Path) -> None:
    alone = load(write(tmp_path, MINIMAL), ENVIRONMENT)
    both = load(write(tmp_path, MINIMAL + SECOND), ENVIRONMENT)
    assert alone.aggregator is not None
    assert both.aggregator is not None

    assert alone.aggregator.lacks == {"second-client"}
    assert (both.aggregator.lacks, both.aggregator.second_client) == (frozenset(), Client(1557, "another"))


def test_secrets_of_both_clients_are_kept_out_of_reports(tmp_path: Path) -> None:
    target = load(write(tmp_path, MINIMAL + SECOND), ENVIRONMENT)

    assert set(target.secrets()) == {"from-the-environment", "another"}


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("= 1556", '= "1556"', ":4: [betcore-aggregator] partner_client_id: must be an integer"),
        (
            '"SomeUserId100"',
            '"SomeUserId100"\nlacks = ["jackpot"]',
            " lacks: jackpot is no capability; there are casino-calls, ",
        ),
        ("user_id", "user", ":6: [betcore-aggregator] user: unknown key; did you mean user_id?"),
    ],
)
def test_mistake_is_named_with_its_place(tmp_path: Path, before: str, after: str, message: str) -> None:
    assert before in MINIMAL
    file = write(tmp_path, MINIMAL.replace(before, after))

    with pytest.raises(KitError) as stopped:
        load(file, ENVIRONMENT)

    assert message in str(stopped.value)
