"""One run: everything that its cases share, made once from its options.

Importing this module is expensive (it loads Schemathesis); do so only when a run starts.
"""

from __future__ import annotations

import itertools
import secrets
import shlex
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from difflib import get_close_matches
from tempfile import TemporaryDirectory
from typing import Any, Final
from urllib.parse import urljoin

from hypothesis.configuration import set_hypothesis_home_dir

from bet_contracts.errors import OverrideError
from bet_contracts.override_file import read_overrides
from bet_contracts.overrides import in_words
from conformance import contract, deviations, played_wallet, profiles, requirements, target
from conformance.aggregator import Aggregator
from conformance.aggregator_target import CASINO_CALLS
from conformance.bet_cards import BetCards
from conformance.betstack import Betstack
from conformance.callback_sink import JWKS_PATH, CallbackSink, Role
from conformance.case import Case, catalogue
from conformance.casino import Casino
from conformance.channel import Channel
from conformance.client import Evidence, Pace, RawAnswer, Transport
from conformance.contract import Contract
from conformance.counterparty import Counterparty
from conformance.deviations import Deviation
from conformance.errors import KitError
from conformance.feed import Feed
from conformance.feed_target import hub_urls
from conformance.game_provider import GameProvider
from conformance.hooks import Hooks
from conformance.hub import Hub, HubMemory
from conformance.hub_check import HubCheck
from conformance.operator_platform import Platform
from conformance.operator_sms import SmsReceiver
from conformance.options import DEFAULT_SEED, Options
from conformance.platform_check import PlatformCheck
from conformance.played_betcore import PlayedBetcore
from conformance.played_casino import PlayedCasino
from conformance.played_pam import PAM_PATH, PlayedPam, players
from conformance.played_provider import PlayedProvider
from conformance.played_sessions import PlayedSessions
from conformance.played_texts import SMS_PATH, PlayedTexts
from conformance.profiles import Profile
from conformance.redaction import Redactor
from conformance.refresh_tokens import RefreshTokens
from conformance.request_check import RequestCheck
from conformance.requirements import Requirement
from conformance.response_check import ResponseCheck
from conformance.session_wallet import Wallet
from conformance.signing import SigningKey
from conformance.smoke import SKEW_THAT_MATTERS, Smoke, look, look_until_known
from conformance.target import Target
from conformance.urls import check_url, on_this_machine

REMOTE_INTERVAL: Final = 0.5
"""Seconds between two requests to a host that is not this machine."""

LAUNCHED_GAME: Final = "101"
"""Id of the game that the kit has as a game provider, unless the target file names one."""

BETS_PER_RUN: Final = 100_000
"""Bet ids that a run may use, from a base that its id gives."""


