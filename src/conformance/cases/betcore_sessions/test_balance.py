"""The balance of a session, sessions of other kinds, and what belongs to no operation."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Final

from conformance.case import control, requirement
from conformance.client import expect_equal, shown
from conformance.code_answer import Answer, number
from conformance.errors import Mismatch, Missing
from conformance.hooks import Hooks
from conformance.oracle import sessions as oracle
from conformance.session_wallet import Wallet

MONTH: Final = 30 * 86_400


@requirement("BC-SES-001", safety="moves-money")
def test_balance_has_currency_balance_and_code(wallet: Wallet) -> None:
    """The balance of a session is answered with currency, balance and _responseCode 1, and follows a bet."""
    answer = wallet.ask().must_be(oracle.SUCCESS)
    currency = answer.raw.member("currency")
    if not isinstance(currency, str) or not currency:
        raise Mismatch(
            f"currency: expected a text, got {shown(currency)}", expected="a text", actual=shown(currency)
        )
    _number_of(answer)
    with control("the balance follows a bet"):
        wallet.brought(oracle.PAY_IN)


@requirement("BC-SES-002", safety="moves-money")
def test_balance_is_a_json_number(wallet: Wallet) -> None:
    """The balance is a JSON number and no text, and follows a bet."""
    _number_of(wallet.ask().must_be(oracle.SUCCESS))
    with control("the balance follows a bet"):
        wallet.brought(oracle.PAY_IN)


@requirement("BC-SES-003", safety="moves-money")
def test_balance_is_in_major_units(wallet: Wallet) -> None:
    """A stake is taken from the balance as the same number: both are in major units."""
    books = wallet.open_books(needed=wallet.stake)
    answer = wallet.act(oracle.PAY_IN, bet := wallet.new_bet()).must_be(oracle.SUCCESS)
    moved = wallet.read_balance() - books.balance
    for factor in (100, 1000):
        if moved == -wallet.stake * factor:
            wallet.books_must_agree(f"a stake of {wallet.stake} was registered, in major units")
    wallet.enter(answer, oracle.PAY_IN, bet)


@requirement("BC-SES-004", safety="read", needs=("demo-session",))
def test_demo_session_is_read_by_its_id(wallet: Wallet) -> None:
    """The balance of a demo session is read by the id of its launch; the literal demo is no session."""
    _number_of(_demo(wallet).ask().must_be(oracle.SUCCESS))
    wallet.ask(session="demo").must_not_be_accepted("the literal demo as a session")


@requirement("BC-SES-005", "BC-LCH-012", safety="moves-money", needs=("demo-session",))
def test_bets_of_a_demo_session_leave_the_balance(wallet: Wallet) -> None:
    """Bets of a demo session move its play money, and leave the player's balance as it is."""
    wallet.open_books()
    demo = _demo(wallet)
    demo.open_books(needed=2 * wallet.stake)
    for win in (Decimal(0), 2 * wallet.stake):
        bet = demo.new_bet(win=win)
        for event in (oracle.PAY_IN, oracle.PAY_OUT):
            answer = demo.step(event, bet)
            wallet.books_must_agree(f"{event} in a demo session was sent")
            answer.must_be(oracle.SUCCESS)


@requirement("BC-SES-006", safety="moves-money")
def test_call_on_an_unknown_session_gets_3(wallet: Wallet) -> None:
    """Every call on a session that was never launched is answered with 3, and moves nothing."""
    bet, unknown = wallet.brought(oracle.PAY_IN), wallet.new_id()
    for event in wallet.events():
        about = bet if event in (oracle.PAY_OUT, oracle.REFUND) else wallet.new_bet()
        with wallet.channel.evidence.during(f"{event} on an unknown session"):
            answer = wallet.act(event, about, session=unknown)
            wallet.books_must_agree(f"{event} on an unknown session was sent")
            answer.must_be(oracle.UNKNOWN_SESSION)
    with wallet.channel.evidence.during("balance of an unknown session"):
        wallet.ask(session=unknown).must_be(oracle.UNKNOWN_SESSION)


@requirement("BC-SES-007", safety="read", hooks=("advance",))
def test_old_session_can_be_read(wallet: Wallet, hooks: Hooks) -> None:
    """The balance of a session can be read a month later."""
    before = wallet.ask().must_be(oracle.SUCCESS).balance
    hooks.call("advance", {"seconds": MONTH})
    expect_equal("balance", expected=before, actual=wallet.ask().must_be(oracle.SUCCESS).balance)
    with control("an unknown session is refused"):
        wallet.ask(session=wallet.new_id()).must_not_be_accepted("an unknown session")


@requirement("BC-SES-008", safety="moves-money")
def test_other_session_in_the_body_gets_2(wallet: Wallet) -> None:
    """A body that names another session than the path is answered with 2, and moves nothing."""
    bet, other = wallet.brought(oracle.PAY_IN), wallet.new_id()
    for event in (name for name in wallet.events() if name != oracle.REFUND):
        about = bet if event == oracle.PAY_OUT else wallet.new_bet()
        with wallet.channel.evidence.during(f"{event} with another session in its body"):
            answer = wallet.act(event, about, sessionId=other)
            wallet.books_must_agree(f"{event} with another session in its body was sent")
            answer.must_be(oracle.INVALID_REQUEST)
    with control("the session of the path"):
        wallet.step(oracle.PAY_OUT, bet).must_be(oracle.SUCCESS)


