"""The judged contract: what remains of a contract when every assumption of ours is taken out.

A target must not fail on what its vendor never wrote, so responses lose each constraint whose standing
is ``assumed`` or ``observed``. Requests keep theirs: the kit stays within the narrower reading.
Everything here is a pure function from one document to another; the input is not changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any, Final

from bet_contracts.documents import METHODS
from bet_contracts.facts import KEYWORD_MARKS, ROWS, UNPROVEN
from bet_contracts.refusals import CODE_FIELDS

REQUEST_PREFIX = "request."
"""Stands before the names of the component schemas that requests refer to."""

SCHEMA_REF = "#/components/schemas/"


def judge(document: dict[str, Any]) -> dict[str, Any]:
    """The judged contract of ``document``."""
    components = document.get("components", {})
    schemas = components.get("schemas", {})
    responses = components.get("responses", {})
    judged: dict[str, Any] = {
        key: deepcopy(value) for key, value in document.items() if key not in ("paths", "components")
    }
    if "x-errors" in judged:
        judged["x-errors"] = _proven_rows(judged["x-errors"])
    judged["components"] = {
        key: deepcopy(value)
        for key, value in components.items()
        if key not in ("schemas", "responses", "parameters", "requestBodies")
    }
    judged["components"]["schemas"] = {
        **judged_schemas(document),
        **{REQUEST_PREFIX + name: _as_request(schema) for name, schema in schemas.items()},
    }
    judged["components"]["responses"] = {
        name: _response(response) for name, response in responses.items() if not _unproven(response)
    }
    for key in ("parameters", "requestBodies"):
        if key in components:
            judged["components"][key] = _as_request(components[key])
    judged["paths"] = {path: _path_item(item, responses) for path, item in document["paths"].items()}
    return judged


def judged_schemas(document: dict[str, Any]) -> dict[str, Any]:
    """The named schemas of a contract, AsyncAPI or OpenAPI, without their unproven constraints."""
    schemas = document.get("components", {}).get("schemas", {})
    return {name: _schema(schema) for name, schema in schemas.items()}


def separate(document: dict[str, Any]) -> dict[str, Any]:
    """The whole document, its requests referring to schemas of their own as in :func:`judge`."""
    whole = deepcopy(document)
    schemas = whole.get("components", {}).get("schemas", {})
    schemas.update({REQUEST_PREFIX + name: _as_request(schema) for name, schema in list(schemas.items())})
    for item in whole["paths"].values():
        for holder in (item, *(item[method] for method in METHODS if method in item)):
            for key in ("parameters", "requestBody"):
                if key in holder:
                    holder[key] = _as_request(holder[key])
    return whole


def without_identity(document: dict[str, Any]) -> dict[str, Any]:
    """The document without its identity header parameters (``x-identity``) and security requirements.

    Generated cases get their identity from the kit's signer and must not make up another one.
    """
    bare = deepcopy(document)
    parameters = bare.get("components", {}).get("parameters", {})
    identity = {
        f"#/components/parameters/{name}"
        for name, parameter in parameters.items()
        if parameter.get("x-identity")
    }
    bare.pop("security", None)
    bare.get("components", {}).pop("securitySchemes", None)
    for item in bare["paths"].values():
        for holder in (item, *(item[method] for method in METHODS if method in item)):
            holder.pop("security", None)
            if "parameters" in holder:
                holder["parameters"] = [
                    parameter
                    for parameter in holder["parameters"]
                    if not parameter.get("x-identity") and parameter.get("$ref") not in identity
                ]
    return bare


def _unproven(node: object) -> bool:
    """Whether the node's own standing is one that binds nobody."""
    if not isinstance(node, dict):
        return False
    provenance = node.get("x-provenance")
    return isinstance(provenance, dict) and provenance.get("standing") in UNPROVEN


