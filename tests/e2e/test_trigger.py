"""`mockserver trigger`: each event comes about, with what it needs before it."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from click.testing import CliRunner, Result

from demo.sandbox import free_port, sandbox
from mockserver.cli import cli
from mockserver.seeded_tenants import DEFAULT_TENANTS, VARIABLES
from mockserver.testing import Sandbox, Tenant
from mockserver.trigger.events import EVENTS, NAMES

from .betstack_client import reserve
from .conftest import Running
from .pam import Pam
from .until import until

Run = Callable[..., Result]

OPERATOR, CLIENT, PROVIDER = "operator", "partner_client", "provider"


@pytest.fixture
def trigger(running: Running, monkeypatch: pytest.MonkeyPatch) -> Run:
    for variable in VARIABLES.values():
        monkeypatch.delenv(variable, raising=False)

    def run(*arguments: str) -> Result:
        where = ["--admin-url", running.admin_url, "--base-url", running.base_url]
        return CliRunner().invoke(cli, ["trigger", *arguments, *where])

    return run


@pytest.fixture
def own(operator: Tenant, pam: Pam) -> Tenant:
    """An operator with a platform of its own."""
    operator.change(pam_url=pam.url)
    pam.body = b'{"player_id": "p1", "lang": "en", "balance": 100000, "bonus": 0, "currency": "KES"}'
    return operator


def secret(tenant: Tenant) -> list[str]:
    assert tenant.secret is not None
    return ["--tenant", tenant.name, "--secret", tenant.secret]


def actions(result: Result) -> list[str]:
    """What was called, in order."""
    return [
        line.split()[0] for line in result.output.splitlines() if line.endswith(")") and "  200  " in line
    ]


RESERVED = ["identify", "ticket_reserve"]
PAID = [*RESERVED, "ticket_status"]
CALLS: dict[str, list[str]] = {
    "ping": ["ping"],
    "identify": RESERVED,
    "ticket_create": ["identify", "ticket_create"],
    "ticket_reserve": RESERVED,
    "ticket_status": PAID,
    "ticket_win": [*PAID, "ticket_status", "ticket_win"],
    "ticket_lost": [*PAID, "ticket_lost", "ticket_status"],
    "ticket_void": [*PAID, "ticket_status", "ticket_void"],
    "ticket_refund": [*PAID, "ticket_refund"],
    "ticket_discard": [*RESERVED, "ticket_discard"],
    "ticket_rollback": [*PAID, "ticket_status", "ticket_win", "ticket_rollback"],
    "ticket_update": [*RESERVED, "ticket_update"],
    "ticket_closed": [*PAID, "ticket_status", "ticket_win", "ticket_closed"],
    "otp": ["otp"],
    "users/auth": ["authUser"],
    "users/data": ["getUserData"],
    "bet": ["makeBet"],
    "payout": ["makeBet", "makePayment"],
    "jackpot": ["makeBet", "makePayment"],
    "return": ["makeBet", "makePayment"],
    "payout_return": ["makeBet", "makePayment", "makePayment"],
    "payments/make-list": ["makeBet", "makePayments"],
    "payments/info": ["makeBet", "getPaymentInfo"],
    "payments/close": ["makeBet", "closeBet"],
    "cashback-payments/make": ["makeCashback"],
    "refresh_token": [],
    "auth/jwks": [],
    "round": [],
    "games": ["listGames"],
    "launch": ["launchGame"],
    "balance": ["launchGame", "getBalance"],
    "pay-in": ["launchGame", "payIn"],
    "pay-out": ["launchGame", "payIn", "payOut"],
    "pay-in-out": ["launchGame", "payInOut"],
    "refund": ["launchGame", "payIn", "refundBet"],
    "play": ["launchGame", "payIn", "payOut"],
}


@pytest.mark.parametrize("event", CALLS)
def test_an_event_comes_about_with_what_it_needs_before_it(trigger: Run, plane: Sandbox, event: str) -> None:
    make = {
        OPERATOR: plane.create_operator,
        CLIENT: plane.create_partner_client,
        PROVIDER: plane.create_provider,
    }[EVENTS[event].kind]
    tenant = make()

    result = trigger(event, *secret(tenant))

    assert result.exit_code == 0, result.output
    assert sorted(actions(result)) == sorted(CALLS[event])
    if CALLS[event]:
        assert set(CALLS[event]) <= {str(one["action"]) for one in tenant.journal(direction="sent")}
    tenant.drop()


def test_every_event_is_tried_or_refused_for_a_reason(trigger: Run, operator: Tenant) -> None:
    assert EVENTS.keys() - CALLS.keys() == {"bet_result"}

    result = trigger("bet_result", *secret(operator))

    assert (result.exit_code, result.output) == (
        1,
        "mockserver: Betstack does not send `bet_result`: its page is titled not supported\n",
    )


def test_the_fields_of_an_event_are_those_of_its_drive(plane: Sandbox) -> None:
    of_kind = {
        kind: {one["drive"]: one["schema"]["properties"] for one in plane.tenant(name).drives()}
        for kind, name in DEFAULT_TENANTS.items()
    }
    for name, event in EVENTS.items():
        if event.drive and event.drive != "payments":
            subject = {event.options.get(event.subject, event.subject)} - {""}
            told = {one for one in event.options.values() if one} | {*event.more, *event.fields} | subject
            assert told == of_kind[event.kind][event.drive].keys(), name


def test_a_won_ticket_is_told_to_the_operators_own_platform(trigger: Run, own: Tenant, pam: Pam) -> None:
    result = trigger("ticket_win", *secret(own))

    assert result.exit_code == 0, result.output
    assert pam.actions() == ["identify", "ticket_reserve", "ticket_win"]
    (ticket,) = own.tickets()
    assert (ticket["status"], ticket["result"]) == ("resulted", "won")
    assert f"About: ticket {ticket['id']}\n" in result.output
    assert f"code {ticket['code']}" in result.output
    for line in result.output.splitlines():
        if line.startswith(("identify", "ticket_reserve", "ticket_win")):
            assert pam.url in line
            assert "acknowledged" in line
    assert own.secret is not None
    assert own.secret not in result.output


def test_a_named_ticket_is_the_one(trigger: Run, running: Running, own: Tenant, pam: Pam) -> None:
    ticket = reserve(running.base_url, own).json()

    assert trigger("paid", "--ticket", ticket["code"], *secret(own)).exit_code == 0
    result = trigger("ticket_refund", "--ticket", ticket["code"], "--reason", "rain", *secret(own))

    assert result.exit_code == 0, result.output
    assert json.loads(pam.received[-1][1])["data"]["reason"] == "rain"
    assert [one["status"] for one in own.tickets()] == ["cancelled"]


def test_a_ticket_is_what_the_options_say(trigger: Run, own: Tenant, pam: Pam) -> None:
    result = trigger(
        *("ticket_create", "--type", "superbet", "--amount", "700"),
        *("--set", "atag=abc", "--set", "token=their-token", *secret(own)),
    )

    assert result.exit_code == 0, result.output
    identified, created = (json.loads(body)["data"] for _, body in pam.received)
    assert identified["token"] == "their-token"
    assert (created["price"], created["ticket_type"], created["atag"]) == (700, "superbet", "abc")


def test_the_player_of_a_ticket_that_is_made_first_can_be_chosen(trigger: Run, plane: Sandbox) -> None:
    operator = plane.create_operator()
    operator.seed_player("p2", currency="USD", tokens=["t2"], balance=5000)

    result = trigger(
        "ticket_win", "--player", "p2", "--type", "superbet", "--amount", "9000", *secret(operator)
    )

    assert result.exit_code == 0, result.output
    (ticket,) = operator.tickets()
    assert (ticket["user_id"], ticket["type"], ticket["gross_payout"]) == ("p2", "superbet", 9000)
    operator.drop()


def test_a_call_that_is_not_acknowledged_ends_with_1_and_its_reason(
    trigger: Run, running: Running, own: Tenant, pam: Pam
) -> None:
    ticket = reserve(running.base_url, own).json()
    pam.status = 500

    result = trigger("ticket_discard", "--ticket", ticket["id"], *secret(own))

    assert result.exit_code == 1
    assert "500  not acknowledged: HTTP status 500; only 200 acknowledges" in result.output
    assert result.output.endswith("mockserver: not every call was acknowledged\n")


def test_what_comes_first_and_fails_ends_it(trigger: Run, own: Tenant, pam: Pam) -> None:
    pam.status = 500

    result = trigger("ticket_win", *secret(own))

    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert lines[0].startswith("POST ")
    assert "identify: HTTP status 500" in lines[0]
    assert lines[-1] == (
        "mockserver: `ticket_status` did not happen: what it would be about could not be made"
    )
    assert own.tickets() == []


def test_nothing_follows_what_was_not_acknowledged(trigger: Run, plane: Sandbox, pam: Pam) -> None:
    client = plane.create_partner_client(casino_url=pam.url)
    pam.status = 500

    result = trigger("payout", "--tenant", client.name)

    assert (result.exit_code, len(pam.received)) == (1, 1)
    assert result.output.endswith("mockserver: `payout` did not happen: `bet` was not acknowledged\n")
    client.drop()


def test_a_call_that_goes_out_in_the_background_is_waited_for(
    trigger: Run, operator: Tenant, pam: Pam
) -> None:
    operator.change(sms_url=pam.url)
    pam.hold = Event()

    def release() -> None:
        until(lambda: pam.received and operator.outbox("pending"))
        assert pam.hold is not None
        pam.hold.set()

    with ThreadPoolExecutor(1) as meanwhile:
        released = meanwhile.submit(release)
        result = trigger("ticket_status", *secret(operator))
        released.result()

    assert result.exit_code == 0, result.output
    assert f"ticket_status   POST {pam.url}  200  acknowledged" in result.output


def test_a_call_that_is_held_is_shown_as_such(trigger: Run, own: Tenant, pam: Pam) -> None:
    assert trigger("ticket_status", *secret(own)).exit_code == 0
    (ticket,) = own.tickets()
    pam.status = 500
    assert trigger("ticket_win", "--ticket", ticket["id"], *secret(own)).exit_code == 1

    result = trigger("ticket_rollback", "--ticket", ticket["id"], *secret(own))

    assert result.exit_code == 1
    assert "ticket_rollback not sent; it is held: " in result.output


def test_a_ticket_closes_when_its_time_has_come(trigger: Run, own: Tenant, pam: Pam) -> None:
    trigger("ticket_lost", *secret(own))
    (ticket,) = own.tickets()
    before = own.clock.read()["ahead_seconds"]

    result = trigger("ticket_closed", "--ticket", ticket["code"], *secret(own))

    assert result.exit_code == 0, result.output
    assert pam.actions()[-1] == "ticket_closed"
    assert before < 1
    assert own.clock.read()["ahead_seconds"] > 86_000
    again = trigger("ticket_closed", "--ticket", ticket["code"], *secret(own))
    assert again.exit_code == 1
    assert f"mockserver: ticket {ticket['id']} is `closed`" in again.output


def test_amounts_and_bets_of_betcore_are_what_the_options_say(trigger: Run, plane: Sandbox) -> None:
    client = plane.create_partner_client()

    bet = trigger("payments/make", "--tenant", client.name, "--bet", "77", "--amount", "3.50")
    payout = trigger(
        "payout", "--tenant", client.name, "--bet", "77", "--amount", "9", "--set", "tax_amount=1.5"
    )

    assert (bet.exit_code, payout.exit_code) == (0, 0), bet.output + payout.output
    rows = [
        (one["BetId"], one["TransactionType"], one["Amount"], one["TaxAmount"])
        for one in client.transactions()
    ]
    assert rows == [("77", -1, "3.50", None), ("77", 1, "9", "1.5")]
    assert "About: bet 77\n" in payout.output
    client.drop()


def test_a_casino_of_ones_own_issues_its_refresh_tokens_itself(
    trigger: Run, plane: Sandbox, pam: Pam
) -> None:
    client = plane.create_partner_client(casino_url=pam.url)
    pam.body = b'{"ErrorCode":200,"Message":"","Value":{}}'

    without = trigger("users/auth", "--tenant", client.name)
    named = trigger("users/auth", "--tenant", client.name, "--set", "refresh_token=null")

    assert (without.exit_code, len(pam.received)) == (2, 1)
    assert without.output == (
        "mockserver: your own casino issues the refresh tokens; name one: --set refresh_token=TOKEN\n"
    )
    assert named.exit_code == 0, named.output
    (sent,) = client.journal(direction="sent")
    assert json.loads(plane.exchange(sent["id"])["document"] or "") == {"RefreshToken": "null"}
    client.drop()


def test_the_seeded_tenants_need_no_secret_and_no_url() -> None:
    with sandbox() as it, Sandbox(it.admin_url) as plane:
        where = ["--admin-url", it.admin_url, "--base-url", it.base_url]
        for event, name in (("ticket_create", "site"), ("bet", "PartnerClient-1556"), ("launch", None)):
            result = CliRunner().invoke(cli, ["trigger", event, *where])
            assert result.exit_code == 0, result.output
            sent = plane.journal(name or DEFAULT_TENANTS[PROVIDER], direction="sent")
            assert sent


def test_calls_are_found_though_the_server_gives_no_hints() -> None:
    with sandbox("--no-hints") as it:
        result = CliRunner().invoke(
            cli, ["trigger", "ticket_create", "--admin-url", it.admin_url, "--base-url", it.base_url]
        )

    assert result.exit_code == 0, result.output
    assert actions(result) == ["identify", "ticket_create"]


def test_the_list_has_every_event(trigger: Run) -> None:
    alone, listed = trigger(), CliRunner().invoke(cli, ["trigger", "--list"])

    assert (alone.exit_code, listed.exit_code) == (0, 0)
    assert alone.output == listed.output
    rows = [
        line.split()[0] for line in listed.output.splitlines() if line.startswith("  ") and line[2] != " "
    ]
    assert sorted(rows) == sorted(EVENTS)
    assert all(name in listed.output for name in NAMES)


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["ticket_wni"], 2, "EVENT: there is no `ticket_wni`; did you mean `ticket_win`?"),
        (["zzzzz"], 2, "EVENT: there is no `zzzzz`; `mockserver trigger --list` has them all"),
        (["ping", "--ticket", "X"], 2, "`ping` takes no --ticket; it takes none of these"),
        (["ticket_win", "--set", "void_events"], 2, "--set void_events: write it as NAME=VALUE"),
        (["ticket_win", "--set", "=1"], 2, "--set =1: write it as NAME=VALUE"),
        (
            ["ticket_refund", "--set", "colour=red"],
            2,
            "`ticket_refund` has no field `colour` to set; it has ticket, reason",
        ),
        (["otp", "--set", "msisdn=[1"], 1, "msisdn: '[1' does not match "),
        (
            ["ticket_win", "--ticket", "NOSUCH"],
            1,
            "operator `site` has no ticket with the id or code `NOSUCH`",
        ),
        (
            ["ticket_closed", "--ticket", "NOSUCH"],
            1,
            "tenant `site` has no ticket with the id or code `NOSUCH`",
        ),
        (
            ["ticket_win", "--ticket", "X", "--player", "p"],
            2,
            "--player is for the ticket that is made first",
        ),
        (
            ["ticket_win", "--tenant", "PartnerClient-1556"],
            2,
            "--tenant: `ticket_win` happens to an operator",
        ),
        (
            ["bet", "--tenant", "site"],
            2,
            "--tenant: `bet` happens to a partner client; `site` is an operator",
        ),
        (["ping", "--tenant", "siet"], 1, "no tenant is called `siet`; did you mean `site`?"),
        (["ticket_create", "--type", "megabet"], 2, "--type is 'megabet'; there are quicktip, "),
        (
            ["ticket_create", "--player", "nobody"],
            1,
            "tenant `site` has no player `nobody` with a token; it has ",
        ),
        (["payout", "--amount", "much"], 1, "amount: 'much' does not match "),
        (["pay-out", "--bet", "b"], 1, "the provider played no bet `b`"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(trigger: Run, arguments: list[str], code: int, told: str) -> None:
    result = trigger(*arguments)

    assert result.exit_code == code, result.output
    last = result.output.splitlines()[-1]
    assert last.startswith(f"mockserver: {told}")
    assert "Traceback" not in result.output


def test_a_wrong_secret_is_the_bet_engines_refusal(trigger: Run, operator: Tenant) -> None:
    result = trigger("ticket_reserve", "--tenant", operator.name, "--secret", "not-the-secret")

    assert result.exit_code == 1
    assert "  403  access_denied: signature: " in result.output
    assert operator.tickets() == []
    assert trigger("ticket_reserve", *secret(operator)).exit_code == 0


def test_a_secret_that_nobody_knows_has_to_be_given(
    trigger: Run, operator: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert operator.secret is not None
    without = trigger("ticket_reserve", "--tenant", operator.name)
    monkeypatch.setenv("BETSTACK_SECRET", operator.secret)
    by_environment = trigger("ticket_reserve", "--tenant", operator.name)

    assert without.exit_code == 2
    assert without.output == (
        f"mockserver: the front end of `{operator.name}` signs with its secret; give it as --secret or "
        "BETSTACK_SECRET\n"
    )
    assert by_environment.exit_code == 0


def test_nobody_there_ends_with_3(running: Running) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"

    plane = CliRunner().invoke(cli, ["trigger", "ping", "--admin-url", nowhere])
    vendors = CliRunner().invoke(
        cli, ["trigger", "ticket_create", "--admin-url", running.admin_url, "--base-url", nowhere]
    )

    assert (plane.exit_code, vendors.exit_code) == (3, 3)
    assert plane.output.startswith(f"mockserver: no control plane answers at {nowhere}")
    assert vendors.output.startswith(f"mockserver: nothing answers at {nowhere}: ")


def test_another_server_is_not_taken_for_a_sandbox(running: Running, pam: Pam) -> None:
    result = CliRunner().invoke(
        cli, ["trigger", "ticket_create", "--admin-url", running.admin_url, "--base-url", running.admin_url]
    )

    assert result.exit_code == 1
    assert "is it a sandbox of Betstack?" in result.output
