"""What ``mockserver send`` does: makes the call, prints both messages, and judges the answer."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from mockserver.adapters.sender import HttpSender
from mockserver.assignments import NoAssignment, assignments
from mockserver.betcore.sessions.model import Provider
from mockserver.betstack.callbacks import UNSIGNED
from mockserver.control_command import EXIT_REFUSED, EXIT_UNREACHABLE, EXIT_USAGE, stop
from mockserver.edge.contract import Contract, load
from mockserver.edge.explanation import Explainer
from mockserver.edge.open_gate import OpenGate
from mockserver.kernel.exchange import Gate
from mockserver.kernel.journal import Exchange
from mockserver.kernel.json_codec import dump
from mockserver.kernel.ports import (
    Deadlines,
    NotConnected,
    OutgoingAnswer,
    OutgoingRequest,
    SigningKeys,
)
from mockserver.kernel.redaction import Redaction
from mockserver.kernel.settings import SettingsError, nearest
from mockserver.kernel.tenant import Tenant
from mockserver.kernel.tenant_settings import OPERATOR, PARTNER_CLIENT, PROVIDER
from mockserver.printable import printable, printable_lines
from mockserver.seeded_tenants import DEFAULT_TENANTS, VARIABLES, secret_of
from mockserver.send import key_set
from mockserver.send.calls import CALLS, CASINO, GAMES, PLATFORM, TEXTS, Sendable
from mockserver.send.document import NoSuchPlace, with_fields
from mockserver.send.key_set import KeyProblem
from mockserver.send.tenants import know_session, tenant_for

_WIDTH = 24
_SESSION = "sessionId"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What the command was told."""

    to: str
    name: str | None
    secret: str | None
    settings: Sequence[str]
    body: bytes | None
    game: str
    key: Path | None
    jwks_out: Path | None
    serve_jwks: str | None
    explain: bool


def print_calls() -> None:
    """Print every call that can be sent, with its sample."""
    for receiver in (PLATFORM, TEXTS, CASINO, GAMES):
        click.echo(f"{receiver.title}\n")
        for name, call in CALLS.items():
            if call.receiver is receiver:
                sample = call.sample()
                click.echo(f"  {name:<{_WIDTH}} {'' if sample is None else dump(sample).decode()}".rstrip())
        click.echo()


def send(action: str, order: Order) -> None:
    """Send one call and print what came of it. Ends with 1 where the answer does not acknowledge it or breaks
    the contract, with 3 where nobody is there."""
    if action not in CALLS:
        hint = nearest(action, CALLS)
        known = hint if hint.startswith("did you mean") else "`mockserver send --list` has them all"
        stop(f"ACTION: there is no `{action}`; {known}", EXIT_USAGE)
    call = CALLS[action]
    kind = call.receiver.kind
    name = order.name or DEFAULT_TENANTS[kind]
    secret = secret_of(kind, name, order.secret, os.environ)
    if secret is None and kind != PARTNER_CLIENT and call.action not in UNSIGNED:
        stop(f"the secret of `{name}` is not known; give it as --secret or {VARIABLES[kind]}", EXIT_USAGE)
    if not (name.isascii() and name.isprintable() and name.strip() == name):
        stop(f"the name is {name!r}; a header holds one line of ASCII", EXIT_USAGE)
    try:
        document = _document(call, name, order)
        with _keys(call, order) as keys:
            watch = _Watch(HttpSender())
            url = (call.receiver.setting, order.to)
            tenant = tenant_for(kind, name, secret, url, sender=watch, keys=keys)
            exchange = asyncio.run(_sent(tenant, call, document, order.game, watch))
            _print(exchange, Redaction(tenant.secret.ever()), order, keys is not None)
    except (NoAssignment, NoSuchPlace, KeyProblem) as error:
        stop(str(error), EXIT_USAGE)
    except SettingsError as error:
        stop(f"{str(error).replace(f'`{call.receiver.setting}` ', '')}", EXIT_USAGE)
    _judge(exchange, tenant, watch)


@dataclass(frozen=True, slots=True)
class _Called:
    """The surface that is called, as far as its answers are judged by it."""

    contract: Contract

    def gate_of(self, _operation_id: str) -> Gate:
        """Nobody calls this side."""
        return OpenGate()


class _Watch:
    """Sends, and remembers whether anybody took the connection."""

    def __init__(self, sender: HttpSender) -> None:
        self._sender = sender
        self.connected = True

    async def send(self, request: OutgoingRequest, deadlines: Deadlines) -> OutgoingAnswer:
        """Send, and wait for the whole answer.

        :raises mockserver.kernel.ports.SendFailed: no complete answer came in time
        """
        try:
            return await self._sender.send(request, deadlines)
        except NotConnected:
            self.connected = False
            raise

    async def aclose(self) -> None:
        """Close the connections."""
        await self._sender.aclose()


async def _sent(tenant: Tenant, call: Sendable, document: bytes, game: str, watch: _Watch) -> Exchange:
    subject = None
    if isinstance(tenant, Provider):
        subject = _SESSION
        know_session(tenant, subject, game)
    try:
        attempt = await tenant.outbox.ask(call.action, document, subject=subject)
    finally:
        await watch.aclose()
    exchange = tenant.journal.find(attempt.made.exchange)
    if exchange is None:
        raise AssertionError("the journal of a tenant without any other exchange has this one")
    return exchange


