"""A fault strikes the exchanges that it is armed for, and no others."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from mockserver.kernel.faults.armed import (
    MOST_ARMED,
    ArmedFault,
    Faults,
    Reach,
    TooManyFaults,
    UnknownFault,
)
from mockserver.kernel.faults.catalogue import CATALOGUE, Name
from mockserver.kernel.faults.spec import read_spec, spec_in
from mockserver.kernel.journal import Direction
from mockserver.kernel.settings import SettingsError

REACH = Reach(
    received={"payTicket": ("wrong_state",), "getTicket": ("unknown_ticket",), "sendPamAction": ()},
    sent={"ping": "sendPamAction", "ticket_win": "sendPamAction"},
    forgeries={"ticket_win": ("bad_signature", "stale_timestamp")},
)


def armed(*lines: str) -> Faults:
    faults = Faults(REACH)
    for line in lines:
        faults.arm(spec_in(line).spec)
    return faults


def strikes(faults: Faults, exchanges: int, operation: str = "payTicket") -> list[int]:
    """Which of so many exchanges are struck, counted from 1."""
    return [
        number
        for number in range(1, exchanges + 1)
        if faults.striking(Direction.RECEIVED, operation, None, b"/be/tickets/x/paid", b"")
    ]


@pytest.mark.parametrize(
    ("conditions", "struck"),
    [
        ("", [1, 2, 3, 4, 5, 6]),
        (",nth=2", [2]),
        (",after=2", [3, 4, 5, 6]),
        (",after=2,nth=2", [4]),
        (",count=2", [1, 2]),
        (",after=3,count=2", [4, 5]),
        (",after=1,nth=1,count=1", [2]),
        (",probability=1", [1, 2, 3, 4, 5, 6]),
    ],
)
def test_a_fault_strikes_the_exchanges_that_were_asked_for(conditions: str, struck: list[int]) -> None:
    assert strikes(armed(f"truncate{conditions}"), 6) == struck


def test_chance_strikes_the_same_exchanges_each_time_and_others_with_another_seed() -> None:
    first, again, other = (
        strikes(armed(f"truncate,probability=0.25,seed={seed}"), 2_000) for seed in (7, 7, 8)
    )

    assert first == again
    assert first != other
    assert 400 < len(first) < 600
    assert 400 < len(other) < 600


def test_chance_that_strikes_a_number_of_times_stops_there() -> None:
    everything = strikes(armed("truncate,probability=0.25"), 100)

    assert strikes(armed("truncate,probability=0.25,count=3"), 100) == everything[:3]


def test_only_what_contains_the_text_fits_and_is_counted() -> None:
    faults = armed("truncate,containing=ticket-7,nth=1")
    (fault,) = faults.armed

    def struck(*said: bytes) -> bool:
        return bool(faults.striking(Direction.RECEIVED, "payTicket", None, *said))

    assert not struck(b"/be/tickets/ticket-6", b"")
    assert fault.matched == 0
    assert struck(b"/be/tickets/x", b'{"id":"ticket-7"}')
    assert not struck(b"/be/tickets/ticket-7", b"")
    assert (fault.matched, fault.struck) == (2, 1)


def test_an_operation_is_named_by_its_id_or_its_action() -> None:
    by_action, by_id = armed("drop,operation=ping"), armed("drop,operation=sendPamAction,direction=sent")

    def actions(faults: Faults) -> list[str]:
        return [
            action
            for action in ("ping", "ticket_win")
            if faults.striking(Direction.SENT, "sendPamAction", action, b"{}")
        ]

    assert actions(by_action) == ["ping"]
    assert actions(by_id) == ["ping", "ticket_win"]


def test_what_is_received_and_what_is_sent_are_struck_apart() -> None:
    faults = armed("drop,direction=sent")

    assert not faults.striking(Direction.RECEIVED, "sendPamAction", None, b"")
    assert faults.striking(Direction.SENT, "sendPamAction", "ping", b"")


def test_a_refusal_strikes_only_the_operations_that_have_it() -> None:
    faults = armed("error,class=wrong_state")

    assert strikes(faults, 1, "getTicket") == []
    assert strikes(faults, 1, "payTicket") == [1]


def test_a_forgery_strikes_only_calls_that_are_signed() -> None:
    faults = armed("bad_signature")

    assert not faults.striking(Direction.SENT, "sendPamAction", "ping", b"")
    assert faults.striking(Direction.SENT, "sendPamAction", "ticket_win", b"")


def test_faults_strike_in_the_order_in_which_they_were_armed() -> None:
    faults = armed("white_space,direction=received", "truncate", "unknown_fields,direction=received")
    faults.disarm("truncate-2")

    struck = faults.striking(Direction.RECEIVED, "payTicket", None, b"")

    assert [one.id for one in struck] == ["white_space-1", "unknown_fields-3"]


def test_a_wait_is_drawn_between_its_bounds_and_the_same_each_time() -> None:
    def waits(seed: int) -> list[float]:
        faults = armed(f"latency,direction=received,milliseconds=100,spread=50,seed={seed}")
        return [faults.striking(Direction.RECEIVED, "payTicket", None, b"")[0].wait_ms() for _ in range(50)]

    assert waits(1) == waits(1) != waits(2)
    assert all(100 <= one < 150 for one in waits(1))
    assert len(set(waits(1))) == 50


def test_only_so_many_can_be_armed() -> None:
    faults = armed(*["truncate"] * MOST_ARMED)

    with pytest.raises(TooManyFaults, match="100 faults are armed; clear some"):
        faults.arm(spec_in("truncate").spec)
    faults.disarm("truncate-1")
    assert faults.arm(spec_in("truncate").spec).id == "truncate-101"


def test_a_fault_that_is_not_armed_cant_be_taken_back() -> None:
    with pytest.raises(UnknownFault, match="no fault `truncate-3` is armed; did you mean `truncate-1`"):
        armed("truncate").disarm("truncate-3")
    with pytest.raises(UnknownFault, match="there is none"):
        armed().disarm("truncate-1")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("", "there is no ``"),
        ("lag", "there is no `lag`; known are latency"),
        ("dorp", "did you mean `drop`?"),
        ("drop,nht=2", "unknown setting `nht`; did you mean `nth`?"),
        ("drop,nth", "`nth` has to be written as NAME=VALUE"),
        ("drop,nth=1,nth=2", "`nth` is given twice"),
        ("drop,nth=0", "`nth` is '0'; it has to be a whole number of exchanges from 1"),
        ("drop,after=-1", "it has to be a whole number"),
        ("drop,probability=0", "a number above 0 and at most 1"),
        ("drop,probability=NaN", "a number above 0 and at most 1"),
        ("drop,point=never", "it has to be one of before_commit, after_commit, mid_answer"),
        ("latency,point=mid_answer", "it has to be before_commit or after_commit"),
        ("white_space,point=mid_answer", "it has to be left out"),
        ("drop,direction=up", "it has to be one of received, sent"),
        ("error", "needs `class`"),
        ("http_status,status=600", "a whole number of HTTP's statuses from 200 to 599"),
        ("content_type,value=a\r\nb", "one line of printable ASCII"),
        ("content_type,value=ä", "one line of printable ASCII"),
        ("drop,containing=\udcff", "a text of whole characters"),
        ("latency,milliseconds=1s", "a whole number of milliseconds"),
        ("slow,milliseconds=5000", "from 0 to 1500"),
        ("duplicate,times=101", "a whole number of repeats from 1 to 100"),
        ("duplicate,at_once=perhaps", "true or false"),
        ("alg_confusion,alg=ES256", "one of HS256, none"),
    ],
)
def test_what_cant_be_read_is_told_in_one_line(line: str, told: str) -> None:
    with pytest.raises(SettingsError) as error:
        spec_in(line, "--fault")

    assert told in str(error.value)
    assert str(error.value).startswith("--fault")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("drop", "direction: has to be given: `drop` can strike what is received and what is sent"),
        (
            "truncate,operation=ping",
            "`truncate` can't strike here: it is for what is received, and `ping` is sent",
        ),
        (
            "duplicate,operation=payTicket",
            "`duplicate` can't strike here: it is for what is sent, and `payTicket` is received",
        ),
        ("truncate,operation=payTikcet", "`payTikcet` is none of this tenant; did you mean `payTicket`?"),
        ("error,class=wrong_stat", "there is no `wrong_stat` here; did you mean `wrong_state`?"),
        ("error,class=wrong_state,operation=getTicket", "there is no `wrong_state` here"),
        ("bad_signature,operation=ping", "no call that fits is signed so that"),
        ("expired_token", "no call that fits is signed so that"),
    ],
)
def test_what_could_strike_nothing_cant_be_armed(line: str, told: str) -> None:
    with pytest.raises(SettingsError) as error:
        armed(line)

    assert told in str(error.value)
    assert "\n" not in str(error.value)


def test_every_fault_can_be_written_in_a_line_with_its_defaults() -> None:
    for name, row in CATALOGUE.items():
        line = f"{name},class=wrong_state" if name == Name.ERROR else name
        expected = {key: one.default for key, one in row.parameters.items()}
        if name == Name.ERROR:
            expected["class"] = "wrong_state"

        assert spec_in(line).spec == read_spec(name, {}, expected)


def test_a_line_may_have_spaces_and_name_a_tenant() -> None:
    read = spec_in(" drop , operation=payTicket , tenant=site , probability=0.50")

    assert (read.tenant, read.spec.operation, read.spec.probability) == ("site", "payTicket", Decimal("0.50"))


def a_fault(**changes: Any) -> ArmedFault:
    sound = armed("latency,direction=sent,operation=ping,count=3").armed[0]
    spec = changes.pop("spec", {})
    return replace(sound, **changes, spec=replace(sound.spec, **spec))


def test_faults_go_on_counting_behind_a_restore() -> None:
    faults = Faults(REACH)

    faults.restore([a_fault(id="latency-7", matched=5, struck=2)])

    assert [bool(faults.striking(Direction.SENT, "sendPamAction", "ping", b"")) for _ in "12"] == [
        True,
        False,
    ]
    assert faults.arm(spec_in("truncate").spec).id == "truncate-8"


@pytest.mark.parametrize(
    "nonsense",
    [
        {"direction": Direction.RECEIVED},
        {"point": None},
        {"matched": 1, "struck": 2},
        {"struck": -1},
        {"id": ""},
        {"spec": {"fault": "lag"}},
        {"spec": {"operation": "nobodys"}},
        {"spec": {"nth": 0}},
        {"spec": {"probability": Decimal(2)}},
        {"spec": {"parameters": {}}},
        {"spec": {"parameters": {"milliseconds": "5", "spread": 0}}},
        {"spec": {"parameters": {"milliseconds": 5, "spread": 0, "more": 1}}},
    ],
)
def test_nonsense_is_not_restored(nonsense: dict[str, Any]) -> None:
    faults = armed("truncate")

    with pytest.raises(ValueError, match=r"\A[^\n]+\Z"):
        faults.restore([a_fault(**nonsense)])

    assert [one.id for one in faults.armed] == ["truncate-1"]


def test_too_many_or_two_of_one_id_are_not_restored() -> None:
    faults = armed()

    with pytest.raises(ValueError, match="two faults have the same id"):
        faults.restore([a_fault(), a_fault()])
    with pytest.raises(ValueError, match="101 faults are armed, and at most 100 can be"):
        faults.restore([a_fault(id=f"latency-{number}") for number in range(101)])


def counts(faults: Faults) -> list[tuple[int, int]]:
    return [(one.matched, one.struck) for one in faults.armed]


@pytest.mark.parametrize(
    ("lines", "struck"),
    [
        (("http_status,count=1", "drop,direction=received,count=1"), [(1, 1), (0, 0)]),
        (("rate_limit", "http_status,point=after_commit"), [(1, 1), (0, 0)]),
        (("drop,direction=received,point=after_commit", "http_status"), [(0, 0), (1, 1)]),
        (("error,class=wrong_state", "http_status,point=after_commit"), [(1, 1), (1, 1)]),
        (("http_status", "truncate"), [(1, 1), (1, 1)]),
        (("drop,direction=received,point=mid_answer", "truncate"), [(1, 1), (1, 1)]),
    ],
)
def test_what_comes_too_late_to_answer_is_not_counted(
    lines: tuple[str, ...], struck: list[tuple[int, int]]
) -> None:
    faults = armed(*lines)

    assert strikes(faults, 1) == [1]
    assert counts(faults) == struck


def sent(faults: Faults, action: str, document: bytes) -> list[str]:
    return [one.name for one in faults.striking(Direction.SENT, "sendPamAction", action, document)]


def test_a_lost_request_is_not_repeated() -> None:
    faults = armed("duplicate,operation=ticket_win", "drop,operation=ticket_win")

    assert sent(faults, "ticket_win", b"{}") == ["drop"]
    assert counts(faults) == [(0, 0), (1, 1)]


def test_a_call_without_money_is_not_changed() -> None:
    faults = Faults(replace(REACH, amounts=frozenset({"price"})))
    faults.arm(spec_in("change").spec)

    assert sent(faults, "ping", b'{"action":"ping"}') == []
    assert sent(faults, "ticket_win", b'{"price":5}') == ["change"]
    assert counts(faults) == [(1, 1)]


def test_faults_that_can_strike_no_more_make_room_for_others() -> None:
    faults = armed("truncate,count=1", "truncate,nth=1", "truncate,after=1,count=1")
    strikes(faults, 2)
    assert [one.spent for one in faults.armed] == [True, True, True]
    for _ in range(MOST_ARMED):
        faults.arm(spec_in("truncate,nth=9").spec)

    with pytest.raises(TooManyFaults):
        faults.arm(spec_in("truncate").spec)
    assert {one.spec.nth for one in faults.armed} == {9}


def test_a_parameter_that_the_fault_does_not_have_is_refused_whatever_its_value() -> None:
    with pytest.raises(SettingsError, match="unknown setting `x`"):
        read_spec("drop", {}, {"x": None})


def test_a_text_to_look_for_is_not_endless() -> None:
    assert spec_in("drop,containing=" + "x" * 200).spec.containing == "x" * 200
    with pytest.raises(SettingsError, match="a text of at most 200 characters"):
        spec_in("drop,containing=" + "x" * 201)
