"""A new secret at the gate of the bet engine, and how long the old one counts."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest

from mockserver.kernel.signing import sign

from .in_process import NOW, SUPERBET, Service

OLD = "12345ABCDE"
NEW = "NEW-SECRET-1"
NEWEST = "NEW-SECRET-2"
MINUTE = timedelta(minutes=1)
TICK = timedelta(microseconds=1)
BODY = json.dumps(SUPERBET).encode()


def reserve(service: Service, secret: str, operator: str = "site") -> tuple[int, str]:
    headers = service.betstack_headers(operator, BODY) | {"signature": sign(secret, "1706090303", BODY)}
    answer = service.send("POST", "/be/tickets/reserve", headers, BODY)
    return answer.status_code, answer.headers.get("x-sandbox-reason", "")


def statuses(service: Service, *secrets: str) -> list[int]:
    return [reserve(service, secret)[0] for secret in secrets]


def move(service: Service, moment: datetime, tenant: str = "site") -> None:
    service.loop.run_until_complete(service.sandbox.tenants.find(tenant).timekeeper.set_time(moment))


def rotate(service: Service, new: str | None, overlap: timedelta | None) -> str:
    return service.sandbox.tenants.rotate("site", new, overlap).secret.current


def test_before_a_rotation_the_one_secret_counts(service: Service) -> None:
    assert statuses(service, OLD, NEW) == [200, 403]


def test_during_the_overlap_both_secrets_count(service: Service) -> None:
    rotate(service, NEW, MINUTE)

    assert statuses(service, OLD, NEW, NEWEST) == [200, 200, 403]


@pytest.mark.parametrize(
    ("after", "old"),
    [
        (timedelta(0), 200),
        (MINUTE - TICK, 200),
        (MINUTE, 403),
        (MINUTE + TICK, 403),
        (timedelta(days=9), 403),
    ],
)
def test_the_old_secret_counts_until_just_before_the_overlap_ends(
    service: Service, after: timedelta, old: int
) -> None:
    rotate(service, NEW, MINUTE)

    move(service, NOW + after)

    assert statuses(service, OLD, NEW) == [old, 200]


def test_after_the_overlap_the_reason_says_that_the_secret_was_replaced(service: Service) -> None:
    rotate(service, NEW, MINUTE)
    move(service, NOW + MINUTE)

    status, reason = reserve(service, OLD)

    assert (status, reason) == (
        403,
        "access_denied: signature: it is made with a secret that was replaced, and that counts no more "
        "since 2026-03-01 12:01:00 UTC",
    )
    assert "does not match; expected HMAC-SHA256" in reserve(service, "NEVER-A-SECRET")[1]


def test_no_reason_of_a_rotated_operator_holds_a_secret(service: Service) -> None:
    rotate(service, NEW, MINUTE)
    move(service, NOW + MINUTE)

    told = reserve(service, OLD)[1] + reserve(service, "NEVER-A-SECRET")[1]

    assert OLD not in told
    assert NEW not in told


def test_without_an_overlap_the_old_secret_counts_no_more_at_once(service: Service) -> None:
    rotate(service, NEW, timedelta(0))

    assert statuses(service, OLD, NEW) == [403, 200]
    assert reserve(service, OLD)[1].endswith("counts no more since 2026-03-01 12:00:00 UTC")


def test_the_overlap_that_is_not_named_is_the_tenants_setting(service: Service) -> None:
    service.sandbox.tenants.change("site", {"secret_overlap_seconds": 30})
    rotate(service, NEW, None)

    move(service, NOW + timedelta(seconds=30) - TICK)
    assert statuses(service, OLD, NEW) == [200, 200]
    move(service, NOW + timedelta(seconds=30))
    assert statuses(service, OLD, NEW) == [403, 200]


def test_each_replaced_secret_has_its_own_end(service: Service) -> None:
    rotate(service, NEW, 3 * MINUTE)
    move(service, NOW + MINUTE)
    rotate(service, NEWEST, MINUTE)

    assert statuses(service, OLD, NEW, NEWEST) == [200, 200, 200]
    move(service, NOW + 2 * MINUTE)
    assert statuses(service, OLD, NEW, NEWEST) == [200, 403, 200]
    move(service, NOW + 3 * MINUTE)
    assert statuses(service, OLD, NEW, NEWEST) == [403, 403, 200]
    assert reserve(service, NEW)[1].endswith("since 2026-03-01 12:02:00 UTC")
    assert reserve(service, OLD)[1].endswith("since 2026-03-01 12:03:00 UTC")


def test_a_replaced_secret_that_is_taken_again_counts_for_good(service: Service) -> None:
    rotate(service, NEW, timedelta(0))
    rotate(service, OLD, timedelta(0))

    move(service, NOW + timedelta(days=1))

    assert statuses(service, OLD, NEW) == [200, 403]


def test_a_secret_that_is_made_up_counts(service: Service) -> None:
    made = rotate(service, None, timedelta(0))

    assert len(made) == 24
    assert statuses(service, made, OLD) == [200, 403]


def test_the_time_that_counts_is_the_operators_own(service: Service) -> None:
    rotate(service, NEW, MINUTE)

    move(service, NOW + MINUTE, tenant="acme")
    assert statuses(service, OLD, NEW) == [200, 200]
    move(service, NOW + MINUTE)
    assert statuses(service, OLD, NEW) == [403, 200]


def test_one_operators_rotation_changes_nothing_for_another(service: Service) -> None:
    rotate(service, NEW, timedelta(0))

    told = [reserve(service, secret, "site-limited")[1] for secret in ("67890FGHIJ", NEW)]

    # A signature that counts comes as far as the body, which names another operator.
    assert told[0].startswith("access_denied: operator: the body says `site`")
    assert told[1].startswith("access_denied: signature: does not match")


def test_after_a_reset_the_current_secret_alone_counts(service: Service) -> None:
    rotate(service, NEW, MINUTE)
    assert statuses(service, OLD, NEW) == [200, 200]

    service.sandbox.tenants.reset("site")

    assert statuses(service, OLD, NEW) == [403, 200]
