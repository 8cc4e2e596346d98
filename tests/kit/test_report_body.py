"""Bodies and other text from outside, made readable without a change to what they say."""

from __future__ import annotations

import json

import pytest

from conformance.report.body import clip, pretty
from conformance.report.characters import one_line, visible


def test_a_json_body_is_indented() -> None:
    assert pretty('{"a":{"b":[],"c":{}},"d":["x",true]}') == (
        '{\n  "a": {\n    "b": [],\n    "c": {}\n  },\n  "d": [\n    "x",\n    true\n  ]\n}'
    )


def test_a_short_list_of_numbers_stays_on_one_line() -> None:
    assert pretty('{"bets":[101,\n102 ,-1.50]}') == '{\n  "bets": [101, 102, -1.50]\n}'


@pytest.mark.parametrize(
    "body",
    [
        '{"odds": 10.0, "big": 1E400, "long": 0.1000000000000000000001}',
        '{"a": 1, "a": 2}',
        '{"text": "a\\u0041\\/, [b]: {c} \\" d"}',
        '"eyJ…[masked]"',
        "[[],[[]],{}]",
        "null",
    ],
)
def test_nothing_but_white_space_changes(body: str) -> None:
    shown = pretty(body)

    assert "".join(shown.split()) == "".join(body.split())
    assert json.loads(shown, object_pairs_hook=list) == json.loads(body, object_pairs_hook=list)


@pytest.mark.parametrize(
    "body", ["", "<html>{}</html>", '{"a":', "{'a': 1}", "[" * 100_000, "[" * 60 + "]" * 60]
)
def test_what_is_no_json_or_too_deep_stays_as_it_is(body: str) -> None:
    assert pretty(body) == body


def test_a_long_text_is_cut_off_with_the_number_of_missing_characters() -> None:
    assert clip("abcdef", 6) == "abcdef"
    assert clip("abcdefg", 4) == "abcd\n… 3 more characters, see report.json"


def test_unseen_characters_are_spelled_out_and_all_others_stay() -> None:
    assert visible("a\tb\nc\x00\x1b[0m\x9b\u202e\ud800\uffff") == (
        "a\tb\nc\\x00\\x1b[0m\\x9b\\u202e\\ud800\\uffff"
    )  # fmt: skip
    assert visible("naïve 日本 😀 €") == "naïve 日本 😀 €"


def test_a_carriage_return_is_seen_only_where_it_ends_no_line() -> None:
    assert visible("a\r\nb\rc") == "a\nb\\x0dc"


def test_one_line_has_no_line_breaks() -> None:
    assert one_line(" a\r\n\tb\u2028c ") == "a b c"
