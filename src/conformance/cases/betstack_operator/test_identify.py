"""Looking a player up by a token."""

from __future__ import annotations

from conformance.case import control, requirement
from conformance.client import expect_equal, shown
from conformance.errors import Mismatch
from conformance.operator_platform import Platform
from conformance.oracle import pam as oracle
from conformance.platform_answer import cents


@requirement("BS-IDN-001", safety="read")
def test_known_token_is_answered_with_the_player(platform: Platform) -> None:
    """A known token is answered 200 with player_id, lang, balance and currency."""
    fields = {"player_id": str, "lang": str, "balance": int, "currency": str}
    platform.identify().must_be(200).must_have_fields(fields, frozenset())
    with control("an unknown token is refused"):
        platform.unknown_token_must_be_refused()


@requirement("BS-IDN-002", safety="moves-money")
def test_balance_is_in_whole_cents(platform: Platform) -> None:
    """The balance is a whole number of cents, and follows a ticket to the cent."""
    answer = platform.identify().must_be(200)
    if cents(answer.raw.member("balance")) is None:
        told = shown(answer.raw.member("balance"))
        raise Mismatch(f"balance: expected whole cents, got {told}", expected="an integer", actual=told)
    with control("the balance follows a ticket"):
        platform.brought(oracle.CREATE)


@requirement("BS-IDN-003", safety="read")
def test_language_and_currency_are_codes(platform: Platform) -> None:
    """lang has two letters, currency three, and it is the currency of the target file."""
    answer = platform.identify().must_be(200)
    lang, currency = answer.raw.member("lang"), answer.raw.member("currency")
    for name, value, length in (("lang", lang, 2), ("currency", currency, 3)):
        if not isinstance(value, str) or len(value) != length or not value.isalpha():
            raise Mismatch(
                f"{name}: expected {length} letters, got {shown(value)}",
                expected=f"{length} letters",
                actual=shown(value),
            )
    expect_equal("currency", expected=platform.target.currency, actual=currency)
    with control("an unknown token is refused"):
        platform.unknown_token_must_be_refused()


@requirement("BS-IDN-004", safety="read")
def test_feature_flags_are_booleans(platform: Platform) -> None:
    """feature_flags, where it is there, is an object whose values are booleans."""
    flags = platform.identify().must_be(200).raw.member("feature_flags")
    if flags is not None and not (
        isinstance(flags, dict) and all(isinstance(flag, bool) for flag in flags.values())
    ):
        raise Mismatch(
            f"feature_flags: expected an object of booleans, got {shown(flags)}",
            expected="an object of booleans",
            actual=shown(flags),
        )
    with control("an unknown token is refused"):
        platform.unknown_token_must_be_refused()


@requirement("BS-IDN-006", safety="read")
def test_unknown_token_is_refused(platform: Platform) -> None:
    """A token that nobody has is refused with 400 or 403."""
    platform.unknown_token_must_be_refused()
    with control("a known token"):
        platform.identify().must_be(200)


@requirement("BS-IDN-007", safety="read")
def test_unknown_token_gets_101(platform: Platform) -> None:
    """A token that nobody has is refused with 400 and code 101."""
    platform.unknown_token_must_be_refused().must_be(400, code=oracle.UNKNOWN_PLAYER)
    with control("a known token"):
        platform.identify().must_be(200)


@requirement("BS-IDN-008", safety="read")
def test_refusal_with_400_has_code_and_message(platform: Platform) -> None:
    """The body of a refusal of identify with 400 is an object with an integer code and a string message."""
    answer = platform.unknown_token_must_be_refused()
    if answer.raw.status == 400:
        answer.must_have_fields({"code": int, "message": str}, frozenset())
    with control("a known token"):
        platform.identify().must_be(200)


@requirement("BS-IDN-009", safety="moves-money")
def test_identifying_changes_nothing(platform: Platform) -> None:
    """Identifying a player moves no money, and leaves a ticket as it was."""
    ticket = platform.brought(oracle.CREATE)
    for _ in range(3):
        platform.identify().must_be(200)
    platform.books_must_agree("the player was identified three times")
    platform.step(oracle.WIN, ticket).must_be(200)


@requirement("BS-IDN-010", safety="read", needs=("blocked-player",))
def test_blocked_player_is_identified(platform: Platform) -> None:
    """A blocked player is identified like any other."""
    blocked = platform.target.blocked_player
    assert blocked is not None
    platform.identify(blocked.token).must_be(200).must_have("player_id", blocked.player_id)
    with control("an unknown token is refused"):
        platform.unknown_token_must_be_refused()
