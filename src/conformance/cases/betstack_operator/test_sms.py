"""Notifications from which an operator makes text messages."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.betstack import Answer
from conformance.case import control, requirement
from conformance.client import shown
from conformance.errors import Mismatch
from conformance.operator_sms import SmsReceiver
from conformance.oracle import pam as oracle
from conformance.signing import betstack_body, betstack_signature

LONG_AGO = "1706191612"
"""The timestamp of the signed sample, in January 2024."""


@requirement("BS-SMS-004", safety="creates", needs=("sms",))
def test_body_as_in_the_sample_is_accepted(sms: SmsReceiver) -> None:
    """A one-time password as the sample writes it is rightly signed; with a digit changed it isn't."""
    body = sms.body("otp", sms.otp())
    headers = sms.headers(body)
    sms.post(body, headers).must_be(200)
    with control("with a digit of the signature changed"):
        _not_taken(sms, body, {**headers, "signature": _other_digit(headers["signature"])})


@requirement("BS-SMS-005", safety="creates", needs=("sms",))
def test_notification_is_answered_with_a_message(sms: SmsReceiver) -> None:
    """A one-time password and a ticket's status are answered 200 with a string message."""
    for kind, data in (("otp", sms.otp()), ("ticket_status", sms.status())):
        sms.send(kind, data).must_be(200).must_have_fields({"message": str}, frozenset())
    with control("one wrongly signed is not taken"):
        body = sms.body("otp", sms.otp())
        _not_taken(sms, body, sms.headers(body + b"x"))


@requirement("BS-SMS-009", safety="creates", needs=("sms",))
def test_status_as_in_the_older_copy_is_taken(sms: SmsReceiver) -> None:
    """A ticket's status without ticket_code and msisdn is taken; one without ticket_id is not."""
    whole = sms.status(status="open", result="pending")
    older = {name: whole[name] for name in ("ticket_id", "status", "result")}
    sms.send("ticket_status", older).must_be(200)
    with control("without ticket_id"):
        del older["ticket_id"]
        _not_sent(sms, {"type": "ticket_status", "data": older})


@requirement("BS-SMS-010", safety="creates", needs=("sms",))
def test_number_with_and_without_plus_is_taken(sms: SmsReceiver) -> None:
    """A number with + in front and one without are taken; an empty one is not."""
    number = str(sms.target.msisdn).lstrip("+")
    for msisdn in (f"+{number}", number):
        sms.send("otp", sms.otp(msisdn=msisdn)).must_be(200)
        sms.send("ticket_status", sms.status(msisdn=msisdn)).must_be(200)
    with control("an empty number"):
        _not_sent(sms, {"type": "otp", "data": sms.otp(msisdn="")})


@requirement("BS-SMS-011", safety="creates", needs=("sms",))
def test_ids_of_either_form_are_taken(sms: SmsReceiver) -> None:
    """A ticket's status is taken with an id of hex digits and with a decimal one, not with an empty one."""
    for ticket_id in (sms.new_id(), "1330556611374148608"):
        sms.send("ticket_status", sms.status(ticket_id=ticket_id)).must_be(200)
    with control("an empty id"):
        _not_sent(sms, {"type": "ticket_status", "data": sms.status(ticket_id="")})


@requirement("BS-SMS-013", safety="creates", needs=("sms",))
def test_bet_result_that_fits_its_table_is_taken(sms: SmsReceiver) -> None:
    """A bet_result, which is not supported, is taken when it fits its table, and only then."""
    sms.send("bet_result", sms.bet_result()).must_be(200)
    with control("with a result that the table does not have"):
        _not_sent(sms, {"type": "bet_result", "data": {**sms.bet_result(), "result": "drawn"}})


@requirement("BS-SMS-014", safety="creates", needs=("sms",))
def test_each_header_is_needed(sms: SmsReceiver) -> None:
    """A notification that lacks the timestamp, the operator's name or the signature is refused with 403."""
    body = sms.body("ticket_status", sms.status())
    for missing in ("timestamp", "operator-name", "signature"):
        headers = sms.headers(body)
        del headers[missing]
        if missing == "timestamp":  # nothing else must be wrong: the body alone is left to sign
            headers["signature"] = betstack_signature(sms.target.secret, "", body)
        with sms.channel.evidence.during(f"without {missing}"):
            sms.post(body, headers).must_be(403)
    with control("with all three"):
        sms.post(body, sms.headers(body)).must_be(200)


@requirement("BS-SMS-014", safety="creates", needs=("sms",))
def test_other_key_is_refused(sms: SmsReceiver) -> None:
    """A notification signed with another key is refused with 403."""
    body = sms.body("ticket_status", sms.status())
    sms.post(body, sms.headers(body, secret=f"not-{sms.new_id()}")).must_be(403)
    with control("signed with the operator's key"):
        sms.post(body, sms.headers(body)).must_be(200)


