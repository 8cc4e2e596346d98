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


OF_MESSAGES = frozenset(
    {
        *WAITS,
        Name.DROP,
        Name.DUPLICATE,
        Name.REORDER,
        Name.UNKNOWN_FIELDS,
        Name.NUMBER_FORM,
        Name.WHITE_SPACE,
    }
)
"""What can strike a message that nobody answers, such as those of a live hub."""


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
        "Waits: before_commit the request is late, after_commit the answer is. An answer to a call of the "
        "sandbox that comes behind its deadline counts as none.",
        _BOTH,
        _COMMIT,
        *_wait(1_000),
    ),
    _row(
        Name.ERROR,
        "Answers with a refusal of the contract, whatever was asked. before_commit nothing happens; "
        "after_commit everything happens, and the caller is told that it did not.",
        _RECEIVED,
        _COMMIT,
        _parameter(
            "class",
            text,
            None,
            "Class of the refusal in the contract, such as wrong_state. Has to be given.",
        ),
    ),
    _row(
        Name.HTTP_STATUS,
        "Answers with an HTTP status and a page of HTML, as a gateway in front would. before_commit nothing "
        "happens, after_commit everything.",
        _RECEIVED,
        _COMMIT,
        _parameter("status", whole_number(200, 599, "HTTP's statuses"), 500, "Which one."),
        _parameter("retry_after", _seconds, None, "Seconds in the header Retry-After."),
    ),
    _row(
        Name.RATE_LIMIT,
        "Answers with 429 and Retry-After; nothing happens.",
        _RECEIVED,
        _BEFORE,
        _parameter("retry_after", _seconds, 1, "Seconds in the header Retry-After."),
    ),
    _row(
        Name.DROP,
        "Ends the connection without an answer. before_commit is a lost request: nothing happens. "
        "after_commit is a lost answer: everything happens. mid_answer sends the head and half of the body "
        "first. A call that is sent never leaves (before_commit), or its answer is thrown away.",
        _BOTH,
        (*_COMMIT, Point.MID_ANSWER),
    ),
    _row(
        Name.TRUNCATE,
        "Answers with the first half of the JSON, in a message that is complete: Content-Length fits.",
        _RECEIVED,
        _MID_ANSWER,
    ),
    _row(
        Name.CONTENT_TYPE,
        "Answers with a wrong Content-Type; the body is right.",
        _RECEIVED,
        _MID_ANSWER,
        _parameter("value", _header_value, "text/html", "What it says instead."),
    ),
    _row(
        Name.DUPLICATE,
        "Sends the call again once it was answered. Only the first answer counts.",
        _SENT,
        _AFTER,
        _parameter("times", whole_number(1, 100, "repeats"), 1, "How many more."),
        _parameter(
            "identical",
            switch,
            False,
            "The same bytes, instead of signed anew with a new timestamp or token.",
        ),
        _parameter("at_once", switch, False, "All at the same time, the first one too."),
    ),
    _row(
        Name.CHANGE,
        "Sends the call again once it was answered, with every amount of money in it 1 higher and all else "
        "the same, rightly signed. Only the first answer counts; a call without amounts is not repeated.",
        _SENT,
        _AFTER,
    ),
    _row(
        Name.REORDER,
        "Holds the call back until another one of the tenant was answered: the two arrive in reverse. Alone, "
        "it goes out after a limit.",
        _SENT,
        _BEFORE,
        _parameter("milliseconds", whole_number(1, LONGEST_WAIT, "milliseconds"), 3_000, "The limit."),
    ),
    _row(
        Name.OVERTAKE,
        "Keeps the call on its way: it fails at once for the sandbox, and arrives, byte for byte as it was "
        "signed, behind the next call about the same ticket, bet or session, such as its discard or its "
        "repeat.",
        _SENT,
        _BEFORE,
    ),
    _row(Name.BAD_SIGNATURE, "Sends the call with one character of its signature changed.", _SENT, _BEFORE),
    _row(
        Name.STALE_TIMESTAMP,
        "Sends the call with an old timestamp, rightly signed.",
        _SENT,
        _BEFORE,
        _parameter("seconds", _seconds, 3_600, "How old."),
    ),
    _row(
        Name.EXPIRED_TOKEN,
        "Sends a JWT that has expired; all else about it is genuine.",
        _SENT,
        _BEFORE,
        _parameter("seconds", _seconds, 60, "How long ago."),
    ),
    _row(
        Name.FUTURE_TOKEN,
        "Sends a JWT that does not count yet (nbf); all else about it is genuine.",
        _SENT,
        _BEFORE,
        _parameter("seconds", _seconds, 60, "How far ahead."),
    ),
    _row(
        Name.UNKNOWN_KID,
        "Sends a JWT that names a key that the JWKS does not have; all else about it is genuine.",
        _SENT,
        _BEFORE,
    ),
    _row(
        Name.ALG_CONFUSION,
        "Sends a JWT with another alg: HS256, keyed with the public key's PEM, or none, without a signature.",
        _SENT,
        _BEFORE,
        _parameter("alg", choice("HS256", "none"), "HS256", "Which one."),
    ),
    _row(
        Name.UNKNOWN_FIELDS,
        "Adds a field that no contract knows, sandboxExtra, to each JSON object that has any fields.",
        _BOTH,
        (),
        legal=True,
    ),
    _row(
        Name.NUMBER_FORM,
        "Writes numbers with a fraction, and amounts in text, in another form of the same value: 10.0 as 10, "
        "2.5 as 2.50.",
        _BOTH,
        (),
        legal=True,
    ),
    _row(
        Name.HEADER_CASE,
        "Writes the names of headers in title, mixed and upper case in turn.",
        _BOTH,
        (),
        legal=True,
    ),
    _row(
        Name.WHITE_SPACE,
        "Puts spaces and line breaks between the parts of the JSON; what is sent is signed with them.",
        _BOTH,
        (),
        legal=True,
    ),
    _row(
        Name.SLOW,
        "Waits, within every usual deadline: before_commit the request is late, after_commit the answer is.",
        _BOTH,
        _COMMIT,
        *_wait(500, _IN_TIME),
        legal=True,
    ),
)

CATALOGUE: Mapping[str, Fault] = MappingProxyType({row.name.value: row for row in _ROWS})
"""By name."""