@dataclass(slots=True, kw_only=True)
class Run:
    """The shared state of a run. Made by :func:`prepare`, closed by :meth:`close`."""

    options: Options
    target: Target
    profiles: tuple[Profile, ...]
    contracts: Mapping[str, Contract]
    register: Mapping[str, Requirement]
    deviations: list[Deviation]
    redactor: Redactor
    transport: Transport
    run_id: str
    key: SigningKey
    now: Callable[[], float]
    started: float
    sink: CallbackSink | None = None
    pam: PlayedPam | None = None
    """The operator's platform, where the kit plays it."""
    texts: PlayedTexts | None = None
    """The operator's receiver of notifications, which goes with it."""
    betcore: PlayedBetcore | None = None
    """BETCORE, where the kit plays it towards a casino."""
    refresh_tokens: RefreshTokens = field(default_factory=lambda: RefreshTokens({}))
    played_casino: PlayedCasino | None = None
    """BETCORE's casino, where the kit plays it."""
    provider: PlayedProvider | None = None
    """The game provider, where the kit plays it."""
    sessions: PlayedSessions | None = None
    """BETCORE's sessions, where the kit plays them."""
    card_codes: dict[str, str] = field(default_factory=dict)
    """Kind to the code of a bet card that the target showed."""
    feed_tokens: list[str] = field(default_factory=list)
    """Access tokens that the feed has issued."""
    hub_memory: HubMemory = field(default_factory=HubMemory)
    refused: dict[str, str] = field(default_factory=dict)
    """Profile to why its identity is not accepted."""
    unreachable: str | None = None
    skew: float | None = None
    """Seconds by which the target's clock is ahead."""
    created: dict[str, str] = field(default_factory=dict)
    """Tickets left at the target, by id, with their status."""
    remains: list[str] = field(default_factory=list)
    """What else the run left behind."""
    notes: list[str] = field(default_factory=list)
    response_checks: dict[str, ResponseCheck] = field(default_factory=dict)
    request_checks: dict[str, RequestCheck] = field(default_factory=dict)
    hub_check: HubCheck | None = None
    stack: ExitStack = field(default_factory=ExitStack)
    _ids: Iterator[int] = field(default_factory=itertools.count)

    def target_now(self) -> float:
        """Unix seconds by the target's clock."""
        return self.now() + (self.skew or 0.0)

    def new_ticket_id(self) -> str:
        """24 lower-case hex digits that no ticket of the target has."""
        return f"{self.run_id}{next(self._ids):016x}"

    def new_uuid(self) -> str:
        """A UUID that begins with the run's id, and that nothing of the target has."""
        return f"{self.run_id}-0000-4000-8000-{next(self._ids):012x}"

    def new_request_id(self) -> str:
        """32 lower-case hex digits that no call had."""
        return f"{self.run_id}{next(self._ids):024x}"

    def new_bet(self) -> int:
        """A bet id of this run's range."""
        return int(self.run_id, 16) * BETS_PER_RUN + next(self._ids)

    def channel(self, surface: str, evidence: Evidence, *, judged: bool = True) -> Channel:
        """A channel to the surface, whose answers are recorded in ``evidence``."""
        url = self.own_url(surface)
        return Channel(
            self.contracts[surface],
            self.transport if url is None else replace(self.transport, base_url=url),
            self.response_checks[surface] if judged else None,
            self.request_checks[surface],
            evidence,
            path=None if url is None else "",
        )

    def betstack(self, evidence: Evidence, *, judged: bool = True) -> Betstack:
        """The bet engine as the target file's operator calls it."""
        assert self.target.betstack is not None
        return Betstack(
            self.channel("betstack.bet_engine", evidence, judged=judged),
            self.target.betstack,
            self.target.betstack.operator,
            self.now,
            self.new_ticket_id,
            self.created,
            self.target.callback_seconds,
            self.options.judge_assumptions,
        )

    def bet_cards(self, evidence: Evidence) -> BetCards:
        """The calculator and the bet cards, asked about the target file's operator."""
        assert self.target.betstack is not None
        return BetCards(
            self.channel("betstack.bet_card", evidence),
            self.target.betstack,
            self.target.betstack.operator,
            self.card_codes,
        )

    def casino(self, evidence: Evidence, *, judged: bool = True) -> Casino:
        """The casino's wallet as the kit, playing BETCORE, calls it."""
        assert self.target.casino is not None
        assert self.betcore is not None
        return Casino(
            self.channel("betcore.casino", evidence, judged=judged),
            self.target.casino,
            self.key,
            self.target_now,
            self.new_bet,
            self.target.settle_seconds,
            self.betcore,
            self.refresh_tokens,
            self.target.accept_seconds,
        )

    def aggregator(self, evidence: Evidence, safety: str, *, judged: bool = True) -> Aggregator:
        """BETCORE as the kit, playing a casino, calls it and is called by it."""
        assert self.target.aggregator is not None
        return Aggregator(
            self.channel("betcore.aggregator", evidence, judged=judged),
            self.target.aggregator,
            self.hooks(evidence, safety),
            self.played_casino.watch() if self.played_casino is not None else None,
            self.new_bet,
            self.target.callback_seconds,
        )

    def plays(self, capability: str) -> bool:
        """Whether the kit plays whom a target calls that has this capability."""
        parties = {
            CASINO_CALLS: self.played_casino,
            "provider-calls": self.provider,
            "session-calls": self.sessions,
        }
        return parties.get(capability, self.pam) is not None

    def platform(self, evidence: Evidence, *, judged: bool = True) -> Platform:
        """The operator's platform as the kit, playing Betstack, calls it."""
        assert self.target.platform is not None
        channel = self.channel("betstack.pam", evidence, judged=judged)
        if channel.check is not None:
            check = PlatformCheck(channel.check, full=self.options.judge_assumptions)
            channel = replace(channel, check=check)
        return Platform(
            channel, self.target.platform, self.target_now, self.new_ticket_id, self.target.settle_seconds
        )

    def sms(self, evidence: Evidence) -> SmsReceiver:
        """The operator's receiver of notifications as the kit, playing Betstack, calls it."""
        assert self.target.platform is not None
        return SmsReceiver(
            self.channel("betstack.sms", evidence), self.target.platform, self.target_now, self.new_ticket_id
        )

    def feed(self, evidence: Evidence, *, judged: bool = True) -> Feed:
        """The feed's REST methods as the target file's partner client calls them."""
        assert self.target.feed is not None
        return Feed(self.channel("betcore.feed", evidence, judged=judged), self.target.feed, self.feed_tokens)

    def hub(self, evidence: Evidence) -> Hub:
        """The live hub as the same partner client uses it."""
        assert self.hub_check is not None
        return Hub(
            self.feed(evidence),
            self.hub_urls(),
            self.hub_check,
            evidence,
            self.transport.pace,
            self.target.answer_seconds,
            self.hub_memory,
        )

    def hub_urls(self) -> tuple[str, ...]:
        """Where the hub may be. Raises :exc:`KitError` for a URL that no hub can have."""
        assert self.target.feed is not None
        paths = self.contracts["betcore.livefeed"].hub_paths
        return hub_urls(self.options.base_url, self.target.feed.hub_url, paths)

    def wallet(self, evidence: Evidence, *, judged: bool = True) -> Wallet:
        """The wallet behind the target file's session, as the kit, playing the game provider, calls it."""
        assert self.target.sessions is not None
        mine = self.target.sessions
        return Wallet(
            self.channel("betcore.sessions", evidence, judged=judged),
            mine,
            Counterparty(mine.counterparty_id, mine.secret, self.target_now, self.new_request_id),
            self.new_uuid,
            self.target.settle_seconds,
            mine.session,
        )

    def game_provider(self, evidence: Evidence, *, judged: bool = True) -> GameProvider:
        """The game provider as the kit, playing BETCORE, calls it."""
        assert self.target.provider is not None
        mine = self.target.provider
        return GameProvider(
            self.channel("betcore.provider", evidence, judged=judged),
            mine,
            Counterparty(mine.counterparty_id, mine.secret, self.target_now, self.new_request_id),
            self.new_uuid,
            self.sessions.know if self.sessions is not None else lambda session: None,
            self.target.callback_seconds,
        )

    def hooks(self, evidence: Evidence, safety: str) -> Hooks:
        """What makes the target start something, for a case of this safety class."""
        return Hooks(
            self.target.hooks,
            lambda url: self.hook_not_allowed(url, safety),
            replace(self.transport, timeout=self.target.hook_seconds),
            evidence,
        )

    def hook_not_allowed(self, url: str, safety: str) -> str | None:
        """Why a case of this safety class must not call the hook; ``None`` when it may."""
        if on_this_machine(url) or safety in self.options.allow:
            return None
        return f"the hook {url} is not on this machine; --allow {safety} calls it"

    def own_url(self, surface: str) -> str | None:
        """The one URL that takes every call of the surface; ``None`` where the contract's paths are used."""
        if self.target.platform is None or not any(profile.whole_url for profile in self.profiles):
            return None
        return operator_urls(self.options.base_url, self.target.platform.sms_url).get(surface)

    def selected(self, cases: Iterable[Case]) -> list[Case]:
        """The cases of the run's profiles that ``--only`` leaves. Raises :exc:`KitError` on none."""
        names = [profile.name for profile in self.profiles]
        mine = [case for case in cases if case.profile in names]
        only = self.options.only
        for selector in only:
            if not any(matches(case, selector) for case in mine) and selector not in self.generated_ids():
                known = {name for case in mine for name in (case.id, case.operation)}
                known |= {row.id for case in mine for row in case.requirements}
                raise KitError(
                    f"--only {selector} matches no case, requirement or operation of {', '.join(names)}"
                    f"{_nearest(selector, known)}; `conformance list` shows them"
                )
        return [case for case in mine if not only or any(matches(case, selector) for selector in only)]

    def generated_ids(self) -> dict[str, tuple[str, str]]:
        """Id of each generated case to its surface and operation."""
        return {
            f"{surface.partition('.')[0]}.generated.{operation.id}": (surface, operation.id)
            for profile in self.profiles
            for surface in profile.surfaces
            for operation in self.contracts[surface].operations()
            if operation.id in profile.made_up
        }

    def selected_generated(self) -> list[tuple[str, str, str]]:
        """Id, surface and operation of the generated cases that are to run."""
        if not self.options.generated:
            return []
        only = self.options.only
        return [
            (case_id, surface, operation)
            for case_id, (surface, operation) in self.generated_ids().items()
            if not only or case_id in only or operation in only
        ]

    def lacks(self, profile: str) -> frozenset[str]:
        """What the target declares to lack of the profile."""
        section = self.target.section(profile)
        return section.lacks if section else frozenset()

    def command(self, profile: str, selector: str) -> str:
        """The command that runs one case again, signed afresh; it holds no secret."""
        options = self.options
        words = ["conformance", "run", profile, "--base-url", options.base_url, "--only", selector]
        for flag, value, default in (
            ("--target", options.target, None),
            ("--overrides", options.overrides, None),
            ("--public-url", options.public_url, None),
            ("--listen", options.listen, None),
            ("--seed", options.seed, DEFAULT_SEED),
        ):
            if value != default:
                words += [flag, str(value)]
        for name in options.allow:
            words += ["--allow", name]
        if options.judge_assumptions:
            words.append("--judge-assumptions")
        return shlex.join(words)

    def not_allowed(self, safety: str) -> str | None:
        """Why a case of this safety class must not run; ``None`` when it may."""
        if safety in self.options.allowed:
            return None
        return f"the target is not on this machine; --allow {safety} runs it"

    def smoke(self) -> None:
        """Look at the target before anything is judged; fills ``refused``, ``unreachable`` and ``skew``."""
        for profile in self.profiles:
            found = self._look(profile)
            if not found.reachable:
                self.unreachable = f"nothing answers at {self.options.base_url}: {found.error}"
                return
            if found.skew is not None:
                self.skew = found.skew
            if found.refusal and found.skew and abs(found.skew) >= SKEW_THAT_MATTERS:
                found = self._look(profile)  # once more, by the target's own clock
            if found.refusal:
                self.refused[profile.name] = self._explain(profile, found.refusal)
        if self.skew:
            self.notes.append(f"the target's clock is {self.skew:+.0f} s off; tokens are dated by it")

    def close(self) -> None:
        """Stop listening."""
        self.stack.close()

    def _look(self, profile: Profile) -> Smoke:
        if profile.name == "betstack":
            found = look(self._ask_betstack, now=self.now)
            if found.refusal and self.not_allowed("creates") is None:
                # What reading an unknown ticket gets is not documented; what paying one gets is.
                found = look(self._ask_betstack_to_pay, now=self.now)
            return found
        if profile.name == "betstack-operator":
            return look(self._ask_platform, now=self.now)
        if profile.name == "betcore-feed":
            return look(self._ask_feed, now=self.now)
        if profile.name == "betcore-aggregator":
            return look(self._ask_aggregator, now=self.now)
        if profile.name == "betcore-sessions":
            return look(self._ask_wallet, now=self.now)
        if profile.name == "betcore-provider":
            return look(self._ask_provider, now=self.now, shapes=(dict, list))
        return look_until_known(self._ask_casino, now=self.now)

    def _ask_betstack(self) -> RawAnswer:
        return self.betstack(Evidence(), judged=False).read(self.new_ticket_id()).raw

    def _ask_betstack_to_pay(self) -> RawAnswer:
        return self.betstack(Evidence(), judged=False).pay(self.new_ticket_id()).raw

    def _ask_casino(self) -> RawAnswer:
        casino = self.casino(Evidence(), judged=False)
        return casino.call("getUserData", casino.user_query()).raw

    def _ask_aggregator(self) -> RawAnswer:
        aggregator = self.aggregator(Evidence(), "read", judged=False)
        return aggregator.issue(aggregator.credentials()).raw

    def _ask_platform(self) -> RawAnswer:
        return self.platform(Evidence(), judged=False).identify().raw

    def _ask_feed(self) -> RawAnswer:
        return self.feed(Evidence(), judged=False).issue_own().raw

    def _ask_wallet(self) -> RawAnswer:
        return self.wallet(Evidence(), judged=False).ask().raw

    def _ask_provider(self) -> RawAnswer:
        return self.game_provider(Evidence(), judged=False).ask().raw

    def _explain(self, profile: Profile, refusal: str) -> str:
        text = f"{profile.name}: the target refuses the kit's identity: {refusal}"
        if self.sink is not None and profile.needs_sink and not self.sink.received(JWKS_PATH):
            text += (
                f"; it has not fetched the keys at {self.sink.url}{JWKS_PATH} in this run, and each run has "
                "a key of its own: a target that keeps keys fetches them again for an unknown kid, or is "
                "started while the kit listens"
            )
        return self.redactor.text(text)


