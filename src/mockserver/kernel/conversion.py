"""Between dataclasses and plain JSON values."""

from __future__ import annotations

import re
from datetime import timedelta, timezone
from typing import Any, TypeVar

import msgspec

from mockserver.kernel.soundness import require_sound

T = TypeVar("T")

_ZONE = re.compile(r"UTC(?:([+-])([01][0-9]):([0-5][0-9]))?")


def to_document(value: Any) -> Any:
    """Plain JSON values of dataclasses: decimals and moments as text, bytes in Base64."""
    return msgspec.to_builtins(value, str_keys=True, enc_hook=_zone_text)


def from_document(kind: type[T], document: Any) -> T:
    """The reverse of :func:`to_document`.

    :raises ValueError: the document does not fit; the text is one line and says where
    """
    try:
        value = msgspec.convert(document, kind, str_keys=True, dec_hook=_zone)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from None
    require_sound(value)
    return value


def _zone_text(value: Any) -> str:
    if isinstance(value, timezone):
        return str(value)
    raise TypeError(f"{type(value).__name__} can't be exported")


def _zone(kind: type, text: Any) -> Any:
    if kind is not timezone or not isinstance(text, str):
        raise ValueError(f"Expected a time zone, got {type(text).__name__}")
    found = _ZONE.fullmatch(text)
    if found is None:
        raise ValueError(f"`{text[:20]}` is no time zone such as UTC+03:00")
    distance = timedelta(hours=int(found[2] or 0), minutes=int(found[3] or 0))
    return timezone(-distance if found[1] == "-" else distance)
