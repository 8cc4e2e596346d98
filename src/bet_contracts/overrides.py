"""Overrides: what a vendor answered, put in the place of what was assumed.

``[overrides]`` of a TOML file, by the id of an assumption::

    [overrides]
    BS-ASM-014 = "confirmed"                    # the vendor does as assumed

    [overrides.BC-ASM-015.duplicate]            # a row of refusals, by its class
    code = 103779

    [overrides.BS-ASM-033."SuperbetRequest.price"]    # keywords of a schema, by its place
    maximum = 5000000

    [overrides.BS-ASM-030.id]                   # the end of the place does, where it names enough
    pattern = "^[0-9]{19}$"

    [overrides.BS-ASM-061.listJackpotCards]     # where an operation is
    path = "/jackpot-cards"

A fact that was overridden is ``confirmed``: it binds like a documented one. Documents are changed before
anything is compiled from them, so whoever reads them can't tell an override from a transcription.
"""

from __future__ import annotations

import difflib
import re
import string
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final

from bet_contracts.documents import METHODS, Node, operations, resolved, walk
from bet_contracts.errors import OverrideError
from bet_contracts.examples import drop_outdated, misfits
from bet_contracts.facts import KEYWORD_MARKS, ROWS
from bet_contracts.refusals import code_schema, only_refusal, set_codes
from bet_contracts.schemas import compile_schema

CONFIRMED: Final = "confirmed"
"""The value that says: the vendor does as assumed."""

SHOWN: Final = 12
"""How many names a message lists."""

UNPROVEN: Final = frozenset({"assumed", "observed"})
REACTIONS: Final = ("final", "retry", "treat_as_success", "compensate")


def _number(value: Any) -> str | None:
    return None if isinstance(value, int) and not isinstance(value, bool) else "a whole number"


def _status(value: Any) -> str | None:
    sound = _number(value) is None and (value == 200 or 400 <= value <= 599)
    return None if sound else "200, or a status from 400 to 599"


def _text(value: Any) -> str | None:
    return None if isinstance(value, str) and value.strip() else "a text that is not empty"


def _reaction(value: Any) -> str | None:
    return None if value in REACTIONS else f"one of {', '.join(REACTIONS)}"


def _path(value: Any) -> str | None:
    sound = isinstance(value, str) and re.fullmatch(r"(/[A-Za-z0-9._~{}-]+)+", value)
    return None if sound else "a path such as /tickets/{identifier}"


def _method(value: Any) -> str | None:
    return None if value in METHODS else f"one of {', '.join(METHODS)}"


def _prefix(value: Any) -> str | None:
    sound = isinstance(value, str) and re.fullmatch(r"/|(/[A-Za-z0-9._~-]+)+", value)
    return None if sound else "a path prefix such as /be, or / for none"


def _names(value: Any) -> str | None:
    sound = isinstance(value, list) and value and all(isinstance(name, str) for name in value)
    return None if sound else "a list of names"


def _anything(value: Any) -> str | None:
    return None


Wanted = Callable[[Any], str | None]
"""Says what a value has to be, or ``None`` when it is."""

ROW: Final[Mapping[str, Wanted]] = {
    "code": _number,
    "message": _text,
    "status": _status,
    "caller": _reaction,
}
ITEM_ROW: Final = {field: wanted for field, wanted in ROW.items() if field != "status"}
OPERATION: Final[Mapping[str, Wanted]] = {"path": _path, "method": _method}
SERVERS: Final[Mapping[str, Wanted]] = {"url": _prefix}
SCHEMA: Final[Mapping[str, Wanted]] = {
    "required": _names,
    **dict.fromkeys(
        (
            *("type", "format", "enum", "pattern", "nullable", "default", "multipleOf", "minimum", "maximum"),
            *("minLength", "maxLength", "minItems", "maxItems", "uniqueItems", "additionalProperties"),
        ),
        _anything,
    ),
}


@dataclass(frozen=True, slots=True)
class Place:
    """What an assumption decides at one place of a contract."""

    kind: str
    """``row``, ``schema``, ``operation`` or ``servers``."""
    name: str
    """Class of a row, ``Schema.property``, operationId, or ``servers``."""
    node: Node
    path: tuple[str, ...]
    fields: Mapping[str, Wanted]
    """What may be overridden here."""