def _nearest(selector: str, known: Iterable[str]) -> str:
    """What the selector may have meant: a name that holds it, or one that is spelt nearly so."""
    names = sorted(known)
    near = [name for name in names if selector.casefold() in name.casefold()]
    near = near or get_close_matches(selector, names, n=3, cutoff=0.5)
    return f"; did you mean {', '.join(near[:3])}?" if near else ""


def matches(case: Case, selector: str) -> bool:
    """Whether the selector names the case, one of its requirements or its operation."""
    return selector in (case.id, case.operation) or any(
        selector in (row.id, row.operation) for row in case.requirements
    )


def prepare(
    options: Options,
    *,
    environment: Mapping[str, str],
    now: Callable[[], float] = time.time,
    token: Callable[[int], str] = secrets.token_hex,
    new_key: Callable[[], SigningKey] = SigningKey.generate,
) -> Run:
    """Read everything that the run needs and start listening where that is needed.

    Raises :exc:`KitError` with one line and an exit code.
    """
    if options.target is None and not options.local:
        raise KitError(f"{options.base_url} is not on this machine: a target file is required (--target)")
    read = target.load(options.target or target.sandbox_file(), environment)
    chosen = profiles.chosen(options.profiles or read.profiles)
    for profile in chosen:
        if read.section(profile.name) is None:
            raise KitError(f"the target file has no table [{profile.name}]")
        if profile.whole_url and len(chosen) > 1:
            raise KitError(f"{profile.name} takes --base-url as the one URL of its platform: run it alone")
    _check_sms_url(options, read, chosen)
    surfaces = [surface for profile in chosen for surface in profile.surfaces]
    overrides = _overrides(options)
    contracts = {surface: contract.load(surface, overrides) for surface in surfaces}
    run = Run(
        options=options,
        target=read,
        profiles=chosen,
        contracts=contracts,
        register=requirements.load(overrides),
        deviations=deviations.load(options.deviations) if options.deviations else [],
        redactor=Redactor(read.secrets()),
        transport=Transport(
            options.base_url.rstrip("/"), read.answer_seconds, Pace(0.0 if options.local else REMOTE_INTERVAL)
        ),
        run_id=token(4),
        key=new_key(),
        now=now,
        started=now(),
    )
    if overrides:
        answers = "; ".join(f"{name} {in_words(value)}" for name, value in overrides.items())
        run.notes.append(f"judged by the answers of {options.overrides}: {answers}")
    with ExitStack() as stack:
        stack.callback(run.close)
        _equip(run)
        stack.pop_all()
    return run


