"""Everything that the sandbox holds as one JSON document, and back again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from mockserver.kernel.control import ControlRefusal, Problem
from mockserver.kernel.conversion import from_document, to_document
from mockserver.kernel.faults.armed import ArmedFault, Faults
from mockserver.kernel.journal import NOBODY, Exchange, Journal
from mockserver.kernel.ledger import Posting
from mockserver.kernel.outbox import TIMER, WAITING, OutgoingCall
from mockserver.kernel.players import Player, PlayerSpec, TokenTaken
from mockserver.kernel.ports import SigningKeys
from mockserver.kernel.secret import SHORTEST_SECRET, Secret
from mockserver.kernel.tenant import Tenant
from mockserver.kernel.tenant_spec import require_players
from mockserver.kernel.tenants import Tenants
from mockserver.kernel.timekeeper import Timer

FORMAT = 4
"""Grows when an older document can be read no more."""

_MOST_NUMBERS = 2**48


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalArchive:
    """The journal of one tenant."""

    last_number: int
    exchanges: list[Exchange]


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantArchive:
    """A tenant with all that is its."""

    kind: str
    name: str
    secret: Secret
    settings: dict[str, Any]
    origin: tuple[PlayerSpec, ...]
    seed: str
    ids_made: int
    frozen_at: datetime | None
    ahead: timedelta
    timers: list[Timer]
    calls: list[OutgoingCall]
    faults: list[ArmedFault]
    players: list[Player]
    postings: list[Posting]
    books: dict[str, Any]
    journal: JournalArchive


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """The whole sandbox. It holds secrets."""

    format: int
    signing_keys: list[str]
    """BETCORE's private keys, PEM."""
    id_seed: str
    ids_made: int
    tenants: list[TenantArchive]
    nobodys_journal: JournalArchive
    nobodys_faults: list[ArmedFault]


def export_archive(tenants: Tenants, signing_keys: SigningKeys) -> dict[str, Any]:
    """Everything as it is now."""
    archive = Archive(
        format=FORMAT,
        signing_keys=signing_keys.export(),
        id_seed=tenants.id_seed,
        ids_made=tenants.ids_made,
        tenants=[_exported(tenants, tenant) for tenant in tenants],
        nobodys_journal=_exported_journal(tenants.nobodys_journal),
        nobodys_faults=tenants.nobodys_faults.armed,
    )
    document: dict[str, Any] = to_document(archive)
    return document


def read_archive(document: Mapping[str, Any]) -> Archive:
    """Read a document that :func:`export_archive` made.

    :raises ControlRefusal: it is none, or of another format
    """
    if document.get("format") != FORMAT:
        shown = f"`format` is {document['format']!r}" if "format" in document else "it has no `format`"
        raise ControlRefusal(
            Problem.INVALID, f"not an export that this sandbox reads: {shown}, and format {FORMAT} is read"
        )
    try:
        return from_document(Archive, document)
    except ValueError as error:
        raise ControlRefusal(Problem.INVALID, f"not an export of this sandbox: {error}") from None


def load_archive(tenants: Tenants, signing_keys: SigningKeys, archive: Archive) -> None:
    """Put everything back as it was; what was there before is gone. On an error nothing has changed.

    :raises ControlRefusal: something in it can't be
    """
    made: list[Tenant] = []
    try:
        _require_own(archive.nobodys_journal, NOBODY)
        names = [one.name for one in archive.tenants]
        if len(set(names)) != len(names):
            raise ControlRefusal(Problem.INVALID, "two tenants have the same name")
        Faults(tenants.nobodys_faults.reach).restore(archive.nobodys_faults)
        for one in archive.tenants:
            made.append(_restored(tenants, one))
        signing_keys.load(archive.signing_keys)
    except (ControlRefusal, ValueError) as error:
        for tenant in made:
            tenant.close()
        raise ControlRefusal(Problem.INVALID, str(error)) from None
    nobodys = archive.nobodys_journal
    tenants.replace_all(made, archive.id_seed, archive.ids_made, nobodys.exchanges, nobodys.last_number)
    tenants.nobodys_faults.restore(archive.nobodys_faults)


