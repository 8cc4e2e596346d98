"""From a class of refusal to the answer: status, headers and the vendor's body."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mockserver.edge.contract import ErrorRow
from mockserver.kernel.errors import EdgeRefusal, Rejection
from mockserver.kernel.exchange import REASON_HEADER, Document, RefusalRenderer
from mockserver.kernel.json_codec import dump

_LONGEST_REASON = 600


@dataclass(frozen=True, slots=True)
class Refused:
    """A refusal, ready for the wire."""

    status: int
    document: Document
    body: bytes
    headers: list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class RefusalTable:
    """Rows of one operation (or of a surface), with the vendor's way to write them."""

    rows: Mapping[str, ErrorRow]
    render: RefusalRenderer
    hints: bool
    headers: Sequence[tuple[bytes, bytes]] = ()
    """Headers that every answer of the surface has."""

    def answer(self, rejection: Rejection) -> Refused:
        """Look the class up and render it. A class that the contract lacks is the server's failure."""
        row = self.rows.get(rejection.refusal)
        reason = rejection.reason
        if row is None:
            reason = f"the contract has no row of class `{rejection.refusal}` here; {reason}"
            row = self.rows[EdgeRefusal.INTERNAL]
        message = row.message.format_map(rejection.values)
        document = self.render(row.code, message, rejection.details)
        headers = [(b"content-type", b"application/json"), *self.headers]
        if self.hints:
            headers.append((REASON_HEADER.encode(), header_text(f"{row.refusal}: {reason}")))
        return Refused(row.status, document, dump(document), headers)


def header_text(text: str) -> bytes:
    """One line of printable ASCII for a header: everything else is escaped, and it is not endless."""
    line = text.encode("ascii", "backslashreplace").decode()
    if not line.isprintable():
        line = "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in line)
    return (line if len(line) <= _LONGEST_REASON else f"{line[:_LONGEST_REASON]}...").encode()
