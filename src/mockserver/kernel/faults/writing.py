"""Other ways to write the same JSON, and ways to break it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from mockserver.kernel.faults.catalogue import Name
from mockserver.kernel.json_codec import JsonInvalid, dump_as_read, parse

EXTRA_FIELD = "sandboxExtra"
"""Name of the field that no contract knows."""

_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[,:{}\[\]]')
_SPACED = {b",": b" ,\r\n\t", b":": b" : ", b"{": b"{ ", b"}": b"\n}", b"[": b"[ ", b"]": b" ]"}
_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_AMOUNT_NAMES = ("amount", "balance")
_MOST_PLACES = 8
"""Digits behind the point that every contract lets an amount have."""


def with_unknown_fields(text: bytes) -> bytes:
    """A field more in each object that has any; what is no JSON stays as it is."""
    return _rewritten(text, _extended)


def in_another_form(text: bytes) -> bytes:
    """Numbers with a fraction, and amounts as text, in another form of the same value. Other text stays: a
    code may look like a number."""
    return _rewritten(text, _reformed)


def with_white_space(text: bytes) -> bytes:
    """Spaces and line breaks between the parts of a JSON text."""
    if not text.lstrip().startswith((b"{", b"[")):
        return text
    return b"\n" + _TOKEN.sub(lambda token: _SPACED.get(token[0], token[0]), text) + b"\n"


def cut_in_half(text: bytes) -> bytes:
    """The first half of a text, at least its first byte."""
    return text[: max(1, len(text) // 2)]


def in_other_case(name: str, number: int) -> str:
    """The name of a header in upper, title or mixed case."""
    forms = (name.upper(), name.title(), "".join(c.upper() if i % 2 else c for i, c in enumerate(name)))
    return forms[number % len(forms)]


def _rewritten(text: bytes, change: Callable[[Any], Any]) -> bytes:
    try:
        return dump_as_read(change(parse(text)))
    except JsonInvalid:
        return text


def _extended(value: Any) -> Any:
    if isinstance(value, dict) and value:
        # What has nothing but switches may have switches by any name.
        extra = True if all(isinstance(one, bool) for one in value.values()) else "legal"
        return {name: _extended(one) for name, one in value.items()} | {EXTRA_FIELD: extra}
    return [_extended(one) for one in value] if isinstance(value, list) else value


def _reformed(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _reformed(one, key) for key, one in value.items()}
    if isinstance(value, list):
        return [_reformed(one, name) for one in value]
    if isinstance(value, Decimal):
        return Decimal(_other_form(f"{value:f}"))
    is_amount = isinstance(value, str) and name.lower().endswith(_AMOUNT_NAMES)
    return _other_form(value) if is_amount and _DECIMAL.fullmatch(value) else value


def _other_form(number: str) -> str:
    """``10.0`` and ``10.00`` as ``10``, ``2.50`` as ``2.5``, ``2.5`` as ``2.50``, ``10`` as ``10.0``."""
    whole, _, fraction = number.partition(".")
    if not fraction:
        return f"{whole}.0"
    shorter = fraction.rstrip("0")
    if shorter == fraction:
        return f"{number}0" if len(fraction) < _MOST_PLACES else number
    return f"{whole}.{shorter}" if shorter else whole


REWRITING: Mapping[Name, Callable[[bytes], bytes]] = {
    Name.UNKNOWN_FIELDS: with_unknown_fields,
    Name.NUMBER_FORM: in_another_form,
    Name.WHITE_SPACE: with_white_space,
}
"""Variations that write the same in another form, by name."""
