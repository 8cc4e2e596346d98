"""The requests that every contender answers, as bytes ready for the socket."""

from __future__ import annotations

from dataclasses import dataclass

from mockserver.kernel.signing import sign

TIMESTAMP = "1706090303"
SECRET = "12345ABCDE"
SUPERBET = (
    b'{"operator":"site","token":"UnIqUe-ToKeN","psp":null,"price":1,"currency":"KES",'
    b'"atag":"affiliate-1","rtag":null,"source":"mobile","type":"superbet","event":100001,'
    b'"bets":[101,102,103,104,105,106]}'
)
ANNOUNCED = (
    b'{"action":"ticket_reserve","data":{"operator":"site","ticket_id":"668ef666333180bba97f0c93",'
    b'"ticket_code":"CD4BDD","player_id":"1660986605374148608","psp":"mobile","price":500,"stake":444,'
    b'"wht_amount":240,"wht":10,"ext_amount":56,"ext":12.5,"ext_type":"inclusive","gross_payout":2842,'
    b'"net_payout":2602,"currency":"KES","atag":"atag_value","rtag":null,"ticket_type":"quickbet"}}'
)


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation under load, and the status that every answer must have."""

    title: str
    request: bytes
    status: int


def operations(host: str, identifier: str) -> tuple[Operation, ...]:
    """The operations of the benchmark.

    :param identifier: of a ticket that is open, so that state is judged on every call
    """
    return (
        Operation(
            "POST with a path parameter (pay a ticket: 400, code 117)",
            _request("POST", f"/be/tickets/{identifier}/paid", host, b""),
            400,
        ),
        Operation(
            "POST with a JSON body (tell the platform of a reservation again: 200)",
            _request("POST", "/pam", host, ANNOUNCED),
            200,
        ),
        Operation(
            "POST that calls twice itself (create a ticket, with identify and ticket_create: 200)",
            _request("POST", "/be/tickets", host, SUPERBET),
            200,
        ),
    )


def creation(host: str) -> bytes:
    """Creates the ticket that is paid under load."""
    return _request("POST", "/be/tickets", host, SUPERBET)


def _request(method: str, path: str, host: str, body: bytes) -> bytes:
    head = [
        f"{method} {path} HTTP/1.1",
        f"host: {host}",
        f"timestamp: {TIMESTAMP}",
        "operator-name: site",
        f"signature: {sign(SECRET, TIMESTAMP, body)}",
        f"content-length: {len(body)}",
    ]
    if body:
        head.append("content-type: application/json")
    return "\r\n".join([*head, "", ""]).encode() + body
