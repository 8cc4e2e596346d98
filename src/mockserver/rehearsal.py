"""A rehearsal before the server opens: can it live the contracts as the user's overrides made them?

An override changes what a contract says, not what the sandbox does. The contracts' own examples are played
through the handlers, on a sandbox that is thrown away, and the answers held against the contracts: better
no start than an answer of 500 for every call.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from bet_contracts.examples import decimal
from bet_contracts.schemas import Violation, compile_schema
from mockserver.bootstrap import Sandbox
from mockserver.edge.contract import Operation
from mockserver.edge.surface import Surface
from mockserver.kernel.errors import Rejection
from mockserver.kernel.exchange import Call, Document

_FROM_BODY = "$response.body#/"
_FROM_PATH = "$request.path."


def broken_answers(sandbox: Sandbox) -> Iterator[str]:
    """One line per answer that would break its contract. The sandbox's state is changed."""
    for surface in sandbox.surfaces:
        operations = surface.contract.operations.values()
        known = _example_parameters(operations)
        for operation in operations:
            parameters = _parameters(operation, known)
            if parameters is None:
                continue
            for document in _requests(operation):
                yield from _played(sandbox, surface, operation, parameters, document)


def _played(
    sandbox: Sandbox,
    surface: Surface,
    operation: Operation,
    parameters: Mapping[str, Any],
    document: Any,
    *,
    before: frozenset[str] = frozenset(),
) -> Iterator[str]:
    """Play one call, and those that its answer is linked to.

    :param before: ids of the operations that led to it, which are not played again
    """
    response = operation.responses[operation.success_status]
    try:
        answer = asyncio.run(_handled(sandbox, surface, operation, parameters, document))
    except Rejection:
        return
    except Exception as error:  # whatever an override breaks, the start is refused in one line
        yield f"{operation.id} fails on a request that the contract now allows: {error!r}"
        return
    violation_of = _answer_schema(operation)
    if violation_of is not None and (violation := violation_of(answer)):
        yield f"{operation.id} would answer what the contract no longer allows: {violation}"
        return
    played = before | {operation.id}
    for link in response.get("links", {}).values():
        linked = surface.contract.operations.get(link["operationId"])
        if linked is None or linked.id in played:
            continue
        values = {
            name: _as_parameter(linked, name, _found(source, answer, parameters))
            for name, source in link.get("parameters", {}).items()
        }
        if not values or None in values.values():
            continue
        for request in _requests(linked):
            yield from _played(sandbox, surface, linked, values, request, before=played)


@cache
def _answer_schema(operation: Operation) -> Violation | None:
    content = operation.responses[operation.success_status].get("content", {})
    schema = content.get("application/json", {}).get("schema")
    return None if schema is None else compile_schema(schema)


async def _handled(
    sandbox: Sandbox, surface: Surface, operation: Operation, parameters: Mapping[str, Any], document: Any
) -> Document:
    tenant = sandbox.first_tenant(surface)
    return await surface.handlers[operation.id](Call(tenant, parameters, document))


def _found(source: str, answer: Any, parameters: Mapping[str, Any]) -> Any:
    """What a link takes from a call and its answer; ``None`` where it isn't there."""
    if source.startswith(_FROM_PATH):
        return parameters.get(source.removeprefix(_FROM_PATH))
    if not source.startswith(_FROM_BODY):
        return None
    for step in source.removeprefix(_FROM_BODY).split("/"):
        if isinstance(answer, list):
            answer = answer[int(step)] if step.isdecimal() and int(step) < len(answer) else None
        else:
            answer = answer.get(step) if isinstance(answer, dict) else None
    return answer


def _as_parameter(operation: Operation, name: str, value: Any) -> Any:
    """A value as it arrives in a path: a number in an answer is text there if the contract says so."""
    schemas = {parameter["name"]: parameter.get("schema", {}) for parameter in operation.parameters}
    is_text = schemas.get(name, {}).get("type") == "string"
    return value if value is None or not is_text else str(value)


def _example_parameters(operations: Iterable[Operation]) -> dict[str, Any]:
    """The first example of each parameter of a contract, by name."""
    found: dict[str, Any] = {}
    for operation in operations:
        for parameter in operation.parameters:
            for example in parameter.get("examples", {}).values():
                found.setdefault(parameter["name"], decimal(example["value"]))
    return found


def _parameters(operation: Operation, known: Mapping[str, Any]) -> dict[str, Any] | None:
    """What a call needs in its path and query; ``None`` where no example says it."""
    values: dict[str, Any] = {}
    for parameter in operation.parameters:
        name, schema = parameter["name"], parameter.get("schema", {})
        if parameter.get("x-identity"):
            continue
        if parameter.get("required") and name not in known:
            return None
        if parameter.get("required"):
            values[name] = known[name]
        elif "default" in schema:
            values[name] = decimal(schema["default"])
    return values


def _requests(operation: Operation) -> Iterator[Any]:
    """The documents that the contract's examples send, whole and with each field that they may lack left out;
    of a token what it carries. Without a body ``None`` once."""
    media_type = operation.request_media_type
    if media_type is None:
        yield None
        return
    token = media_type.get("x-jwt")
    examples = token.get("examples", ()) if token else media_type.get("examples", {}).values()
    violation_of = compile_schema(token["data"] if token else media_type["schema"])
    for example in examples:
        document = decimal(example["value"])
        yield document
        yield from (one for one in _shorter(document) if violation_of(one) is None)


def _shorter(document: Any) -> Iterator[Any]:
    """The document with each field left out in turn; of a list, the fields of each item."""
    if isinstance(document, list):
        for index, item in enumerate(document):
            yield from ([*document[:index], one, *document[index + 1 :]] for one in _shorter(item))
    elif isinstance(document, dict):
        for name in document:
            yield {key: value for key, value in document.items() if key != name}
