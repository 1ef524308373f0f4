"""Creating and changing events, so that a repeat after a lost answer does nothing more and tells no guest twice."""

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from uuid import uuid4

from service.domain.calling import Call, GoogleCalls
from service.domain.deadlines import Deadline
from service.domain.event_values import WholeEvent
from service.domain.google_answers import translate
from service.domain.google_faults import GoogleFault
from service.domain.google_refusals import EventIdTaken
from service.domain.ports import Calendar, RequestHasher
from service.domain.purposes import Purpose
from service.domain.tying_events import Tying, tie_of, tying
from service.errors import NotFound

_PRECONDITION_FAILED = 412
_CONFLICT = (409, "duplicate")
_CANCELLED = "cancelled"


def create_event(
    calls: GoogleCalls, calendar_id: str, fields: Mapping[str, Any], send_updates: str,
    *, calendar: Calendar, hasher: RequestHasher,
) -> WholeEvent:  # fmt: skip
    """Make an event under an id that we chose. The same request again answers the event that the first one made.

    Args:
        fields: what routes/event_models.py lets through; `id` among them.

    Raises:
        EventIdTaken: another event has the id, or ours has been cancelled.
        ActivityNotFound, ActivityHasAnEvent, EventHasAnActivity: the activity that is named cannot have this event.
        The refusals of opening a token, and what the table of answers says.
    """
    request = _canonical("create event", calls, calendar_id, fields, send_updates)
    body = {**fields, "request_hash": hasher.hash(request)}

    def insert(token: str, deadline: Deadline) -> WholeEvent:
        return calendar.insert(token, deadline, calendar_id=calendar_id, fields=body, send_updates=send_updates)

    with tying(calls, tie_of(calendar_id, fields["id"], fields) if fields.get("activity_id") else None) as tied:
        try:
            return calls.attempt(Purpose.WRITE_EVENT, tied.watched(insert), ask=tied.ask)
        except GoogleFault as fault:
            if (fault.status, fault.reason) != _CONFLICT:
                raise translate(fault, scope=Purpose.WRITE_EVENT.scope) from None
        # Until the event that has the id has been read, it may be ours.
        tied.may_have_acted = True
        with suppress(NotFound):
            held = calls.repeatable(Purpose.WRITE_EVENT, _reader(calendar, calendar_id, fields["id"]))
            if held.status != _CANCELLED and hasher.is_ours(held.request_hash or "", request):
                return held
        tied.may_have_acted = False
        raise EventIdTaken


def change_event(
    calls: GoogleCalls, calendar_id: str, event_id: str, fields: Mapping[str, Any], send_updates: str,
    if_match: str | None, *, calendar: Calendar, hasher: RequestHasher,
) -> WholeEvent:  # fmt: skip
    """Change the fields that are named.

    The event keeps the hash of the last change that was made here: a change whose answer got lost is known by it, also
    when the caller asks again with the etag of before.

    Raises:
        EventChanged: the event is not the one that `if_match` names, and not because of this change.
        ActivityNotFound, ActivityHasAnEvent, EventHasAnActivity: the activity that is named cannot have this event.
        The refusals of opening a token, and what the table of answers says.
    """
    purpose = Purpose.WRITE_EVENT
    # Without an etag, an equal change of last week may have left an equal hash: this one is told apart from it.
    begun_at = if_match or uuid4().hex
    request = _canonical("change event", calls, calendar_id, fields, send_updates, event_id, begun_at)
    body = {**fields, "change_hash": hasher.hash(request)}
    read = _reader(calendar, calendar_id, event_id)

    def patch(token: str, deadline: Deadline) -> WholeEvent:
        return calendar.patch(
            token, deadline, calendar_id=calendar_id, event_id=event_id, fields=body, send_updates=send_updates,
            if_match=if_match,
        )  # fmt: skip

    def changed_already(token: str, deadline: Deadline) -> WholeEvent | None:
        held = read(token, deadline)
        is_cancelled = fields.get("status") == held.status == _CANCELLED
        return held if is_cancelled or hasher.is_ours(held.change_hash or "", request) else None

    with tying(calls, tie_of(calendar_id, event_id, fields)) as tied:
        try:
            return calls.attempt(purpose, tied.watched(patch), ask=tied.ask, before_repeat=changed_already)
        except GoogleFault as fault:
            held = _look_again(calls, tied, changed_already) if fault.status == _PRECONDITION_FAILED else None
            if held is None:
                raise translate(fault, scope=purpose.scope) from None
            return held


def _look_again(calls: GoogleCalls, tied: Tying, changed_already: Call[WholeEvent | None]) -> WholeEvent | None:
    """Look whether the event is another one than the caller read because of this very change."""
    acted_before, tied.may_have_acted = tied.may_have_acted, True
    held = calls.repeatable(Purpose.WRITE_EVENT, changed_already)
    tied.may_have_acted = acted_before or held is not None
    return held


def _reader(calendar: Calendar, calendar_id: str, event_id: str) -> Call[WholeEvent]:
    def read(token: str, deadline: Deadline) -> WholeEvent:
        return calendar.event(token, deadline, calendar_id=calendar_id, event_id=event_id, time_zone=None)

    return read


def _canonical(kind: str, calls: GoogleCalls, *parts: object) -> bytes:
    """Give the same bytes for the same request of the same user, to hash."""
    return json.dumps([kind, str(calls.principal.user_id), *parts], sort_keys=True, ensure_ascii=False).encode()
