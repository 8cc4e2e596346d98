"""Makes an event happen, and what it needs before it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from mockserver.assignments import value_of
from mockserver.call_lines import call_line
from mockserver.testing import NotSeen
from mockserver.trigger.events import EVENTS, Event, Fields
from mockserver.trigger.front_end import Answer, FrontEnd
from mockserver.trigger.usage import Stopped, UsageError

if TYPE_CHECKING:
    from mockserver.testing import Sandbox, Tenant
    from mockserver.testing.documents import Call, Exchange, Player

Options = Mapping[str, str]

_HANDED_ON = ("player", "type", "session")
"""Options that are also for what comes first."""

_BACKGROUND_SECONDS = 15


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an event."""

    acknowledged: bool
    """Whether each call was."""
    subject: str | None
    """What it was about, by its id."""


class Trigger:
    """Makes events happen to a tenant.

    :param front_end: makes the calls of its own front end, once they are needed
    :param tell: takes the lines that say what happened
    """

    def __init__(
        self,
        sandbox: Sandbox,
        tenant: Tenant,
        front_end: Callable[[], FrontEnd],
        tell: Callable[[str], None],
    ) -> None:
        self._sandbox = sandbox
        self._tenant = tenant
        self._front_end = front_end
        self._tell = tell

    def happen(self, name: str, options: Options, settings: Mapping[str, str]) -> Outcome:
        """Make an event happen; what it is about is made first where it is not named.

        :param options: of the command, by name
        :param settings: texts of further fields
        :raises UsageError: an option or field is not this event's
        :raises Stopped: it can't happen
        """
        event = EVENTS[name]
        _require_known(name, event, options, settings)
        if empty := [one for one, value in {**options, **settings}.items() if value == ""]:
            raise UsageError(f"`{empty[0]}` is empty; leave it out, or give it a value")
        made = None
        subject = options.get(event.subject) or settings.get(event.subject)
        if event.after and subject is None and not _names_its_own(event, settings):
            made = self._first(event, options)
            if made.subject is None:
                raise Stopped(f"`{name}` did not happen: what it would be about could not be made")
            if not made.acknowledged and not EVENTS[event.after].goes_on:
                raise Stopped(f"`{name}` did not happen: `{event.after}` was not acknowledged")
            subject = made.subject
        if event.timer:
            outcome = self._let_time_pass(event, subject or "")
        elif event.operation:
            outcome = self._call_of_the_front_end(event, subject, options, settings)
        else:
            outcome = self._driven(event, subject, options, settings)
        return Outcome(
            outcome.acknowledged and (made is None or made.acknowledged), outcome.subject or subject
        )

    def _first(self, event: Event, options: Options) -> Outcome:
        """Make what the event is about."""
        if event.after == "refresh_token" and self._tenant.read()["settings"].get("casino_url"):
            raise UsageError("your own casino issues the refresh tokens; name one: --set refresh_token=TOKEN")
        takes = EVENTS[event.after].options
        handed = {name: value for name, value in options.items() if name in _HANDED_ON and name in takes}
        return self.happen(event.after, {**event.after_options, **handed}, {})

    def _driven(
        self, event: Event, subject: str | None, options: Options, settings: Mapping[str, str]
    ) -> Outcome:
        schemas = {one["drive"]: one["schema"] for one in self._tenant.drives()}
        if event.drive not in schemas:
            raise Stopped(f"the sandbox has no drive `{event.drive}`; is it of another version?")
        fields: Fields = dict(event.fields)
        texts = {event.options[name]: value for name, value in options.items() if event.options[name]}
        if subject is not None:
            texts[event.options.get(event.subject) or event.subject] = subject
        if (field := event.options.get("player")) and field not in texts:
            texts[field] = self._player(options.get("player"))["id"]
        for field, text in {**texts, **settings}.items():
            fields[field] = value_of(text, is_text=_is_text(schemas[event.drive], field))
        driven = self._tenant.drive(event.drive, **event.complete(fields))
        if event.result:
            made = driven["result"][event.result]
            self._tell(f"{event.result} {made}")
            return Outcome(True, made)
        for exchange in self._sent(driven["cause"]):
            self._tell(call_line(exchange))
        for call in driven["calls"]:
            if not call["tries"]:
                self._tell(_untried(call))
        if not driven["calls"]:
            self._tell(f"{event.drive}: done; no call goes out for it")
        last = driven["calls"][-1]["subject"] if driven["calls"] else None
        return Outcome(all(call["state"] == "sent" for call in driven["calls"]), last)

    def _call_of_the_front_end(
        self, event: Event, subject: str | None, options: Options, settings: Mapping[str, str]
    ) -> Outcome:
        front_end = self._front_end()
        seen = self._tenant.journal(limit=1)
        if event.operation == "payTicket":
            answer = front_end.pay(subject or "")
        else:
            player = self._player(options.get("player"), with_token=True)
            texts = {event.options[name]: value for name, value in options.items() if name != "player"}
            fields = {name: value_of(text) for name, text in {**texts, **settings}.items()}
            answer = front_end.place(
                event.operation, front_end.ticket(cast("dict[str, Any]", player), fields)
            )
        self._tell(answer.told)
        sent = self._followed(answer, seen)
        for exchange in sent:
            self._tell(call_line(exchange))
        acknowledged = answer.accepted and all(one["refusal"] is None for one in sent)
        return Outcome(acknowledged, answer.ticket)

    def _let_time_pass(self, event: Event, ticket: str) -> Outcome:
        found = [one for one in self._tenant.tickets() if ticket in (one["id"], one["code"])]
        if not found:
            raise Stopped(f"tenant `{self._tenant.name}` has no ticket with the id or code `{ticket}`")
        (name, status) = (found[0]["id"], found[0]["status"])
        due = [
            one["due"]
            for one in self._tenant.timers()
            if (one["kind"], one["subject"]) == (event.timer, name)
        ]
        if not due:
            raise Stopped(f"ticket {name} is `{status}`; it closes 24 hours after its end was acknowledged")
        before = {call["id"] for call in self._tenant.outbox()}
        passage = self._tenant.clock.set(due[0])
        self._tell(f"the clock of `{self._tenant.name}` is now {passage['clock']['now']}")
        calls = [one for one in self._tenant.outbox() if one["id"] not in before and one["subject"] == name]
        for call in calls:
            for one in call["tries"]:
                self._tell(call_line(self._sandbox.exchange(one["exchange"])))
        return Outcome(bool(calls) and all(call["state"] == "sent" for call in calls), name)

    def _player(self, wanted: str | None, *, with_token: bool = False) -> Player:
        """The player of this id, or the first who may bet.

        :raises Stopped: there is none
        """
        players = self._tenant.players()
        fitting = [
            one
            for one in players
            if (one["tokens"] or not with_token) and wanted in (None, one["id"])
            if wanted is not None or one["state"] == "active"
        ]
        if fitting:
            return fitting[0]
        if wanted is not None and not with_token:
            return cast("Player", {"id": wanted})  # whom the tenant's own casino knows
        known = ", ".join(one["id"] for one in players) or "none"
        raise Stopped(
            f"tenant `{self._tenant.name}` has no player"
            f"{f' `{wanted}`' if wanted else ''}{' with a token' if with_token else ''}; it has {known}"
        )

    def _followed(self, answer: Answer, seen: list[Exchange]) -> list[Exchange]:
        """The calls that a call of the front end brought about, once those in the background were made. A
        server without hints does not say which they are: then what came since."""
        if answer.exchange is None:
            return (
                self._tenant.journal(direction="sent", after=seen[-1]["id"])
                if seen
                else self._tenant.journal(direction="sent")
            )
        with suppress(NotSeen):  # what is on its way for so long is shown as it is
            self._tenant.wait_for_outbox(within_seconds=_BACKGROUND_SECONDS)
        return self._sent(answer.exchange)

    def _sent(self, cause: str) -> list[Exchange]:
        return self._tenant.journal(direction="sent", cause=cause)


