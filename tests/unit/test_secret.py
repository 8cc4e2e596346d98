"""A replaced secret counts for the overlap and no moment longer."""

from datetime import UTC, datetime, timedelta

from mockserver.kernel.secret import Retired, Secret

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
MICROSECOND = timedelta(microseconds=1)


def test_a_secret_never_replaced_is_the_only_one() -> None:
    secret = Secret("first-secret")

    assert secret.accepted(NOON) == ["first-secret"]
    assert secret.ever() == ["first-secret"]


def test_a_replaced_secret_counts_beside_the_new_one_during_the_overlap() -> None:
    secret = Secret("first-secret")
    secret.rotate("second-secret", NOON, HOUR)

    assert secret.current == "second-secret"
    assert secret.accepted(NOON) == ["second-secret", "first-secret"]
    assert secret.accepted(NOON + HOUR - MICROSECOND) == ["second-secret", "first-secret"]


def test_a_replaced_secret_counts_no_more_exactly_at_its_end() -> None:
    secret = Secret("first-secret")
    secret.rotate("second-secret", NOON, HOUR)

    assert secret.retired == [Retired("first-secret", NOON + HOUR)]
    assert secret.accepted(NOON + HOUR) == ["second-secret"]
    assert secret.accepted(NOON + HOUR + MICROSECOND) == ["second-secret"]
    assert secret.ever() == ["second-secret", "first-secret"]


def test_without_overlap_a_replaced_secret_counts_no_more_at_once() -> None:
    secret = Secret("first-secret")
    secret.rotate("second-secret", NOON, timedelta(0))

    assert secret.accepted(NOON) == ["second-secret"]
    assert secret.accepted(NOON - MICROSECOND) == ["second-secret", "first-secret"]


def test_each_replaced_secret_has_its_own_end_and_the_newest_comes_first() -> None:
    secret = Secret("first-secret")
    secret.rotate("second-secret", NOON, 3 * HOUR)
    secret.rotate("third-secret", NOON + HOUR, HOUR)

    assert secret.accepted(NOON + HOUR) == ["third-secret", "second-secret", "first-secret"]
    assert secret.accepted(NOON + 2 * HOUR) == ["third-secret", "first-secret"]
    assert secret.accepted(NOON + 3 * HOUR) == ["third-secret"]


def test_a_secret_that_comes_back_is_current_without_an_end() -> None:
    secret = Secret("first-secret")
    secret.rotate("second-secret", NOON, HOUR)
    secret.rotate("first-secret", NOON, HOUR)

    assert secret.accepted(NOON + 2 * HOUR) == ["first-secret"]


def test_all_that_still_count_are_remembered_and_twenty_that_do_not() -> None:
    secret = Secret("secret-0")
    for number in range(1, 31):
        secret.rotate(f"secret-{number}", NOON, HOUR)
    assert secret.ever()[-1] == "secret-0"

    secret.rotate("secret-31", NOON + 2 * HOUR, HOUR)

    assert secret.ever() == [f"secret-{number}" for number in range(31, 10, -1)]


def test_no_secret_shows_in_what_python_prints() -> None:
    secret = Secret("first-secret")
    secret.rotate("second-secret", NOON, HOUR)

    assert "retired=" in repr(secret)
    assert "first-secret" not in repr(secret)
    assert "second-secret" not in repr(secret)
