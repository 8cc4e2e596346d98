"""Tenants, players and books over the control plane."""

from __future__ import annotations

import json

import httpx
import pytest

from mockserver.testing import ControlPlaneError, Sandbox, SandboxUnreachable, Tenant

from .betstack_client import pay, read, reserve
from .conftest import Running
from .pam import Pam


def detail_of(error: pytest.ExceptionInfo[ControlPlaneError]) -> tuple[int, str]:
    return error.value.status, error.value.detail


def test_a_new_operator_can_reserve_pay_and_read_at_once(running: Running, operator: Tenant) -> None:
    ticket = reserve(running.base_url, operator).json()

    assert pay(running.base_url, operator, ticket["code"]).status_code == 200
    assert read(running.base_url, operator, ticket["id"]).json()["status"] == "open"
    assert [one["id"] for one in operator.tickets()] == [ticket["id"]]


def test_a_tenant_may_bring_its_name_secret_settings_and_players(running: Running, plane: Sandbox) -> None:
    player = {"id": "p1", "currency": "UGX", "tokens": ["t1"], "balance": "700"}
    made = plane.create_operator(
        "Shop.1_x-y", secret="0123456789", players=[player], wht=10, utc_offset="-05:30"
    )

    answer = reserve(running.base_url, made, token="t1", currency="UGX")

    assert (made.kind, made.name, made.secret) == ("operator", "Shop.1_x-y", "0123456789")
    assert made.read()["settings"]["wht"] == "10"
    assert made.players() == [
        {"id": "p1", "currency": "UGX", "tokens": ["t1"], "balance": "700", "state": "active", "msisdn": None}
    ]
    assert answer.json()["wht"] == 10
    made.drop()


def test_a_name_is_taken_once_whatever_the_kind(plane: Sandbox) -> None:
    with pytest.raises(ControlPlaneError) as error:
        plane.create_partner_client("site")

    assert detail_of(error) == (409, "name: `site` is taken")


def test_a_dropped_tenant_is_unknown_and_its_name_is_free(
    running: Running, plane: Sandbox, operator: Tenant
) -> None:
    assert reserve(running.base_url, operator).status_code == 200

    operator.drop()

    assert reserve(running.base_url, operator).status_code == 403
    with pytest.raises(ControlPlaneError) as error:
        operator.read()
    assert error.value.status == 404
    again = plane.create_operator(operator.name)
    assert again.tickets() == []
    again.drop()


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"genration": "v3"}, "settings: unknown setting `genration`; did you mean `generation`?"),
        (
            {"generation": "v1"},
            "settings: `generation` is 'v1'; it has to be v3 (not lived by the sandbox yet: v1, v2)",
        ),
        (
            {"accept_mode": "both"},
            "settings: `accept_mode` is a setting of a tenant of kind `partner_client`",
        ),
        ({"pam_url": "nowhere"}, "settings: `pam_url` is 'nowhere'; it has to be a URL such as"),
        ({"journal_size": 0}, "settings: `journal_size` is 0; it has to be a whole number of exchanges"),
    ],
)
def test_a_setting_that_cant_be_is_refused_with_what_is_right(
    operator: Tenant, settings: dict[str, object], told: str
) -> None:
    before = operator.read()

    with pytest.raises(ControlPlaneError) as error:
        operator.change(wht="1", **settings)

    assert error.value.status == 400
    assert error.value.detail.startswith(told)
    assert operator.read() == before


def test_a_setting_changes_and_goes_back_to_its_default(operator: Tenant) -> None:
    changed = operator.change(ext="5", pam_url="http://127.0.0.1:9/pam/?shop=1")

    assert (changed["settings"]["ext"], changed["settings"]["pam_url"]) == (
        "5",
        "http://127.0.0.1:9/pam/?shop=1",
    )
    back = operator.change(ext=None, pam_url=None)["settings"]
    assert (back["ext"], back["pam_url"]) == ("12.5", None)


def test_an_old_secret_counts_for_the_overlap_and_no_longer(running: Running, operator: Tenant) -> None:
    operator.clock.freeze()
    old = operator.secret
    operator.rotate_secret(overlap_seconds=60)
    with_old = Tenant(operator._sandbox, "operator", operator.name, old)
    assert reserve(running.base_url, operator).status_code == 200
    assert reserve(running.base_url, with_old).status_code == 200

    operator.clock.advance(seconds=60)

    refused = reserve(running.base_url, with_old)
    assert refused.status_code == 403
    assert "made with a secret that was replaced" in refused.headers["x-sandbox-reason"]
    assert reserve(running.base_url, operator).status_code == 200


def test_a_secret_is_told_once_and_in_no_error(plane: Sandbox, operator: Tenant) -> None:
    assert "secret" not in operator.read()
    with pytest.raises(ControlPlaneError) as error:
        operator.rotate_secret("hunter2")

    assert "hunter2" not in error.value.detail
    assert error.value.detail == (
        "secret: can't be used; it has to be 8 to 200 characters of printable ASCII, without spaces"
    )