def operator_urls(base_url: str, sms_url: str | None) -> dict[str, str]:
    """Surface to its one URL: the platform's as it is given, the notifications' starting from it."""
    return {"betstack.pam": base_url, **({"betstack.sms": urljoin(base_url, sms_url)} if sms_url else {})}


def _check_sms_url(options: Options, read: Target, chosen: Iterable[Profile]) -> None:
    """Raise :exc:`KitError` for an address that is none, or whose host the safety of the run overlooks."""
    if read.platform is None or not any(profile.whole_url for profile in chosen):
        return
    url = operator_urls(options.base_url, read.platform.sms_url).get("betstack.sms", options.base_url)
    check_url("sms_url", url)
    if options.local and not replace(options, base_url=url).local:
        raise KitError(f"sms_url {url} is not on this machine, but --base-url is")


def _check_hub_url(run: Run) -> None:
    """Raise :exc:`KitError` for an address that is none, or whose host the safety of the run overlooks."""
    for url in run.hub_urls():
        if run.options.local and not on_this_machine(url):
            raise KitError(f"hub_url {url} is not on this machine, but --base-url is")


def _overrides(options: Options) -> dict[str, Any]:
    try:
        return read_overrides(options.overrides, needed=True) if options.overrides else {}
    except OverrideError as error:
        raise KitError(str(error)) from error


