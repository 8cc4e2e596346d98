"""Every fault and every legal variation, as rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from mockserver.kernel.journal import Direction
from mockserver.kernel.settings import Setting, choice, switch, text, whole_number

LONGEST_WAIT = 600_000
"""Milliseconds."""

_IN_TIME = 1_500
"""Milliseconds; below every deadline that callers of this kind are known to have (BS-ASM-094)."""


class Point(StrEnum):
    """Where on an exchange's way something strikes."""

    BEFORE_COMMIT = "before_commit"
    """The request is in order and nothing has happened yet; of a call that is sent, before it arrives."""
    AFTER_COMMIT = "after_commit"
    """It has happened, and nothing has been answered yet."""
    MID_ANSWER = "mid_answer"
    """While the answer is on its way."""


class Name(StrEnum):
    """Names of faults and variations."""

    LATENCY = "latency"
    ERROR = "error"
    HTTP_STATUS = "http_status"
    RATE_LIMIT = "rate_limit"
    DROP = "drop"
    TRUNCATE = "truncate"
    CONTENT_TYPE = "content_type"
    DUPLICATE = "duplicate"
    CHANGE = "change"
    REORDER = "reorder"
    OVERTAKE = "overtake"
    BAD_SIGNATURE = "bad_signature"
    STALE_TIMESTAMP = "stale_timestamp"
    EXPIRED_TOKEN = "expired_token"
    FUTURE_TOKEN = "future_token"
    UNKNOWN_KID = "unknown_kid"
    ALG_CONFUSION = "alg_confusion"
    UNKNOWN_FIELDS = "unknown_fields"
    NUMBER_FORM = "number_form"
    HEADER_CASE = "header_case"
    WHITE_SPACE = "white_space"
    SLOW = "slow"


FORGERIES = frozenset(
    {
        Name.BAD_SIGNATURE,
        Name.STALE_TIMESTAMP,
        Name.EXPIRED_TOKEN,
        Name.FUTURE_TOKEN,
        Name.UNKNOWN_KID,
        Name.ALG_CONFUSION,
    }
)
"""What is done to the signature of a call that is sent."""


WAITS = frozenset({Name.LATENCY, Name.SLOW})
"""What makes wait, and nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A row of the catalogue."""

    name: Name
    effect: str
    strikes: tuple[Direction, ...]
    points: tuple[Point, ...]
    """The first one is the default; there are none where it changes how a message is written."""
    parameters: Mapping[str, Setting]
    legal: bool = False
    """Whether it is a variation: what happens is allowed, only unusual."""


def _parameter(name: str, read: Any, default: Any, help: str) -> Setting:
    return Setting(name, read, default, help, of="fault", flag=False)


def _wait(default: int, most: int = LONGEST_WAIT) -> tuple[Setting, ...]:
    read = whole_number(0, most, "milliseconds")
    return (
        _parameter("milliseconds", read, default, "How long, at least."),
        _parameter("spread", read, 0, "Up to so many milliseconds more, drawn by `seed`."),
    )


def _header_value(value: Any) -> str:
    """A text that a header can carry."""
    if not isinstance(value, str) or not value.strip() or not (value.isascii() and value.isprintable()):
        raise ValueError("one line of printable ASCII")
    return value


_seconds = whole_number(1, 10**8, "seconds")
_BOTH = (Direction.RECEIVED, Direction.SENT)
_RECEIVED = (Direction.RECEIVED,)
_SENT = (Direction.SENT,)
_COMMIT = (Point.BEFORE_COMMIT, Point.AFTER_COMMIT)
_BEFORE = (Point.BEFORE_COMMIT,)
_AFTER = (Point.AFTER_COMMIT,)
_MID_ANSWER = (Point.MID_ANSWER,)


def _row(
    name: Name,
    effect: str,
    strikes: tuple[Direction, ...],
    points: tuple[Point, ...],
    *parameters: Setting,
    legal: bool = False,
) -> Fault:
    return Fault(
        name=name,
        effect=effect,
        strikes=strikes,
        points=points,
        parameters=MappingProxyType({one.name: one for one in parameters}),
        legal=legal,
    )


