"""JSON in and out. In: exact and strict. Out: fast, decimals as JSON numbers."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson

_LARGEST_EXPONENT = 308  # that of a double: what other implementations can hold


_DEEPEST = 100


class JsonInvalid(ValueError):
    """A text is no JSON that the server reads. The message says why, in one line."""


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]  # add() is the point
        raise JsonInvalid(f"key {twice!r} stands twice in one object")
    return document


def _no_constants(name: str) -> Any:
    raise JsonInvalid(f"{name} is not a JSON value")


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise JsonInvalid(f"the number {text[:40]} is out of range") from None
    if abs(number.adjusted()) > _LARGEST_EXPONENT:
        raise JsonInvalid(f"the number {text[:40]} is out of range")
    return number


# orjson would turn large integers into floats and keep the last of two equal keys.
_DECODER = json.JSONDecoder(
    parse_float=_number, parse_constant=_no_constants, object_pairs_hook=_no_duplicates
)


def parse(text: bytes) -> Any:
    """Read a JSON text; numbers with a fraction or an exponent become ``Decimal``.

    :raises JsonInvalid: not UTF-8, not JSON, NaN or Infinity, an object with a key twice, a lone
        surrogate, too deep, or a number too long
    """
    try:
        document = _DECODER.decode(text.decode("utf-8"))
        if text.count(b"[") + text.count(b"{") > _DEEPEST:
            _refuse_depth(document)
        if b"\\u" in text:
            _refuse_lone_surrogates(document)
    except UnicodeDecodeError as error:
        raise JsonInvalid(f"not UTF-8 at byte {error.start}") from None
    except json.JSONDecodeError as error:
        raise JsonInvalid(f"not JSON: {error.msg} at line {error.lineno} column {error.colno}") from None
    except RecursionError:
        raise JsonInvalid("nested too deep") from None
    except JsonInvalid:
        raise
    except ValueError as error:
        raise JsonInvalid(f"not JSON: {error}".partition(";")[0]) from None
    return document


def _refuse_depth(document: Any) -> None:
    """Validators give up far above what Python can read."""
    level = [document]
    for _ in range(_DEEPEST):
        level = [
            one
            for value in level
            if isinstance(value, dict | list)
            for one in (value.values() if isinstance(value, dict) else value)
            if isinstance(one, dict | list)
        ]
        if not level:
            return
    raise JsonInvalid("nested too deep")


def _refuse_lone_surrogates(document: Any) -> None:
    """Half a surrogate pair is legal JSON but no character, and could not be sent back."""
    left = [document]
    while left:
        value = left.pop()
        if isinstance(value, dict):
            left.extend(value)
            left.extend(value.values())
        elif isinstance(value, list):
            left.extend(value)
        elif isinstance(value, str) and not value.isascii():
            try:
                value.encode()
            except UnicodeEncodeError:
                raise JsonInvalid("a string holds half a surrogate pair") from None


def dump(document: Any) -> bytes:
    """Write JSON without spaces; ``Decimal`` as it is written, ``20.0`` stays ``20.0``."""
    return orjson.dumps(document, default=_fragment, option=orjson.OPT_PASSTHROUGH_DATETIME)


def dump_as_read(document: Any) -> bytes:
    """Write what :func:`parse` read, whole numbers of any length among it."""
    try:
        return dump(document)
    except TypeError:  # orjson stops at 64 bits
        return dump(_with_long_numbers(document))


def _with_long_numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _with_long_numbers(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_with_long_numbers(one) for one in value]
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _fragment(value: object) -> orjson.Fragment:
    if isinstance(value, Decimal):
        return orjson.Fragment(f"{value:f}")
    raise TypeError(f"{type(value).__name__} is not JSON")
