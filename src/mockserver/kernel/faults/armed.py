"""What is armed for a tenant, and when it strikes."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from mockserver.kernel.changed_amount import with_other_amount
from mockserver.kernel.faults.catalogue import CATALOGUE, FORGERIES, Fault, Name, Point
from mockserver.kernel.faults.spec import FaultSpec, read_spec, spec_in
from mockserver.kernel.journal import NOBODY, Direction
from mockserver.kernel.settings import SettingsError, nearest

MOST_ARMED = 100
"""How many faults may be armed for one tenant."""


class TooManyFaults(Exception):
    """No more can be armed. The text says so in one line."""


class UnknownFault(Exception):
    """No fault of this id is armed."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What faults of a tenant can strike.

    :ivar received: classes of refusal by operationId
    :ivar sent: the operationId that is called, by action
    :ivar forgeries: faults of signing that an action can have, by action
    :ivar amounts: names of the fields that hold money in what is sent
    :ivar only: the faults that can strike an action at all, where not all can
    """

    received: Mapping[str, Collection[str]] = field(default_factory=dict)
    sent: Mapping[str, str] = field(default_factory=dict)
    forgeries: Mapping[str, Collection[str]] = field(default_factory=dict)
    amounts: Collection[str] = ()
    only: Mapping[str, Collection[str]] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class ArmedFault:
    """A fault that waits for its exchanges."""

    id: str
    spec: FaultSpec
    direction: Direction
    point: Point | None
    matched: int = 0
    """How many exchanges it fitted."""
    struck: int = 0

    @property
    def row(self) -> Fault:
        """Its row of the catalogue."""
        return CATALOGUE[self.spec.fault]

    @property
    def spent(self) -> bool:
        """Whether it can strike no more."""
        spec = self.spec
        has_struck_enough = spec.count is not None and self.struck >= spec.count
        return has_struck_enough or (spec.nth is not None and self.matched >= spec.after + spec.nth)

    def count(self) -> bool:
        """Count an exchange that fits, and say whether it is struck."""
        spec = self.spec
        self.matched += 1
        turn = self.matched - spec.after
        if turn < 1 or (spec.nth is not None and turn != spec.nth):
            return False
        if spec.count is not None and self.struck >= spec.count:
            return False
        if spec.probability is not None and drawn(spec.seed, "strikes", self.matched) >= spec.probability:
            return False
        self.struck += 1
        return True


@dataclass(frozen=True, slots=True)
class Strike:
    """A fault that strikes an exchange."""

    id: str
    name: Name
    point: Point | None
    parameters: Mapping[str, Any]
    seed: int
    number: int
    """Which of the exchanges that fitted it is; what is drawn depends on it alone."""

    def wait_ms(self) -> float:
        """Milliseconds to wait, of a fault that makes wait."""
        spread: int = self.parameters["spread"]
        least: int = self.parameters["milliseconds"]
        return least + float(drawn(self.seed, "spread", self.number)) * spread


def once(strike_id: str, spec: FaultSpec) -> Strike:
    """A fault that strikes one exchange, and was armed for no other."""
    row = CATALOGUE[spec.fault]
    point = spec.point or next(iter(row.points), None)
    return Strike(strike_id, row.name, point, spec.parameters, spec.seed, 1)


def asked_for(line: str, reach: Reach, operation: str) -> Strike:
    """The fault that a caller asks for, of a request that is being handled.

    :param line: as on a command line, with no condition but ``point``
    :raises SettingsError: it can't be read, or can't strike this
    """
    read = spec_in(line, "X-Sandbox-Fault")
    spec = read.spec
    alone = FaultSpec(fault=spec.fault, parameters=spec.parameters)
    if read.tenant is not None or replace(spec, point=None) != alone:
        raise SettingsError("X-Sandbox-Fault: takes a fault, its parameters and `point`, and no conditions")
    _place(reach, replace(spec, operation=operation, direction=Direction.RECEIVED))
    return once("x-sandbox-fault", spec)


NO_STRIKES: Sequence[Strike] = ()


def drawn(seed: int, what: str, number: int) -> Decimal:
    """A number from 0 up to 1, the same one for ever."""
    digest = hashlib.sha256(f"{seed}/{what}/{number}".encode()).digest()
    return Decimal(int.from_bytes(digest[:6])) / 2**48


@dataclass(slots=True)
class Faults:
    """The faults of one tenant, in the order in which they were armed."""

    reach: Reach = field(default_factory=Reach)
    armed: list[ArmedFault] = field(default_factory=list)
    _last_number: int = 0

    def arm(self, spec: FaultSpec) -> ArmedFault:
        """Arm a fault.

        :raises SettingsError: it can't strike anything here
        :raises TooManyFaults: :data:`MOST_ARMED` are armed that can still strike
        """
        direction, point = _place(self.reach, spec)
        if len(self.armed) >= MOST_ARMED:
            self.armed = [one for one in self.armed if not one.spent]
        if len(self.armed) >= MOST_ARMED:
            raise TooManyFaults(f"{MOST_ARMED} faults are armed; clear some")
        self._last_number += 1
        one = ArmedFault(id=f"{spec.fault}-{self._last_number}", spec=spec, direction=direction, point=point)
        self.armed.append(one)
        return one

    def require_reach(self, spec: FaultSpec) -> None:
        """See to it that a fault can strike something here.

        :raises SettingsError: it can't
        """
        _place(self.reach, spec)

    def can_strike(self, spec: FaultSpec) -> bool:
        """Whether a fault can strike anything here."""
        try:
            self.require_reach(spec)
        except SettingsError:
            return False
        return True

    def clear(self) -> None:
        """Take all of them back."""
        self.armed.clear()

    def disarm(self, fault_id: str) -> ArmedFault:
        """Take one back.

        :raises UnknownFault: it is not armed
        """
        for one in self.armed:
            if one.id == fault_id:
                self.armed.remove(one)
                return one
        raise UnknownFault(
            f"no fault `{fault_id}` is armed; {nearest(fault_id, [one.id for one in self.armed])}"
        )

    def restore(self, armed: Sequence[ArmedFault]) -> None:
        """Put faults back as they were.

        :raises ValueError: one can't strike anything here
        """
        if len(armed) > MOST_ARMED:
            raise ValueError(f"{len(armed)} faults are armed, and at most {MOST_ARMED} can be")
        if len({one.id for one in armed}) != len(armed):
            raise ValueError("two faults have the same id")
        for one in armed:
            try:
                _require_sound(one.spec)
                if not one.id or not 0 <= one.struck <= one.matched:
                    raise ValueError(f"the fault `{one.id}` can't have struck so often")
                if _place(self.reach, one.spec) != (one.direction, one.point):
                    raise ValueError(f"the fault `{one.id}` can't have this direction or point")
            except SettingsError as error:
                raise ValueError(str(error)) from None
        self.armed = list(armed)
        numbers = [one.id.rpartition("-")[2] for one in armed]
        self._last_number = max((int(one) for one in numbers if one.isdecimal()), default=0)

    def striking(
        self, direction: Direction, operation: str, action: str | None, *said: bytes
    ) -> Sequence[Strike]:
        """Which of them strike an exchange, in the order in which they were armed. Each that fits counts it;
        what comes too late, behind one that answers earlier on the way, does not fit.

        :param said: the texts in which a fault looks for what it is bound to; of a call its document first
        """
        strikes: list[Strike] = []
        for one in (
            sorted(self.armed, key=lambda one: _ORDER[one.point]) if len(self.armed) > 1 else self.armed
        ):
            if (
                one.direction is direction
                and one.spec.operation in (None, operation, action)
                and _is_about(one.spec.containing, said)
                and self._can_strike(one, operation, action, said)
                and not _is_too_late(one, strikes)
                and one.count()
            ):
                strikes.append(
                    Strike(one.id, one.row.name, one.point, one.spec.parameters, one.spec.seed, one.matched)
                )
        if len(strikes) > 1:
            order = [one.id for one in self.armed]
            strikes.sort(key=lambda strike: order.index(strike.id))
        return strikes or NO_STRIKES

    def _can_strike(self, one: ArmedFault, operation: str, action: str | None, said: Sequence[bytes]) -> bool:
        name = one.row.name
        if name is Name.CHANGE and with_other_amount(b"".join(said[:1]), self.reach.amounts) is None:
            return False
        if operation in self.reach.only and name not in self.reach.only[operation]:
            return False
        if name is Name.ERROR:
            return one.spec.parameters["class"] in self.reach.received.get(operation, ())
        return name not in FORGERIES or name in self.reach.forgeries.get(action or "", ())


def _require_sound(spec: FaultSpec) -> None:
    """See to it that a fault could have been asked for so.

    :raises SettingsError: it could not
    """
    conditions = {
        "after": spec.after,
        "nth": spec.nth,
        "count": spec.count,
        "probability": spec.probability,
        "seed": spec.seed,
        "operation": spec.operation,
        "containing": spec.containing,
        "point": spec.point,
    }
    read = read_spec(spec.fault, conditions, spec.parameters)
    if read != replace(spec, direction=None):
        raise SettingsError(f"the fault {spec.fault} can't have been armed so")


_ORDER = {Point.BEFORE_COMMIT: 0, Point.AFTER_COMMIT: 1, Point.MID_ANSWER: 2, None: 3}
_ANSWERING = frozenset({Name.ERROR, Name.HTTP_STATUS, Name.RATE_LIMIT, Name.DROP, Name.OVERTAKE})


def _is_too_late(one: ArmedFault, strikes: Sequence[Strike]) -> bool:
    """Whether another fault has answered for good before this one could strike. A refusal of the contract
    is an answer like any other, and what strikes answers still can strike it."""
    answered = next((before for before in strikes if before.name in _ANSWERING), None)
    if answered is None or answered.point is Point.MID_ANSWER:
        return False
    if one.row.name in _ANSWERING and one.point is answered.point:
        return True
    return answered.name is not Name.ERROR and one.point is Point.AFTER_COMMIT


def _is_about(containing: str | None, said: Sequence[bytes]) -> bool:
    return containing is None or any(containing.encode() in text for text in said)


def _place(reach: Reach, spec: FaultSpec) -> tuple[Direction, Point | None]:
    """Which way a fault strikes, and where.

    :raises SettingsError: it can't strike anything
    """
    row = CATALOGUE[spec.fault]
    ways = [way for way in row.strikes if _reaches(reach, way, spec.operation)]
    if (
        not ways
        and spec.operation is not None
        and not any(_reaches(reach, way, spec.operation) for way in Direction)
    ):
        known = {*reach.received, *reach.sent, *reach.sent.values()}
        raise SettingsError(
            f"operation: `{spec.operation}` is none of this tenant; {nearest(spec.operation, sorted(known))} "
            f"(what is open to all, such as cards and keys, has its faults at the tenant `{NOBODY}`)"
        )
    if spec.direction is not None:
        ways = [way for way in ways if way is spec.direction]
    if not ways:
        what = f"`{spec.operation}` is " if spec.operation else "calls are "
        raise SettingsError(
            f"`{spec.fault}` can't strike here: it is for what is {' or '.join(row.strikes)}"
            + (f", and {what}{_other(row)}" if len(row.strikes) == 1 else "")
        )
    if len(ways) > 1:
        raise SettingsError(
            f"direction: has to be given: `{spec.fault}` can strike what is received and what is sent"
        )
    _require_possible(reach, spec)
    return ways[0], spec.point or next(iter(row.points), None)


def _other(row: Fault) -> str:
    return next(way for way in Direction if way not in row.strikes)


def _reaches(reach: Reach, way: Direction, operation: str | None) -> bool:
    if way is Direction.RECEIVED:
        return bool(reach.received) if operation is None else operation in reach.received
    return bool(reach.sent) if operation is None else operation in {*reach.sent, *reach.sent.values()}


def _require_possible(reach: Reach, spec: FaultSpec) -> None:
    """See to it that the operation can be struck so, and that there is an error row of the class, or a
    signature of the kind."""
    possible = reach.only.get(spec.operation or "")
    if possible is not None and spec.fault not in possible:
        raise SettingsError(
            f"{spec.fault}: can't strike `{spec.operation}`; {', '.join(sorted(possible))} can"
        )
    if spec.fault == Name.ERROR:
        rows = reach.received
        classes = {one for name, known in rows.items() if spec.operation in (None, name) for one in known}
        wanted = spec.parameters["class"]
        if wanted not in classes:
            raise SettingsError(f"class: there is no `{wanted}` here; {nearest(wanted, sorted(classes))}")
    elif spec.fault in FORGERIES:
        fitting = [
            action for action, operation in reach.sent.items() if spec.operation in (None, action, operation)
        ]
        if not any(spec.fault in reach.forgeries.get(action, ()) for action in fitting):
            raise SettingsError(f"no call that fits is signed so that `{spec.fault}` could strike it")
