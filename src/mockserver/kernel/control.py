"""What the control plane needs of a vendor, and how it refuses."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from mockserver.kernel.outbox import OutgoingCall
from mockserver.kernel.players import PlayerSpec
from mockserver.kernel.ports import IdSource
from mockserver.kernel.tenant import Post, Tenant

Json = dict[str, Any]


class Problem(StrEnum):
    """Why the control plane refuses."""

    INVALID = "invalid"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    FULL = "full"
    BUSY = "busy"
    UNFINISHED = "unfinished"
    NOT_SUPPORTED = "not_supported"


class ControlRefusal(Exception):
    """The control plane refuses.

    :param detail: one line that says what to change; never holds a secret
    """

    def __init__(self, problem: Problem, detail: str) -> None:
        super().__init__(detail)
        self.problem = problem
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Drive:
    """Something that can be made to happen to a tenant.

    ``run`` takes the tenant, the fields, and the id under which what it causes is found in the journal;
    it returns the calls that it made. ``give`` makes something without a call and returns it. One of both is
    there.
    """

    help: str
    fields: Mapping[str, Any]
    """JSON Schema of each field."""
    required: tuple[str, ...] = ()
    run: Callable[[Any, Mapping[str, Any], str], Awaitable[list[OutgoingCall]]] | None = None
    give: Callable[[Any, Mapping[str, Any]], Json] | None = None
    asks: bool = False
    """Whether it is there for the partner's answer."""

    @property
    def schema(self) -> Json:
        """JSON Schema of the whole document."""
        return {
            "type": "object",
            "properties": dict(self.fields),
            "additionalProperties": False,
            **({"required": list(self.required)} if self.required else {}),
        }


def only_name(tenant: Any, name: str) -> frozenset[str]:
    """The names of what has one name only."""
    return frozenset({name})


@dataclass(frozen=True, slots=True)
class Naming:
    """How a vendor's documents name what a tenant has."""

    keys: frozenset[str] = frozenset()
    """Fields of the documents that name one."""
    names: Callable[[Any, str], frozenset[str]] = only_name
    """Takes the tenant and one name; returns every name of what has it now, that one among them."""


@dataclass(frozen=True, slots=True)
class Collection:
    """A part of a tenant's books that can be read."""

    items: Callable[[Any], Sequence[Any]]
    show: Callable[[Any], Json]
    naming: Naming = Naming()
    violation: Callable[[Json], str | None] = lambda _shown: None
    """How what is shown of an item breaks the contract, if it does."""


class Vendor(Protocol):
    """What a vendor brings to the control plane: one kind of tenant."""

    kind: str
    balance_places: int
    """Digits after the point that a balance may have."""
    standard_players: tuple[PlayerSpec, ...]
    """Whom a tenant has that names none."""
    post: Post
    collections: Mapping[str, Collection]
    player_naming: Naming
    drives: Mapping[str, Drive]

    def new_tenant(self, **common: Any) -> Tenant:
        """A tenant of this kind with empty books; ``common`` are the fields of :class:`Tenant`."""

    def made_up_name(self, ids: IdSource) -> str:
        """A name for a tenant that was given none."""

    def begin(self, tenant: Any) -> None:
        """Put into the books what is there from the beginning, once the tenant has its players; what is
        there already stays."""

    def conjure(self, tenant: Any, name: str, currency: str | None) -> None:
        """See to it that there is a player with money, or a session, that a magic value names.

        :param currency: of the player, where it matters
        """

    def forget_player(self, tenant: Any, player_id: str) -> None:
        """Drop what the books hold of one player."""

    def export_books(self, tenant: Any) -> Json:
        """The books as a document."""

    def load_books(self, tenant: Any, document: Json) -> None:
        """Put books back as they were.

        :raises ValueError: the document is not what :meth:`export_books` makes
        """
