"""What the casino's web server answers where no operation does, and what it takes at most."""

from __future__ import annotations

from typing import Final

from conformance.case import control, requirement
from conformance.casino import Casino
from conformance.client import RawAnswer, expect_equal
from conformance.oracle import betcore as oracle
from conformance.signing import jwt_body, tampered_token

LARGEST: Final = 1024 * 1024
JSON: Final = {"content-type": "application/json"}


@requirement("BC-JWT-014", safety="read")
def test_unknown_path_gets_404(casino: Casino) -> None:
    """A path that no page names is answered with 404 and ErrorCode 103799."""
    body = _control(casino)
    answer = casino.channel.call_outside("POST", "/users/nobody", headers=JSON, body=body)
    _must_be(casino, answer, 404)


@requirement("BC-JWT-014", safety="read")
def test_wrong_method_gets_405(casino: Casino) -> None:
    """A GET of users/data is answered with 405, with Allow: POST, and with ErrorCode 103799."""
    _control(casino)
    answer = casino.channel.call_outside("GET", "/users/data")
    _must_be(casino, answer, 405)
    expect_equal("Allow names POST", expected=True, actual="POST" in (answer.header("Allow") or ""))


@requirement("BC-JWT-015", safety="read")
def test_body_that_is_too_large_gets_413(casino: Casino) -> None:
    """A body above 1 MiB is answered with 413 and ErrorCode 103799."""
    body = _control(casino)
    answer = casino.channel.call_outside(
        "POST", "/users/data", headers=JSON, body=b" " * (LARGEST + 1 - len(body)) + body
    )
    _must_be(casino, answer, 413)


@requirement("BC-JWT-015", safety="read")
def test_other_media_type_gets_415(casino: Casino) -> None:
    """A token sent as text/plain is answered with 415 and ErrorCode 103799."""
    body = _control(casino)
    answer = casino.channel.call_outside(
        "POST", "/users/data", headers={"content-type": "text/plain"}, body=body
    )
    _must_be(casino, answer, 415)


@requirement("BC-JWT-001", safety="read")
def test_long_token_is_taken_or_refused(casino: Casino) -> None:
    """A genuine token of 64 KiB is taken, or refused with 103811 or 413; the next one works as ever."""
    data = casino.user_query(ExtraData={"Filling": "x" * 49_152})
    answer = casino.call("getUserData", data)
    expect_equal(
        "an answer to a token of 64 KiB",
        expected=True,
        actual=answer.accepted or answer.is_code(oracle.JWT_INVALID) or answer.raw.status == 413,
    )
    _control(casino)
    with control("the same token, altered"):
        forged = tampered_token(casino.token({}), casino.claims(data))
        casino.send("getUserData", jwt_body(forged)).must_be(oracle.JWT_INVALID)


def _control(casino: Casino) -> bytes:
    """The body of a question that is answered; it can be sent elsewhere too."""
    body = jwt_body(casino.token(casino.user_query()))
    with control("the same body where it belongs"):
        casino.send("getUserData", body).must_be(oracle.SUCCESS)
    return body


def _must_be(casino: Casino, answer: RawAnswer, status: int) -> None:
    """Raise :exc:`Mismatch` unless this is the refusal, or the one that the vendor answered in its place."""
    status, code = casino.channel.refusals("getUserData").expected(status, oracle.GENERAL_ERROR)
    expect_equal("HTTP status", expected=status, actual=answer.status)
    expect_equal("ErrorCode", expected=code, actual=answer.member("ErrorCode"))
