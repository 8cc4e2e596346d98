"""Faults: the catalogue, and those that are armed for a tenant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mockserver.admin.plane import Plane
from mockserver.kernel.control import ControlRefusal, Json, Problem
from mockserver.kernel.faults.armed import ArmedFault
from mockserver.kernel.faults.catalogue import CATALOGUE, Fault
from mockserver.kernel.faults.spec import CONDITIONS, read_spec
from mockserver.kernel.settings import SettingsError


def handlers(plane: Plane) -> dict[str, Callable[..., Any]]:
    """By operationId."""
    tenants = plane.tenants

    def list_fault_catalogue() -> Json:
        return {"items": [_row(one) for one in CATALOGUE.values()]}

    def list_faults(tenant: str) -> Json:
        return plane.bridge.run(
            lambda: {"items": [_document(one) for one in tenants.faults_of(tenant).armed]}
        )

    def arm_fault(tenant: str, body: Json) -> tuple[Json, int]:
        conditions = {name: value for name, value in body.items() if name in CONDITIONS}
        try:
            spec = read_spec(body["fault"], conditions, body.get("parameters", {}))
            return plane.bridge.run(lambda: _document(tenants.faults_of(tenant).arm(spec))), 201
        except SettingsError as error:
            raise ControlRefusal(Problem.INVALID, str(error)) from None

    def clear_faults(tenant: str) -> None:
        plane.bridge.run(lambda: tenants.faults_of(tenant).clear())

    def disarm_fault(tenant: str, fault: str) -> Json:
        return plane.bridge.run(lambda: _document(tenants.faults_of(tenant).disarm(fault)))

    return {
        "listFaultCatalogue": list_fault_catalogue,
        "listFaults": list_faults,
        "armFault": arm_fault,
        "clearFaults": clear_faults,
        "disarmFault": disarm_fault,
    }


def _row(fault: Fault) -> Json:
    return {
        "fault": fault.name.value,
        "effect": fault.effect,
        "legal": fault.legal,
        "directions": [one.value for one in fault.strikes],
        "points": [one.value for one in fault.points],
        "parameters": [
            {"name": one.name, "help": one.help, "takes": one.takes, "default": one.default}
            for one in fault.parameters.values()
        ],
    }


def _document(armed: ArmedFault) -> Json:
    spec = armed.spec
    return {
        "id": armed.id,
        "fault": spec.fault,
        "operation": spec.operation,
        "direction": armed.direction.value,
        "point": armed.point,
        "containing": spec.containing,
        "parameters": dict(spec.parameters),
        "after": spec.after,
        "nth": spec.nth,
        "count": spec.count,
        "probability": spec.probability,
        "seed": spec.seed,
        "matched": armed.matched,
        "struck": armed.struck,
    }
