"""What a vendor answered is put in the place of an assumption, or refused with a reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import validate

from bet_contracts.contracts import load
from bet_contracts.documents import resolved
from bet_contracts.errors import OverrideError
from bet_contracts.override_file import read_overrides
from bet_contracts.overrides import Answered, answers, in_words, touched
from bet_contracts.surfaces import SURFACES

from .conftest import HTTP_SURFACES, Node

ENGINE = "betstack.bet_engine"
CASINO = "betcore.casino"


def overridden(surface: str, overrides: dict[str, Any]) -> Node:
    document = load([surface], overrides)[surface]
    return resolved(document, document)


def responses(document: Node, path: str, method: str) -> Node:
    found: Node = document["paths"][path][method]["responses"]
    return found


def row(response: Node, refusal: str) -> Node:
    found: Node = next(row for row in response["x-errors"] if row["class"] == refusal)
    return found


def codes(response: Node) -> list[int]:
    found: list[int] = response["content"]["application/json"]["schema"]["allOf"][1]["properties"]["code"][
        "enum"
    ]
    return found


def test_a_code_and_a_message_take_the_place_of_assumed_ones() -> None:
    changed = overridden(ENGINE, {"BS-ASM-012": {"odds_changed": {"code": 103, "message": "Odds changed"}}})
    refused = responses(changed, "/tickets/reserve", "post")["400"]

    assert row(refused, "odds_changed") | {"when": ""} == {
        "class": "odds_changed",
        "when": "",
        "code": 103,
        "message": "Odds changed",
        "caller": "final",
        "x-provenance": {"standing": "confirmed", "assumption": "BS-ASM-012"},
    }
    assert 103 in codes(refused)
    assert 912 not in codes(refused)
    assert row(refused, "unknown_event")["x-provenance"]["standing"] == "assumed"


def test_an_assumption_with_one_class_needs_no_name_of_it() -> None:
    changed = overridden(ENGINE, {"BS-ASM-014": {"code": 104}})

    assert row(responses(changed, "/tickets/{identifier}", "get")["400"], "unknown_ticket")["code"] == 104


def test_a_row_can_move_to_another_status_with_its_code() -> None:
    changed = overridden(ENGINE, {"BS-ASM-014": {"status": 404, "code": 104}})
    read = responses(changed, "/tickets/{identifier}", "get")

    assert "400" not in read
    assert codes(read["404"]) == [104]
    assert read["404"]["x-provenance"] == {"standing": "confirmed", "assumption": "BS-ASM-014"}
    validate(load([ENGINE], {"BS-ASM-014": {"status": 404}})[ENGINE])


def test_a_refusal_that_shares_a_response_with_success_can_move_too() -> None:
    override = {"BC-ASM-014": {"insufficient_funds": {"status": 402}}}
    changed = overridden(CASINO, override)
    made = responses(changed, "/payments/make", "post")

    assert [entry["class"] for entry in made["402"]["x-errors"]] == ["insufficient_funds"]
    assert "insufficient_funds" not in [entry["class"] for entry in made["200"]["x-errors"]]
    assert answers(load([CASINO])[CASINO], load([CASINO], override)[CASINO]) == {
        ("makePayment", 200, 990001): Answered(402, 990001, None)
    }


def test_a_row_that_several_surfaces_share_changes_in_all() -> None:
    override = {"BS-ASM-010": {"too_large": {"code": 77}}}
    for name in ("betstack.bet_engine", "betstack.bet_card"):
        every = overridden(name, override)
        assert {
            row(operation["responses"]["413"], "too_large")["code"]
            for item in every["paths"].values()
            for operation in item.values()
            if isinstance(operation, dict) and "413" in operation.get("responses", {})
        } == {77}


def test_what_is_confirmed_binds_and_stays_as_it_was() -> None:
    plain, changed = overridden(ENGINE, {}), overridden(ENGINE, {"BS-ASM-014": "confirmed"})
    before = responses(plain, "/tickets/{identifier}", "get")["400"]
    after = responses(changed, "/tickets/{identifier}", "get")["400"]

    assert (before["x-provenance"]["standing"], after["x-provenance"]["standing"]) == ("assumed", "confirmed")
    assert row(after, "unknown_ticket")["code"] == row(before, "unknown_ticket")["code"] == 102


def test_a_keyword_takes_the_place_of_an_assumed_one() -> None:
    changed = overridden(ENGINE, {"BS-ASM-033": {"SuperbetRequest.price": {"maximum": 5_000_000}}})
    price = changed["components"]["schemas"]["SuperbetRequest"]["properties"]["price"]

    assert price["maximum"] == 5_000_000
    assert price["x-assumed-keywords"] == {"minimum": "BS-ASM-033"}
    assert price["x-confirmed-keywords"] == {"maximum": "BS-ASM-033"}


def test_an_operation_whose_page_was_not_seen_can_get_its_path() -> None:
    document = load(["betstack.bet_card"])["betstack.bet_card"]
    operation = document["paths"]["/jackpots"]["get"]
    assumption = operation["x-provenance"]["assumption"]

    changed = overridden("betstack.bet_card", {assumption: {"listJackpotCards": {"path": "/jackpot-cards"}}})

    assert "/jackpots" not in changed["paths"]
    assert changed["paths"]["/jackpot-cards"]["get"]["operationId"] == "listJackpotCards"


def test_a_row_that_moves_does_not_take_the_answers_about_others_with_it() -> None:
    moved = {"status": 409}
    for override in (
        {"odds_changed": moved, "unknown_event": {"code": 103}, "unknown_bet": {"status": 409, "code": 104}},
        {"unknown_bet": {"code": 104, "status": 409}, "unknown_event": {"code": 103}, "odds_changed": moved},
    ):
        refused = responses(overridden(ENGINE, {"BS-ASM-012": override}), "/tickets/reserve", "post")

        assert row(refused["400"], "unknown_event")["code"] == 103
        assert {one["class"]: one["code"] for one in refused["409"]["x-errors"]} == {
            "odds_changed": 912,
            "unknown_bet": 104,
        }
        assert sorted(codes(refused["409"])) == [104, 912]


def test_a_row_whose_code_was_not_answered_stays_assumed() -> None:
    changed = overridden(ENGINE, {"BS-ASM-014": {"caller": "retry"}})

    assert row(responses(changed, "/tickets/{identifier}", "get")["400"], "unknown_ticket")[
        "x-provenance"
    ] == {
        "standing": "assumed",
        "assumption": "BS-ASM-014",
    }


def test_a_row_that_moves_leaves_what_is_documented_as_it_is() -> None:
    plain = responses(overridden(ENGINE, {}), "/tickets/{identifier}/paid", "post")
    moved = responses(
        overridden(ENGINE, {"BS-ASM-008": {"access_denied": {"status": 401}}}),
        "/tickets/{identifier}/paid",
        "post",
    )

    assert moved["403"] == {key: plain["403"][key] for key in ("description", "x-provenance")}
    assert codes(moved["401"]) == [903]


def test_the_end_of_a_place_names_it() -> None:
    changed = overridden(ENGINE, {"BS-ASM-030": {"code": {"pattern": "^[0-9A-Z]{6,8}$"}}})

    for name in ("SuperbetTicket", "JackpotTicketAsRead"):
        code = changed["components"]["schemas"][name]["properties"]["code"]
        assert code["pattern"] == "^[0-9A-Z]{6,8}$"


def test_examples_that_no_page_printed_make_way() -> None:
    changed = overridden(CASINO, {"BC-ASM-014": {"insufficient_funds": {"code": 103779}}})
    media = responses(changed, "/payments/make", "post")["200"]["content"]["application/json"]

    assert "insufficient_funds" not in media.get("examples", {})


REFUSED = [
    ({"BS-ASM-999": "confirmed"}, "BS-ASM-999 is no assumption$"),
    ({"BSASM014": "confirmed"}, "BSASM014 is no assumption; did you mean BS-ASM-014"),
    ({"bs-asm-014": "confirmed"}, "bs-asm-014 is no assumption; did you mean BS-ASM-014"),
    ({"a\nb": "confirmed"}, r"'a\\nb' is no assumption"),
    ({"x" * 100: "confirmed"}, "x{60}... is no assumption"),
    ({"BS-ASM-014": {}}, 'BS-ASM-014 has to be "confirmed" or a table of what is different'),
    ({"BS-ASM-014": 404}, 'BS-ASM-014 has to be "confirmed" or a table of what is different'),
    ({"BS-ASM-014": {"unknown_ticket": {}}}, "unknown_ticket has no field"),
    (
        {"BS-ASM-014": {"cod": 1}},
        "has no cod to override; did you mean code\\?; there is code, mess",
    ),
    ({"BS-ASM-014": {"code": "104"}}, "unknown_ticket: code is '104'; it has to be a whole number"),
    ({"BS-ASM-014": {"code": True}}, "unknown_ticket: code is True; it has to be a whole number"),
    ({"BS-ASM-014": {"status": 999}}, "status is 999; it has to be 200, or a status from 400 to 599"),
    ({"BS-ASM-014": {"status": 200}}, "no refusal fits into the answers of status 200"),
    ({"BS-ASM-014": {"message": " "}}, "message is ' '; it has to be a text that is not empty"),
    (
        {"BS-ASM-014": {"message": "No {thing}"}},
        "nothing fills {thing} of the message; it can have {ident",
    ),
    ({"BS-ASM-014": {"message": "{"}}, "it has to be a text whose braces make sense"),
    ({"BS-ASM-014": {"message": "{identifier:>9999}"}}, "it has to be a text with placeholders such as"),
    ({"BS-ASM-014": {"message": "{identifier!r}"}}, "it has to be a text with placeholders such as"),
    (
        {"BS-ASM-012": {"odds_chnged": {"code": 1}}},
        "decides nothing about odds_chnged; did you mean odds",
    ),
    ({"BS-ASM-012": {"": {"code": 1}}}, "decides nothing about ''"),
    ({"BS-ASM-012": {"code": 1}}, "decides code at several places; name the one that is meant"),
    ({"BS-ASM-012": {"odds_changed": {"pattern": "x"}}}, "odds_changed has no pattern to override"),
    (
        {"BS-ASM-005": {"maximum": 300}},
        'decides nothing that .* it can only be "confirmed"',
    ),
    ({"BS-ASM-030": {"pattern": "x"}}, "decides pattern at several places; name the one"),
    ({"BS-ASM-030": {"id": {"pattern": "["}}}, "pattern is '\\['; it has to be a regular expression"),
    ({"BS-ASM-033": {"SuperbetRequest.bets": {"minItems": -1}}}, "it has to be a whole number, 0 or more"),
    ({"BS-ASM-036": {"SuperbetRequest": {"required": ["nope"]}}}, "required: there is no property nope"),
    ({"BC-ASM-014": {"insufficient_funds": {"code": 200}}}, "insufficient_funds: code 200 is success"),
    ({"BC-ASM-006": {"unknown_path": {"code": 200}}}, "unknown_path: code 200 is success"),
    ({"BC-ASM-025": {"path": "/{"}}, "it has to be a path such as"),
    (
        {"BC-ASM-025": {"path": "/be/cashback"}},
        "would answer under /be, where betstack.bet_engine is",
    ),
]


@pytest.mark.parametrize(("overrides", "message"), REFUSED)
def test_an_override_that_can_not_be_is_refused_with_its_reason(
    overrides: dict[str, Any], message: str
) -> None:
    with pytest.raises(OverrideError, match=message) as refused:
        load([ENGINE], overrides)
    assert "\n" not in str(refused.value)


def test_an_override_that_refuses_a_printed_example_is_refused() -> None:
    with pytest.raises(OverrideError, match=r"would contradict what its documentation prints: .*price"):
        load([ENGINE], {"BS-ASM-033": {"SuperbetRequest.price": {"maximum": 10}}})


def test_without_overrides_nothing_is_changed() -> None:
    for surface in HTTP_SURFACES:
        assert load([surface.name], {}) == load([surface.name])


def test_no_override_changes_the_next_readers_document() -> None:
    before = load([ENGINE])
    load([ENGINE], {"BS-ASM-014": {"status": 404}})

    assert load([ENGINE]) == before


@pytest.mark.parametrize("assumption", ["BS-ASM-010", "BS-ASM-012", "BS-ASM-033", "BC-ASM-006", "BC-ASM-005"])
def test_every_contract_is_still_valid_when_an_assumption_is_confirmed(assumption: str) -> None:
    documents = load(SURFACES, {assumption: "confirmed"})
    for surface in HTTP_SURFACES:
        validate(documents[surface.name])


def test_overrides_are_read_from_a_table_of_a_toml_file(tmp_path: Path) -> None:
    file = tmp_path / "sandbox.toml"
    file.write_text(
        'port = 1\n[overrides]\nBS-ASM-014 = "confirmed"\n[overrides.BS-ASM-012.odds_changed]\ncode = 9\n'
    )

    assert read_overrides(file) == {"BS-ASM-014": "confirmed", "BS-ASM-012": {"odds_changed": {"code": 9}}}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("overrides = 1", "overrides has to be a table"),
        ("[Overrides]", r"unknown table 'Overrides'; did you mean \[overrides\]"),
        ("[BS-ASM-014]\ncode = 1", r"BS-ASM-014 has to stand below overrides: \[overrides\.BS-ASM-014\]"),
        ("[override.x]", r"unknown table 'override'; did you mean \[overrides\]"),
        ("[overrides.x]\ncode = 1e400", "inf is no number of JSON"),
        ("[overrides.x]\ncode = 99999999999999999999", "a number is beyond"),
        ("[overrides.x]\ncode = 2026-11-21", "2026-11-21 is a date or time; JSON has none"),
        (f"[overrides.{'.'.join('a' * 20)}]", "nested too deep"),
        (f"[overrides.x]\nmessage = '{'y' * 600}'", "a text is longer than 500 characters"),
        ("[overrides", "sandbox.toml: "),
        ("\udcff", "sandbox.toml: "),
    ],
)
def test_a_file_that_holds_no_overrides_is_refused(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "sandbox.toml"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))

    with pytest.raises(OverrideError, match=message):
        read_overrides(file)
    with pytest.raises(OverrideError, match="has no table"):
        read_overrides(empty_file(tmp_path), needed=True)
    with pytest.raises(OverrideError, match=r"nowhere\.toml can't be read: No such file"):
        read_overrides(tmp_path / "nowhere.toml")


@pytest.mark.parametrize(
    ("override", "rows", "answered"),
    [
        ("confirmed", (), True),
        ({"odds_changed": {"code": 1}}, ("odds_changed",), True),
        ({"odds_changed": {"status": 409}}, ("odds_changed",), False),
        ({"odds_changed": {"code": 1}}, ("unknown_event",), False),
        ({"odds_changed": {"code": 1}}, ("odds_changed", "unknown_event"), False),
        ({"code": 1}, ("unknown_event",), True),
        ({"code": 1}, (), False),
        ({"X.price": {"maximum": 1}}, (), False),
    ],
)
def test_a_sentence_is_confirmed_when_the_codes_that_it_states_were_answered(
    override: object, rows: tuple[str, ...], answered: bool
) -> None:
    assert touched({"BS-ASM-012": override}, "BS-ASM-012", rows) is answered
    assert touched({"BS-ASM-012": override}, "BS-ASM-013", rows) is False
    assert touched({}, None, ()) is False


def empty_file(folder: Path) -> Path:
    file = folder / "empty.toml"
    file.write_text("\ufeffport = 1\n", "utf-8")
    return file


def test_an_override_can_be_told_in_words() -> None:
    assert in_words("confirmed") == "confirmed"
    assert in_words({"odds_changed": {"code": 1, "status": 409}}) == "odds_changed code 1, status 409"
