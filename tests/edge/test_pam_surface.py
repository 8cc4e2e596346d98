"""The built-in operator's platform over HTTP: who may call it, what it answers, what it books."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from httpx import Response

from bet_contracts import contracts
from mockserver.kernel.control import ControlRefusal
from mockserver.kernel.errors import Rejection
from mockserver.kernel.exchange import Call
from mockserver.kernel.ledger import Posting
from mockserver.kernel.players import PlayerSpec, PlayerState, account_of, seed

from .in_process import SECRETS, Service

CONTRACT = contracts.load(["betstack.pam"], None)["betstack.pam"]
OPERATION = CONTRACT["paths"]["/pam"]["post"]
EXAMPLES = {
    name: example["value"]
    for name, example in OPERATION["requestBody"]["content"]["application/json"]["examples"].items()
}
VECTORS = CONTRACT["components"]["securitySchemes"]["hmac"]["x-vectors"]
FORBIDDEN = {"code": 903, "message": "Forbidden. You do not have access for such request"}
INVALID = {"code": 900, "message": "Request body is not valid"}
STAMP = "1706191612"
ANN = "1330556611374148608"
"""The player of operator `acme`, who has 100 000 cents of USD."""

CREATE: dict[str, Any] = EXAMPLES["ticket_create"]["data"] | {"player_id": ANN}
RESERVE: dict[str, Any] = EXAMPLES["ticket_reserve"]["data"] | {"player_id": ANN}
UPDATE: dict[str, Any] = EXAMPLES["ticket_update"]["data"] | {"player_id": ANN}
VOID: dict[str, Any] = EXAMPLES["ticket_void"]["data"]
TICKET: str = CREATE["ticket_id"]


def signed(message: bytes, secret: str = SECRETS["acme"]) -> str:
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


@dataclass
class Pam:
    """Betstack, as it calls the platform of operator `acme`."""

    service: Service
    stamp: str = STAMP
    answers: list[Response] = field(default_factory=list)

    def post(self, body: bytes, headers: Mapping[str, str]) -> Response:
        answer = self.service.send("POST", "/pam", dict(headers), body)
        self.answers.append(answer)
        return answer

    def signed(self, body: bytes, **changes: str) -> Response:
        """Send a body with the headers that it needs, or changed ones; an empty one is left out."""
        squeezed = body.translate(None, b" \t\r\n")
        headers = {
            "content-type": "application/json",
            "timestamp": self.stamp,
            "signature": signed(self.stamp.encode() + squeezed),
        } | changes
        return self.post(body, {name: value for name, value in headers.items() if value})

    def tell(self, action: str, data: Mapping[str, Any] | None = None, **changes: Any) -> Response:
        """Tell an action of the ticket of the samples."""
        given = {"operator": "acme", "ticket_id": TICKET, **(data or {})} | changes
        return self.signed(json.dumps({"action": action, "data": given}).encode())

    def told(self, action: str, data: Mapping[str, Any] | None = None, **changes: Any) -> tuple[int, Any]:
        answer = self.tell(action, data, **changes)
        return answer.status_code, answer.json()

    @property
    def balance(self) -> int:
        answer = self.tell("identify", {"token": "acme-player-token"})
        assert answer.status_code == 200, answer.text
        balance: int = answer.json()["balance"]
        return balance


@pytest.fixture
def pam(service: Service) -> Pam:
    return Pam(service)


def refusal(code: int, message: str) -> tuple[int, dict[str, Any]]:
    return 400, {"code": code, "message": message.replace("{}", TICKET)}


BOOKED = (200, {})
UNKNOWN_PLAYER = refusal(101, "User not found")
UNKNOWN_TICKET = refusal(102, "Ticket with `{}` identifier is not found")
DISCARDED = refusal(950, "Ticket with `{}` identifier is discarded")
CHANGED = refusal(951, "Ticket with `{}` identifier exists with other content")
WRONG_STATE = refusal(952, "Ticket with `{}` identifier does not allow this action")
BLOCKED = refusal(916, "Player is blocked")
OTHER_CURRENCY = refusal(913, "Currency `KES` is not the currency of the player")
NO_FUNDS = refusal(925, "Insufficient funds")


@pytest.mark.parametrize("headers", [{}, {"timestamp": "x", "signature": "y"}])
@pytest.mark.parametrize("body", [{"action": "ping", "data": {}}, {"action": "ping"}])
def test_a_ping_needs_no_headers_and_its_headers_are_not_checked(
    pam: Pam, body: object, headers: dict[str, str]
) -> None:
    answer = pam.post(json.dumps(body).encode(), headers)

    assert (answer.status_code, answer.json()) == BOOKED


def test_identify_answers_the_player_with_the_fields_in_the_documented_order(pam: Pam) -> None:
    answer = pam.tell("identify", {"token": "acme-player-token"})

    assert answer.status_code == 200
    assert list(answer.json().items()) == [
        ("player_id", ANN),
        ("lang", "en"),
        ("balance", 100_000),
        ("currency", "USD"),
        ("feature_flags", {}),
    ]


def test_the_language_is_the_operators_setting(pam: Pam) -> None:
    pam.service.sandbox.tenants.change("acme", {"lang": "sw"})

    assert pam.tell("identify", {"token": "acme-player-token"}).json()["lang"] == "sw"


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        *(
            ("lang", value, "a language of two lower-case letters such as en")
            for value in ("EN", "eng", 7, "")
        ),
        ("rollback_shortfall", "debt", "one of negative, refuse"),
    ],
)
def test_a_setting_of_the_platform_that_can_not_be_is_refused(
    pam: Pam, name: str, value: object, told: str
) -> None:
    with pytest.raises(ControlRefusal, match=told):
        pam.service.sandbox.tenants.change("acme", {name: value})
    assert pam.tell("identify", {"token": "acme-player-token"}).json()["lang"] == "en"


def test_an_unknown_token_is_refused_and_a_blocked_player_identified(pam: Pam) -> None:
    assert pam.told("identify", {"token": "nobody"}) == UNKNOWN_PLAYER
    block(pam)
    assert pam.tell("identify", {"token": "acme-player-token"}).status_code == 200


def block(pam: Pam) -> None:
    player = pam.service.sandbox.tenants.find("acme").players.find(ANN)
    assert player is not None
    player.state = PlayerState.BLOCKED


def test_a_ticket_is_created_won_rolled_back_lost_and_closed(pam: Pam) -> None:
    steps = [
        ("ticket_create", CREATE, 99_500),
        ("ticket_win", None, 102_102),
        ("ticket_rollback", {"reason": "wrong result"}, 99_500),
        ("ticket_lost", None, 99_500),
        ("ticket_closed", None, 99_500),
        ("ticket_rollback", {"reason": "wrong again"}, 99_500),
        ("ticket_void", VOID | {"operator": "acme", "ticket_id": TICKET}, 100_000),
        ("ticket_closed", None, 100_000),
    ]
    for action, data, balance in steps:
        assert (pam.told(action, data), pam.balance) == (BOOKED, balance), action


def test_every_action_that_comes_twice_is_booked_once_whatever_its_timestamp(pam: Pam) -> None:
    ledger = pam.service.sandbox.tenants.find("acme").ledger
    steps = [
        ("ticket_create", CREATE),
        ("ticket_win", None),
        ("ticket_rollback", {"reason": "r"}),
        ("ticket_refund", {"reason": "r"}),
    ]
    for action, data in steps:
        for pam.stamp in ("1706191612", "1706191612", "1706199999"):
            assert pam.told(action, data) == BOOKED

    assert list(ledger.postings())[1:] == [
        Posting(f"player:{ANN}", "betstack", 500, f"ticket_create {TICKET}"),
        Posting("betstack", f"player:{ANN}", 2602, f"ticket_win {TICKET}"),
        Posting(f"player:{ANN}", "betstack", 2602, f"ticket_rollback {TICKET}"),
        Posting("betstack", f"player:{ANN}", 500, f"ticket_refund {TICKET}"),
    ]


def test_a_reservation_moves_nothing_and_gives_nothing_back(pam: Pam) -> None:
    assert (pam.told("ticket_reserve", RESERVE), pam.balance) == (BOOKED, 100_000)
    assert (pam.told("ticket_refund", {"reason": "declined"}), pam.balance) == (BOOKED, 100_000)


def test_a_jackpot_is_updated_and_pays_what_the_update_says(pam: Pam) -> None:
    pam.tell("ticket_reserve", RESERVE, ticket_type="jackpot")

    assert pam.told("ticket_update", UPDATE, gross_payout=9_240, net_payout=9_000) == BOOKED
    assert (pam.told("ticket_win"), pam.balance) == (BOOKED, 109_000)


def test_an_update_whose_table_ends_at_the_gross_payout_is_taken(pam: Pam) -> None:
    pam.tell("ticket_reserve", RESERVE, ticket_type="jackpot")
    whole = {"operator": "acme", **UPDATE, "gross_payout": 9_240}
    short = {name: whole[name] for name in list(whole)[: list(whole).index("gross_payout") + 1]}

    assert pam.told("ticket_update", short) == BOOKED
    assert (pam.told("ticket_win"), pam.balance) == (BOOKED, 109_000)


def test_a_win_of_a_ticket_of_the_bet_engine_credits_what_that_ticket_shows(
    pam: Pam, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator = pam.service.sandbox.tenants.find("acme")

    class Payout:
        net_payout = 4_321

    class Amounts:
        payout = Payout

    class Ticket:
        amounts = Amounts

    monkeypatch.setattr(operator.tickets, "find", {TICKET: Ticket}.get)
    pam.tell("ticket_create", CREATE)
    pam.tell("ticket_create", CREATE, ticket_id="another")

    assert (pam.told("ticket_win"), pam.balance) == (BOOKED, 99_000 + 4_321)
    assert (pam.told("ticket_win", ticket_id="another"), pam.balance) == (BOOKED, 99_000 + 4_321 + 2_602)


@pytest.mark.parametrize("name", [name for name in EXAMPLES if name != "ping"])
def test_every_example_of_the_contract_is_understood(pam: Pam, name: str) -> None:
    """The samples name players and tickets that nobody has, and operators; what they are is not refused."""
    example = EXAMPLES[name]

    answer = pam.tell(example["action"], example["data"] | {"operator": "acme"})

    assert answer.status_code == 200 or answer.json()["code"] in {101, 102}


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["generation"] for vector in VECTORS])
def test_the_signed_samples_of_either_generation_are_booked(pam: Pam, vector: dict[str, Any]) -> None:
    acme = pam.service.sandbox.tenants.find("acme")
    acme.secret.current = vector["secret"]
    seed(acme.players, acme.ledger, [PlayerSpec(id="sometokenvalue", currency="USD", balance=500)])
    headers = {"timestamp": vector["timestamp"], "signature": vector["signature"]}

    answer = pam.post(vector["body"].encode(), headers)

    assert (answer.status_code, answer.json()) == BOOKED
    assert acme.ledger.balance(account_of("sometokenvalue")) == 0
    tampered = vector["body"].replace('"price":500', '"price":501')
    assert pam.post(tampered.encode(), headers).status_code == 403


@pytest.mark.parametrize("wht", ["10", "10.0"])
def test_a_percentage_may_be_written_with_a_fraction_or_without(pam: Pam, wht: str) -> None:
    body = json.dumps({"action": "ticket_create", "data": CREATE}).replace('"wht": 10', f'"wht": {wht}')

    assert pam.signed(body.encode()).status_code == 200
    assert pam.told("ticket_create", CREATE) == BOOKED
    assert pam.balance == 99_500


@pytest.mark.parametrize("stake", ["444", "444.0", "444.00"])
def test_the_stake_of_a_void_may_be_written_with_a_fraction_of_zero(pam: Pam, stake: str) -> None:
    pam.tell("ticket_create", CREATE)
    data = VOID | {"operator": "acme", "ticket_id": TICKET}
    body = json.dumps({"action": "ticket_void", "data": data})

    wrong = pam.signed(body.replace('"stake": 444', '"stake": 444.5').encode())
    assert (wrong.status_code, wrong.json(), pam.balance) == (400, INVALID, 99_500)
    assert pam.signed(body.replace('"stake": 444', f'"stake": {stake}').encode()).status_code == 200
    assert pam.balance == 100_000


@pytest.mark.parametrize("place", ["front", "end"])
def test_psp_and_unknown_fields_are_taken_wherever_they_stand(pam: Pam, place: str) -> None:
    more = {"psp": "mobile", "colour": {"of": ["the", "ticket"]}}
    data = more | CREATE if place == "front" else CREATE | more

    assert pam.told("ticket_create", data) == BOOKED
    assert pam.told("ticket_create", CREATE | {"psp": "mobile"}) == BOOKED
    assert pam.told("ticket_create", CREATE | {"psp": "brite"}) == CHANGED
    assert pam.balance == 99_500


def test_a_ticket_of_generation_v2_is_the_same_as_with_null_for_what_it_lacks(pam: Pam) -> None:
    older = {name: value for name, value in CREATE.items() if name != "rtag"}

    assert [pam.told("ticket_create", data) for data in (older, CREATE, older)] == [BOOKED] * 3
    assert pam.balance == 99_500


@pytest.mark.parametrize("ticket_id", ["668ef666333180bba97f0c93", "1330556611374148608", "x / ü"])
def test_any_text_is_an_id_of_a_ticket(pam: Pam, ticket_id: str) -> None:
    assert pam.told("ticket_create", CREATE, ticket_id=ticket_id) == BOOKED
    assert pam.told("ticket_lost", ticket_id=ticket_id) == BOOKED


def test_a_body_with_spaces_and_letters_beyond_ascii_is_signed_without_the_spaces(pam: Pam) -> None:
    document = {
        "action": "ticket_discard",
        "data": {"operator": "acme", "ticket_id": "t", "reason": "nicht gültig · zu spät"},
    }
    body = json.dumps(document, indent=2, ensure_ascii=False).encode()

    assert pam.signed(body).status_code == 200


@pytest.mark.parametrize("header", ["timestamp", "signature"])
def test_a_missing_header_is_refused_by_name(pam: Pam, header: str) -> None:
    body = json.dumps({"action": "ticket_create", "data": CREATE}).encode()
    answer = pam.signed(body, **{header: ""})

    assert (answer.status_code, answer.json()) == (403, FORBIDDEN)
    assert answer.headers["x-sandbox-reason"] == f"access_denied: header `{header}` is missing or empty"
    assert pam.balance == 100_000
    assert pam.signed(body).status_code == 200


BODY = json.dumps({"action": "ticket_create", "data": CREATE}, indent=1).encode()
SQUEEZED = BODY.translate(None, b" \n")
MISTAKES = [
    (signed(STAMP.encode() + SQUEEZED).upper(), "upper case"),
    (signed(STAMP.encode() + BODY), "with its spaces and line breaks"),
    (base64.b64encode(bytes.fromhex(signed(STAMP.encode() + SQUEEZED))).decode(), "in Base64"),
    (signed(SQUEEZED), "the body alone"),
    (signed(SQUEEZED + STAMP.encode()), "behind the body"),
    (signed(STAMP.encode()), "the timestamp alone"),
    (signed(STAMP.encode() + SQUEEZED, SECRETS["site"]), "does not match; expected HMAC-SHA256"),
]


@pytest.mark.parametrize(("signature", "told"), MISTAKES)
def test_a_wrong_signature_is_refused_with_the_mistake_that_made_it(
    pam: Pam, signature: str, told: str
) -> None:
    answer = pam.signed(BODY, signature=signature)

    assert (answer.status_code, answer.json()) == (403, FORBIDDEN)
    assert told in answer.headers["x-sandbox-reason"]
    assert SECRETS["acme"] not in answer.headers["x-sandbox-reason"]
    assert pam.balance == 100_000
    assert pam.signed(BODY).status_code == 200


def test_the_secret_that_was_replaced_is_accepted_for_a_while(pam: Pam) -> None:
    tenants = pam.service.sandbox.tenants
    acme = tenants.find("acme")
    acme.secret.rotate("a-new-secret-of-acme", acme.clock.now(), overlap=acme.clock.now() - acme.clock.now())

    assert pam.signed(BODY).status_code == 403
    assert "was replaced" in pam.answers[-1].headers["x-sandbox-reason"]
    fresh = signed(STAMP.encode() + SQUEEZED, "a-new-secret-of-acme")
    assert pam.signed(BODY, signature=fresh).status_code == 200


def test_an_operator_that_is_not_served_is_refused(pam: Pam) -> None:
    answer = pam.tell("ticket_create", CREATE, operator="acmee")

    assert (answer.status_code, answer.json()) == (403, FORBIDDEN)
    assert (
        "data.operator: no operator is called `acmee`; did you mean `acme`?"
        in (answer.headers["x-sandbox-reason"])
    )


def test_the_secret_of_one_operator_opens_no_other(pam: Pam) -> None:
    assert pam.tell("ticket_create", CREATE, operator="site").status_code == 403
    assert pam.tell("ticket_create", CREATE).status_code == 200


UNREADABLE = [
    b"{",
    b"",
    b"[]",
    b"7",
    b'{"action": "ticket_win"}',
    b'{"action": "ticket_win", "data": []}',
    b'{"action": "ticket_win", "data": {"ticket_id": "t"}}',
    b'{"action": "ticket_win", "data": {"operator": 7, "ticket_id": "t"}}',
    b'{"action": "ticket_win", "data": {"operator": "", "ticket_id": "t"}}',
    b'{"action": "ticket_win", "action": "ping", "data": {}}',
    b"\xff",
]


@pytest.mark.parametrize("body", UNREADABLE)
def test_a_body_that_names_no_operator_is_an_invalid_request(pam: Pam, body: bytes) -> None:
    answer = pam.signed(body)
    unsigned = pam.post(body, {})

    assert (answer.status_code, answer.json()) == (400, INVALID)
    assert (unsigned.status_code, unsigned.json()) == (403, FORBIDDEN)


def test_nobody_books_anything_even_if_an_override_lets_a_body_lack_its_operator(pam: Pam) -> None:
    surface = next(one for one in pam.service.sandbox.surfaces if one.contract.surface == "betstack.pam")
    handle = surface.handlers["sendPamAction"]
    document = {"action": "ticket_create", "data": CREATE}
    acme = pam.service.sandbox.tenants.find("acme")

    with pytest.raises(Rejection, match="access_denied"):
        asyncio.run(handle(Call(None, {}, document)))
    assert asyncio.run(handle(Call(acme, {}, document))) == {}
    assert pam.balance == 99_500


INVALID_DATA: list[tuple[str, dict[str, Any]]] = [
    ("ticket_craete", CREATE),
    ("ticket_create", {name: value for name, value in CREATE.items() if name != "price"}),
    ("ticket_create", {name: value for name, value in CREATE.items() if name != "atag"}),
    ("ticket_create", CREATE | {"price": 500.5}),
    ("ticket_create", CREATE | {"price": "500"}),
    ("ticket_create", CREATE | {"price": -1}),
    ("ticket_create", CREATE | {"price": True}),
    ("ticket_create", CREATE | {"net_payout": 2**53}),
    ("ticket_create", CREATE | {"wht": 10**400}),
    ("ticket_create", CREATE | {"currency": "US"}),
    ("ticket_create", CREATE | {"ticket_type": "lottery"}),
    ("ticket_create", CREATE | {"ext_type": "exclusive"}),
    ("ticket_create", CREATE | {"ticket_id": ""}),
    ("ticket_update", UPDATE | {"ticket_type": "quickbet"}),
    ("ticket_discard", {}),
    ("ticket_void", {}),
    ("identify", {}),
]


@pytest.mark.parametrize(("action", "data"), INVALID_DATA)
def test_data_that_do_not_fit_the_page_are_refused_and_change_nothing(
    pam: Pam, action: str, data: dict[str, Any]
) -> None:
    assert pam.told(action, data) == (400, INVALID)
    assert pam.balance == 100_000
    assert pam.told("ticket_create", CREATE) == BOOKED


def test_identity_is_judged_before_the_media_type_and_that_before_the_body(pam: Pam) -> None:
    plain = {"content-type": "text/plain"}

    assert pam.signed(BODY, signature="x", **plain).status_code == 403
    assert pam.signed(BODY, **plain).json()["code"] == 901
    assert pam.signed(b"action=ping", **plain).json()["code"] == 901
    assert pam.signed(b"action=ping").json() == INVALID


@pytest.mark.parametrize("opening", ["ticket_create", "ticket_reserve"])
def test_each_refusal_of_an_opening_has_its_row(pam: Pam, opening: str) -> None:
    data = CREATE if opening == "ticket_create" else RESERVE
    wrong = {"player_id": "nobody", "currency": "KES", "price": 100_001}

    assert pam.told(opening, data, **wrong) == UNKNOWN_PLAYER
    assert pam.told(opening, data, **wrong | {"player_id": ANN}) == OTHER_CURRENCY
    if opening == "ticket_create":
        assert pam.told(opening, data, price=100_001) == NO_FUNDS
    assert pam.told(opening, data) == BOOKED
    balance = pam.balance
    assert pam.told(opening, data, **wrong | {"player_id": ANN}) == CHANGED
    block(pam)
    assert pam.told(opening, data, **wrong | {"player_id": ANN}) == CHANGED
    assert pam.told(opening, data) == BOOKED
    assert pam.told(opening, data, ticket_id="another", currency="KES") == BLOCKED
    assert pam.balance == balance


def test_a_ticket_that_was_discarded_before_it_came_is_never_created(pam: Pam) -> None:
    assert pam.told("ticket_discard", {"reason": "connection lost"}) == BOOKED
    assert pam.told("ticket_discard", {"reason": "connection lost"}) == BOOKED
    assert pam.told("ticket_create", CREATE) == DISCARDED
    assert pam.told("ticket_reserve", RESERVE) == DISCARDED
    assert pam.told("ticket_win") == UNKNOWN_TICKET
    assert pam.balance == 100_000


ALL_DATA: dict[str, dict[str, Any]] = {
    "ticket_update": UPDATE,
    "ticket_void": VOID | {"operator": "acme", "ticket_id": TICKET},
    "ticket_rollback": {"reason": "r"},
}


@pytest.mark.parametrize(
    "action",
    ["ticket_update", "ticket_win", "ticket_lost", "ticket_void", "ticket_rollback", "ticket_closed"],
)
def test_what_needs_a_ticket_is_refused_for_an_unknown_one(pam: Pam, action: str) -> None:
    assert pam.told(action, ALL_DATA.get(action)) == UNKNOWN_TICKET
    assert pam.balance == 100_000


@pytest.mark.parametrize("action", ["ticket_closed", "ticket_rollback"])
def test_what_needs_a_result_is_refused_before_it_and_taken_after(pam: Pam, action: str) -> None:
    pam.tell("ticket_create", CREATE)

    assert pam.told(action, ALL_DATA.get(action)) == WRONG_STATE
    assert pam.told("ticket_lost") == BOOKED
    assert pam.told(action, ALL_DATA.get(action)) == BOOKED


def test_a_second_result_without_a_rollback_is_refused(pam: Pam) -> None:
    pam.tell("ticket_create", CREATE)

    assert pam.told("ticket_lost") == BOOKED
    assert pam.told("ticket_win") == WRONG_STATE
    assert pam.balance == 99_500
    assert pam.told("ticket_rollback", {"reason": "r"}) == BOOKED
    assert (pam.told("ticket_win"), pam.balance) == (BOOKED, 102_102)


@pytest.mark.parametrize(
    ("policy", "answer", "after"), [("negative", BOOKED, -2_000), ("refuse", NO_FUNDS, 602)]
)
def test_a_rollback_of_spent_winnings_goes_by_the_operators_setting(
    pam: Pam, policy: str, answer: tuple[int, Any], after: int
) -> None:
    pam.service.sandbox.tenants.change("acme", {"rollback_shortfall": policy})
    pam.tell("ticket_create", CREATE)
    pam.tell("ticket_win")
    pam.tell("ticket_create", CREATE, ticket_id="another", price=101_500)

    assert pam.told("ticket_rollback", {"reason": "r"}) == answer
    assert pam.balance == after


def test_an_exchange_stands_in_the_journal_of_the_operator_that_it_names(pam: Pam) -> None:
    tenants = pam.service.sandbox.tenants
    pam.tell("ticket_create", CREATE)
    pam.signed(BODY, signature="0" * 64)
    pam.post(b'{"action":"ping"}', {})

    assert [(one.surface, one.status, one.refusal) for one in tenants.find("acme").journal.exchanges()] == [
        ("betstack.pam", 200, None),
        ("betstack.pam", 403, "access_denied"),
    ]
    assert [one.surface for one in tenants.nobodys_journal.exchanges()] == ["betstack.pam"]


def test_the_text_to_sign_of_an_exchange_is_explained_and_a_ping_has_none(pam: Pam) -> None:
    sandbox = pam.service.sandbox
    pam.signed(BODY, signature=signed(STAMP.encode() + BODY))
    pam.post(b'{"action":"ping"}', {"timestamp": "1"})

    refused = sandbox.explainer.explain(sandbox.tenants.find("acme").journal.exchanges()[0])
    ping = sandbox.explainer.explain(sandbox.tenants.nobodys_journal.exchanges()[0])

    assert refused.signed_text == STAMP + SQUEEZED.decode()
    assert refused.difference is not None
    assert ping.signed_text is None


@pytest.mark.parametrize("path", ["/pam/docs/", "/casino/docs/", "/be/docs/", "/mis-api/api/v2/docs/"])
def test_each_contract_has_its_page(service: Service, path: str) -> None:
    title = service.send("GET", f"{path}openapi.json").json()["info"]["title"]

    assert ("PAM platform" in title) == (path == "/pam/docs/")
    assert service.send("GET", path).status_code == 200


def test_only_post_is_taken_and_paths_below_are_unknown(service: Service) -> None:
    wrong = service.send("GET", "/pam")

    assert (wrong.status_code, wrong.headers["allow"], wrong.json()["code"]) == (405, "POST", 905)
    assert service.send("POST", "/pam/x").json()["code"] == 904
