"""The fault ``error`` answers with any refusal that the contract has, whatever was asked."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from bet_contracts.schemas import compile_schema
from mockserver.bootstrap import SURFACES
from mockserver.edge.contract import ErrorRow, Operation, load
from mockserver.kernel.faults.spec import read_spec
from mockserver.kernel.settings import SettingsError

from .every_operation import REQUESTS, Everybody, tenant_of
from .in_process import served

OPERATIONS = {
    operation.id: (surface, operation)
    for surface in SURFACES
    for operation in load(surface, None).operations.values()
}
CODE = {"betstack": "code", "betcore": "ErrorCode", "x-sign": "_responseCode"}


@pytest.fixture(scope="module")
def everybody(private_key: rsa.RSAPrivateKey) -> Iterator[Everybody]:
    for service in served(private_key):
        yield Everybody(service)


def vendor_of(surface: str) -> str:
    return (
        "x-sign" if surface in ("betcore.sessions", "betcore.provider") else surface.split(".", maxsplit=1)[0]
    )


def arm(everybody: Everybody, operation: str, refusal: str, point: str) -> None:
    faults = everybody.service.sandbox.tenants.faults_of(tenant_of(operation))
    faults.clear()
    faults.arm(read_spec("error", {"operation": operation, "point": point}, {"class": refusal}))


def told(operation: Operation, row: ErrorRow, text: str) -> str | None:
    """How an answer breaks the contract."""
    schema = operation.responses[row.status]["content"]["application/json"]["schema"]
    return compile_schema(schema)(json.loads(text))


def test_every_operation_can_be_asked_for_here() -> None:
    assert REQUESTS.keys() == OPERATIONS.keys()


@pytest.mark.parametrize("operation_id", OPERATIONS)
@pytest.mark.parametrize("point", ["before_commit", "after_commit"])
def test_every_row_of_the_contract_can_be_had(everybody: Everybody, operation_id: str, point: str) -> None:
    surface, operation = OPERATIONS[operation_id]
    for refusal, row in operation.errors.items():
        arm(everybody, operation_id, refusal, point)

        answer = everybody.call(operation)

        said = (answer.status_code, answer.json()[CODE[vendor_of(surface)]])
        assert said == (row.status, row.code), (refusal, answer.headers["x-sandbox-reason"])
        assert told(operation, row, answer.text) is None
        assert answer.headers["x-sandbox-reason"].startswith(f"{refusal}: the fault error-")


def test_a_class_that_an_operation_lacks_cant_be_armed_for_it(everybody: Everybody) -> None:
    with pytest.raises(SettingsError, match="class: there is no `insufficient_funds` here"):
        arm(everybody, "payTicket", "insufficient_funds", "before_commit")
    arm(everybody, "createTicket", "insufficient_funds", "before_commit")