_ROWS = (
    _row(
        Name.LATENCY,
        "The request is late (before_commit), or the answer (after_commit): behind its deadline the sandbox "
        "does not wait for one.",
        _BOTH,
        _COMMIT,
        *_wait(1_000),
    ),
    _row(
        Name.ERROR,
        "The answer is a refusal of the contract, whatever was asked; after_commit it has happened all "
        "the same.",
        _RECEIVED,
        _COMMIT,
        _parameter("class", text, None, "Class of the refusal, such as wrong_state. Has to be given."),
    ),
    _row(
        Name.HTTP_STATUS,
        "The answer is an HTTP status with a page of HTML, as from a gateway in front.",
        _RECEIVED,
        _COMMIT,
        _parameter("status", whole_number(200, 599, "HTTP's statuses"), 500, "The status."),
        _parameter("retry_after", _seconds, None, "Seconds in the header Retry-After."),
    ),
    _row(
        Name.RATE_LIMIT,
        "The answer is HTTP 429 with Retry-After; nothing happens.",
        _RECEIVED,
        _BEFORE,
        _parameter("retry_after", _seconds, 1, "Seconds in the header Retry-After."),
    ),
    _row(
        Name.DROP,
        "The connection ends without an answer: the request is lost (before_commit), the answer is "
        "(after_commit), or half of it arrives (mid_answer).",
        _BOTH,
        (*_COMMIT, Point.MID_ANSWER),
    ),
    _row(
        Name.TRUNCATE,
        "The answer's body is half of the JSON, in a message that is complete.",
        _RECEIVED,
        _MID_ANSWER,
    ),
    _row(
        Name.CONTENT_TYPE,
        "The answer has a wrong Content-Type.",
        _RECEIVED,
        _MID_ANSWER,
        _parameter("value", _header_value, "text/html", "What it says instead."),
    ),
    _row(
        Name.DUPLICATE,
        "The call is sent again after it was answered.",
        _SENT,
        _AFTER,
        _parameter("times", whole_number(1, 100, "repeats"), 1, "How often more."),
        _parameter("identical", switch, False, "Byte for byte, instead of signed anew."),
        _parameter("at_once", switch, False, "All at the same time, instead of one after another."),
    ),
    _row(
        Name.CHANGE,
        "The call is sent again after it was answered, with another amount of money in it.",
        _SENT,
        _AFTER,
    ),
    _row(
        Name.REORDER,
        "The call waits until another one of the tenant was sent; the two arrive in reverse.",
        _SENT,
        _BEFORE,
        _parameter(
            "milliseconds", whole_number(1, LONGEST_WAIT, "milliseconds"), 3_000, "It waits no longer."
        ),
    ),
    _row(
        Name.OVERTAKE,
        "The call stays on its way: its sender takes it for lost, and it arrives behind the next call "
        "about the same subject.",
        _SENT,
        _BEFORE,
    ),
    _row(Name.BAD_SIGNATURE, "The signature is wrong.", _SENT, _BEFORE),
    _row(
        Name.STALE_TIMESTAMP,
        "The signed timestamp is an old one.",
        _SENT,
        _BEFORE,
        _parameter("seconds", _seconds, 3_600, "How old."),
    ),
    _row(
        Name.EXPIRED_TOKEN,
        "The JWT has expired.",
        _SENT,
        _BEFORE,
        _parameter("seconds", _seconds, 60, "For how long."),
    ),
    _row(
        Name.FUTURE_TOKEN,
        "The JWT does not count yet.",
        _SENT,
        _BEFORE,
        _parameter("seconds", _seconds, 60, "From when on: so many seconds from now."),
    ),
    _row(Name.UNKNOWN_KID, "The JWT names a key that the JWKS does not have.", _SENT, _BEFORE),
    _row(
        Name.ALG_CONFUSION,
        "The JWT asks for another algorithm: HS256 keyed with the public key's PEM, or none.",
        _SENT,
        _BEFORE,
        _parameter("alg", choice("HS256", "none"), "HS256", "The algorithm."),
    ),
    _row(
        Name.UNKNOWN_FIELDS,
        "Each JSON object that has any fields has one more, which no contract knows.",
        _BOTH,
        (),
        legal=True,
    ),
    _row(
        Name.NUMBER_FORM,
        "Numbers and amounts with a fraction are written in another form of the same value: 10.0 as 10, "
        "2.5 as 2.50.",
        _BOTH,
        (),
        legal=True,
    ),
    _row(Name.HEADER_CASE, "Names of headers are in other cases.", _BOTH, (), legal=True),
    _row(
        Name.WHITE_SPACE,
        "The JSON has spaces and line breaks between its parts; a signature covers them as it always does.",
        _BOTH,
        (),
        legal=True,
    ),
    _row(
        Name.SLOW,
        "The request or the answer is late, and within every usual deadline.",
        _BOTH,
        _COMMIT,
        *_wait(500, _IN_TIME),
        legal=True,
    ),
)

CATALOGUE: Mapping[str, Fault] = MappingProxyType({row.name.value: row for row in _ROWS})
"""By name."""
