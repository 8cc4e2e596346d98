"""A fault as it is asked for: read from a document, or from a line of text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from mockserver.kernel.faults.catalogue import CATALOGUE, Point
from mockserver.kernel.journal import Direction
from mockserver.kernel.settings import (
    Setting,
    SettingsError,
    choice,
    nearest,
    read_setting,
    text,
    whole_number,
)

_MOST = 10**9
_LONGEST_SOUGHT = 200


def _probability(value: Any) -> Decimal:
    """A number above 0 and at most 1."""
    try:
        read = Decimal(str(value))
    except InvalidOperation:
        read = Decimal(0)
    if isinstance(value, bool) or not read.is_finite() or not 0 < read <= 1:
        raise ValueError("a number above 0 and at most 1")
    return read


def _sought(value: Any) -> str:
    """A text that can stand in a request."""
    sought = text(value)
    try:
        sought.encode()
    except UnicodeEncodeError:
        raise ValueError("a text of whole characters") from None
    if len(sought) > _LONGEST_SOUGHT:
        raise ValueError(f"a text of at most {_LONGEST_SOUGHT} characters")
    return sought


def _row(name: str, read: Any, default: Any, help: str) -> tuple[str, Setting]:
    return name, Setting(name, read, default, help, of="fault", flag=False)


CONDITIONS: Mapping[str, Setting] = dict(
    (
        _row(
            "operation",
            text,
            None,
            "Which operationId, or which action of a call that is sent. Default: any.",
        ),
        _row(
            "direction",
            choice(*(one.value for one in Direction)),
            None,
            "received: calls to the sandbox. sent: its own calls. Has to be given where both fit.",
        ),
        _row(
            "point",
            choice(*(one.value for one in Point)),
            None,
            "Where on the way. Default: the first one that the fault has.",
        ),
        _row("containing", _sought, None, "Only what has this text in its path or document, such as an id."),
        _row("after", whole_number(0, _MOST, "exchanges"), 0, "Lets so many that fit go by first."),
        _row(
            "nth",
            whole_number(1, _MOST, "exchanges"),
            None,
            "Strikes this one alone, counted from 1 behind `after`.",
        ),
        _row(
            "count",
            whole_number(1, _MOST, "exchanges"),
            None,
            "Strikes so often and no more. Default: for ever.",
        ),
        _row("probability", _probability, None, "Strikes by chance. Default: always."),
        _row(
            "seed",
            whole_number(0, _MOST, "any kind"),
            0,
            "What chance draws follows from it: the same seed strikes the same exchanges.",
        ),
    )
)
"""When a fault strikes, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultSpec:
    """A fault as asked for."""

    fault: str
    operation: str | None = None
    direction: Direction | None = None
    point: Point | None = None
    containing: str | None = None
    after: int = 0
    nth: int | None = None
    count: int | None = None
    probability: Decimal | None = None
    seed: int = 0
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FaultFor:
    """A fault for one tenant, or for every one that it can strike."""

    tenant: str | None
    spec: FaultSpec


def read_spec(
    name: str, conditions: Mapping[str, Any], parameters: Mapping[str, Any], source: str = "fault"
) -> FaultSpec:
    """A fault from values as a document or a command line has them.

    :param source: what an error begins with
    :raises SettingsError: there is no such fault, condition or parameter, or it can't have its value
    """
    row = CATALOGUE.get(name)
    if row is None:
        raise SettingsError(f"{source}: there is no `{name}`; {nearest(name, CATALOGUE)}")
    where = f"{source} {name}"
    read = {
        key: read_setting(CONDITIONS, where, key, value, others=row.parameters)
        for key, value in conditions.items()
        if value is not None
    }
    given = {
        key: read_setting(row.parameters, where, key, value)
        for key, value in parameters.items()
        if value is not None or key not in row.parameters
    }
    if missing := [one for one in row.parameters if one == "class" and one not in given]:
        raise SettingsError(f"{where}: needs `{missing[0]}`: {row.parameters[missing[0]].help}")
    point = Point(read["point"]) if "point" in read else None
    if point is not None and point not in row.points:
        raise SettingsError(
            f"{where}: `point` is {point}; it has to be {' or '.join(row.points) or 'left out'}"
        )
    direction = Direction(read["direction"]) if "direction" in read else None
    defaults = {key: parameter.default for key, parameter in row.parameters.items()}
    return FaultSpec(
        **{**read, "fault": name, "point": point, "direction": direction, "parameters": defaults | given}
    )


def spec_in(line: str, source: str = "fault") -> FaultFor:
    """A fault from a line of text: ``drop,operation=payTicket,point=after_commit,nth=2,tenant=site``.

    :raises SettingsError: it can't be read, see :func:`read_spec`
    """
    name, *rest = (one.strip() for one in line.split(","))
    pairs: dict[str, str] = {}
    for key, value in _pairs(rest, source):
        if key in pairs:
            raise SettingsError(f"{source}: `{key}` is given twice")
        pairs[key] = value
    tenant = pairs.pop("tenant", None)
    row = CATALOGUE.get(name)
    own = row.parameters if row is not None else {}
    conditions = {key: value for key, value in pairs.items() if key not in own}
    parameters = {key: value for key, value in pairs.items() if key in own}
    return FaultFor(tenant, read_spec(name, conditions, parameters, source))


def _pairs(parts: list[str], source: str) -> Iterator[tuple[str, str]]:
    for part in parts:
        key, equals, value = part.partition("=")
        if not equals:
            raise SettingsError(f"{source}: `{part}` has to be written as NAME=VALUE")
        yield key.rstrip(), value.lstrip()
