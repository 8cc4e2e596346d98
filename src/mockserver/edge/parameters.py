"""Path and query parameters of an operation: texts of the URL, read by their schemas."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import unquote_to_bytes

from bet_contracts.schemas import Violation, compile_schema
from mockserver.edge.contract import ContractError, Operation
from mockserver.kernel.errors import EdgeRefusal, Rejection

_SHOWN = 40
_WHOLE = re.compile(r"-?[0-9]{1,40}")
_NUMBER = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?")
_OF_ITEM = re.compile(r"\[[0-9]+\]: ")
_BOOLEANS = {"true": True, "false": False}


def _whole(text: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise ValueError("a whole number")
    return int(text)


def _number(text: str) -> Decimal:
    if not _NUMBER.fullmatch(text):
        raise ValueError("a number such as 1.24")
    return Decimal(text)


def _boolean(text: str) -> bool:
    if text not in _BOOLEANS:
        raise ValueError("true or false")
    return _BOOLEANS[text]


_READERS: Mapping[str, Callable[[str], Any]] = {
    "string": str,
    "integer": _whole,
    "number": _number,
    "boolean": _boolean,
}
"""By the schema's type; each raises ``ValueError`` with what the text has to be."""


@dataclass(frozen=True, slots=True)
class _Parameter:
    name: str
    in_query: bool
    required: bool
    repeated: bool
    """Whether it is an array, each item a parameter of this name (``style: form``, ``explode``)."""
    default: Any
    """What stands in its place where it is left out; ``None`` where nothing does."""
    read: Callable[[str], Any]
    violation_of: Violation


class Parameters:
    """The parameters of one operation, compiled.

    :raises ContractError: one is of a kind that is not served
    """

    def __init__(self, operation: Operation) -> None:
        self._all = tuple(_compiled(operation))
        self._any_in_query = any(parameter.in_query for parameter in self._all)

    def read(self, path: Mapping[str, Any], query: bytes) -> dict[str, Any]:
        """Every parameter that was sent or has a default, by name. Of a name that is repeated and is no
        array's the last one counts; what the contract does not know is ignored.

        :param path: texts in the path, decoded
        :param query: what stands behind the question mark, as it was sent
        :raises Rejection: one is missing, is no UTF-8, is not of its type, or breaks its schema
        """
        sent = _split(query) if self._any_in_query and query else {}
        values: dict[str, Any] = {}
        for parameter in self._all:
            name = parameter.name
            if not parameter.in_query:
                value = _read(parameter, path[name])
            elif name in sent:
                texts = [_decoded(name, text) for text in sent[name]]
                value = (
                    [_read(parameter, text) for text in texts]
                    if parameter.repeated
                    else _read(parameter, texts[-1])
                )
            elif parameter.required:
                raise Rejection(EdgeRefusal.INVALID_REQUEST, f"{name}: is missing in the query")
            elif parameter.default is None:
                continue
            else:
                value = parameter.default
            if violation := parameter.violation_of(value):
                joint = "" if _OF_ITEM.match(violation) else ": "
                raise Rejection(EdgeRefusal.INVALID_REQUEST, f"{name}{joint}{violation}")
            values[name] = value
        return values


def _compiled(operation: Operation) -> Iterator[_Parameter]:
    for declared in operation.parameters:
        place, name, schema = declared["in"], declared["name"], declared.get("schema", {})
        if declared.get("x-identity"):
            continue
        repeated = schema.get("type") == "array"
        reader = _READERS.get((schema["items"] if repeated else schema).get("type", ""))
        exploded = declared.get("style", "form") == "form" and declared.get("explode", True)
        if place not in ("path", "query") or reader is None or (repeated and not exploded):
            raise ContractError(f"{operation.id}: parameter {name} in {place} is not served")
        default = schema.get("default")
        yield _Parameter(
            name=name,
            in_query=place == "query",
            required=declared.get("required", False),
            repeated=repeated,
            default=Decimal(str(default)) if isinstance(default, float) else default,
            read=reader,
            violation_of=compile_schema(schema),
        )


def _split(query: bytes) -> dict[str, list[bytes]]:
    """Values by name, in the order sent."""
    sent: dict[str, list[bytes]] = {}
    for pair in query.split(b"&"):
        name, _, value = pair.partition(b"=")
        sent.setdefault(_unquoted(name).decode("utf-8", "replace"), []).append(_unquoted(value))
    return sent


def _unquoted(text: bytes) -> bytes:
    return unquote_to_bytes(text.replace(b"+", b" "))


def _decoded(name: str, value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Rejection(
            EdgeRefusal.INVALID_REQUEST, f"{name}: its byte {error.start + 1} is not UTF-8"
        ) from None


def _read(parameter: _Parameter, text: Any) -> Any:
    if not isinstance(text, str):
        return text  # the router has read it
    try:
        return parameter.read(text)
    except ValueError as error:
        shown = repr(text) if len(text) <= _SHOWN else f"{text[:_SHOWN]!r}..."
        raise Rejection(
            EdgeRefusal.INVALID_REQUEST, f"{parameter.name}: is {shown}; it has to be {error}"
        ) from None
