"""What Calendar refuses in an event that is written, beside its times."""

from __future__ import annotations

from typing import Any

from service.local.google.errors import APIError

_STATUSES = ("confirmed", "tentative", "cancelled")
_MOST_ATTENDEES, _MOST_REMINDERS, _MOST_MINUTES = 200, 5, 40320
_LONGEST_KEY, _LONGEST_VALUE = 44, 1024


def check_fields(event: dict[str, Any]) -> None:
    """Refuse what Google refuses.

    Raises:
        APIError: with Google's reason.
    """
    if event.get("status", "confirmed") not in _STATUSES:
        raise invalid("Invalid value for status.")
    attendees = event.get("attendees", [])
    if any("@" not in attendee.get("email", "") for attendee in attendees):
        raise invalid("Invalid attendee email.")
    if len(attendees) > _MOST_ATTENDEES:
        raise APIError(400, "tooManyAttendees", "Too many attendees.")
    _check_reminders(event.get("reminders", {}))
    for properties in event.get("extendedProperties", {}).values():
        for name, value in properties.items():
            if len(name) > _LONGEST_KEY or len(value) > _LONGEST_VALUE:
                raise invalid("Extended property is too large.")


def invalid(message: str) -> APIError:
    """What Google answers for a value that it does not take."""
    return APIError(400, "invalid", message)


def _check_reminders(reminders: dict[str, Any]) -> None:
    overrides = reminders.get("overrides", [])
    if reminders.get("useDefault") and overrides:
        raise APIError(
            400, "cannotUseDefaultRemindersAndSpecifyOverride", "Cannot specify both default reminders and overrides."
        )
    if len(overrides) > _MOST_REMINDERS:
        raise invalid("Too many reminders.")
    for each in overrides:
        if each.get("method") not in ("email", "popup") or not 0 <= each.get("minutes", -1) <= _MOST_MINUTES:
            raise invalid("Invalid reminder override.")