def test_players_are_seeded_changed_and_put_back(running: Running, operator: Tenant) -> None:
    operator.seed_player("p9", currency="KES", tokens=["t9"], balance=5_000)
    operator.seed_player("p9", state="self_excluded")

    player = operator.player("p9")
    refused = reserve(running.base_url, operator, token="t9")

    assert player == {
        "id": "p9",
        "currency": "KES",
        "tokens": ["t9"],
        "balance": "5000",
        "state": "self_excluded",
        "msisdn": None,
    }
    assert (refused.status_code, refused.json()["code"]) == (400, 916)
    operator.seed_player("p9", state="active")
    assert reserve(running.base_url, operator, token="t9").status_code == 200
    operator.reset_player("p9")
    assert [one["id"] for one in operator.players()] == ["1660986605374148608"]
    assert operator.tickets() == []


def test_one_players_reset_leaves_the_others_alone(running: Running, operator: Tenant) -> None:
    operator.seed_player("p9", currency="KES", tokens=["t9"])
    kept = reserve(running.base_url, operator, token="t9").json()["id"]
    reserve(running.base_url, operator)
    operator.seed_player("1660986605374148608", balance=1)

    operator.reset_player("1660986605374148608")

    assert [one["id"] for one in operator.tickets()] == [kept]
    assert operator.player("1660986605374148608")["balance"] == "1000000"


def test_betcore_and_the_casino_of_a_client_settle_a_bet_and_a_cashback(plane: Sandbox) -> None:
    client = plane.create_partner_client()
    token = client.drive("refresh_token", player="newcomer", currency="KES")["result"]
    assert token is not None

    client.drive("auth", refresh_token=token["refresh_token"])
    client.drive("cashback", player="newcomer", amount="50", bet_id=7)
    client.drive("script", player="newcomer", bet_id=7, steps=[{"step": "bet", "amount": "20"}])

    assert client.player("newcomer")["balance"] == "30"
    assert client.player("newcomer")["currency"] == "KES"
    (bet,), (cashback,) = client.bets(), client.cashbacks()
    assert (bet["state"], cashback["state"]) == ("open", "paid")
    booked = [one["transactions"][0]["PartnerTransactionId"] for one in (cashback, bet)]
    assert [one["PartnerTransactionId"] for one in client.transactions()] == booked
    assert [one["state"] for one in client.transactions()] == ["booked", "booked"]
    client.drop()


def test_what_a_partner_says_back_is_shown_without_secrets(plane: Sandbox, pam: Pam) -> None:
    client = plane.create_partner_client(casino_url=pam.url)
    pam.body = json.dumps({"ErrorCode": 200, "Message": f"Success, {client.secret}"}).encode()

    ran = client.drive("info", bet_id=7)

    assert ran["result"] == {"ErrorCode": 200, "Message": "Success, [redacted]"}
    client.drop()


def test_the_ledger_adds_up_to_nothing(plane: Sandbox) -> None:
    client = plane.create_partner_client()
    client.seed_player("SomeUserId100", balance="0.00000001")

    ledger = client.ledger()

    assert [posting["amount"] for posting in ledger["items"]] == ["7100.5", "7100.5", "7100.49999999"]
    assert ledger["balances"] == {
        "funding": "-7100.50000001",
        "player:SomeUserId100": "0.00000001",
        "player:SomeUserId200": "7100.5",
    }
    client.drop()