def overridden(
    documents: Mapping[str, Node], overrides: Mapping[str, Any], known: Mapping[str, str]
) -> dict[str, Node]:
    """The contracts with the overrides put in.

    :param documents: every contract of the vendors that the overrides speak of, bundled, by surface
    :param known: every assumption's id, with its decision
    :raises OverrideError: an id, a place or a field that isn't there, or a value that can't be
    """
    changed = {surface: deepcopy(document) for surface, document in documents.items()}
    for name, value in overrides.items():
        if name not in known:
            raise OverrideError(f"overrides: {name} is no assumption{_nearest(name, known)}")
        _Override(name, value, known[name], changed).apply()
    for surface, document in changed.items():
        if document == documents[surface]:
            continue
        drop_outdated(document)
        if wrong := next(misfits(document), None):
            raise OverrideError(
                f"overrides: {surface} contradicts itself then: {wrong}; "
                "an override must not refuse what the documentation prints"
            )
    return changed


def renumbered(before: Node, after: Node) -> dict[tuple[str, int, int], tuple[int, int]]:
    """What became of statuses and codes: (operationId, status, code) before, to (status, code) after."""
    found: dict[tuple[str, int, int], tuple[int, int]] = {}
    now = {(operation, row["class"]): (status, row["code"]) for operation, status, row in _rows(after)}
    for operation, status, row in _rows(before):
        new = now[operation, row["class"]]
        if new != (status, row["code"]):
            found[operation, status, row["code"]] = new
    return found


def touched(overrides: Mapping[str, Any], assumption: str | None, rows: tuple[str, ...]) -> bool:
    """Whether a sentence that rests on an assumption, and stands for these classes, is confirmed now."""
    value = overrides.get(assumption or "")
    if not isinstance(value, dict):
        return value == CONFIRMED
    named = set(value) - {*ROW, *SCHEMA}
    return bool(value.keys() & (ROW.keys() | SCHEMA.keys())) or (bool(named & set(rows)) if rows else True)


def places(document: Node, assumption: str) -> Iterator[Place]:
    """Everything in a bundled contract that an assumption decides."""
    for path, node in walk(document):
        if path[-2:-1] and path[-2] in ROWS:
            if _rests_on(node, assumption):
                yield Place("row", node["class"], node, path, ROW if path[-2] == "x-errors" else ITEM_ROW)
        elif path[:1] == ("servers",):
            if _rests_on(node, assumption):
                yield Place("servers", "servers", node, path, SERVERS)
        elif len(path) == 3 and path[0] == "paths":
            if _rests_on(node, assumption):
                yield Place("operation", node["operationId"], node, path, OPERATION)
        elif "schema" in path or path[:2] == ("components", "schemas"):
            marked = {
                keyword
                for mark in KEYWORD_MARKS
                for keyword, name in node.get(mark, {}).items()
                if name == assumption
            }
            # The codes of a response follow from its rows.
            if path[-2:-1] == ("properties",) and path[-1] in ("code", "ErrorCode", "_responseCode"):
                marked.discard("enum")
            if _rests_on(node, assumption) and node["x-provenance"]["standing"] in UNPROVEN:
                yield Place("schema", _schema_name(path, document), node, path, SCHEMA)
            elif marked:
                fields = {keyword: SCHEMA.get(keyword, _anything) for keyword in sorted(marked)}
                yield Place("schema", _schema_name(path, document), node, path, fields)


