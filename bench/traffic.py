"""The requests that every contender answers, as bytes ready for the socket."""

from __future__ import annotations

from dataclasses import dataclass

from mockserver.kernel.signing import sign

TIMESTAMP = "1706090303"
SECRET = "12345ABCDE"
RESERVATION = (
    b'{"operator":"site","token":"UnIqUe-ToKeN","psp":null,"price":5000,"currency":"KES",'
    b'"atag":"affiliate-1","rtag":null,"source":"mobile","type":"superbet","event":100001,'
    b'"bets":[101,102,103,104,105,106]}'
)


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation under load, and the status that every answer must have."""

    title: str
    request: bytes
    status: int


def operations(host: str, identifier: str) -> tuple[Operation, ...]:
    """The two operations of the benchmark.

    :param identifier: of a ticket that is paid already, so that state is judged on every call
    """
    return (
        Operation(
            "POST with a path parameter (pay a ticket: 400, code 117)",
            _request("POST", f"/be/tickets/{identifier}/paid", host, b""),
            400,
        ),
        Operation(
            "POST with a JSON body (reserve a superbet: 200)",
            _request("POST", "/be/tickets/reserve", host, RESERVATION),
            200,
        ),
    )


def reservation(host: str) -> bytes:
    """Reserves the ticket that is paid under load."""
    return _request("POST", "/be/tickets/reserve", host, RESERVATION)


def payment(host: str, identifier: str) -> bytes:
    """Pays it."""
    return _request("POST", f"/be/tickets/{identifier}/paid", host, b"")


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
