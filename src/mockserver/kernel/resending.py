"""A call that was sent before goes out once more, as networks repeat, change and swap calls. Nobody in the
sandbox asked for it: the outbox stays as it is, and nothing comes of the answer but a line in the journal."""

from __future__ import annotations

from dataclasses import dataclass

from mockserver.kernel.changed_amount import with_other_amount
from mockserver.kernel.control import ControlRefusal, Problem
from mockserver.kernel.journal import LARGEST_KEPT, Direction, Exchange
from mockserver.kernel.tenant import Tenant


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """How a call goes out again."""

    times: int = 1
    identical: bool = False
    """Byte for byte, with the signature that it had; else signed for the moment."""
    changed: bool = False
    """With another amount in it."""
    reordered: bool = False
    """Behind the call that followed it about the same subject."""


async def resend(tenant: Tenant, exchange: Exchange, again: Again) -> list[Exchange]:
    """Send a call of the journal again.

    :param exchange: one of the tenant's
    :returns: the exchanges that came of it, in their order, as far as the journal keeps so many
    :raises ControlRefusal: it can't be sent again, or not so, and nothing was sent; or the tenant is gone
        before each time was sent
    """
    _require_whole(tenant, exchange)
    if again.identical and again.changed:
        raise ControlRefusal(Problem.INVALID, "`identical` and `changed` contradict one another")
    document = said = _said(exchange)
    if again.changed:
        changed = with_other_amount(said, tenant.post.amounts)
        if changed is None:
            raise ControlRefusal(
                Problem.CONFLICT, f"`{exchange.action}` says no amount here, so that none can be changed"
            )
        document = changed
    calls = [(exchange, document)] * again.times
    if again.reordered:
        following = _following(tenant, exchange)
        calls.insert(0, (following, _said(following)))
    made: list[str] = []
    for sent, body in calls:
        if tenant.outbox.closed:
            raise ControlRefusal(
                Problem.CONFLICT,
                f"tenant `{tenant.name}` was reset or dropped meanwhile; "
                f"{len(made)} of {len(calls)} calls were sent again",
            )
        made.append(await tenant.post.send_again(tenant, sent, body, identical=again.identical))
    return [found for one in made if (found := tenant.journal.find(one))]


def _said(exchange: Exchange) -> bytes:
    return exchange.request_body if exchange.document is None else exchange.document


def require_sent(exchange: Exchange) -> None:
    """See to it that the sandbox sent it: what came in may be nobody's.

    :raises ControlRefusal: it was received
    """
    if exchange.direction is not Direction.SENT:
        raise ControlRefusal(
            Problem.CONFLICT,
            f"exchange `{exchange.id}` was received; only what the sandbox sent can be sent again",
        )


def _require_whole(tenant: Tenant, exchange: Exchange) -> None:
    """See to it that there is a whole call to repeat.

    :raises ControlRefusal: there is none
    """
    require_sent(exchange)
    if not exchange.target or exchange.action not in tenant.post.schedules:
        raise ControlRefusal(Problem.CONFLICT, f"exchange `{exchange.id}` never went out")
    if exchange.request_size > LARGEST_KEPT:
        raise ControlRefusal(
            Problem.CONFLICT, f"of exchange `{exchange.id}` only the first {LARGEST_KEPT} bytes are kept"
        )


def _following(tenant: Tenant, exchange: Exchange) -> Exchange:
    """The call that followed another one about the same ticket, bet or session, repeats of it left out.

    :raises ControlRefusal: there is none
    """
    for one in tenant.journal.exchanges():
        if (
            one.turn > exchange.turn
            and (one.direction, one.surface, one.subject)
            == (Direction.SENT, exchange.surface, exchange.subject)
            and _said(one) != _said(exchange)
            and not _is_sent_again(tenant, one)
            and one.subject
            and one.target
        ):
            _require_whole(tenant, one)
            return one
    raise ControlRefusal(
        Problem.CONFLICT, f"no call about the same subject followed exchange `{exchange.id}`"
    )


def _is_sent_again(tenant: Tenant, exchange: Exchange) -> bool:
    """Whether another call that was sent is its cause; that of all others came in, or is a drive."""
    cause = tenant.journal.find(exchange.cause or "")
    return cause is not None and cause.direction is Direction.SENT