class _Override:
    """One entry of the table, put into every contract that it touches."""

    def __init__(self, name: str, value: Any, decision: str, documents: Mapping[str, Node]) -> None:
        self._name = name
        self._value = value
        self._decision = decision
        self._documents = documents
        self._places = [
            (document, place) for document in documents.values() for place in places(document, name)
        ]

    def apply(self) -> None:
        if self._value == CONFIRMED:
            for document in self._documents.values():
                _confirm(document, self._name)
            return
        if not isinstance(self._value, dict) or not self._value:
            raise self._fault(f'has to be "{CONFIRMED}" or a table of what is different')
        if not self._places:
            raise self._fault(
                f"decides how a server behaves, and no value of a contract ({self._decision}); "
                f'it can only be "{CONFIRMED}"'
            )
        for key, value in _status_last(self._value):
            if isinstance(value, dict):
                self._set_at(key, value)
            else:
                self._set_everywhere(key, value)

    def _set_at(self, name: str, fields: Mapping[str, Any]) -> None:
        meant = [
            (document, place)
            for document, place in self._places
            if place.name == name or place.name.endswith(f".{name}")
        ]
        if not meant:
            names = list(dict.fromkeys(place.name for _, place in self._places))
            raise self._fault(
                f"decides nothing about {name}{_nearest(name, names)}; {_list('it decides', names)}"
            )
        for field, value in _status_last(fields):
            having = [(document, place) for document, place in meant if field in place.fields]
            if not having:
                every = {field: None for _, place in meant for field in place.fields}
                raise self._fault(f"{name} has no {field} to override; {_list('there is', every)}")
            for document, place in having:
                self._put(document, place, field, value)

    def _set_everywhere(self, field: str, value: Any) -> None:
        """A field without a place: it must be clear which one is meant."""
        meant = [(document, place) for document, place in self._places if field in place.fields]
        if not meant:
            every = dict.fromkeys(name for _, place in self._places for name in place.fields)
            raise self._fault(
                f"has no {field} to override{_nearest(field, every)}; {_list('there is', every)}"
            )
        values = {repr(place.node.get(field)) for _, place in meant}
        names = dict.fromkeys(place.name for _, place in meant)
        if len(values) > 1 and len(names) > 1:
            raise self._fault(
                f"decides {field} at several places; name the one that is meant, as in "
                f'[overrides.{self._name}."{next(iter(names))}"]; {_list("there is", names)}'
            )
        for document, place in meant:
            self._put(document, place, field, value)

    def _put(self, document: Node, place: Place, field: str, value: Any) -> None:
        wanted = place.fields[field](value)
        if wanted:
            raise self._fault(f"{place.name}: {field} is {value!r}; it has to be {wanted}")
        match place.kind:
            case "row":
                self._put_row(document, place, field, value)
            case "operation":
                self._put_operation(document, place, field, value)
            case "servers":
                place.node[field] = value
                place.node["x-provenance"] = self._proof()
            case _:
                self._put_keyword(document, place, field, value)

    def _proof(self) -> Node:
        return {"standing": CONFIRMED, "assumption": self._name}

    def _put_row(self, document: Node, place: Place, field: str, value: Any) -> None:
        row = place.node
        if field == "message":
            given = {name for _, name, _, _ in string.Formatter().parse(row["message"] or "") if name}
            try:
                wanted = {name for _, name, _, _ in string.Formatter().parse(value) if name is not None}
            except ValueError as error:
                raise self._fault(f"{place.name}: message {value!r}: {error}") from None
            if extra := wanted - given:
                known = ", ".join(f"{{{name}}}" for name in sorted(given)) or "none"
                raise self._fault(
                    f"{place.name}: nothing fills {{{min(extra)}}} of the message; it can have {known}"
                )
        row["x-provenance"] = self._proof()
        if place.path[0] == "x-errors" or place.path[-2] == "x-item-errors":
            row[field] = value  # no schema lists these codes
            return
        if field == "status":
            _move(document, row["class"], self._name, str(value), self._proof())
            return
        row[field] = value
        for response in _responses_with(document, row):
            for frame in (response, *response.get("content", {}).values()):
                if _rests_on(frame, self._name):
                    frame["x-provenance"] = self._proof()
            set_codes(response)
            self._must_be_possible(document, response, row)

    def _must_be_possible(self, document: Node, response: Node, row: Node) -> None:
        schema = resolved(response, document).get("content", {}).get("application/json", {}).get("schema")
        if schema is None or (field := code_schema(response)) is None:
            return
        body = {field[0]: row["code"]}
        if row["message"] is not None:
            body |= {"message" if field[0] == "code" else "Message": row["message"]}
        if violation := compile_schema(schema)(body):
            raise self._fault(f"{row['class']}: code {row['code']} can't be a refusal here: {violation}")

    def _put_operation(self, document: Node, place: Place, field: str, value: Any) -> None:
        path, method = next(
            (path, method) for path, method, operation in operations(document) if operation is place.node
        )
        item = document["paths"][path]
        new_path, new_method = (value, method) if field == "path" else (path, value)
        if set(re.findall(r"{(.*?)}", new_path)) != set(re.findall(r"{(.*?)}", path)):
            raise self._fault(f"{place.name}: {new_path} has other parameters than {path}")
        if new_method in document["paths"].get(new_path, {}):
            raise self._fault(f"{place.name}: {new_method.upper()} {new_path} is another operation already")
        place.node["x-provenance"] = self._proof()
        del item[method]
        if not item:
            del document["paths"][path]
        document["paths"].setdefault(new_path, {})[new_method] = place.node

    def _put_keyword(self, document: Node, place: Place, field: str, value: Any) -> None:
        node = place.node
        node[field] = value
        for mark in KEYWORD_MARKS:
            if field in node.get(mark, {}):
                del node[mark][field]
                if not node[mark]:
                    del node[mark]
        if _rests_on(node, self._name):
            node["x-provenance"] = self._proof()
        else:
            node.setdefault("x-confirmed-keywords", {})[field] = self._name
        try:
            compile_schema(resolved(node, document))
        except (ValueError, TypeError, KeyError) as error:
            why = " ".join(str(error).split())[:160]
            raise self._fault(f"{place.name}: {field} can't be {value!r}: {why}") from None

    def _fault(self, what: str) -> OverrideError:
        return OverrideError(f"overrides: {self._name} {what}")


