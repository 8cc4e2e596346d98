"""What the notification of a payment must be to the ticket that was paid."""

from __future__ import annotations

from conformance.betstack import Betstack, Ticket
from conformance.case import control
from conformance.client import shown
from conformance.errors import Mismatch, Missing
from conformance.oracle import sms as oracle
from conformance.played_texts import Text, TextWatch


def text_of_a_payment(betstack: Betstack, texts: TextWatch) -> tuple[Ticket, Text]:
    """A ticket that was reserved and paid, and the text about it. Raises :exc:`Missing`."""
    ticket = betstack.reserve_ticket()
    with control("payment"):
        betstack.pay(ticket.id).must_be(200)
    return ticket, the_status(betstack, texts, ticket)


def the_status(betstack: Betstack, texts: TextWatch, ticket: Ticket) -> Text:
    """The ``ticket_status`` about the ticket. Raises :exc:`Missing` where none arrives in time.

    No page says that a payment is told in any case, so its absence breaks nothing.
    """
    text = texts.await_status(ticket, seconds=betstack.callback_seconds)
    if text is None:
        arrived = "; ".join(one.describe() for one in texts.texts()) or "nothing arrived"
        raise Missing(
            f"needs ticket_status of the paid ticket {ticket.id} at {texts.receiver.url} within "
            f"{betstack.callback_seconds:g} s: {arrived}; point the target's SMS URL there, or declare "
            'lacks = ["texts"]'
        )
    return text


def must_have_its_fields(text: Text, *, older: bool) -> None:
    """Raise :exc:`Mismatch` unless each field is there, a string and not empty.

    ``older``: the two that an older copy of the page lacks may both be missing. The player's number is not
    shown.
    """
    lacking = older and not oracle.NEWER & text.data.keys()
    wanted = [name for name in oracle.FIELDS if not (lacking and name in oracle.NEWER)]
    wrong = [name for name in wanted if not (isinstance(text.data.get(name), str) and text.data[name])]
    if wrong:
        raise Mismatch(
            f"ticket_status: {', '.join(wrong)} missing, empty or no string",
            expected=f"strings {', '.join(wanted)}",
            actual=", ".join(f"{name}: {_kind(text, name)}" for name in wanted),
        )


def _kind(text: Text, name: str) -> str:
    if name == "msisdn" and text.data.get(name):
        return f"a {type(text.data[name]).__name__}"
    return shown(text.data.get(name))
