"""What an access token may be opened for; the database has the same list, private.purposes, and decides by that."""

from enum import StrEnum

from service.domain.google_scopes import CALENDAR_EVENTS, CALENDAR_READ, GMAIL_MODIFY, GMAIL_SEND


class Purpose(StrEnum):
    """The word that an opening names."""

    SEND_MESSAGE = "send_message"
    PREPARE_MESSAGE = "prepare_message"
    SHOW_MESSAGE_STATUS = "show_message_status"
    CHANGE_MESSAGE_STATUS = "change_message_status"
    SHOW_EVENTS = "show_events"
    WRITE_EVENT = "write_event"

    @property
    def scope(self) -> str:
        """The scope that the user must have granted for it."""
        return _SCOPES[self]


_SCOPES = {
    Purpose.SEND_MESSAGE: GMAIL_SEND,
    Purpose.PREPARE_MESSAGE: GMAIL_MODIFY,
    Purpose.SHOW_MESSAGE_STATUS: GMAIL_MODIFY,
    Purpose.CHANGE_MESSAGE_STATUS: GMAIL_MODIFY,
    Purpose.SHOW_EVENTS: CALENDAR_READ,
    Purpose.WRITE_EVENT: CALENDAR_EVENTS,
}