def _exported(tenants: Tenants, tenant: Tenant) -> TenantArchive:
    clock = tenant.clock
    return TenantArchive(
        kind=tenant.kind,
        name=tenant.name,
        secret=tenant.secret,
        settings=tenant.settings,
        origin=tenant.origin,
        seed=tenant.seed,
        ids_made=tenant.ids.position,
        frozen_at=clock.frozen_at,
        ahead=clock.ahead,
        timers=tenant.timekeeper.pending(),
        calls=tenant.outbox.calls(),
        faults=tenant.faults.armed,
        players=list(tenant.players),
        postings=list(tenant.ledger.postings()),
        books=tenants.vendor_of(tenant).export_books(tenant),
        journal=_exported_journal(tenant.journal),
    )


def _exported_journal(journal: Journal) -> JournalArchive:
    return JournalArchive(last_number=journal.last_number, exchanges=journal.exchanges())


def _require_own(journal: JournalArchive, owner: str) -> None:
    """See to it that what a journal holds is its owner's, and that counting can go on."""
    if not 0 <= journal.last_number < _MOST_NUMBERS:
        raise ValueError(f"the journal of `{owner}` can't have counted to {journal.last_number}")
    for exchange in journal.exchanges:
        name, _, number = exchange.id.rpartition("-")
        if name != owner or not number.isdecimal() or int(number) > journal.last_number:
            raise ValueError(f"the journal of `{owner}` can't have an exchange `{exchange.id}`")


def _restored(tenants: Tenants, one: TenantArchive) -> Tenant:
    """The tenant, known to nobody yet. What would fail later fails here."""
    tenant = None
    try:
        tenant = tenants.bare(
            one.kind,
            name=one.name,
            secret=one.secret,
            settings=one.settings,
            origin=one.origin,
            id_seed=one.seed,
            ids_made=one.ids_made,
        )
        _fill(tenants, tenant, one)
    except (ControlRefusal, TokenTaken, ValueError, LookupError, ArithmeticError) as error:
        if tenant is not None:
            tenant.close()
        raise ControlRefusal(Problem.INVALID, f"tenant `{one.name}`: {error}") from None
    return tenant


def _fill(tenants: Tenants, tenant: Tenant, one: TenantArchive) -> None:
    if any(len(secret) < SHORTEST_SECRET for secret in one.secret.ever()):
        raise ValueError(f"a secret has fewer than {SHORTEST_SECRET} characters")
    if strange := {timer.kind for timer in one.timers} - tenant.timekeeper.kinds:
        raise ValueError(f"there is no timer of kind `{min(strange)}`")
    waiting = {call.id for call in one.calls if call.state in WAITING}
    subjects = [timer.subject for timer in one.timers if timer.kind == TIMER]
    if len(set(subjects)) != len(subjects) or not waiting.issuperset(subjects):
        raise ValueError("a timer repeats a call that does not wait, or that another one repeats")
    _require_own(one.journal, one.name)
    for call in one.calls:
        if call.action not in tenant.post.schedules:
            raise ValueError(f"there is no outgoing action `{call.action}`")
        call.document.decode()
    tenant.clock.restore(one.frozen_at, one.ahead)
    require_players(tenants.vendors[one.kind], one.origin)
    tenant.faults.restore(one.faults)
    for player in one.players:
        tenant.players.put(player)
    for posting in one.postings:
        tenant.ledger.post(posting.source, posting.destination, posting.amount, posting.reference)
    vendor = tenants.vendors[one.kind]
    vendor.load_books(tenant, one.books)
    for collection in vendor.collections.values():
        for item in collection.items(tenant):
            if violation := collection.violation(collection.show(item)):
                raise ValueError(f"what it holds breaks the contract: {violation}")
    tenant.journal.restore(one.journal.exchanges, one.journal.last_number)
    tenant.timekeeper.restore(one.timers)
    tenant.outbox.restore(one.calls)
