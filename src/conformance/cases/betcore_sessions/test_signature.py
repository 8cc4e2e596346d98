"""The four headers of a call, and what X-Sign covers."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from typing import Any, Final

from conformance.case import control, requirement
from conformance.code_answer import Answer
from conformance.counterparty import IDENTITY, SIGN
from conformance.oracle import sessions as oracle
from conformance.session_wallet import Bet, Wallet
from conformance.signing import alphabetical_body, x_sign_text

YEAR: Final = 365 * 86_400

SEPARATORS: Final = (b"", b"|", b":", b"\n")


@requirement("BC-SGN-001", safety="read")
def test_balance_is_told_to_no_call_without_a_header(wallet: Wallet) -> None:
    """A read of the balance that lacks one of the four headers is refused, and tells no balance."""
    headers = wallet.caller.headers()
    with control("with all four"):
        wallet.ask(headers).must_be(oracle.SUCCESS)
    for name in IDENTITY:
        with wallet.channel.evidence.during(f"without {name}"):
            answer = wallet.ask(_without(name, headers))
            answer.must_not_be_accepted(f"a call without {name}")


@requirement("BC-SGN-001", "BC-SGN-014", safety="moves-money")
def test_refund_without_a_header_is_refused(wallet: Wallet) -> None:
    """A refund that lacks one of the four headers is refused and gives nothing back."""
    bet = wallet.brought(oracle.PAY_IN)
    _each_header_is_needed(wallet, oracle.REFUND, bet)


@requirement("BC-SGN-002", "BC-SGN-014", safety="moves-money")
def test_registration_without_a_header_is_refused(wallet: Wallet) -> None:
    """A pay-in that lacks one of the four headers is refused and takes nothing."""
    wallet.open_books(needed=wallet.stake)
    _each_header_is_needed(wallet, oracle.PAY_IN, wallet.new_bet())


@requirement("BC-SGN-002", "BC-SGN-014", safety="moves-money")
def test_outcome_without_a_header_is_refused(wallet: Wallet) -> None:
    """A pay-out that lacks one of the four headers is refused and pays nothing."""
    _each_header_is_needed(wallet, oracle.PAY_OUT, wallet.brought(oracle.PAY_IN))


@requirement("BC-SGN-002", "BC-SGN-014", safety="moves-money", needs=("pay-in-out",))
def test_bet_with_its_outcome_without_a_header_is_refused(wallet: Wallet) -> None:
    """A pay-in-out that lacks one of the four headers is refused and moves nothing."""
    wallet.open_books(needed=wallet.stake)
    _each_header_is_needed(wallet, oracle.PAY_IN_OUT, wallet.new_bet())


@requirement("BC-SGN-004", safety="moves-money")
def test_signature_is_hmac_sha256(wallet: Wallet) -> None:
    """X-Sign made with HMAC-SHA256 is accepted; with SHA-1, SHA-512, MD5, or without a key, it is not."""
    wallet.open_books(needed=wallet.stake)
    bet = wallet.new_bet()
    makers: dict[str, Callable[[str, bytes], str]] = {
        "HMAC-SHA1": lambda secret, text: hmac.new(secret.encode(), text, hashlib.sha1).hexdigest(),
        "HMAC-SHA512": lambda secret, text: hmac.new(secret.encode(), text, hashlib.sha512).hexdigest(),
        "HMAC-MD5": lambda secret, text: hmac.new(secret.encode(), text, hashlib.md5).hexdigest(),
        "SHA-256 of secret and text": lambda secret, text: hashlib.sha256(secret.encode() + text).hexdigest(),
        "SHA-256 of the text": lambda secret, text: hashlib.sha256(text).hexdigest(),
    }
    for name, sign in makers.items():
        _refused(wallet, oracle.PAY_IN, bet, name, sign=sign)
    with control("HMAC-SHA256"):
        wallet.step(oracle.PAY_IN, bet).must_be(oracle.SUCCESS)


@requirement("BC-SGN-006", safety="read")
def test_call_without_a_body_signs_none(wallet: Wallet) -> None:
    """A read of the balance is signed without a body; a signature over an empty object is refused."""
    wallet.ask().must_be(oracle.SUCCESS)
    signed = wallet.caller.headers(text=lambda one, two, three, _: x_sign_text(one, two, three, b"{}"))
    wallet.ask(signed).must_not_be_accepted("a signature over an empty object")


@requirement("BC-SGN-008", safety="read")
def test_signature_is_written_in_lower_case_hex(wallet: Wallet) -> None:
    """X-Sign of 64 lower-case hex digits is accepted; the same signature in base64 is not."""
    headers = wallet.caller.headers()
    wallet.ask(headers).must_be(oracle.SUCCESS)
    encoded = base64.b64encode(bytes.fromhex(headers[SIGN])).decode()
    wallet.ask({**headers, SIGN: encoded}).must_not_be_accepted("a signature in base64")


@requirement("BC-SGN-009", safety="read")
def test_timestamp_in_milliseconds_is_signed(wallet: Wallet) -> None:
    """X-Timestamp in milliseconds is accepted as it is signed; another one under the signature is not."""
    now = round(wallet.caller.now() * 1000)
    headers = wallet.caller.headers(timestamp=str(now))
    wallet.ask(headers).must_be(oracle.SUCCESS)
    wallet.ask({**headers, "X-Timestamp": str(now + 1)}).must_not_be_accepted("another timestamp")


@requirement("BC-SGN-010", safety="moves-money")
def test_body_and_three_headers_are_signed_joined_by_full_stops(wallet: Wallet) -> None:
    """Body, counterparty id, timestamp and request id are signed in this order, joined by full stops."""
    wallet.open_books(needed=wallet.stake)
    bet = wallet.new_bet()
    texts: dict[str, Callable[[str, str, str, bytes], bytes]] = {
        "the body at the end": lambda one, two, three, body: b".".join([*_encoded(one, two, three), body]),
        "the body left out": lambda one, two, three, body: x_sign_text(one, two, three),
        "timestamp before counterparty": lambda one, two, three, body: x_sign_text(two, one, three, body),
        "request id before timestamp": lambda one, two, three, body: x_sign_text(one, three, two, body),
    }
    for separator in SEPARATORS:
        texts[f"joined by {separator!r}"] = _joined_by(separator)
    for name, text in texts.items():
        _refused(wallet, oracle.PAY_IN, bet, name, text=text)
    wallet.step(oracle.PAY_IN, bet).must_be(oracle.SUCCESS)


@requirement("BC-SGN-010", safety="read")
def test_secret_is_the_key_as_plain_text(wallet: Wallet) -> None:
    """The secret is the key as it is written, though it may look like base64."""
    secret = wallet.target.secret
    wallet.ask().must_be(oracle.SUCCESS)
    key = base64.b64decode(secret + "=" * (-len(secret) % 4))
    decoded = wallet.caller.headers(sign=lambda _, text: hmac.new(key, text, hashlib.sha256).hexdigest())
    wallet.ask(decoded).must_not_be_accepted("a secret that was decoded as base64")


@requirement("BC-SGN-013", safety="read")
def test_other_key_gets_401_and_8(wallet: Wallet) -> None:
    """A read of the balance signed with another secret is answered with HTTP 401 and _responseCode 8."""
    with control("the secret"):
        wallet.ask().must_be(oracle.SUCCESS)
    wallet.ask(wallet.caller.headers(secret=f"{wallet.target.secret}-other")).must_be_denied()


@requirement("BC-SGN-013", safety="read")
def test_unknown_counterparty_gets_401_and_8(wallet: Wallet) -> None:
    """A call of a counterparty that nobody knows is answered with HTTP 401 and _responseCode 8."""
    with control("the counterparty"):
        wallet.ask().must_be(oracle.SUCCESS)
    wallet.ask(wallet.caller.headers(id=wallet.new_id())).must_be_denied()


@requirement("BC-SGN-013", safety="read")
def test_missing_header_gets_401_and_8(wallet: Wallet) -> None:
    """A call that lacks one of the four headers is answered with HTTP 401 and _responseCode 8."""
    headers = wallet.caller.headers()
    with control("with all four"):
        wallet.ask(headers).must_be(oracle.SUCCESS)
    for name in IDENTITY:
        with wallet.channel.evidence.during(f"without {name}"):
            wallet.ask(_without(name, headers)).must_be_denied()


@requirement("BC-SGN-013", "BC-SGN-014", safety="moves-money")
def test_forged_registration_gets_401_and_moves_nothing(wallet: Wallet) -> None:
    """A pay-in that was altered by one byte after it was signed gets HTTP 401 and 8, and takes nothing."""
    wallet.open_books(needed=4 * wallet.stake)
    _forgery_is_denied(wallet, oracle.PAY_IN, wallet.new_bet())


@requirement("BC-SGN-013", "BC-SGN-014", safety="moves-money")
def test_forged_outcome_gets_401_and_moves_nothing(wallet: Wallet) -> None:
    """A pay-out that was altered by one byte after it was signed gets HTTP 401 and 8, and pays nothing."""
    _forgery_is_denied(wallet, oracle.PAY_OUT, wallet.brought(oracle.PAY_IN))


@requirement("BC-SGN-013", "BC-SGN-014", safety="moves-money", needs=("pay-in-out",))
def test_forged_bet_with_its_outcome_gets_401_and_moves_nothing(wallet: Wallet) -> None:
    """A pay-in-out that was altered by one byte after it was signed gets 401 and 8, and moves nothing."""
    wallet.open_books(needed=2 * wallet.stake)
    _forgery_is_denied(wallet, oracle.PAY_IN_OUT, wallet.new_bet())


@requirement("BC-SGN-013", "BC-SGN-014", safety="moves-money")
def test_forged_refund_gets_401_and_moves_nothing(wallet: Wallet) -> None:
    """A refund under the signature of another call gets HTTP 401 and 8, and gives nothing back."""
    bet, other = wallet.brought(oracle.PAY_IN), wallet.new_bet()
    body = wallet.body(oracle.REFUND, bet.fields(oracle.REFUND, wallet.session))
    stolen = wallet.caller.headers(wallet.body(oracle.REFUND, other.fields(oracle.REFUND, wallet.session)))
    denied = wallet.post(oracle.REFUND, body, stolen)
    wallet.books_must_agree("a refund under the signature of another one was sent")
    denied.must_be_denied()
    with control("its own signature"):
        wallet.step(oracle.REFUND, bet).must_be(oracle.SUCCESS)


@requirement("BC-SGN-016", safety="moves-money")
def test_order_of_keys_and_white_space_do_not_matter(wallet: Wallet) -> None:
    """A body whose keys stand in another order, or with white space, is accepted if its bytes are signed."""
    wallet.open_books(needed=wallet.stake)
    bet = wallet.new_bet()
    calls = ((oracle.PAY_IN, b"{", b"}"), (oracle.PAY_OUT, b"{ \n", b"\n }"))
    for event, before, after in calls:
        fields = bet.fields(event, wallet.session)
        members = [alphabetical_body({name: fields[name]})[1:-1] for name in reversed(fields)]
        answer = wallet.post(event, before + b", ".join(members) + after)
        wallet.enter(answer, event, bet)
        answer.must_be(oracle.SUCCESS)


@requirement("BC-SGN-018", safety="read")
def test_timestamp_of_any_age_is_accepted(wallet: Wallet) -> None:
    """A timestamp that is a year old, or a year ahead, is accepted."""
    for age in (0, YEAR, -YEAR):
        stamp = str(round((wallet.caller.now() - age) * 1000))
        wallet.ask(wallet.caller.headers(timestamp=stamp)).must_be(oracle.SUCCESS)
    with control("another secret is refused"):
        _other_secret_is_refused(wallet)


@requirement("BC-SGN-018", safety="read")
def test_repeated_request_id_is_accepted(wallet: Wallet) -> None:
    """A request id that was used before is accepted."""
    headers = wallet.caller.headers()
    for _ in range(2):
        wallet.ask(headers).must_be(oracle.SUCCESS)
    with control("another secret is refused"):
        _other_secret_is_refused(wallet)


def _other_secret_is_refused(wallet: Wallet) -> None:
    forged = wallet.caller.headers(secret=f"{wallet.target.secret}-other")
    wallet.ask(forged).must_not_be_accepted("another secret")


def _without(name: str, headers: dict[str, str]) -> dict[str, str]:
    return {key: value for key, value in headers.items() if key != name}


def _encoded(*texts: str) -> list[bytes]:
    return [text.encode() for text in texts]


def _joined_by(separator: bytes) -> Callable[[str, str, str, bytes], bytes]:
    return lambda one, two, three, body: separator.join([body, *_encoded(one, two, three)])


def _each_header_is_needed(wallet: Wallet, event: str, bet: Bet) -> None:
    body = wallet.body(event, bet.fields(event, wallet.session))
    headers = wallet.caller.headers(body)
    for name in IDENTITY:
        with wallet.channel.evidence.during(f"without {name}"):
            answer = wallet.post(event, body, _without(name, headers))
            wallet.books_must_agree(f"{event} without {name} was sent")
            answer.must_not_be_accepted(f"a call without {name}")
    with control("with all four"):
        wallet.step(event, bet).must_be(oracle.SUCCESS)


def _refused(wallet: Wallet, event: str, bet: Bet, what: str, **recipe: Any) -> Answer:
    """Send the call under another recipe; it must be refused and move nothing."""
    body = wallet.body(event, bet.fields(event, wallet.session))
    with wallet.channel.evidence.during(what):
        answer = wallet.post(event, body, wallet.caller.headers(body, **recipe))
        wallet.books_must_agree(f"{event} with a signature that is wrong ({what}) was sent")
        return answer.must_not_be_accepted(f"a signature that is wrong ({what})")


def _forgery_is_denied(wallet: Wallet, event: str, bet: Bet) -> None:
    """Another amount under the signature of the call; the genuine call goes through."""
    fields = bet.fields(event, wallet.session)
    headers = wallet.caller.headers(wallet.body(event, fields))
    name = "winAmount" if "winAmount" in fields else "betAmount"
    altered = wallet.body(event, {**fields, name: _altered(fields[name])})
    denied = wallet.post(event, altered, headers)
    wallet.books_must_agree(f"{event} that was altered after it was signed was sent")
    denied.must_be_denied()
    with control("as it was signed"):
        wallet.step(event, bet).must_be(oracle.SUCCESS)


def _altered(amount: str) -> str:
    """The amount with another last digit."""
    return amount[:-1] + ("3" if amount[-1] != "3" else "4")
