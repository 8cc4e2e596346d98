"""The client's types are those of the control plane's contract."""

from __future__ import annotations

from typing import Any, get_type_hints

import pytest

from bet_contracts.documents import contracts_directory, operations, read_yaml
from mockserver.kernel.faults.spec import CONDITIONS
from mockserver.testing import documents

CONTRACT: dict[str, Any] = read_yaml(contracts_directory() / "admin.yaml")
SCHEMAS: dict[str, Any] = CONTRACT["components"]["schemas"]


def answer_of(operation_id: str) -> dict[str, Any]:
    (node,) = [node for _, _, node in operations(CONTRACT) if node["operationId"] == operation_id]
    schema: dict[str, Any] = node["responses"]["200"]["content"]["application/json"]["schema"]
    return schema


def parameters_of(operation_id: str) -> set[str]:
    (node,) = [node for _, _, node in operations(CONTRACT) if node["operationId"] == operation_id]
    by_name = CONTRACT["components"]["parameters"]
    return {one.get("name") or by_name[one["$ref"].rpartition("/")[2]]["name"] for one in node["parameters"]}


TYPES = [
    (documents.Clock, SCHEMAS["Clock"]),
    (documents.Timer, SCHEMAS["Timer"]),
    (documents.Ran, SCHEMAS["Ran"]),
    (
        documents.Passage,
        CONTRACT["components"]["responses"]["Passage"]["content"]["application/json"]["schema"],
    ),
    (documents.Player, SCHEMAS["Player"]),
    (documents.Posting, SCHEMAS["Posting"]),
    (documents.Ledger, answer_of("listPostings")),
    (documents.Try, SCHEMAS["Call"]["properties"]["tries"]["items"]),
    (documents.Call, SCHEMAS["Call"]),
    (documents.Driven, answer_of("runDrive")),
    (documents.Drive, answer_of("listDrives")["properties"]["items"]["items"]),
    (documents.ArmedFault, SCHEMAS["ArmedFault"]),
    (documents.Exchange, SCHEMAS["Exchange"]),
    (documents.Verdicts, SCHEMAS["Exchange"]["properties"]["verdicts"]),
    (documents.ExchangePage, answer_of("listExchanges")),
    (documents.Header, SCHEMAS["Message"]["properties"]["headers"]["items"]),
    (documents.Message, SCHEMAS["Message"]),
    (documents.Difference, SCHEMAS["ExchangeInFull"]["properties"]["difference"]),
    (documents.ExchangeInFull, SCHEMAS["ExchangeInFull"]),
    (documents.RetiredSecret, SCHEMAS["Tenant"]["properties"]["retired_secrets"]["items"]),
    (documents.TenantDocument, SCHEMAS["Tenant"]),
    (documents.TenantWithSecret, SCHEMAS["TenantWithSecret"]),
    (documents.Health, answer_of("readHealth")),
]


@pytest.mark.parametrize(("kind", "schema"), TYPES, ids=lambda one: getattr(one, "__name__", ""))
def test_a_type_has_the_fields_of_its_schema_and_all_are_always_there(
    kind: type, schema: dict[str, Any]
) -> None:
    assert set(get_type_hints(kind)) == set(schema["properties"])
    assert set(schema["required"]) == set(schema["properties"])


def test_words_of_the_types_are_those_of_the_contract() -> None:
    assert set(documents.PlayerState.__args__) == set(SCHEMAS["PlayerState"]["enum"])  # type: ignore[attr-defined]  # of a Literal
    assert set(documents.Verdict.__args__) == set(SCHEMAS["Verdict"]["enum"])  # type: ignore[attr-defined]  # as above
    assert set(documents.CallState.__args__) == set(SCHEMAS["CallState"]["enum"])  # type: ignore[attr-defined]  # as above


def test_every_type_is_compared() -> None:
    defined = {
        name
        for name, one in vars(documents).items()
        if isinstance(one, type) and one.__module__ == documents.__name__
    }

    assert defined == {*(kind.__name__ for kind, _ in TYPES), "Conditions", "Filters"}


def test_the_conditions_of_a_fault_are_those_of_the_contract() -> None:
    asked = set(SCHEMAS["FaultSpec"]["properties"])

    assert asked == {"fault", "parameters", *get_type_hints(documents.Conditions)}
    assert set(CONDITIONS) == set(get_type_hints(documents.Conditions))


def test_the_filters_of_the_journal_are_those_of_the_contract() -> None:
    named = get_type_hints(documents.Filters)

    assert parameters_of("listExchanges") == {"tenant", "full", "at_least", "within_seconds", *named}
    assert parameters_of("exportHar") == {"tenant", *named}
