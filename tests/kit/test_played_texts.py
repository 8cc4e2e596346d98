"""The kit as an operator's receiver of texts."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from conformance.betstack import Answer, Ticket
from conformance.callback_sink import CallbackSink
from conformance.client import RawAnswer
from conformance.played_pam import DROPPED, answered
from conformance.played_texts import SMS_PATH, PlayedTexts, TextWatch

TICKET = Ticket("66a62424b1770731244c1f3f", "AB1234", Answer(RawAnswer(200, (), b"{}", 0.0, None)))


def post(url: str, kind: str, **data: Any) -> requests.Response:
    """One notification of Betstack."""
    return requests.post(url + SMS_PATH, json={"type": kind, "data": data}, timeout=5)


def test_notification_is_answered_as_the_page_prints_it() -> None:
    with CallbackSink("127.0.0.1:0", {}, roles={SMS_PATH: PlayedTexts()}) as sink:
        answer = post(sink.url, "otp", code="1234", msisdn="+260977223120")

    assert (answer.status_code, answer.json()) == (200, {"message": "Notification received"})


def test_case_decides_on_the_answer_and_only_inside_its_block() -> None:
    receiver = PlayedTexts()
    with CallbackSink("127.0.0.1:0", {}, roles={SMS_PATH: receiver}) as sink:
        with receiver.answering(answered(500)):
            inside = post(sink.url, "ticket_status")
        with receiver.answering(DROPPED), pytest.raises(requests.ConnectionError):
            post(sink.url, "ticket_status")
        outside = post(sink.url, "ticket_status")

    assert (inside.status_code, outside.status_code) == (500, 200)
    assert len(receiver.since(0)) == 3


def test_status_is_found_by_the_id_or_the_code_of_its_ticket() -> None:
    receiver = PlayedTexts()
    with CallbackSink("127.0.0.1:0", {}, roles={SMS_PATH: receiver}) as sink:
        watch = receiver.watch()
        post(sink.url, "ticket_status", ticket_id="another", status="open")
        post(sink.url, "bet_result", ticket_id=TICKET.id)
        before = watch.await_status(TICKET, seconds=0)
        post(sink.url, "ticket_status", ticket_code=TICKET.code, status="open")
        by_code = watch.await_status(TICKET, seconds=5)
        later = receiver.watch()
        post(sink.url, "ticket_status", ticket_id=TICKET.id, status="resulted")
        by_id = later.await_status(TICKET, seconds=5)

    assert before is None
    assert by_code is not None
    assert by_id is not None
    assert (by_code.data["status"], by_id.data["status"]) == ("open", "resulted")
    assert [text.type for text in watch.texts(TICKET)] == ["bet_result", "ticket_status", "ticket_status"]
    assert (len(later.texts()), len(later.of_the_run())) == (1, 4)


def test_notification_about_nothing_is_about_no_ticket_not_even_one_without_a_code() -> None:
    receiver = PlayedTexts()
    nameless = Ticket("7", "", TICKET.answer)
    with CallbackSink("127.0.0.1:0", {}, roles={SMS_PATH: receiver}) as sink:
        requests.post(sink.url + SMS_PATH, data=b"no JSON", timeout=5)
        requests.post(sink.url + SMS_PATH, data=b'["ticket_status"]', timeout=5)
        post(sink.url, "ticket_status", ticket_code="", status="open")
        watch = TextWatch(receiver, 0)

    assert [text.type for text in watch.texts()] == ["", "", "ticket_status"]
    assert watch.texts(nameless) == []


def test_password_and_number_of_a_player_are_not_described() -> None:
    receiver = PlayedTexts()
    with CallbackSink("127.0.0.1:0", {}, roles={SMS_PATH: receiver}) as sink:
        post(sink.url, "otp", code="998877", msisdn="+260977223120")
        post(sink.url, "ticket_status", ticket_id="7", msisdn="260977223120", status="open")

    assert [text.describe() for text in receiver.since(0)] == [
        "otp {}",
        'ticket_status {"ticket_id": "7", "status": "open"}',
    ]
