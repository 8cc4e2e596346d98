"""The same document with another amount in it: what a network, or a bug, makes of a call that is repeated."""

from __future__ import annotations

import re
from collections.abc import Collection
from decimal import Context, Decimal
from typing import Any

from mockserver.kernel.json_codec import JsonInvalid, dump_as_read, parse

_EXACT = Context(prec=60)
_ONE = Decimal(1)
_DECIMAL = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,20})?", re.ASCII)


def with_other_amount(document: bytes, fields: Collection[str]) -> bytes | None:
    """Raise every amount by 1, wherever it stands, so that sums and differences of them still hold.

    Integers stay integers, decimals in text stay text with as many digits after the point; the order of keys
    stays too.

    :param document: JSON text
    :param fields: names of the fields that hold amounts; what holds none there is left as it is
    :returns: ``None`` where there is no amount to change, and of what is no JSON
    """
    try:
        read = parse(document)
    except JsonInvalid:
        return None
    changed = _changed(read, fields)
    return None if changed == read else dump_as_read(changed)


def _changed(value: Any, fields: Collection[str]) -> Any:
    if isinstance(value, list):
        return [_changed(one, fields) for one in value]
    if isinstance(value, dict):
        return {
            name: _raised(one) if name in fields else _changed(one, fields) for name, one in value.items()
        }
    return value


def _raised(amount: Any) -> Any:
    if isinstance(amount, Decimal):
        return _EXACT.add(amount, _ONE)
    if isinstance(amount, int) and not isinstance(amount, bool):
        return amount + 1
    if isinstance(amount, str) and _DECIMAL.fullmatch(amount):
        return f"{_EXACT.add(Decimal(amount), _ONE):f}"
    return amount