@requirement("BS-SMS-014", safety="creates", needs=("sms",))
def test_signature_of_another_body_is_refused(sms: SmsReceiver) -> None:
    """A notification signed for another status is refused with 403."""
    body, other = (sms.body("ticket_status", sms.status(result=result)) for result in ("won", "lost"))
    sms.post(body, sms.headers(other)).must_be(403)
    with control("signed for its own"):
        sms.post(body, sms.headers(body)).must_be(200)


@requirement("BS-SMS-015", safety="creates", needs=("sms",))
def test_body_that_fits_no_table_is_refused(sms: SmsReceiver) -> None:
    """A body of an unknown type, one that lacks a field or has a wrong type, is refused with 400."""
    otp = sms.otp()
    for call in (
        {"type": "unknown", "data": otp},
        {"type": "otp", "data": {"msisdn": otp["msisdn"]}},
        {"type": "otp", "data": {**otp, "code": 1234}},
        {"type": "otp"},
        {"type": "ticket_status", "data": sms.status(status="reserved")},
    ):
        with sms.channel.evidence.during(shown(call)):
            _malformed(sms, call)
    with control("a whole one"):
        sms.send("otp", otp).must_be(200)


@requirement("BS-SMS-015", safety="creates", needs=("sms",))
def test_body_that_is_no_json_is_refused(sms: SmsReceiver) -> None:
    """A body that is no JSON, or no object, is refused with 400."""
    for body in (b"{", b"[]", b'"otp"'):
        with sms.channel.evidence.during(f"{body!r}"):
            sms.post(body, sms.headers(body)).must_be(400, code=oracle.INVALID_REQUEST)
    with control("a whole one"):
        sms.send("otp", sms.otp()).must_be(200)


@requirement("BS-SMS-017", safety="creates", needs=("sms",))
def test_body_that_is_too_large_is_refused(sms: SmsReceiver) -> None:
    """A body of more than 1 MiB is refused with 413 and {code, message}."""
    sms.send("otp", sms.otp(code="1" * (oracle.LARGEST_BODY + 1))).must_be(413, code=oracle.TOO_LARGE)
    with control("of ordinary size"):
        sms.send("otp", sms.otp()).must_be(200)


@requirement("BS-SMS-017", safety="creates", needs=("sms",))
def test_body_that_is_not_declared_as_json_is_refused(sms: SmsReceiver) -> None:
    """A notification declared as text is refused with 415 and {code, message}."""
    body = sms.body("otp", sms.otp())
    answer = sms.post(body, {**sms.headers(body), "content-type": "text/plain"})
    answer.must_be(415, code=oracle.UNSUPPORTED_MEDIA_TYPE)
    with control("declared as JSON"):
        sms.post(body, sms.headers(body)).must_be(200)


@requirement("BS-SMS-018", safety="creates", needs=("sms",))
def test_other_method_is_refused(sms: SmsReceiver) -> None:
    """A GET of the receiver's URL is answered 405 with {code, message}."""
    Answer(sms.channel.call_outside("GET", "")).must_be(405, code=oracle.METHOD_NOT_ALLOWED)
    with control("a POST"):
        sms.send("otp", sms.otp()).must_be(200)


@requirement("BS-SMS-018", safety="creates", needs=("sms",))
def test_other_path_is_refused(sms: SmsReceiver) -> None:
    """A path below the receiver's URL is answered 404 with {code, message}."""
    body = sms.body("otp", sms.otp())
    Answer(sms.channel.call_outside("POST", "/nothing-here", headers=sms.headers(body), body=body)).must_be(
        404, code=oracle.UNKNOWN_PATH
    )
    with control("the URL itself"):
        sms.post(body, sms.headers(body)).must_be(200)


@requirement("BS-SMS-019", safety="creates", needs=("sms",))
def test_old_timestamp_is_taken(sms: SmsReceiver) -> None:
    """A notification with the timestamp of the sample, years ago, is taken; it is part of the signature."""
    body = sms.body("otp", sms.otp())
    old = sms.headers(body, timestamp=LONG_AGO)
    _not_taken(sms, body, {**sms.headers(body), "signature": old["signature"]})
    sms.post(body, old).must_be(200)


def _malformed(sms: SmsReceiver, call: Mapping[str, object]) -> None:
    body = betstack_body(call)
    sms.post(body, sms.headers(body)).must_be(400, code=oracle.INVALID_REQUEST)


def _not_sent(sms: SmsReceiver, call: Mapping[str, object]) -> None:
    """Send what breaks the table, rightly signed; it must not be answered 200."""
    body = betstack_body(call)
    _not_taken(sms, body, sms.headers(body))


def _not_taken(sms: SmsReceiver, body: bytes, headers: Mapping[str, str]) -> None:
    """Send what must not be answered 200; which status refuses it, no page says."""
    answer = sms.post(body, headers)
    if answer.raw.status in (None, 200):
        raise Mismatch(
            f"expected a refusal, got {answer.raw.describe()}",
            expected="a refusal",
            actual=answer.raw.describe(),
        )


def _other_digit(signature: str) -> str:
    """The signature with its last digit changed."""
    return signature[:-1] + ("0" if signature[-1] != "0" else "1")