def _require_known(name: str, event: Event, options: Options, settings: Mapping[str, str]) -> None:
    """See to it that every option and field is one of this event.

    :raises UsageError: one isn't
    """
    takes = ", ".join(f"--{one}" for one in event.options) or "none of these"
    for option in options:
        if option not in event.options:
            raise UsageError(f"`{name}` takes no --{option}; it takes {takes}")
        if not event.options[option] and event.subject in options and option in EVENTS[event.after].options:
            raise UsageError(
                f"--{option} is for the {event.subject} that is made first; --{event.subject} names one"
            )
    known = settable(event)
    for field in settings:
        if field not in known:
            raise UsageError(f"`{name}` has no field `{field}` to set; {_listed(known)}")


def settable(event: Event) -> tuple[str, ...]:
    """The fields that ``--set`` can give."""
    return tuple(dict.fromkeys([*filter(None, event.options.values()), *event.more]))


def _listed(known: Collection[str]) -> str:
    return f"it has {', '.join(known)}" if known else "it has none"


def _names_its_own(event: Event, settings: Mapping[str, str]) -> bool:
    """Whether the fields that are set say what it is about."""
    return event.options.get(event.subject, event.subject) in settings or "payments" in settings


def _is_text(schema: Mapping[str, Any], field: str) -> bool:
    return bool(schema["properties"].get(field, {}).get("type") == "string")


def _untried(call: Call) -> str:
    why = f": {call['held_by']} has to be acknowledged first" if call["held_by"] else ""
    return f"{call['action']:<15} not sent; it is {call['state']}{why}  (call {call['id']})"
