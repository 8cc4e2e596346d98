"""`mockserver send`: one signed call to somebody's own platform, casino or provider; no sandbox is needed."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result
from jwt import PyJWK, decode

from demo.sandbox import free_port, sandbox
from mockserver.cli import cli
from mockserver.kernel.signing import sign
from mockserver.seeded_tenants import VARIABLES
from mockserver.send.calls import CALLS

from .pam import Pam

PLAYER = b'{"player_id": "p1", "lang": "en", "balance": 100000, "bonus": 0, "currency": "KES"}'
DONE = b'{"ErrorCode":200,"Message":"Success"}'


@pytest.fixture(autouse=True)
def _no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in VARIABLES.values():
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def casino(pam: Pam) -> Pam:
    """A casino at a base URL."""
    pam.body = DONE
    pam.url = pam.url.removesuffix("/pam")
    return pam


def send(*arguments: str, body: bytes | None = None) -> Result:
    return CliRunner().invoke(cli, ["send", *arguments], input=body)


def test_a_call_to_a_platform_is_the_sample_signed_with_the_secret(pam: Pam) -> None:
    result = send(
        *("ticket_win", "--to", pam.url, "--secret", "My-Secret", "--operator", "me"),
        *("--set", "ticket_id=42", "--explain"),
    )

    assert result.exit_code == 0, result.output
    ((headers, body),) = pam.received
    assert body == b'{"action":"ticket_win","data":{"operator":"me","ticket_id":"42"}}'
    assert headers["signature"] == sign("My-Secret", headers["timestamp"], body)
    assert f"POST {pam.url}\n" in result.output
    assert f"signature: {headers['signature']}\n" in result.output
    assert f"Signed text: {headers['timestamp']}{body.decode()}\n" in result.output
    assert "My-Secret" not in result.output
    assert result.output.endswith("Acknowledged.\nThe answer is as the contract has it.\n")


def test_an_answer_that_acknowledges_and_breaks_the_contract_ends_with_1(pam: Pam, tmp_path: Path) -> None:
    pam.body = PLAYER
    fine = send("identify", "--to", pam.url)
    pam.body = PLAYER.replace(b'"p1"', b"5").replace(b'"en"', b"7")
    broken = send("identify", "--to", pam.url)
    pam.body = b'{"ErrorCode":200}'
    differing = send("users/data", "--to", pam.url, "--key", str(tmp_path / "key.pem"))

    assert (fine.exit_code, broken.exit_code, differing.exit_code) == (0, 1, 1), fine.output
    assert "Not acknowledged: the answer to identify: player_id is 5" in broken.output
    assert 'The answer breaks the contract: player_id: 5 is not of type "string"\n' in broken.output
    assert 'The answer breaks the contract: lang: 7 is not of type "string"\n' in broken.output
    assert "Acknowledged.\n" in differing.output
    assert "The answer breaks the contract: " in differing.output


def test_a_refusal_is_no_acknowledgement(pam: Pam) -> None:
    pam.status, pam.body = 400, b'{"code": 102, "message": "Ticket is not found"}'

    result = send("ticket_win", "--to", pam.url)

    assert result.exit_code == 1
    assert "Not acknowledged: HTTP status 400; only 200 acknowledges; it says: 102 " in result.output
    assert "The answer is as the contract has it.\n" in result.output


def test_a_text_has_the_operators_name_in_a_header(pam: Pam) -> None:
    assert send("otp", "--to", pam.url, "--operator", "acme", "--set", "code=0042").exit_code in (0, 1)

    ((headers, body),) = pam.received
    assert headers["operator-name"] == "acme"
    assert headers["signature"] == sign("54321KLMNO", headers["timestamp"], body)
    assert json.loads(body)["data"]["code"] == "0042"


def test_the_whole_body_can_be_given(pam: Pam, tmp_path: Path) -> None:
    file = tmp_path / "body.json"
    file.write_bytes(b'{"action": "ticket_win",\n "data": {}}')

    from_file = send("ticket_win", "--to", pam.url, "--body", str(file))
    from_input = send("ticket_win", "--to", pam.url, "--body", "-", body=b"not JSON")

    assert [body for _, body in pam.received] == [file.read_bytes(), b"not JSON"]
    headers, body = pam.received[0]
    assert headers["signature"] == sign("12345ABCDE", headers["timestamp"], body)
    assert "This request breaks the contract itself: data: " in from_file.output
    assert "This request breaks the contract itself: not JSON" in from_input.output


def test_a_casino_reads_the_key_during_the_call_and_verifies(tmp_path: Path) -> None:
    place = f"127.0.0.1:{free_port()}"
    with sandbox("--betcore-url", f"http://{place}") as it:
        taken = send("payments/make", "--to", it.base_url, "--serve-jwks", place, "--set", "Amount=3.25")
        elsewhere = send("users/data", "--to", it.base_url, "--serve-jwks", f"127.0.0.1:{free_port()}")

    assert taken.exit_code == 0, taken.output
    assert 'The token says: {"Amount":"3.25","BetId":900001,' in taken.output
    assert f"Key set: served at http://{place}/mis-api/api/v2/auth/jwks during the call, read once\n" in (
        taken.output
    )
    assert elsewhere.exit_code == 1
    assert "during the call, not read\n" in elsewhere.output
    assert "Not acknowledged: ErrorCode 103811" in elsewhere.output


def test_a_key_stays_the_same_from_call_to_call(casino: Pam, tmp_path: Path) -> None:
    key, jwks = tmp_path / "key.pem", tmp_path / "jwks.json"

    first = send("payments/close", "--to", casino.url, "--key", str(key))
    second = send("payments/close", "--to", casino.url, "--key", str(key), "--jwks-out", str(jwks))

    assert (first.exit_code, second.exit_code) == (0, 0), first.output + second.output
    assert key.stat().st_mode & 0o077 == 0
    (jwk,) = json.loads(jwks.read_text())["keys"]
    assert jwk["kid"] in first.output
    assert "PRIVATE" not in first.output + second.output
    for _, body in casino.received:
        claims = decode(json.loads(body), PyJWK(jwk).key, algorithms=["RS256"])
        assert json.loads(claims["data"]) == {"BetId": "900001", "Closed": True}
        assert (claims["client_id"], claims["exp"] - claims["nbf"]) == ("PartnerClient-1556", 10)


def test_a_provider_is_called_with_x_sign() -> None:
    with sandbox() as it:
        games = send("games", "--to", it.base_url)
        launched = send(
            *("launch", "--to", it.base_url, "--game", "102", "--set", "sessionId=s-1"),
            *("--set", "currency=EUR", "--explain"),
        )
        wrong = send("games", "--to", it.base_url, "--secret", "not-the-secret")

    assert (games.exit_code, launched.exit_code, wrong.exit_code) == (0, 0, 1), launched.output
    assert f"POST {it.base_url}/v1/games/102/launch\n" in launched.output
    assert "x-counterparty-id: 933a215f-a9e6-4f88-9d91-52a87cd50499\n" in launched.output
    assert 'Signed text: {"buttonAmounts":' in launched.output
    assert "Not acknowledged: _responseCode " in wrong.output


def test_every_call_is_answered_by_the_built_in_parties(tmp_path: Path) -> None:
    place = f"127.0.0.1:{free_port()}"
    with sandbox("--betcore-url", f"http://{place}") as it:
        key = tmp_path / "key.pem"
        paths = {"pam_url": "/pam", "sms_url": "/sms"}
        for name, call in CALLS.items():
            casino = (
                ["--key", str(key), "--serve-jwks", place] if call.receiver.setting == "casino_url" else []
            )
            to = it.base_url + paths.get(call.receiver.setting, "")
            result = send(name, "--to", to, *casino)
            assert "The answer is as the contract has it.\n" in result.output, name
            assert "This request breaks" not in result.output, name
            assert "access_denied" not in result.output, name
            assert "ErrorCode 103811" not in result.output, name


def test_the_list_has_every_call_with_its_sample() -> None:
    alone, listed = send(), send("--list")

    assert alone.output == listed.output
    rows = [line.split(maxsplit=1) for line in listed.output.splitlines() if line.startswith("  ")]
    assert [row[0] for row in rows] == list(CALLS)
    assert ["payments/info", '{"BetId":900001}'] in rows


def test_a_partner_that_says_the_secret_back_does_not_get_it_printed(pam: Pam) -> None:
    pam.body = b'{"echo": "My-Secret \x1b[31m"}'

    result = send("ping", "--to", pam.url, "--secret", "My-Secret")

    assert "My-Secret" not in result.output
    assert '{"echo": "[redacted] \\x1b[31m"}' in result.output


def test_the_secret_comes_from_the_environment_too(pam: Pam, monkeypatch: pytest.MonkeyPatch) -> None:
    without = send("ticket_win", "--to", pam.url, "--operator", "me")
    monkeypatch.setenv("BETSTACK_SECRET", "From-There")
    given = send("ticket_win", "--to", pam.url, "--operator", "me")

    assert (without.exit_code, given.exit_code) == (2, 0)
    assert without.output == (
        "mockserver: the secret of `me` is not known; give it as --secret or BETSTACK_SECRET\n"
    )
    ((headers, body),) = pam.received
    assert headers["signature"] == sign("From-There", headers["timestamp"], body)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["ticket_wni", "--to", "http://h"], "ACTION: there is no `ticket_wni`; did you mean `ticket_win`?"),
        (["zzz", "--to", "http://h"], "ACTION: there is no `zzz`; `mockserver send --list` has them all"),
        (["ping"], "--to: say where the call goes, such as http://127.0.0.1:9000/pam"),
        (["ping", "--to", "localhost:9000"], "--to: is 'localhost:9000'; it has to be a URL such as http://"),
        (["ping", "--to", "http://u:p@h/"], "--to: is not shown; it has to be a URL"),
        (["ticket_win", "--to", "http://h", "--set", "x"], "--set x: write it as NAME=VALUE"),
        (
            ["payments/make-list", "--to", "http://h", "--set", "9.Amount=1"],
            "--set 9.Amount: there is no `9`",
        ),
        (
            ["ticket_create", "--to", "http://h", "--set", f"price={10**30}"],
            "--set: what comes of it is no JSON",
        ),
        (["games", "--to", "http://h", "--set", "a=1"], "this call has no body to --set anything in"),
        (["ping", "--to", "http://h", "--key", "k.pem"], "--key is for calls to a casino"),
        (
            ["users/data", "--to", "http://h", "--serve-jwks", "8080"],
            "--serve-jwks is '8080'; write it as HOST:PORT",
        ),
        (["users/data", "--to", "http://h", "--key", "no/such/key"], "--key no/such/key: No such file"),
        (
            ["users/data", "--to", "http://h", "--jwks-out", "no/such/jwks"],
            "--jwks-out no/such/jwks: No such file",
        ),
        (
            ["otp", "--to", "http://h", "--operator", "ä", "--secret", "s"],
            "the name is 'ä'; a header holds one line of ASCII",
        ),
    ],
)
def test_what_is_wrong_is_said_in_one_line(arguments: list[str], told: str) -> None:
    result = send(*arguments)

    assert result.exit_code == 2, result.output
    assert result.output.startswith(f"mockserver: {told}")
    assert result.output.count("\n") == 1


def test_a_body_and_settings_exclude_one_another(pam: Pam) -> None:
    result = send("ping", "--to", pam.url, "--body", "-", "--set", "a=1", body=b"{}")

    assert (result.exit_code, result.output) == (2, "mockserver: --body is the whole body; leave --set out\n")
    assert send("users/data", "--to", pam.url, "--body", "-", body=b"\xff").output == (
        "mockserver: --body: is not UTF-8 at byte 0; the data of a token is text\n"
    )


def test_a_file_that_is_no_key_is_refused(casino: Pam, tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    key.write_text("-----BEGIN PRIVATE KEY-----\nnonsense\n-----END PRIVATE KEY-----\n")

    result = send("users/data", "--to", casino.url, "--key", str(key))

    assert (result.exit_code, casino.received) == (2, [])
    assert result.output == (
        f"mockserver: --key {key}: holds no RSA private key of at least 2048 bits in PEM, "
        "without a password\n"
    )


def test_a_place_that_is_taken_is_said(casino: Pam) -> None:
    place = casino.url.removeprefix("http://")

    result = send("users/data", "--to", casino.url, "--serve-jwks", place)

    assert (result.exit_code, casino.received) == (2, [])
    assert result.output.startswith(f"mockserver: the key set can't be served at {place}: ")


def test_nobody_there_ends_with_3_and_no_answer_in_time_with_1(pam: Pam) -> None:
    nobody = send("ping", "--to", f"http://127.0.0.1:{free_port()}/pam")
    pam.headers = {"content-length": "5"}
    pam.body = b"{}"
    broken_off = send("ping", "--to", pam.url)

    assert (nobody.exit_code, broken_off.exit_code) == (3, 1)
    assert "Not acknowledged: no connection: " in nobody.output
    assert nobody.output.splitlines()[-1].startswith("mockserver: no answer from http://127.0.0.1:")
    assert "Traceback" not in nobody.output + broken_off.output


def test_the_key_set_is_served_at_betcores_path_alone(casino: Pam) -> None:
    from mockserver.send.key_set import key_in, serving

    with serving(key_in(None), f"127.0.0.1:{free_port()}") as served:
        found = httpx.get(served.url, trust_env=False)
        other = httpx.get(served.url.removesuffix("/jwks"), trust_env=False)

    assert (found.status_code, other.status_code, served.reads) == (200, 404, 1)
    assert {jwk["alg"] for jwk in found.json()["keys"]} == {"RS256"}


@pytest.mark.parametrize(
    ("field", "note"),
    [
        ("prce", "note: the sample has no field `prce`; did you mean `price`?\n"),
        ("zzz", "note: the sample has no field `zzz`\n"),
        ("price", ""),
    ],
)
def test_a_field_that_the_sample_does_not_have_is_sent_with_a_note(pam: Pam, field: str, note: str) -> None:
    result = send(
        *("ticket_create", "--to", pam.url, "--operator", "me", "--secret", "My-Secret"),
        *("--set", f"{field}=700"),
    )

    assert result.stderr == note
    ((_, body),) = pam.received
    assert json.loads(body)["data"][field] == 700