def _document(call: Sendable, name: str, order: Order) -> bytes:
    """What is said: the sample with the tenant's name and what is set, or the whole body that is given.

    :raises NoAssignment: a setting is none
    :raises NoSuchPlace: what is set has no place in it
    """
    settings = assignments(order.settings)
    if order.body is not None:
        if settings:
            stop("--body is the whole body; leave --set out", EXIT_USAGE)
        if call.receiver is CASINO:
            _require_text(order.body)
        return order.body
    sample: Any = call.sample()
    if sample is None:
        if settings:
            stop("this call has no body to --set anything in", EXIT_USAGE)
        return b""
    if call.receiver.kind == OPERATOR and "operator" in sample["data"]:
        sample["data"]["operator"] = name
    document = with_fields(sample, settings, _note_added)
    if call.receiver.kind == PROVIDER:  # keys in alphabetical order (BC-ASM-065)
        document = dict(sorted(document.items()))
    try:
        return dump(document)
    except TypeError as error:
        stop(f"--set: what comes of it is no JSON that the vendor could send: {error}", EXIT_USAGE)


def _note_added(path: str, known: Collection[str]) -> None:
    """Say that a field is new, which is allowed: it may be a slip."""
    hint = nearest(path.rpartition(".")[2], known)
    meant = f"; {hint}" if hint.startswith("did you mean") else ""
    click.echo(printable(f"note: the sample has no field `{path}`{meant}"), err=True)


def _require_text(body: bytes) -> None:
    try:
        body.decode()
    except UnicodeDecodeError as error:
        stop(f"--body: is not UTF-8 at byte {error.start}; the data of a token is text", EXIT_USAGE)


@contextmanager
def _keys(call: Sendable, order: Order) -> Iterator[SigningKeys | None]:
    """The key of a call to a casino, its key set served or written for as long as the call takes.

    :raises KeyProblem: it can't be read, written or served
    """
    if call.receiver is not CASINO:
        given = [
            flag
            for flag, value in (
                ("--key", order.key),
                ("--jwks-out", order.jwks_out),
                ("--serve-jwks", order.serve_jwks),
            )
            if value is not None
        ]
        if given:
            stop(f"{given[0]} is for calls to a casino", EXIT_USAGE)
        yield None
        return
    keys = key_set.key_in(order.key)
    if order.jwks_out is not None:
        key_set.write(keys, order.jwks_out)
        click.echo(f"Key set: written to {order.jwks_out}")
    place = order.serve_jwks
    if place is None and order.key is None and order.jwks_out is None:
        place = key_set.DEFAULT_PLACE
    if place is None:
        if order.jwks_out is None:
            click.echo(f"Key set: {key_set.key_set(keys)}")
        yield keys
        return
    with key_set.serving(keys, place) as served:
        yield keys
    click.echo(f"Key set: served at {served.url} during the call, {_times(served.reads)}")
    if not served.reads:
        click.echo("         A casino that has not read it can't verify the token.")


def _times(reads: int) -> str:
    return "not read" if not reads else "read once" if reads == 1 else f"read {reads} times"


def _print(exchange: Exchange, blot: Redaction, order: Order, token: bool) -> None:
    """Both messages; after the request what its token or signature covers."""
    click.echo(f"{exchange.method} {exchange.target}")
    _print_message(exchange.request_headers, exchange.request_body, blot)
    if token and exchange.document is not None:
        click.echo(f"The token says: {printable(blot.bytes(exchange.document))}\n")
    if order.explain:
        canonical = "nothing" if exchange.canonical is None else blot.bytes(exchange.canonical)
        click.echo(f"Signed text: {printable_lines(canonical)}\n")
    if exchange.status is not None:
        click.echo(f"{exchange.status} after {exchange.duration_ms:.0f} ms")
        _print_message(exchange.answer_headers, exchange.answer_body, blot)


def _print_message(headers: Sequence[tuple[bytes, bytes]], body: bytes, blot: Redaction) -> None:
    for name, value in headers:
        shown = blot.header(name.decode("latin-1"), value.decode("latin-1"))
        click.echo(printable(f"{name.decode('latin-1')}: {shown}"))
    click.echo()
    if body:
        click.echo(f"{printable_lines(blot.bytes(body))}\n")


def _judge(exchange: Exchange, tenant: Tenant, watch: _Watch) -> None:
    """Print the verdict, and end the command where it is a bad one."""
    explained = Explainer([_Called(load(exchange.surface or ""))]).explain(exchange)
    blot = Redaction(tenant.secret.ever())
    for violation in explained.request_violations:
        click.echo(f"This request breaks the contract itself: {printable(blot.text(violation))}")
    if exchange.reason is not None:
        click.echo(f"Not acknowledged: {printable(exchange.reason)}")
    else:
        click.echo("Acknowledged.")
    if exchange.status is None:
        stop(f"no answer from {exchange.target}", EXIT_REFUSED if watch.connected else EXIT_UNREACHABLE)
    for violation in explained.answer_violations:
        click.echo(f"The answer breaks the contract: {printable(blot.text(violation))}")
    if not explained.answer_violations:
        click.echo("The answer is as the contract has it.")
    if exchange.reason is not None or explained.answer_violations:
        raise SystemExit(EXIT_REFUSED)
