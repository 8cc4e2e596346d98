"""Messages of the hub in frames."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.edge.hub.framing import LARGEST_MESSAGE, Unframing, framed, read_message
from mockserver.kernel.errors import Rejection

END = "\x1e"


def read(*frames: str) -> list[str]:
    unframing = Unframing(END)
    return [message for frame in frames for message in unframing.messages_in(frame)]


def test_a_frame_may_hold_several_messages_and_the_beginning_of_one() -> None:
    assert read('{"a":1}\x1e{"b":2}\x1e{"c"', ":3}\x1e") == ['{"a":1}', '{"b":2}', '{"c":3}']


@given(st.lists(st.text("ab{}é", max_size=8), max_size=5), st.lists(st.integers(0, 60), max_size=6))
def test_messages_are_the_same_wherever_the_frames_end(messages: list[str], cuts: list[int]) -> None:
    text = "".join(message + END for message in messages)
    places = sorted({min(cut, len(text)) for cut in cuts} | {0, len(text)})

    pieces = [text[start:end] for start, end in pairwise(places)]

    assert read(*pieces) == messages


def test_a_message_of_the_largest_size_is_read_and_one_byte_more_is_not() -> None:
    assert read("x" * LARGEST_MESSAGE + END) == ["x" * LARGEST_MESSAGE]
    for frames in (
        ["x" * (LARGEST_MESSAGE + 1) + END],
        ["x" * LARGEST_MESSAGE, "x"],
        ["é" * LARGEST_MESSAGE],
    ):
        with pytest.raises(Rejection, match="too_large"):
            read(*frames)


def test_messages_before_one_that_is_too_large_are_read() -> None:
    messages = Unframing(END).messages_in("a" + END + "x" * (LARGEST_MESSAGE + 1))

    assert next(messages) == "a"
    with pytest.raises(Rejection):
        next(messages)


def test_what_is_framed_is_read_again() -> None:
    assert [read_message(one) for one in read(framed({"a": [1, None]}, END))] == [{"a": [1, None]}]


@pytest.mark.parametrize("text", ["", "x", "[]", "1", '{"a":1,"a":2}', '{"a":NaN}', "\ud800"])
def test_what_is_no_json_object_is_refused(text: str) -> None:
    with pytest.raises(Rejection, match="invalid_request"):
        read_message(text)
