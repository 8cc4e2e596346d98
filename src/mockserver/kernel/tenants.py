"""Tenants of every kind: made, changed, put back to where they began, dropped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from mockserver.kernel.clock import VirtualClock
from mockserver.kernel.control import ControlRefusal, Problem, Vendor
from mockserver.kernel.faults.armed import Faults, Reach
from mockserver.kernel.faults.road import Road
from mockserver.kernel.faults.spec import FaultFor, FaultSpec
from mockserver.kernel.journal import NOBODY, NOBODYS_SIZE, Exchange, Journal, Turns
from mockserver.kernel.players import PlayerSpec
from mockserver.kernel.ports import Alarm, Clock, IdSource
from mockserver.kernel.redaction import Redaction
from mockserver.kernel.secret import Secret
from mockserver.kernel.settings import nearest
from mockserver.kernel.tenant import Tenant
from mockserver.kernel.tenant_spec import TenantSpec, checked_settings, put_players, require_name
from mockserver.kernel.timekeeper import Timekeeper

_SECRET_LENGTH = 24
_MOST_ACCEPTED = 100
_MOST_FORMER_SECRETS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplies:
    """What tenants are made with.

    :param ids: takes a seed, whose identifiers they are, and how many were made before
    :param new_seed: a seed for a tenant that begins anew
    :param defaults: the server's own values of tenants' settings, already read
    :param hidden: what is blotted out besides the tenants' secrets
    :param reaches: what faults can strike, by kind of tenant and for nobody
    :param faults: those that are armed from the beginning
    """

    clock: Clock
    alarm: Callable[[], Alarm]
    ids: Callable[[str, str, int], IdSource]
    new_seed: Callable[[], str]
    defaults: Mapping[str, Any]
    hidden: tuple[str, ...] = ()
    reaches: Mapping[str, Reach] = field(default_factory=dict)
    faults: Sequence[FaultFor] = ()


class Tenants:
    """Every tenant by name; a name is taken once, whatever the kind.

    :param vendors: by kind of tenant
    :param seeds: the tenants that are there from the start
    """

    def __init__(
        self,
        vendors: Mapping[str, Vendor],
        seeds: Callable[[], Iterable[TenantSpec]],
        supplies: Supplies,
    ) -> None:
        self.vendors = vendors
        self._turns = Turns()
        self.nobodys_journal = Journal(NOBODY, lambda: NOBODYS_SIZE, self._turns)
        self.nobodys_faults = Faults(supplies.reaches.get(NOBODY, Reach()))
        self.nobodys_road = Road()
        self._seeds = seeds
        self._supplies = supplies
        self._by_kind: dict[str, dict[str, Tenant]] = {kind: {} for kind in vendors}
        self._id_seed = supplies.new_seed()
        self._ids = supplies.ids(self._id_seed, NOBODY, 0)
        self._former_secrets: dict[str, None] = {}
        self._redaction: Redaction | None = None

    def __iter__(self) -> Iterator[Tenant]:
        for tenants in self._by_kind.values():
            yield from tenants.values()

    def of_kind(self, kind: str) -> dict[str, Any]:
        """The tenants of one kind by name. The same dictionary for ever; its entries come and go."""
        return self._by_kind[kind]

    def vendor_of(self, tenant: Tenant) -> Vendor:
        """The vendor of a tenant."""
        return self.vendors[tenant.kind]

    def find(self, name: str) -> Tenant:
        """The tenant of this name.

        :raises ControlRefusal: there is none
        """
        for tenants in self._by_kind.values():
            if name in tenants:
                return tenants[name]
        raise ControlRefusal(
            Problem.NOT_FOUND, f"no tenant is called `{name}`; {nearest(name, [one.name for one in self])}"
        )

    @property
    def id_seed(self) -> str:
        """What names and secrets that are made up follow from."""
        return self._id_seed

    @property
    def ids_made(self) -> int:
        """How many of them were made."""
        return self._ids.position

    def redaction(self) -> Redaction:
        """Knows every secret that may stand in a journal, also those of tenants that were dropped."""
        if self._redaction is None:
            mine = (secret for tenant in self for secret in tenant.secret.ever())
            self._redaction = Redaction({*self._former_secrets, *mine, *self._supplies.hidden})
        return self._redaction

    def journal_of(self, name: str) -> Journal:
        """The journal of a tenant, or nobody's.

        :raises ControlRefusal: no such tenant
        """
        return self.nobodys_journal if name == NOBODY else self.find(name).journal

    def faults_of(self, name: str) -> Faults:
        """The faults of a tenant, or of what is nobody's.

        :raises ControlRefusal: no such tenant
        """
        return self.nobodys_faults if name == NOBODY else self.find(name).faults

    def require_reach(self, spec: FaultSpec) -> None:
        """See to it that a fault can strike something of some tenant, or of nobody, and that it is plain
        which way: what some have in one direction alone, others may have in both.

        :raises SettingsError: it can't
        """
        reaches = self._supplies.reaches.values()
        everybodys = Reach(
            received={name: rows for one in reaches for name, rows in one.received.items()},
            sent={name: operation for one in reaches for name, operation in one.sent.items()},
            forgeries={name: kinds for one in reaches for name, kinds in one.forgeries.items()},
        )
        Faults(everybodys).require_reach(spec)

    def exchange(self, exchange_id: str) -> Exchange:
        """The exchange with this id, whosever it is.

        :raises ControlRefusal: no journal has it
        """
        owner = exchange_id.rpartition("-")[0]
        journals = (self.nobodys_journal, *(tenant.journal for tenant in self if tenant.name == owner))
        for journal in journals:
            if found := journal.find(exchange_id):
                return found
        raise ControlRefusal(
            Problem.NOT_FOUND, f"the journal has no exchange `{exchange_id}`, or has it no more"
        )

    def journals(self) -> tuple[Journal, ...]:
        """Nobody's, and that of each tenant."""
        return (self.nobodys_journal, *(tenant.journal for tenant in self))

    def exchanges(self) -> list[Exchange]:
        """The exchanges of everybody that have ended, in the order in which they began."""
        return sorted((one for kept in self.journals() for one in kept.exchanges()), key=lambda one: one.turn)

    @property
    def turns(self) -> Turns:
        """The order of all exchanges, and who is told of each that ends."""
        return self._turns

    def hush(self, reason: str) -> None:
        """Let nobody wait for an exchange any more: the server stops."""
        self._turns.audience.close(reason)
        for journal in self.journals():
            journal.close(reason)

    def create(self, spec: TenantSpec) -> Tenant:
        """Make a tenant.

        :raises ControlRefusal: the name is taken or can't be one, or a setting or a player can't be
        """
        vendor = self._vendor(spec.kind)
        name = spec.name or self._made_up_name(spec.kind)
        require_name(name)
        if self._is_taken(name):
            raise ControlRefusal(Problem.CONFLICT, f"name: `{name}` is taken")
        return self._new(
            spec.kind,
            name,
            Secret(spec.secret or self._ids.code(_SECRET_LENGTH)),
            checked_settings(spec.kind, spec.settings, self._supplies.defaults),
            vendor.standard_players if spec.players is None else spec.players,
        )

    def _made_up_name(self, kind: str) -> str:
        while self._is_taken(name := self.vendors[kind].made_up_name(self._ids)):
            pass
        return name

    def _is_taken(self, name: str) -> bool:
        return any(name in tenants for tenants in self._by_kind.values())

    def change(self, name: str, settings: Mapping[str, Any]) -> Tenant:
        """Change settings; those that are not named stay, ``None`` goes back to the default.

        :raises ControlRefusal: no such tenant, or a setting can't be
        """
        tenant = self.find(name)
        read = checked_settings(tenant.kind, settings, self._supplies.defaults)
        tenant.settings.update({name: read[name] for name in settings})
        return tenant

    def rotate(self, name: str, secret: str | None, overlap: timedelta | None) -> Tenant:
        """Give a tenant a new secret. The old one counts for ``overlap`` longer, in the tenant's time;
        for its setting ``secret_overlap_seconds`` where that is ``None``.

        :raises ControlRefusal: no such tenant, the secret is the current one, or too many still count
        """
        tenant = self.find(name)
        if secret == tenant.secret.current:
            raise ControlRefusal(Problem.CONFLICT, "secret: is the current one")
        if overlap is None:
            overlap = timedelta(seconds=tenant.settings["secret_overlap_seconds"])
        now = tenant.clock.now()
        if len(tenant.secret.accepted(now)) > _MOST_ACCEPTED:
            raise ControlRefusal(
                Problem.FULL, f"secret: {_MOST_ACCEPTED} replaced secrets still count; use a shorter overlap"
            )
        self._remember(tenant.secret)
        tenant.secret.rotate(secret or tenant.ids.code(_SECRET_LENGTH), now, overlap)
        return tenant

    def drop(self, name: str) -> None:
        """Forget a tenant and all that is its.

        :raises ControlRefusal: no such tenant
        """
        tenant = self.find(name)
        tenant.close()
        self._remember(tenant.secret)
        del self._by_kind[tenant.kind][name]

    def reset(self, name: str) -> Tenant:
        """Put a tenant back to where it began: its players as they were given, nothing in its books,
        outbox and journal, its clock running with the server's. Secret and settings stay; secrets that
        were replaced count no more.

        :raises ControlRefusal: no such tenant
        """
        old = self.find(name)
        tenant = self._new(old.kind, name, Secret(old.secret.current), old.settings, old.origin)
        old.close()
        self._remember(old.secret)
        if tenant.seed != old.seed:  # no id comes twice, unless the seed is to repeat them
            tenant.journal.restore([], old.journal.last_number)
        return tenant

    def reset_all(self) -> list[str]:
        """Go back to the seeds: every other tenant is dropped.

        :returns: the names of the seeds
        """
        self.clear()
        return [self.create(spec).name for spec in self._seeds()]

    def clear(self) -> None:
        """Drop every tenant, and what the journal holds of nobody."""
        for tenant in list(self):
            self.drop(tenant.name)
        self.nobodys_journal.restore([], 0)
        self._arm(NOBODY, self.nobodys_faults)
        self._id_seed = self._supplies.new_seed()
        self._ids = self._supplies.ids(self._id_seed, NOBODY, 0)

    def seed_player(self, name: str, spec: PlayerSpec) -> None:
        """Put a player in, or change the one with this id: tokens, currency, state and balance.

        :raises ControlRefusal: no such tenant, or the player can't be
        """
        tenant = self.find(name)
        put_players(self.vendor_of(tenant), tenant.players, tenant.ledger, [spec])

    def conjure(self, tenant: Tenant, name: str, currency: str | None) -> None:
        """See to it that a tenant has whom a magic value names."""
        self.vendor_of(tenant).conjure(tenant, name, currency)

    def reset_player(self, name: str, player_id: str) -> None:
        """Put one player back to where the tenant's reset would; a player whom it would not have is
        forgotten. What the books hold of the player is dropped.

        :raises ControlRefusal: no such tenant or player
        """
        tenant = self.find(name)
        player = tenant.players.find(player_id)
        origin = [spec for spec in tenant.origin if spec.id == player_id]
        if player is None and not origin:
            raise ControlRefusal(Problem.NOT_FOUND, f"tenant `{name}` has no player `{player_id}`")
        vendor = self.vendor_of(tenant)
        spec = origin[0] if origin else PlayerSpec(id=player_id, currency=player.currency if player else "")
        put_players(vendor, tenant.players, tenant.ledger, [spec])  # first, since it may refuse
        vendor.forget_player(tenant, player_id)
        if not origin:
            tenant.players.remove(player_id)
        vendor.begin(tenant)

    def bare(
        self,
        kind: str,
        *,
        name: str,
        secret: Secret,
        settings: Mapping[str, Any],
        origin: tuple[PlayerSpec, ...],
        id_seed: str,
        ids_made: int,
    ) -> Tenant:
        """A tenant without players that is not among the others yet, see :meth:`replace_all`.

        :raises ControlRefusal: the kind, the name or a setting can't be
        """
        vendor = self._vendor(kind)
        require_name(name)
        return vendor.new_tenant(
            name=name,
            secret=secret,
            settings=checked_settings(kind, settings, {}),
            origin=origin,
            seed=id_seed,
            ids=self._supplies.ids(id_seed, name, ids_made),
            timekeeper=Timekeeper(VirtualClock(self._supplies.clock), self._supplies.alarm()),
            post=vendor.post,
            turns=self._turns,
            faults=Faults(self._supplies.reaches.get(kind, Reach())),
        )

    def replace_all(
        self,
        tenants: Sequence[Tenant],
        id_seed: str,
        ids_made: int,
        nobodys: Sequence[Exchange],
        nobodys_last_number: int,
    ) -> None:
        """Put these, no two of one name, in the place of all that there are.

        :param id_seed: what names and secrets that are made up follow from
        :param ids_made: how many of them were made
        :param nobodys: exchanges of nobody
        """
        self.clear()
        self.nobodys_journal.restore(nobodys, nobodys_last_number)
        self._id_seed = id_seed
        self._ids = self._supplies.ids(id_seed, NOBODY, ids_made)
        for tenant in tenants:
            self._by_kind[tenant.kind][tenant.name] = tenant
        loaded = self.exchanges()
        ends = sorted(loaded, key=lambda one: one.end_turn)
        for exchange in loaded:
            exchange.turn = self._turns.next()
        for exchange in ends:
            exchange.end_turn = self._turns.next_end()
        for journal in self.journals():
            journal.restore(journal.exchanges(), journal.last_number)
        self._redaction = None

    def let_go(self) -> None:
        """Let go of all that faults hold back; none holds anything back from now on."""
        for road in (self.nobodys_road, *(tenant.road for tenant in self)):
            road.close()

    def _arm(self, name: str, faults: Faults) -> None:
        """Arm what is armed from the beginning: for everybody, where it can strike, and for this tenant."""
        faults.clear()
        for one in self._supplies.faults:
            if one.tenant in (None, name) and faults.can_strike(one.spec):
                faults.arm(one.spec)

    def _remember(self, secret: Secret) -> None:
        """Keep in mind what may still stand in a journal."""
        for one in secret.ever():
            self._former_secrets[one] = None
        while len(self._former_secrets) > _MOST_FORMER_SECRETS:
            del self._former_secrets[next(iter(self._former_secrets))]
        self._redaction = None

    def _vendor(self, kind: str) -> Vendor:
        if kind not in self.vendors:
            raise ControlRefusal(
                Problem.INVALID, f"kind: there is no `{kind}`; {nearest(kind, self.vendors)}"
            )
        return self.vendors[kind]

    def _new(
        self,
        kind: str,
        name: str,
        secret: Secret,
        settings: Mapping[str, Any],
        origin: tuple[PlayerSpec, ...],
    ) -> Tenant:
        """A tenant at its beginning, in the place of one with the same name."""
        tenant = self.bare(
            kind,
            name=name,
            secret=secret,
            settings=settings,
            origin=origin,
            id_seed=self._supplies.new_seed(),
            ids_made=0,
        )
        put_players(self.vendors[kind], tenant.players, tenant.ledger, origin)
        self._arm(name, tenant.faults)
        self.vendors[kind].begin(tenant)
        self._redaction = None
        self._by_kind[kind][name] = tenant
        return tenant
