"""Between dataclasses and plain JSON values."""

from __future__ import annotations

from datetime import timedelta, timezone
from typing import Any, TypeVar

import msgspec

from mockserver.kernel.soundness import require_sound

T = TypeVar("T")


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
    raise NotImplementedError(f"{type(value).__name__} can't be exported")


def _zone(kind: type, text: Any) -> Any:
    if kind is not timezone or not isinstance(text, str):
        raise ValueError(f"Expected a time zone, got {type(text).__name__}")
    sign, hours, minutes = (text[3:4], text[4:6], text[7:9]) if len(text) == 9 else ("+", "0", "0")
    distance = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-distance if sign == "-" else distance)