def _status_last(fields: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """A row that has moved to another status is a copy: what else is new about it must be in it by then."""
    return sorted(fields.items(), key=lambda field: field[0] == "status")


def _move(document: Node, refusal: str, assumption: str, status: str, proof: Node) -> None:
    """Put a row of refusals under another status, in every operation that has it."""
    for _, _, operation in operations(document):
        responses = operation["responses"]
        for old, response in list(responses.items()):
            if old == status:
                continue
            own = _inlined(document, response)
            rows = own.get("x-errors", [])
            moved = [row for row in rows if row["class"] == refusal and _rests_on(row, assumption)]
            if not moved:
                continue
            body = only_refusal(own)
            own["x-errors"] = [row for row in rows if row not in moved]
            if own["x-errors"] or old.startswith("2"):
                set_codes(own)
                responses[old] = own
            else:
                del responses[old]
            new = _inlined(document, responses.get(status)) or {
                "description": moved[0]["when"],
                "content": {"application/json": {"schema": body}} if body else {},
            }
            new["x-provenance"] = dict(proof)
            new["x-errors"] = [*new.get("x-errors", ()), *moved]
            set_codes(new)
            responses[status] = new


def _inlined(document: Node, response: Node | None) -> Node:
    """A copy of the response that can be changed for one operation."""
    if response is None:
        return {}
    if "$ref" in response:
        *_, section, name = response["$ref"].split("/")
        response = document["components"][section][name]
    return deepcopy(response)


def _responses_with(document: Node, row: Node) -> Iterator[Node]:
    for _, node in walk(document):
        if any(mine is row for mine in node.get("x-errors", ())):
            yield node


def _confirm(node: Node, assumption: str) -> None:
    """Make everything in a node that rests on the assumption alone confirmed."""
    for _, part in walk(node):
        if _rests_on(part, assumption) and part["x-provenance"]["standing"] in UNPROVEN:
            part["x-provenance"] = {"standing": CONFIRMED, "assumption": assumption}
        for mark in KEYWORD_MARKS:
            marked = part.get(mark, {})
            for keyword in [keyword for keyword, name in marked.items() if name == assumption]:
                del marked[keyword]
                part.setdefault("x-confirmed-keywords", {})[keyword] = assumption
            if mark in part and not marked:
                del part[mark]


def _rests_on(node: Node, assumption: str) -> bool:
    mark = node.get("x-provenance")
    return isinstance(mark, dict) and mark.get("assumption") == assumption


def _rows(document: Node) -> Iterator[tuple[str, int, Node]]:
    whole = resolved(document, document)
    for _, _, operation in operations(whole):
        for status, response in operation["responses"].items():
            for row in response.get("x-errors", ()):
                yield operation["operationId"], int(status), row


def _schema_name(path: tuple[str, ...], document: Node) -> str:
    """``SuperbetReservation.price``, ``Jwk.kid``, ``events[].odds``: how a user names a schema's place."""
    if path[0] == "paths":
        name = str(document["paths"][path[1]][path[2]]["operationId"])
        rest = path[path.index("schema") + 1 :]
        if "responses" in path:
            name += f".{path[path.index('responses') + 1]}"
    else:
        name, rest = path[2], path[3:]
    steps = list(rest)
    while steps:
        step = steps.pop(0)
        if step == "properties" and steps:
            name += f".{steps.pop(0)}"
        elif step == "items":
            name += "[]"
    return name


def _nearest(name: str, known: Mapping[str, Any] | list[str]) -> str:
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"; did you mean {close[0]}?" if close else ""


def _list(lead: str, names: Mapping[str, Any] | list[str]) -> str:
    shown = list(names)[:SHOWN]
    more = len(names) - len(shown)
    return f"{lead} {', '.join(shown)}" + (f" and {more} more" if more else "")
