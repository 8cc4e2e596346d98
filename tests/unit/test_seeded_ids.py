"""Identifiers follow from a seed, a name and their number."""

import re

import pytest

from mockserver.adapters.ids import SeededIds, SequentialIds

# printf '1:ssite/1' | sha256sum, and the same of /2
FIRST = "0289df8131f9a592de8153338e0ec916eb5e11680d465dd3f33d5b4c6f815fc8"
SECOND = "6e5fb2b3b48764f15da4f2c5fa7d3f291025c962a79158b92ae28674ed1cbc6c"


def test_identifiers_are_the_same_in_every_run_and_version() -> None:
    ids = SeededIds("s", "site")

    assert [ids.hex(64), ids.hex(64)] == [FIRST, SECOND]


@pytest.mark.parametrize("digits", [2, 16, 64])
def test_hex_has_as_many_digits_as_are_asked_for(digits: int) -> None:
    assert SeededIds("s", "site").hex(digits) == FIRST[:digits]


def test_a_code_is_the_digest_in_base_36_lowest_digit_first() -> None:
    code = SeededIds("s", "site").code(24)
    number = int(FIRST, 16)

    digits = [(ord(one) - ord("A")) if one.isalpha() else 26 + int(one) for one in code]
    assert digits == [number // 36**place % 36 for place in range(24)]


@pytest.mark.parametrize("length", [1, 8, 24])
def test_a_code_has_as_many_letters_and_digits_as_are_asked_for(length: int) -> None:
    assert re.fullmatch(rf"[A-Z0-9]{{{length}}}", SeededIds("s", "site").code(length))


def test_two_sources_of_one_seed_and_name_make_the_same_identifiers() -> None:
    one, other = SeededIds("s", "site"), SeededIds("s", "site")

    assert [one.hex(16), one.code(8), one.hex(16)] == [other.hex(16), other.code(8), other.hex(16)]


def test_no_two_identifiers_of_a_source_are_the_same() -> None:
    ids = SeededIds("s", "site")

    assert len({ids.hex(16) for _ in range(1_000)}) == 1_000
    assert len({ids.code(8) for _ in range(1_000)}) == 1_000


@pytest.mark.parametrize(("seed", "name"), [("s", "other"), ("t", "site"), ("", "ssite"), ("ss", "ite")])
def test_another_seed_or_name_makes_other_identifiers(seed: str, name: str) -> None:
    assert SeededIds("s", "site").hex(64) == FIRST
    assert SeededIds(seed, name).hex(64) != FIRST


def test_the_position_counts_hex_and_codes_together() -> None:
    ids = SeededIds("s", "site")
    assert ids.position == 0
    ids.hex(2)
    ids.code(2)

    assert ids.position == 2


def test_a_source_put_to_a_position_goes_on_with_the_same_identifiers() -> None:
    ids = SeededIds("s", "site")
    ids.code(8)
    resumed = SeededIds("s", "site", ids.position)

    assert resumed.hex(64) == ids.hex(64) == SECOND
    assert resumed.position == ids.position == 2


def test_sequential_identifiers_count() -> None:
    ids = SequentialIds()

    assert [ids.hex(4), ids.code(4), ids.hex(2)] == ["0001", "0002", "03"]
    assert ids.position == 3
    assert [SequentialIds(9).hex(4), SequentialIds(9).code(4)] == ["000a", "0010"]
