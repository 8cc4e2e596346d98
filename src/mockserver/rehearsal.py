"""A rehearsal before the server opens: can it live the contracts as the user's overrides made them?

An override changes what a contract says, not what the sandbox does. The contracts' own examples are played
through the handlers, on a sandbox that is thrown away, and the answers held against the contracts: better
no start than an answer of 500 for every call.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any

from bet_contracts.examples import decimal
from bet_contracts.schemas import compile_schema
from mockserver.bootstrap import Sandbox
from mockserver.edge.contract import Operation
from mockserver.edge.surface import Surface
from mockserver.kernel.errors import Rejection
from mockserver.kernel.exchange import Call

_FROM_BODY = "$response.body#/"


def broken_answers(sandbox: Sandbox) -> Iterator[str]:
    """One line per answer that would break its contract. The sandbox's state is changed."""
    for surface in sandbox.surfaces:
        for operation in surface.contract.operations.values():
            for document in _requests(operation):
                yield from _played(sandbox, surface, operation, {}, document)


def _played(
    sandbox: Sandbox, surface: Surface, operation: Operation, parameters: Mapping[str, Any], document: Any
) -> Iterator[str]:
    """Play one call, and those that its answer is linked to."""
    response = operation.responses[operation.success_status]
    try:
        answer = asyncio.run(_handled(sandbox, surface, operation, parameters, document))
    except Rejection:
        return
    except (KeyError, TypeError, ValueError) as error:
        yield f"{operation.id} fails on a request that the contract now allows: {error!r}"
        return
    schema = response.get("content", {}).get("application/json", {}).get("schema")
    if schema is not None and (violation := compile_schema(schema)(answer)):
        yield f"{operation.id} would answer what the contract no longer allows: {violation}"
        return
    for link in response.get("links", {}).values():
        linked = surface.contract.operations.get(link["operationId"])
        values = {
            name: answer.get(source.removeprefix(_FROM_BODY))
            for name, source in link.get("parameters", {}).items()
            if source.startswith(_FROM_BODY)
        }
        if linked is not None and values and linked.request_media_type is None:
            yield from _played(sandbox, surface, linked, values, None)


async def _handled(
    sandbox: Sandbox, surface: Surface, operation: Operation, parameters: Mapping[str, Any], document: Any
) -> Mapping[str, Any]:
    tenant = sandbox.first_tenant(surface)
    return await surface.handlers[operation.id](Call(tenant, parameters, document))


def _requests(operation: Operation) -> Iterator[Any]:
    """The documents that the contract's examples send, whole and with each field that they may lack left out;
    of a token what it carries."""
    media_type = operation.request_media_type
    if media_type is None:
        return
    token = media_type.get("x-jwt")
    examples = token.get("examples", ()) if token else media_type.get("examples", {}).values()
    violation_of = compile_schema(token["data"] if token else media_type["schema"])
    for example in examples:
        document = decimal(example["value"])
        yield document
        for name in document:
            shorter = {key: value for key, value in document.items() if key != name}
            if violation_of(shorter) is None:
                yield shorter