def _proven_rows(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [deepcopy(row) for row in rows if not _unproven(row)]


def _path_item(item: dict[str, Any], responses: dict[str, Any]) -> dict[str, Any]:
    judged: dict[str, Any] = {}
    for key, value in item.items():
        if key in METHODS:
            if not _unproven(value):
                judged[key] = _operation(value, responses)
        elif key == "parameters":
            judged[key] = _as_request(value)
        else:
            judged[key] = deepcopy(value)
    return judged


def _operation(operation: dict[str, Any], responses: dict[str, Any]) -> dict[str, Any]:
    judged: dict[str, Any] = {}
    for key, value in operation.items():
        if key == "responses":
            judged[key] = {
                status: _response(response)
                for status, response in value.items()
                if not _unproven(response) and not _unproven(_component(response, responses))
            }
        elif key in ("parameters", "requestBody"):
            judged[key] = _as_request(value)
        else:
            judged[key] = deepcopy(value)
    return judged


def _component(response: dict[str, Any], responses: dict[str, Any]) -> object:
    reference = str(response.get("$ref", ""))
    return responses.get(reference.rpartition("/")[2])


def _response(response: dict[str, Any]) -> dict[str, Any]:
    judged = {key: deepcopy(value) for key, value in response.items() if key not in ("content", "headers")}
    dropped: set[int] = set()
    for rows in ROWS:
        if rows in response:
            judged[rows] = _proven_rows(response[rows])
    if "x-errors" in response:
        kept = {row["code"] for row in judged["x-errors"]}
        dropped = {row["code"] for row in response["x-errors"]} - kept
    if "headers" in response:
        judged["headers"] = {
            name: header for name, header in response["headers"].items() if not _unproven(header)
        }
    content = response.get("content", {})
    if content and not any(_unproven(media) for media in content.values()):
        judged["content"] = {
            name: {
                **{key: deepcopy(value) for key, value in media.items() if key not in ("schema", "examples")},
                **(
                    {"schema": _without_codes(_schema(media["schema"]), dropped)} if "schema" in media else {}
                ),
            }
            for name, media in content.items()
        }
    return judged


def _schema(schema: Any) -> Any:
    """The schema without its unproven constraints, ``{}`` when it has none that is proven."""
    if not isinstance(schema, dict):
        return deepcopy(schema)
    if _unproven(schema):
        return {}
    assumed = {keyword for mark in KEYWORD_MARKS for keyword in (mark, *schema.get(mark, ()))}
    judged: dict[str, Any] = {}
    for key, value in schema.items():
        if key not in assumed:
            judged.update(KEYWORDS.get(key, _kept)(key, value))
    if "required" in judged:
        unproven = {name for name, child in schema.get("properties", {}).items() if _unproven(child)}
        judged["required"] = [name for name in judged["required"] if name not in unproven]
        if not judged["required"]:
            del judged["required"]  # OpenAPI 3.0 forbids an empty list
    return judged


def _kept(key: str, value: Any) -> dict[str, Any]:
    return {key: deepcopy(value)}


def _named(key: str, value: dict[str, Any]) -> dict[str, Any]:
    return {key: {name: _schema(child) for name, child in value.items()}}


def _single(key: str, value: Any) -> dict[str, Any]:
    return {key: _schema(value)}


def _every(key: str, value: list[Any]) -> dict[str, Any]:
    return {key: [_schema(child) for child in value]}


def _any(key: str, value: list[Any]) -> dict[str, Any]:
    """Alternatives that lost a constraint may overlap: "exactly one" would refuse what each allows."""
    return {"anyOf": [_schema(child) for child in value]}


def _not(key: str, value: Any) -> dict[str, Any]:
    """Taking a constraint out of what is forbidden would forbid more: then nothing is forbidden."""
    return {key: deepcopy(value)} if _schema(value) == value else {}


KEYWORDS: Final[Mapping[str, Callable[[str, Any], dict[str, Any]]]] = {
    "properties": _named,
    "items": _single,
    "additionalProperties": _single,
    "allOf": _every,
    "anyOf": _every,
    "oneOf": _any,
    "not": _not,
}
"""Keywords that hold schemas, with what becomes of each in a response."""


def _without_codes(schema: Any, dropped: set[int]) -> Any:
    """The schema with the codes of dropped error rows taken out of the enumeration of codes."""
    if isinstance(schema, list):
        return [_without_codes(child, dropped) for child in schema]
    if not isinstance(schema, dict):
        return schema
    judged = {key: _without_codes(value, dropped) for key, value in schema.items()}
    for name in CODE_FIELDS:
        code = judged.get("properties", {}).get(name)
        if isinstance(code, dict) and "enum" in code:
            kept = [value for value in code["enum"] if value not in dropped]
            judged["properties"][name] = {
                **{key: value for key, value in code.items() if key != "enum"},
                **({"enum": kept} if kept else {}),
            }
    return judged


def _as_request(node: Any) -> Any:
    """The node with its references to component schemas led to the copies that kept their constraints."""
    if isinstance(node, list):
        return [_as_request(child) for child in node]
    if isinstance(node, dict):
        return {key: _as_request(value) for key, value in node.items()}
    if isinstance(node, str) and node.startswith(SCHEMA_REF):
        return SCHEMA_REF + REQUEST_PREFIX + node.removeprefix(SCHEMA_REF)
    return node


def with_statuses_of(document: Mapping[str, Any], judged: dict[str, Any]) -> dict[str, Any]:
    """The judged document with the statuses that are only assumed, whatever their bodies: a target that
    does what was assumed gives nothing to discover. An operation that is only assumed has nothing else."""
    for path, item in document["paths"].items():
        for method in (name for name in METHODS if name in item):
            holder = judged["paths"][path]
            known = holder.setdefault(method, {**_as_request(item[method]), "responses": {}})["responses"]
            for status, response in item[method].get("responses", {}).items():
                known.setdefault(status, {"description": response.get("description", "assumed")})
    return judged