@requirement("BC-SES-009", safety="moves-money")
def test_refusals_come_with_http_200(wallet: Wallet) -> None:
    """Refusals other than 401 come with HTTP 200 and a _responseCode."""
    wallet.open_books()
    unknown, strange = wallet.new_id(), wallet.new_bet()
    refusals: dict[str, Callable[[], Answer]] = {
        "an unknown session": lambda: wallet.ask(session=unknown).must_be(oracle.UNKNOWN_SESSION),
        "an outcome of an unknown bet": lambda: wallet.step(oracle.PAY_OUT, strange).must_be(
            oracle.UNKNOWN_OR_ENDED_BET
        ),
        "a refund without a bet": lambda: wallet.post(oracle.REFUND, b"{}").must_be(oracle.INVALID_REQUEST),
    }
    for what, refused in refusals.items():
        with wallet.channel.evidence.during(what):
            refused().must_have_status(200)
    with control("the balance"):
        wallet.ask().must_be(oracle.SUCCESS)


@requirement("BC-SES-010", safety="read")
def test_unknown_path_gets_404(wallet: Wallet) -> None:
    """An unknown path is answered with 404 and _responseCode 2."""
    with control("a known path"):
        wallet.ask().must_be(oracle.SUCCESS)
    path = f"/sessions/{wallet.session}/nowhere"
    answer = Answer(wallet.channel.call_outside("GET", path, headers=wallet.caller.headers()))
    answer.must_be(oracle.INVALID_REQUEST).must_have_status(404)


@requirement("BC-SES-010", safety="read")
def test_other_method_gets_405(wallet: Wallet) -> None:
    """A known path under another method is answered with 405, Allow and _responseCode 2."""
    with control("the method"):
        wallet.ask().must_be(oracle.SUCCESS)
    path = f"/sessions/{wallet.session}/balance"
    answer = Answer(wallet.channel.call_outside("DELETE", path, headers=wallet.caller.headers()))
    answer.must_be(oracle.INVALID_REQUEST).must_have_status(405)
    expect_equal("GET in Allow", expected=True, actual="GET" in (answer.raw.header("Allow") or ""))


@requirement("BC-SES-011", safety="moves-money")
def test_body_that_is_too_large_gets_413(wallet: Wallet) -> None:
    """A body of more than 1 MiB is answered with 413 and _responseCode 2, and moves nothing."""
    wallet.open_books(needed=wallet.stake)
    bet = wallet.new_bet()
    body = wallet.body(oracle.PAY_IN, bet.fields(oracle.PAY_IN, wallet.session))
    answer = wallet.post(oracle.PAY_IN, body + b" " * oracle.LARGEST_BODY)
    wallet.books_must_agree("a body of more than 1 MiB was sent")
    answer.must_be(oracle.INVALID_REQUEST).must_have_status(413)
    with control("without what makes it so large"):
        wallet.step(oracle.PAY_IN, bet).must_be(oracle.SUCCESS)


@requirement("BC-SES-012", "BC-SGN-012", safety="moves-money")
def test_body_that_is_not_declared_as_json_gets_415(wallet: Wallet) -> None:
    """A body under another media type gets 415 and 2, and moves nothing; under JSON it is taken."""
    wallet.open_books(needed=wallet.stake)
    bet = wallet.new_bet()
    body = wallet.body(oracle.PAY_IN, bet.fields(oracle.PAY_IN, wallet.session))
    answer = wallet.post(oracle.PAY_IN, body, media_type="text/plain")
    wallet.books_must_agree("a body that is not declared as JSON was sent")
    answer.must_be(oracle.INVALID_REQUEST).must_have_status(415)
    wallet.step(oracle.PAY_IN, bet).must_be(oracle.SUCCESS)


@requirement("BC-SGN-012", safety="moves-money")
def test_body_declared_as_json_is_taken(wallet: Wallet) -> None:
    """A call with a body is taken under application/json, with and without the name of its character set."""
    wallet.open_books(needed=2 * wallet.stake)
    for media_type in ("application/json", "application/json; charset=utf-8"):
        bet = wallet.new_bet()
        body = wallet.body(oracle.PAY_IN, bet.fields(oracle.PAY_IN, wallet.session))
        answer = wallet.post(oracle.PAY_IN, body, media_type=media_type)
        wallet.enter(answer, oracle.PAY_IN, bet)
        answer.must_be(oracle.SUCCESS)


def _demo(wallet: Wallet) -> Wallet:
    return wallet.of(_named(wallet.target.demo_session, "demo_session"))


def _named(session: str | None, key: str) -> str:
    if session is None:
        raise Missing(f"needs {key} in the target file")
    return session


def _number_of(answer: Answer) -> Decimal:
    balance = number(answer.raw.member("balance"))
    if balance is None:
        told = shown(answer.raw.member("balance"))
        raise Mismatch(f"balance: expected a number, got {told}", expected="a number", actual=told)
    return balance
