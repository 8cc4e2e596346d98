"""What can be set for each tenant: where its partner is found, its dialect, its bounds.

A row of the dialect names every reading of the documentation that the registers of assumptions know,
also those that the sandbox does not live yet: such a value is refused by name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from types import MappingProxyType
from typing import Any

from mockserver.kernel.settings import (
    Setting,
    SettingsError,
    amount,
    choice,
    exact_url,
    msisdn,
    percentage,
    read_setting,
    switch,
    url,
    utc_offset,
    whole_number,
    words,
)

TENANT = "tenant"
OPERATOR = "operator"
PARTNER_CLIENT = "partner_client"
PROVIDER = "provider"

HIGHEST_PAYOUT = 10**15
"""Cents; far above any real limit, and within the integers that every JSON reader holds exactly."""

_cents = whole_number(1, 10**12, "cents")
_picks = whole_number(1, 100, "picks")

_LANGUAGE = re.compile("[a-z]{2}")


def _language(value: Any) -> str:
    """A language of ISO 639-1."""
    if not isinstance(value, str) or not _LANGUAGE.fullmatch(value):
        raise ValueError("a language of two lower-case letters such as en")
    return value


_partner = partial(Setting, flag=True)
_row = partial(Setting, flag=False)

TENANT_SETTINGS = (
    _partner(
        "pam_url",
        exact_url,
        None,
        "URL of the operator's own PAM platform, used as it is. Default: the built-in one.",
        OPERATOR,
    ),
    _partner(
        "sms_url",
        exact_url,
        None,
        "URL that takes the operator's text notifications, used as it is. Default: the built-in one.",
        OPERATOR,
    ),
    _partner(
        "casino_url",
        url,
        None,
        "Where BETCORE finds the client's casino. Default: the built-in one.",
        PARTNER_CLIENT,
    ),
    _partner(
        "provider_url",
        url,
        None,
        "Where BETCORE finds the provider's API (/v1/games). Default: the built-in one.",
        PROVIDER,
    ),
    _row("ext", percentage, Decimal("12.5"), "Excise tax in percent, inside the price.", OPERATOR),
    _row("wht", percentage, Decimal("20.0"), "Withholding tax in percent, on the profit.", OPERATOR),
    _row("utc_offset", utc_offset, "+03:00", "The operator's time, as a distance from UTC.", OPERATOR),
    _row(
        "features_off",
        words("reserve", "quicktip", "smartbet", "quickbet", "superbet", "jackpot"),
        (),
        "Features that are switched off for the operator, with commas between (BS-ASM-013).",
        OPERATOR,
    ),
    _row(
        "bet_engine",
        switch,
        True,
        "Whether the operator takes part in the bet engine (BS-ASM-047).",
        OPERATOR,
    ),
    _row(
        "price_min", _cents, None, "Least price of a ticket in cents (BS-ASM-043). Default: none.", OPERATOR
    ),
    _row(
        "price_max",
        _cents,
        None,
        "Greatest price of a ticket in cents (BS-ASM-043). Default: none.",
        OPERATOR,
    ),
    _row(
        "picks_min", _picks, None, "Least number of picks of a ticket (BS-ASM-043). Default: none.", OPERATOR
    ),
    _row(
        "picks_max",
        _picks,
        None,
        "Greatest number of picks of a ticket (BS-ASM-043). Default: none.",
        OPERATOR,
    ),
    _row(
        "payout_max",
        whole_number(1, HIGHEST_PAYOUT, "cents"),
        HIGHEST_PAYOUT,
        "Greatest gross payout of a ticket in cents (BS-ASM-012).",
        OPERATOR,
    ),
    _row(
        "reservations_lapse",
        choice("never", "at_start"),
        "never",
        "When a reservation that is not paid is cancelled (BS-ASM-029).",
        OPERATOR,
    ),
    _row(
        "calculating_seconds",
        whole_number(0, 86_400, "seconds"),
        0,
        "How long a settled ticket is `calculating` before it is `resulted` (BS-ASM-053).",
        OPERATOR,
    ),
    _row(
        "msisdn",
        msisdn,
        "254700000000",
        "Number that texts go to where the player has none of their own.",
        OPERATOR,
    ),
    _row(
        "generation",
        choice("v3", unbuilt=("v1", "v2")),
        "v3",
        "Generation of Betstack's fields (BS-ASM-003).",
        OPERATOR,
    ),
    _row(
        "canonicalisation",
        choice("strip_everywhere", unbuilt=("strip_outside_strings", "reserialise")),
        "strip_everywhere",
        "Which spaces a signature leaves out (BS-ASM-004).",
        OPERATOR,
    ),
    _row(
        "minor_units",
        choice("hundredths", unbuilt=("iso4217",)),
        "hundredths",
        "What a cent is of a currency that has none (BS-ASM-025).",
        OPERATOR,
    ),
    _row(
        "rounding",
        choice("half_up", unbuilt=("half_even", "truncate")),
        "half_up",
        "How stakes, taxes and payouts are rounded to whole cents (BS-ASM-022).",
        OPERATOR,
    ),
    _row("lang", _language, "en", "Language of the operator's players, as its platform tells it.", OPERATOR),
    _row(
        "rollback_shortfall",
        choice("negative", "refuse"),
        "negative",
        "What the built-in platform does when winnings that a rollback takes back are spent (BS-ASM-091).",
        OPERATOR,
    ),
    _row(
        "tax_reading",
        choice("inside", "on_top"),
        "inside",
        "Whether `TaxAmount` is part of `Amount`, or on top of it (BC-ASM-020).",
        PARTNER_CLIENT,
    ),
    _row(
        "http_style",
        choice("always_200", unbuilt=("by_verdict",)),
        "always_200",
        "HTTP status beside an `ErrorCode` (BC-ASM-005).",
        PARTNER_CLIENT,
    ),
    _row(
        "accept_mode",
        choice("both", "only_answer", "only_accept"),
        "both",
        "Where the casino says that it booked a payment: in its answer, in an accept, or both (BC-ASM-012).",
        PARTNER_CLIENT,
    ),
    _row(
        "token_place",
        choice("body", "authorization"),
        "body",
        "Where the casino looks for the JWT of BETCORE's calls; it stands in the body in any case "
        "(BC-ASM-001).",
        PARTNER_CLIENT,
    ),
    _row(
        "refresh_token_seconds",
        whole_number(1, 31_536_000, "seconds"),
        86_400,
        "How long a refresh token of the built-in casino lives (BC-ASM-111).",
        PARTNER_CLIENT,
    ),
    _row(
        "refresh_token_use",
        choice("once", "until_expiry"),
        "once",
        "How often a refresh token of the built-in casino can be exchanged (BC-ASM-034).",
        PARTNER_CLIENT,
    ),
    _row(
        "key_overlap_seconds",
        whole_number(0, 31_536_000, "seconds"),
        86_400,
        "How long a signing key that was replaced stays in the JWKS (BC-ASM-105).",
        PARTNER_CLIENT,
    ),
    _row(
        "min_bet",
        amount,
        Decimal("0.01"),
        "Smallest stake of the sessions that are launched, in units of their currency.",
        PROVIDER,
    ),
    _row(
        "max_bet",
        amount,
        Decimal(50_000),
        "Greatest stake of the sessions that are launched, in units of their currency.",
        PROVIDER,
    ),
    _row(
        "demo_balance",
        amount,
        Decimal(1_000),
        "Play money that a session in demo mode begins with (BC-ASM-123).",
        PROVIDER,
    ),
    _row(
        "session_seconds",
        whole_number(1, 31_536_000, "seconds"),
        None,
        "How long a session takes bets (BC-ASM-083, BC-ASM-121). Default: for ever.",
        PROVIDER,
    ),
    _row(
        "timestamp_window_seconds",
        whole_number(1, 86_400, "seconds"),
        None,
        "How far an X-Timestamp may be from now (BC-ASM-067). Default: any distance.",
        PROVIDER,
    ),
    _row(
        "feed_maintenance",
        switch,
        False,
        "Whether the live feed says that its games are in maintenance (`im`).",
        PARTNER_CLIENT,
    ),
    _row(
        "secret_overlap_seconds",
        whole_number(0, 31_536_000, "seconds"),
        86_400,
        "How long a secret that was replaced is still accepted.",
        TENANT,
    ),
    _row(
        "journal_size",
        whole_number(1, 100_000, "exchanges"),
        1_000,
        "How many exchanges the journal keeps; the oldest go first.",
        TENANT,
    ),
    _row(
        "outbox_size",
        whole_number(1, 100_000, "calls"),
        1_000,
        "How many outgoing calls may wait; as many that do not wait any more are kept.",
        TENANT,
    ),
    _row(
        "fault_header",
        switch,
        False,
        "Whether callers may ask for a fault by the header X-Sandbox-Fault: `drop,point=after_commit`.",
        TENANT,
    ),
)


PARTNER_URLS = frozenset(row.name for row in TENANT_SETTINGS if row.read in (url, exact_url))
"""Settings that say where a tenant's own partner is."""

_KIND_OF = {row.name: row.of for row in TENANT_SETTINGS}


def settings_of(kind: str) -> Mapping[str, Setting]:
    """The settings that a tenant of this kind has, by name."""
    return MappingProxyType({row.name: row for row in TENANT_SETTINGS if row.of in (TENANT, kind)})


def tenant_values(
    kind: str, given: Mapping[str, Any], defaults: Mapping[str, Any], *, source: str = "settings"
) -> dict[str, Any]:
    """Every setting of a tenant with its value.

    :param given: what was asked for; ``None`` goes back to the default
    :param defaults: the server's own, already read, by name
    :raises mockserver.kernel.settings.SettingsError: a setting is unknown or can't have its value
    """
    rows = settings_of(kind)
    values = {name: defaults.get(name, row.default) for name, row in rows.items()}
    for name, value in given.items():
        if name not in rows and name in _KIND_OF:
            raise SettingsError(f"{source}: `{name}` is a setting of a tenant of kind `{_KIND_OF[name]}`")
        if value is not None or name not in rows:
            values[name] = read_setting(rows, source, name, value)
    return values
