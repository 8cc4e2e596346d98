"""Every setting of a tenant is read strictly; a mistake is named with what is right."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from mockserver.betstack.model import Feature
from mockserver.betstack.offer import TicketType
from mockserver.kernel.settings import (
    Setting,
    SettingsError,
    choice,
    exact_url,
    nearest,
    percentage,
    port,
    read_setting,
    secret,
    switch,
    text,
    url,
    utc_offset,
    whole_number,
    words,
)
from mockserver.kernel.tenant_settings import (
    OPERATOR,
    PARTNER_CLIENT,
    TENANT_SETTINGS,
    settings_of,
    tenant_values,
)

COMMON = {
    "secret_overlap_seconds": 86_400,
    "journal_size": 1_000,
    "outbox_size": 1_000,
    "fault_header": False,
}
OPERATORS = {
    "pam_url": None,
    "sms_url": None,
    "ext": Decimal("12.5"),
    "wht": Decimal("20.0"),
    "utc_offset": "+03:00",
    "features_off": (),
    "bet_engine": True,
    "price_min": None,
    "price_max": None,
    "picks_min": None,
    "picks_max": None,
    "payout_max": 10**15,
    "reservations_lapse": "never",
    "calculating_seconds": 0,
    "msisdn": "254700000000",
    "generation": "v3",
    "canonicalisation": "strip_everywhere",
    "minor_units": "hundredths",
    "rounding": "half_up",
    "lang": "en",
    "rollback_shortfall": "negative",
    **COMMON,
}
CLIENTS = {
    "casino_url": None,
    "tax_reading": "inside",
    "http_style": "always_200",
    "accept_mode": "both",
    "token_place": "body",
    "refresh_token_seconds": 86_400,
    "refresh_token_use": "once",
    "key_overlap_seconds": 86_400,
    "feed_maintenance": False,
    **COMMON,
}

numbers = whole_number(5, 100, "calls")
colours = words("red", "blue")
mode = choice("on", "off", unbuilt=("both",))

SOUND: list[tuple[Callable[[Any], Any], Any, Any]] = [
    (port, 0, 0),
    (port, "65535", 65535),
    (text, " x", " x"),
    (secret, "ab~!", "ab~!"),
    (url, "http://127.0.0.1:8090/", "http://127.0.0.1:8090"),
    (url, "https://[::1]:8090/a/b/", "https://[::1]:8090/a/b"),
    (exact_url, "http://127.0.0.1:9000/pam/?a=b@c", "http://127.0.0.1:9000/pam/?a=b@c"),
    (exact_url, "http://127.0.0.1:9000/", "http://127.0.0.1:9000/"),
    (switch, True, True),
    (switch, "On", True),
    (switch, "yes", True),
    (switch, 1, True),
    (switch, False, False),
    (switch, "OFF", False),
    (switch, "no", False),
    (switch, "0", False),
    (numbers, 5, 5),
    (numbers, "100", 100),
    (numbers, "007", 7),
    (mode, "on", "on"),
    (mode, "off", "off"),
    (colours, "", ()),
    (colours, [], ()),
    (colours, "red, blue,red,", ("blue", "red")),
    (colours, ["red"], ("red",)),
    (percentage, 0, Decimal(0)),
    (percentage, "12.5000", Decimal("12.5")),
    (percentage, 12.5, Decimal("12.5")),
    (percentage, "100", Decimal(100)),
    (percentage, Decimal("100.0000"), Decimal(100)),
    (utc_offset, "+00:00", "+00:00"),
    (utc_offset, "-14:00", "-14:00"),
    (utc_offset, "+05:45", "+05:45"),
]


@pytest.mark.parametrize(("read", "value", "meant"), SOUND)
def test_a_sound_value_is_read_as_what_it_means(
    read: Callable[[Any], Any], value: object, meant: object
) -> None:
    found = read(value)

    assert found == meant
    assert type(found) is type(meant)


WRONG: list[tuple[Callable[[Any], Any], list[Any], str]] = [
    (port, [-1, 65536, "", "x", True, None, 1.5, "000001", "1" * 5_000], "a port from 0 to 65535"),
    (text, ["", None, 7], "a text that is not empty"),
    (secret, ["", None, 7, "é", "a\nb", "a\x7f"], "a text of printable ASCII"),
    (
        url,
        [
            None,
            7,
            "",
            "127.0.0.1:8090",
            "ftp://127.0.0.1",
            "http://",
            "http://127.0.0.1:0",
            "http://127.0.0.1:x",
            "http://a@127.0.0.1",
            "http://127.0.0.1/?a",
            "http://127.0.0.1?",
            "http://127.0.0.1/#a",
            "http://127.0.0.1/a b",
            "http://127.0.0.1/é",
            "http://127.0.0.1/\n",
        ],
        "a URL such as http://127.0.0.1:8090, without credentials, query and fragment",
    ),
    (
        exact_url,
        [
            None,
            7,
            "",
            "127.0.0.1/pam",
            "http://a:b@127.0.0.1/pam",
            "http://127.0.0.1/pam#a",
            "http://127.0.0.1/pam?a#b",
            "http://127.0.0.1/pam?a b",
            "http://127.0.0.1/pam?é",
            "http://127.0.0.1/pam?\r\n",
        ],
        "a URL such as http://127.0.0.1:9000/pam, without credentials and fragment",
    ),
    (switch, ["", "maybe", 2, None, []], "true or false"),
    (
        numbers,
        [4, 101, "", "x", True, None, -5, 5.0, "0005", "9" * 5_000],
        "a whole number of calls from 5 to 100",
    ),
    (mode, ["both", "", "ON", None, 1, ["on"]], "one of on, off (not lived by the sandbox yet: both)"),
    (choice("on"), ["off", None], "on"),
    (colours, ["green", "red blue", ["green"], [1], [["red"]], 7, None], "a list of words among red, blue"),
    (
        percentage,
        [-1, "100.0001", "101", "1.23456", "1.", ".5", "1e1", "", "x", True, None, "12.5%", "1\n", "٣"],
        "a percentage from 0 to 100, with at most four digits after the point",
    ),
    (
        utc_offset,
        ["", "Z", "03:00", "+3:00", "+0300", "+15:00", "+03:60", "+03:00 ", None, 3],
        "a distance from UTC such as +03:00",
    ),
]


@pytest.mark.parametrize(
    ("read", "value", "told"), [(read, value, told) for read, values, told in WRONG for value in values]
)
def test_a_wrong_value_is_refused_with_what_is_right(
    read: Callable[[Any], Any], value: object, told: str
) -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011  the text is judged below
        read(value)

    assert str(error.value).startswith(told)


def refusal(name: str, value: object, *, hidden: bool = False) -> str:
    row = Setting("size", whole_number(1, 9, "calls"), 5, "How many.", hidden=hidden)
    with pytest.raises(SettingsError) as error:
        read_setting({"size": row}, "settings", name, value, others=["[overrides]"])
    return str(error.value)


def test_a_refused_value_is_named_with_its_place_and_shown() -> None:
    assert refusal("size", "x") == "settings: `size` is 'x'; it has to be a whole number of calls from 1 to 9"


def test_a_long_value_is_shown_in_part() -> None:
    assert refusal("size", "x" * 58).startswith(f"settings: `size` is '{'x' * 58}'; ")
    assert refusal("size", "x" * 59).startswith(f"settings: `size` is '{'x' * 59}...; ")


def test_a_hidden_value_is_not_shown() -> None:
    told = refusal("size", "hunter2", hidden=True)

    assert told == "settings: `size` is not shown; it has to be a whole number of calls from 1 to 9"
    assert "hunter2" in refusal("size", "hunter2")


def test_an_unknown_setting_is_named_with_what_was_probably_meant_or_all_there_is() -> None:
    assert refusal("siez", 1) == "settings: unknown setting `siez`; did you mean `size`?"
    assert refusal("x", 1) == "settings: unknown setting `x`; known are size, [overrides]"
    assert nearest("admin_prt", ["port", "admin_port"]) == "did you mean `admin_port`?"


def test_a_setting_tells_what_it_takes() -> None:
    rows = {row.name: row.takes for row in TENANT_SETTINGS}

    assert rows["journal_size"] == "a whole number of exchanges from 1 to 100000"
    assert rows["generation"] == "v3 (not lived by the sandbox yet: v1, v2)"
    assert (
        rows["features_off"]
        == "a list of words among reserve, quicktip, smartbet, quickbet, superbet, jackpot"
    )
    assert Setting("free", str, None, "Whatever.").takes == "anything"
    assert "anything" not in rows.values()


@pytest.mark.parametrize(("kind", "values"), [(OPERATOR, OPERATORS), (PARTNER_CLIENT, CLIENTS)])
def test_a_tenant_has_the_settings_of_its_kind_with_their_defaults(
    kind: str, values: dict[str, object]
) -> None:
    assert tenant_values(kind, {}, {}) == values
    assert list(settings_of(kind)) == list(values)


@pytest.mark.parametrize("row", TENANT_SETTINGS, ids=lambda row: row.name)
def test_every_default_can_be_given_as_a_value(row: Setting) -> None:
    if row.default is not None:
        assert row.read(row.default) == row.default


def test_the_settings_of_a_kind_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        settings_of(OPERATOR)["ext"] = TENANT_SETTINGS[0]  # type: ignore[index]


def test_what_is_given_wins_over_the_servers_default_and_that_over_the_rows() -> None:
    values = tenant_values(
        OPERATOR, {"ext": "1.5", "journal_size": 3}, {"ext": Decimal(7), "wht": Decimal(8)}
    )

    assert (values["ext"], values["wht"], values["journal_size"]) == (Decimal("1.5"), Decimal(8), 3)
    assert values["outbox_size"] == 1_000


def test_none_goes_back_to_the_default_that_is_the_servers_where_it_has_one() -> None:
    values = tenant_values(OPERATOR, {"ext": None, "wht": None, "pam_url": None}, {"ext": Decimal(7)})

    assert (values["ext"], values["wht"], values["pam_url"]) == (Decimal(7), Decimal("20.0"), None)


def test_the_servers_default_for_another_kind_is_left_out() -> None:
    assert tenant_values(PARTNER_CLIENT, {}, {"ext": Decimal(7), "http_style": "always_200"}) == CLIENTS


@pytest.mark.parametrize(
    ("kind", "name", "told"),
    [
        (PARTNER_CLIENT, "ext", "settings: `ext` is a setting of a tenant of kind `operator`"),
        (
            OPERATOR,
            "casino_url",
            "settings: `casino_url` is a setting of a tenant of kind `partner_client`",
        ),
        (OPERATOR, "extt", "settings: unknown setting `extt`; did you mean `ext`?"),
        (OPERATOR, "hints", f"settings: unknown setting `hints`; known are {', '.join(OPERATORS)}"),
    ],
)
@pytest.mark.parametrize("value", ["1", None])
def test_a_setting_that_the_kind_does_not_have_is_refused_whatever_its_value(
    kind: str, name: str, told: str, value: str | None
) -> None:
    with pytest.raises(SettingsError) as error:
        tenant_values(kind, {name: value}, {})

    assert str(error.value) == told


def test_a_wrong_value_is_refused_and_the_source_is_named() -> None:
    with pytest.raises(SettingsError) as error:
        tenant_values(OPERATOR, {"ext": "101"}, {}, source="tenant `site`")

    assert str(error.value) == (
        "tenant `site`: `ext` is '101'; it has to be a percentage from 0 to 100, "
        "with at most four digits after the point"
    )


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        (OPERATOR, "generation", "v1"),
        (OPERATOR, "canonicalisation", "reserialise"),
        (OPERATOR, "minor_units", "iso4217"),
        (OPERATOR, "rounding", "half_even"),
        (PARTNER_CLIENT, "http_style", "by_verdict"),
    ],
)
def test_a_reading_that_the_sandbox_does_not_live_yet_is_refused_by_name(
    kind: str, name: str, value: str
) -> None:
    lived = settings_of(kind)[name].default
    assert tenant_values(kind, {name: lived}, {})[name] == lived

    with pytest.raises(SettingsError) as error:
        tenant_values(kind, {name: value}, {})
    assert f"`{name}` is '{value}'; it has to be {lived} (not lived by the sandbox yet: " in str(error.value)
    assert value in str(error.value).partition("yet: ")[2]


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [("secret_overlap_seconds", 0, 31_536_000), ("journal_size", 1, 100_000), ("outbox_size", 1, 100_000)],
)
def test_bounds_are_included(name: str, least: int, most: int) -> None:
    for value in (least, most):
        assert tenant_values(OPERATOR, {name: value}, {})[name] == value
    for value in (least - 1, most + 1):
        with pytest.raises(SettingsError, match=f"`{name}` is {value}; it has to be a whole number"):
            tenant_values(OPERATOR, {name: value}, {})


def test_every_feature_of_betstack_can_be_switched_off() -> None:
    assert settings_of(OPERATOR)["features_off"].read([feature.value for feature in Feature]) == tuple(
        sorted(feature.value for feature in Feature)
    )
    assert {kind.value for kind in TicketType} < {feature.value for feature in Feature}
