"""Who may call the bet engine, and what a caller who may not is told."""

import base64
import hashlib
import hmac
import json

import pytest

from .in_process import SUPERBET, Service

BODY = json.dumps(SUPERBET, indent=2).encode()
SQUEEZED = BODY.translate(None, b" \n")
FORBIDDEN = {"code": 903, "message": "Forbidden. You do not have access for such request"}


def reserve(service: Service, **changes: str) -> tuple[int, dict[str, object], str]:
    headers = service.betstack_headers("site", BODY) | changes
    answer = service.send("POST", "/be/tickets/reserve", {k: v for k, v in headers.items() if v}, BODY)
    return answer.status_code, answer.json(), answer.headers.get("x-sandbox-reason", "")


def signed(message: bytes, secret: bytes = b"12345ABCDE") -> str:
    return hmac.new(secret, message, hashlib.sha256).hexdigest()


def test_a_signed_body_with_spaces_and_line_breaks_is_admitted(service: Service) -> None:
    assert reserve(service)[0] == 200
    assert reserve(service, signature=signed(b"1706090303" + SQUEEZED))[0] == 200


@pytest.mark.parametrize("header", ["timestamp", "operator-name", "signature"])
def test_a_missing_header_is_refused_by_name(service: Service, header: str) -> None:
    status, body, reason = reserve(service, **{header: ""})

    assert (status, body) == (403, FORBIDDEN)
    assert reason == f"access_denied: header `{header}` is missing or empty"


MISTAKES = [
    (signed(b"1706090303" + SQUEEZED).upper(), "upper case"),
    (signed(b"1706090303" + BODY), "with its spaces and line breaks"),
    (signed(b"1706090303" + BODY.replace(b"\n", b"")), "with its spaces and line breaks"),
    (
        base64.b64encode(bytes.fromhex(signed(b"1706090303" + SQUEEZED))).decode(),
        "in Base64; send lower-case hex",
    ),
    (signed(SQUEEZED), "the body alone"),
    (signed(SQUEEZED + b"1706090303"), "behind the body"),
    (signed(b"1706090303"), "the timestamp alone"),
    (signed(b"1706090303" + SQUEEZED, b"67890FGHIJ"), "does not match; expected HMAC-SHA256"),
    ("ü", "does not match; expected HMAC-SHA256"),
]


@pytest.mark.parametrize(("signature", "told"), MISTAKES)
def test_a_wrong_signature_is_refused_with_the_mistake_that_made_it(
    service: Service, signature: str, told: str
) -> None:
    headers = service.betstack_headers("site", BODY)
    pairs = [(k.encode(), v.encode()) for k, v in (headers | {"signature": signature}).items()]
    answer = service.send("POST", "/be/tickets/reserve", pairs, BODY)  # type: ignore[arg-type]

    assert (answer.status_code, answer.json()) == (403, FORBIDDEN)
    assert told in answer.headers["x-sandbox-reason"]


@pytest.mark.parametrize(("signed_body", "told"), [(b"{}", "`{}`"), (b"null", "`null`"), (b"", "")])
def test_a_call_without_a_body_signs_the_timestamp_alone(
    service: Service, signed_body: bytes, told: str
) -> None:
    headers = service.betstack_headers("site", b"") | {"signature": signed(b"1706090303" + signed_body)}

    answer = service.send("GET", "/be/tickets/E36E20", headers)

    assert answer.status_code == (400 if signed_body == b"" else 403)
    assert told in answer.headers["x-sandbox-reason"]


def test_a_final_line_break_that_the_shell_dropped_is_no_riddle(service: Service) -> None:
    headers = service.betstack_headers("site", BODY) | {"signature": signed(b"1706090303" + BODY)}

    answer = service.send("POST", "/be/tickets/reserve", headers, BODY + b"\n")

    assert "with its spaces and line breaks" in answer.headers["x-sandbox-reason"]


def test_a_signature_over_nothing_is_not_said_to_cover_the_body(service: Service) -> None:
    headers = service.betstack_headers("site", b"") | {"signature": signed(b"")}

    reason = service.send("GET", "/be/tickets/E36E20", headers).headers["x-sandbox-reason"]

    assert "does not match" in reason


def test_the_signature_is_bound_to_the_body(service: Service) -> None:
    headers = service.betstack_headers("site", BODY)
    dearer = BODY.replace(b"2000", b"9000")

    assert service.send("POST", "/be/tickets/reserve", headers, dearer).status_code == 403
    assert service.send("POST", "/be/tickets/reserve", headers, BODY).status_code == 200


def test_an_unknown_operator_is_refused(service: Service) -> None:
    status, body, reason = reserve(service, **{"operator-name": "nobody"})

    assert (status, body) == (403, FORBIDDEN)
    assert "no operator is called `nobody`" in reason


def test_a_body_that_names_another_operator_is_refused(service: Service) -> None:
    answer = service.betstack("POST", "/be/tickets/reserve", SUPERBET | {"operator": "acme"})

    assert (answer.status_code, answer.json()) == (403, FORBIDDEN)


def test_identity_is_judged_before_the_body(service: Service) -> None:
    unsigned = service.send("POST", "/be/tickets/reserve", {"content-type": "text/plain"}, b"{")
    signed_rubbish = service.send("POST", "/be/tickets/reserve", service.betstack_headers("site", b"{"), b"{")

    assert unsigned.status_code == 403
    assert (signed_rubbish.status_code, signed_rubbish.json()["code"]) == (400, 900)


def test_no_reason_holds_a_secret(service: Service) -> None:
    for signature, _ in MISTAKES[:-1]:
        assert "12345ABCDE" not in reserve(service, signature=signature)[2]


def test_hints_can_be_turned_off(service: Service, silent_service: Service) -> None:
    assert "x-sandbox-reason" in service.send("GET", "/be/tickets/x").headers
    assert "x-sandbox-reason" not in silent_service.send("GET", "/be/tickets/x").headers