def test_a_tenants_reset_keeps_secret_and_settings_and_nothing_else(
    running: Running, operator: Tenant
) -> None:
    operator.change(ext="5")
    operator.clock.freeze()
    reserve(running.base_url, operator)
    operator.drive("ping")
    operator.seed_player("p9", currency="KES")

    operator.reset()

    assert operator.read()["settings"]["ext"] == "5"
    assert operator.clock.read()["frozen"] is False
    assert (operator.tickets(), operator.outbox(), operator.journal(), operator.timers()) == ([], [], [], [])
    assert [player["id"] for player in operator.players()] == ["1660986605374148608"]
    assert reserve(running.base_url, operator).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "document", "status", "told"),
    [
        ("GET", "/tenants/sit", None, 404, "no tenant is called `sit`; did you mean `site`?"),
        ("GET", "/nope", None, 404, "the control plane has no such path; /docs lists those that it has"),
        ("PUT", "/tenants", None, 405, "this path takes GET, POST"),
        ("PUT", "/tenants/site/players/p1", {}, 405, "this path takes GET, PATCH"),
        ("GET", "/tenants/site/bets", None, 404, "a tenant of kind `operator` has no bets; it has tickets"),
        ("GET", "/tenants/site/sessions", None, 404, "a tenant of kind `operator` has no sessions; it has"),
        (
            "GET",
            "/tenants/PartnerClient-1556/sessions",
            None,
            404,
            "a tenant of kind `partner_client` has no sess",
        ),
        ("GET", "/tenants/site/tickets?limit=0", None, 400, "limit: 0 is less than the minimum of 1"),
        (
            "GET",
            "/tenants/site/tickets?limt=1",
            None,
            400,
            "the query has an unknown `limt`; did you",
        ),
        (
            "POST",
            "/tenants",
            {"kind": "shop"},
            400,
            "kind: 'shop' is not one of ['operator', 'partner",
        ),
        ("POST", "/tenants", {"kind": "operator", "name": "a b"}, 400, "name: 'a b' does not match"),
        ("POST", "/tenants", {"kind": "operator", "name": "sandbox"}, 400, "name: has to be 1 to 64 letters"),
        (
            "POST",
            "/tenants",
            {"kind": "operator", "nam": "x"},
            400,
            "body: has an unknown field `nam`",
        ),
        ("PATCH", "/tenants/site/players/new", {}, 400, "currency: the new player `new` needs one"),
        (
            "PATCH",
            "/tenants/site/players/new",
            {"currency": "KES", "balance": 0.5},
            400,
            "balance: 0.5 is not",
        ),
        (
            "PATCH",
            "/tenants/site/players/new",
            {"currency": "KES", "balance": "0.5"},
            400,
            "balance: of player `new` is 0.5; it has to be a whole number of cents",
        ),
        (
            "PATCH",
            "/tenants/site/players/new",
            {"currency": "KES", "tokens": ["UnIqUe-ToKeN"]},
            409,
            "tokens: player `1660986605374148608` has one of the tokens already",
        ),
        ("PATCH", "/tenants/site/clock", {"now": "today"}, 400, "now: 'today' is not a 'date-time'; it has"),
        (
            "PATCH",
            "/tenants/site/clock",
            {"now": "1999-01-01T00:00:00Z"},
            400,
            "a clock goes from the year",
        ),
        ("POST", "/tenants/site/clock/advance", {"hours": -1}, 400, "hours: -1 is less than the minimum"),
        ("POST", "/tenants/site/clock/advance", None, 400, "RequestBody is required"),
        ("PATCH", "/tenants/site/clock", {}, 400, "body: is empty; known are now, frozen"),
        (
            "PATCH",
            "/tenants/site/clock",
            {"frozn": True},
            400,
            "body: has an unknown field `frozn`",
        ),
        (
            "POST",
            "/tenants/site/drives/balance",
            None,
            404,
            "there is no drive `balance` here; a",
        ),
        ("POST", "/tenants/site/drives/settle", None, 400, "the document of `settle`: "),
        ("POST", "/tenants/site/drives/pong", None, 404, "there is no drive `pong` here"),
        (
            "POST",
            "/tenants/site/drives/ping",
            {"x": 1},
            400,
            "the document of `ping`: has an unknown",
        ),
        (
            "POST",
            "/tenants/site/drives/discard",
            None,
            400,
            "the document of `discard`: lacks the",
        ),
        (
            "POST",
            "/tenants/site/drives/discard",
            {"ticket": "x"},
            404,
            "operator `site` has no ticket with the id or code `x`",
        ),
        ("POST", "/tenants/site/outbox/x/send", None, 404, "the outbox has no call `x`"),
        ("GET", "/journal/site-999999", None, 404, "the journal has no exchange `site-999999`, or has it no"),
        ("GET", "/journal/x", None, 404, "the journal has no exchange `x`"),
        ("PUT", "/state", {"format": 0}, 400, "not an export that this sandbox reads: `format` is"),
        ("PUT", "/state", {"format": 4}, 400, "not an export of this sandbox: "),
    ],
)
def test_a_mistake_gets_one_line_that_says_what_to_change(
    running: Running, method: str, path: str, document: object, *, status: int, told: str
) -> None:
    answer = httpx.request(method, f"{running.admin_url}{path}", json=document)

    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    problem = answer.json()
    assert problem["status"] == status
    assert problem["detail"].startswith(told)
    assert "\n" not in problem["detail"]


@pytest.mark.parametrize(
    "body",
    [b"{", b'{"kind":"operator","kind":"operator"}', b"\xff", b"[" * 100_000],
    ids=["cut", "key twice", "not UTF-8", "deep"],
)
def test_a_body_that_is_no_json_is_refused(running: Running, body: bytes) -> None:
    answer = httpx.post(
        f"{running.admin_url}/tenants", content=body, headers={"content-type": "application/json"}
    )

    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("body: ")


def test_a_sandbox_that_is_not_there_is_one_clear_line() -> None:
    with Sandbox("http://127.0.0.1:9") as nobody, pytest.raises(SandboxUnreachable) as error:
        nobody.health()

    assert str(error.value).startswith("no control plane answers at http://127.0.0.1:9: ")