def _equip(run: Run) -> None:
    """Make what a run needs besides its settings; whatever it opens is closed with the run."""
    options = run.options
    run.selected(catalogue().values())
    for surface, loaded in run.contracts.items():
        if not loaded.is_http:
            run.hub_check = HubCheck(loaded, full=options.judge_assumptions)
            _check_hub_url(run)
            run.stack.callback(run.hub_memory.close)
            continue
        run.response_checks[surface] = ResponseCheck(loaded, full=options.judge_assumptions)
        run.request_checks[surface] = RequestCheck(loaded)
    home = run.stack.enter_context(TemporaryDirectory(prefix="conformance-"))
    set_hypothesis_home_dir(home)  # otherwise Hypothesis leaves a directory where the run was started
    run.stack.callback(set_hypothesis_home_dir, None)
    needs_sink = any(profile.needs_sink for profile in run.profiles)
    roles: dict[str, Role] = {}
    # Who says where the kit has to listen as BETCORE has not said that Betstack calls it there.
    if options.listen is not None:
        roles = _played(run, needs_sink)
    if needs_sink and run.target.casino is not None:
        casino = run.target.casino
        run.betcore = PlayedBetcore([run.key], casino.client_id, casino.secret)
        run.refresh_tokens = RefreshTokens(casino.refresh_tokens)
        roles = {**roles, **run.betcore.roles()}
    if roles or needs_sink:
        run.sink = run.stack.enter_context(
            CallbackSink(
                options.listen_address,
                {},
                roles=roles,
                public_url=options.public_url,
            )
        )
    if run.pam is not None and run.texts is not None and run.sink is not None:
        run.pam.url, run.texts.url = run.sink.url + PAM_PATH, run.sink.url + SMS_PATH
    for played in (run.betcore, run.played_casino, run.provider, run.sessions):
        if played is not None and run.sink is not None:
            played.url = run.sink.url


def _played(run: Run, needs_sink: bool) -> dict[str, Role]:
    """The parties that the kit plays for the run's profiles, by the paths at which they answer."""
    roles: dict[str, Role] = {}
    names = {profile.name for profile in run.profiles if profile.may_listen}
    if "betcore-aggregator" in names and run.target.aggregator is not None:
        run.played_casino = PlayedCasino(played_wallet.Wallet(run.target.aggregator.user, run.run_id))
        roles |= run.played_casino.roles()
    if needs_sink:
        return roles
    if "betstack" in names and run.target.betstack is not None:
        run.pam = PlayedPam(players(run.target.betstack, run.run_id))
        run.texts = PlayedTexts()
        roles |= {**run.pam.roles(), SMS_PATH: run.texts}
    if "betcore-sessions" in names and run.target.sessions is not None:
        run.provider = PlayedProvider(run.target.sessions.launch_game or LAUNCHED_GAME)
        roles |= run.provider.roles()
    if "betcore-provider" in names and run.target.provider is not None:
        run.sessions = PlayedSessions(run.target.provider.counterparty_id, run.target.provider.secret)
        roles |= run.sessions.roles()
    return roles


def timestamp(seconds: float) -> str:
    """Unix seconds as RFC 3339 in UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
