"""How calls to an operator's platform are signed."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

from conformance.betstack import Answer
from conformance.case import control, requirement
from conformance.errors import Mismatch
from conformance.operator_platform import Platform
from conformance.oracle import pam as oracle
from conformance.platform_answer import accepted
from conformance.platform_ticket import Ticket
from conformance.signing import betstack_signature

LONG_AGO = "1706191612"
"""The timestamp of the signed samples, in January 2024."""


@requirement("BS-PAM-008", safety="moves-money")
def test_body_as_in_the_sample_of_v3_is_rightly_signed(platform: Platform) -> None:
    """A creation as the v3 sample writes it, `10` and rtag, is rightly signed."""
    _sample_is_rightly_signed(platform, v2=False)


@requirement("BS-PAM-008", safety="moves-money")
def test_body_as_in_the_sample_of_v2_is_rightly_signed(platform: Platform) -> None:
    """A creation as the v2 sample writes it, `10.0` and no rtag, is rightly signed."""
    _sample_is_rightly_signed(platform, v2=True)


def _sample_is_rightly_signed(platform: Platform, *, v2: bool) -> None:
    """The creation is accepted, or refused otherwise than with a digit of its signature changed."""
    platform.open_books(needed=500)
    ticket = platform.new_ticket(price=500)
    body = platform.body(oracle.CREATE, platform.data(oracle.CREATE, ticket, v2=v2, atag="atag_value"))
    headers = platform.headers(body)
    forged = platform.post(body, {**headers, "signature": _other_digit(headers["signature"])})
    platform.books_must_agree(f"an action wrongly signed was answered {forged.raw.describe()}")
    answer = platform.post(body, headers)
    platform.enter(answer, oracle.CREATE, ticket)
    if answer.raw.status == forged.raw.status:
        raise Mismatch(
            f"rightly and wrongly signed, it got the same: {answer.raw.describe()}",
            expected="HTTP 200, and a refusal of the one wrongly signed",
            actual=f"{answer.raw.describe()}; {forged.raw.describe()}",
        )


@requirement("BS-PAM-009", safety="moves-money")
def test_each_header_is_needed(platform: Platform) -> None:
    """A creation that lacks the timestamp or the signature is refused with 403, and takes nothing."""
    ticket, body = _creation(platform)
    headers = platform.headers(body)
    _refused(platform, body, {"timestamp": headers["timestamp"]})
    # Nothing else must be wrong: without a timestamp the body alone is left to sign.
    _refused(platform, body, {"signature": betstack_signature(platform.target.secret, "", body)})
    with control("with both"):
        platform.step(oracle.CREATE, ticket).must_be(200)


@requirement("BS-PAM-009", safety="moves-money")
def test_other_key_is_refused(platform: Platform) -> None:
    """A creation signed with another key is refused with 403, and takes nothing."""
    ticket, body = _creation(platform)
    _refused(platform, body, platform.headers(body, secret=f"not-{platform.new_id()}"))
    with control("with the operator's key"):
        platform.step(oracle.CREATE, ticket).must_be(200)


@requirement("BS-PAM-009", safety="moves-money")
def test_signature_of_another_body_is_refused(platform: Platform) -> None:
    """A creation signed for another price is refused with 403, and takes nothing."""
    ticket, body = _creation(platform)
    other = platform.data(oracle.CREATE, ticket, price=platform.price + 1)
    _refused(platform, body, platform.headers(platform.body(oracle.CREATE, other)))
    with control("signed for the price that is sent"):
        platform.step(oracle.CREATE, ticket).must_be(200)


@requirement("BS-PAM-009", safety="moves-money")
def test_unknown_operator_is_refused(platform: Platform) -> None:
    """A creation for an operator that the platform does not serve is refused with 403, and takes nothing."""
    ticket, _ = _creation(platform)
    data = platform.data(oracle.CREATE, ticket, operator=f"unknown-{platform.new_id()}")
    body = platform.body(oracle.CREATE, data)
    _refused(platform, body, platform.headers(body))
    with control("for the operator itself"):
        platform.step(oracle.CREATE, ticket).must_be(200)


@requirement("BS-PAM-009", safety="moves-money")
def test_forged_win_pays_nothing(platform: Platform) -> None:
    """A win signed with another key pays nothing; the genuine one pays."""
    ticket = platform.brought(oracle.CREATE)
    body = platform.body(oracle.WIN, platform.data(oracle.WIN, ticket))
    _refused(platform, body, platform.headers(body, secret=f"not-{platform.new_id()}"))
    with control("the genuine win"):
        platform.step(oracle.WIN, ticket).must_be(200)


@requirement("BS-PAM-010", safety="moves-money")
def test_number_is_signed_as_it_is_written(platform: Platform) -> None:
    """A percentage written as 10 and one written as 10.0 both verify."""
    platform.open_books(needed=2 * platform.price)
    for written in (10, 10.0):
        ticket = platform.new_ticket()
        platform.step(oracle.CREATE, ticket, wht=written).must_be(200)
    ticket = platform.new_ticket()
    sent, signed = (
        platform.body(oracle.CREATE, platform.data(oracle.CREATE, ticket, wht=written))
        for written in (10, 10.0)
    )
    _otherwise_signed(platform, ticket, sent, platform.headers(signed))


@requirement("BS-PAM-011", safety="moves-money")
def test_reason_with_spaces_and_other_letters_verifies(platform: Platform) -> None:
    """A reason with spaces and letters beyond ASCII verifies, its spaces left out of the signature."""
    ticket = platform.brought(oracle.CREATE)
    data = platform.data(oracle.REFUND, ticket, reason="Event cancelled – Zürich, 中文")
    body = platform.body(oracle.REFUND, data)
    answer = platform.post(body, platform.headers(body))
    platform.enter(answer, oracle.REFUND, ticket)
    if accepted(answer):
        with control("a signature of another reason is refused"):
            other = platform.brought(oracle.CREATE)
            bodies = [
                platform.body(oracle.REFUND, platform.data(oracle.REFUND, other, reason=reason))
                for reason in ("Event cancelled", "Event abandoned")
            ]
            _forged(platform, bodies[0], platform.headers(bodies[1]))
        return
    timestamp = platform.headers(body)["timestamp"]
    kept = _signed_as_it_is(platform.target.secret, timestamp, body)
    again = platform.post(body, {"timestamp": timestamp, "signature": kept})
    platform.enter(again, oracle.REFUND, ticket)
    hint = "; it verifies with the spaces of the reason signed too" if accepted(again) else ""
    raise Mismatch(
        f"expected HTTP 200, got {answer.raw.describe()}{hint}",
        expected="HTTP 200",
        actual=answer.raw.describe(),
    )


@requirement("BS-PAM-011", safety="moves-money")
def test_white_space_between_fields_is_not_signed(platform: Platform) -> None:
    """Spaces and line breaks between the fields do not take part in the signature."""
    ticket, body = _creation(platform)
    spacious = body.replace(b'","', b'",\r\n\t "').replace(b'":', b'" : ')
    answer = platform.post(spacious, platform.headers(body))
    platform.enter(answer, oracle.CREATE, ticket)
    answer.must_be(200)
    with control("a letter more is refused"):
        _forged(platform, body, platform.headers(body + b"x"))


@requirement("BS-PAM-012", safety="moves-money")
def test_old_timestamp_is_taken(platform: Platform) -> None:
    """A creation with the timestamp of the samples, years ago, is taken; it is part of the signature."""
    ticket, body = _creation(platform)
    old = platform.headers(body, timestamp=LONG_AGO)
    _otherwise_signed(platform, ticket, body, {**platform.headers(body), "signature": old["signature"]})
    answer = platform.post(body, old)
    platform.enter(answer, oracle.CREATE, ticket)
    answer.must_be(200)


@requirement("BS-PAM-013", safety="moves-money")
def test_timestamp_is_signed_as_text(platform: Platform) -> None:
    """A timestamp with a zero in front verifies when it was signed with the zero, and only then."""
    ticket, body = _creation(platform)
    seconds = platform.headers(body)["timestamp"]
    _otherwise_signed(platform, ticket, body, {**platform.headers(body), "timestamp": f"0{seconds}"})
    answer = platform.post(body, platform.headers(body, timestamp=f"0{seconds}"))
    platform.enter(answer, oracle.CREATE, ticket)
    answer.must_be(200)


def _signed_as_it_is(secret: str, timestamp: str, body: bytes) -> str:
    """A signature over the body with its spaces."""
    return hmac.new(secret.encode(), timestamp.encode() + body, hashlib.sha256).hexdigest()


def _creation(platform: Platform) -> tuple[Ticket, bytes]:
    platform.open_books(needed=platform.price)
    ticket = platform.new_ticket()
    return ticket, platform.body(oracle.CREATE, platform.data(oracle.CREATE, ticket))


def _refused(platform: Platform, body: bytes, headers: Mapping[str, str]) -> None:
    """Send a forged call, which must be refused with 403, and see that no money moves in any case."""
    _forged(platform, body, headers).must_be(403)


def _forged(platform: Platform, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Send a forged call, which must move no money and not be accepted; no page says which status it gets."""
    answer = platform.post(body, headers)
    platform.books_must_agree(f"an action wrongly signed was answered {answer.raw.describe()}")
    return _not_accepted(answer)


def _otherwise_signed(platform: Platform, ticket: Ticket, body: bytes, headers: Mapping[str, str]) -> None:
    """Send a creation that the key's owner signed otherwise than documented; it must not be accepted."""
    answer = platform.post(body, headers)
    platform.enter(answer, oracle.CREATE, ticket)
    _not_accepted(answer)


def _not_accepted(answer: Answer) -> Answer:
    if accepted(answer) or answer.raw.status is None:
        raise Mismatch(
            f"expected a refusal, got {answer.raw.describe()}",
            expected="a refusal",
            actual=answer.raw.describe(),
        )
    return answer


def _other_digit(signature: str) -> str:
    """The signature with its last digit changed."""
    return signature[:-1] + ("0" if signature[-1] != "0" else "1")
