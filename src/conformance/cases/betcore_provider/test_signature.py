"""The four headers of BETCORE's calls, as the provider has to take or to refuse them."""

from __future__ import annotations

from conformance.case import control, requirement
from conformance.client import shown
from conformance.counterparty import IDENTITY
from conformance.errors import Mismatch, NotApplicable
from conformance.game_provider import GameProvider, games_in, must_be_launched, must_not_be_launched
from conformance.oracle import provider as oracle
from conformance.signing import alphabetical_body

YEAR = 365 * 86_400


@requirement("BC-SGN-015", safety="read")
def test_list_without_a_header_gets_401_and_8(provider: GameProvider) -> None:
    """A call for the games that lacks one of the four headers gets 401 and 8, and tells no game."""
    headers = provider.caller.headers()
    with control("with all four"):
        _tells_games(provider, headers)
    for name in IDENTITY:
        with provider.channel.evidence.during(f"without {name}"):
            answer = provider.ask({key: value for key, value in headers.items() if key != name})
            answer.must_be(oracle.ACCESS_DENIED).must_have_status(401)


@requirement("BC-SGN-015", safety="read")
def test_list_under_another_identity_gets_401_and_8(provider: GameProvider) -> None:
    """A call for the games with another secret, or of another counterparty, gets 401 and 8."""
    with control("the provider's own"):
        _tells_games(provider, provider.caller.headers())
    for what, headers in {
        "another secret": provider.caller.headers(secret=f"{provider.target.secret}-other"),
        "another counterparty": provider.caller.headers(id=provider.new_id()),
    }.items():
        with provider.channel.evidence.during(what):
            provider.ask(headers).must_be(oracle.ACCESS_DENIED).must_have_status(401)


@requirement("BC-SGN-015", safety="creates")
def test_altered_launch_gets_401_and_8(provider: GameProvider) -> None:
    """A launch that was altered by one byte after it was signed gets 401 and 8, and no address."""
    fields = provider.request()
    body = alphabetical_body(fields)
    headers = provider.caller.headers(body)
    altered = body.replace(b'"buttonAmounts":[0.5', b'"buttonAmounts":[0.6', 1)
    answer = provider.post(altered, headers)
    must_not_be_launched(answer, "an altered launch")
    answer.must_be(oracle.ACCESS_DENIED).must_have_status(401)
    with control("as it was signed"):
        must_be_launched(provider.post(body, headers))


@requirement("BC-SGN-019", safety="read")
def test_timestamp_of_any_age_is_accepted(provider: GameProvider) -> None:
    """A timestamp that is a year old, or a year ahead, is accepted."""
    for age in (0, YEAR, -YEAR):
        stamp = str(round((provider.caller.now() - age) * 1000))
        _tells_games(provider, provider.caller.headers(timestamp=stamp))
    if games_in(provider.ask(provider.caller.headers(secret=f"{provider.target.secret}-other"))):
        raise NotApplicable("the provider takes any signature, so that no timestamp is checked")


def _tells_games(provider: GameProvider, headers: dict[str, str]) -> None:
    answer = provider.ask(headers)
    if not games_in(answer):
        raise Mismatch(
            f"expected the list of games, got {answer.raw.describe()}",
            expected="a list",
            actual=shown(answer.raw.value),
        )
