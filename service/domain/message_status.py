"""The status of messages: seen and changed through their labels, never through what they say."""

from dataclasses import dataclass

from service.domain.calling import GoogleCalls
from service.domain.google_values import MessageStatus, ThreadStatus
from service.domain.ports import Gmail
from service.domain.purposes import Purpose


@dataclass(frozen=True, slots=True)
class StatusChange:
    """What to change; None leaves as it is."""

    is_read: bool | None
    is_trashed: bool | None

    @property
    def added(self) -> list[str]:
        """The labels to add."""
        return ["UNREAD"] * (self.is_read is False) + ["TRASH"] * (self.is_trashed is True)

    @property
    def removed(self) -> list[str]:
        """The labels to take away."""
        return ["UNREAD"] * (self.is_read is True) + ["TRASH"] * (self.is_trashed is False)


def show_thread(calls: GoogleCalls, thread_id: str, *, gmail: Gmail) -> ThreadStatus:
    """Show the status of a thread's messages.

    Raises:
        The refusals of opening a token, and what the table of answers says; so do the functions below.
    """
    return calls.repeatable(
        Purpose.SHOW_MESSAGE_STATUS,
        lambda token, deadline: gmail.thread_status(token, deadline, thread_id=thread_id),
    )


def change_thread(calls: GoogleCalls, thread_id: str, change: StatusChange, *, gmail: Gmail) -> ThreadStatus:
    """Change every message of a thread in one request; the same change twice is the same as once."""
    return calls.repeatable(
        Purpose.CHANGE_MESSAGE_STATUS,
        lambda token, deadline: gmail.change_thread(
            token, deadline, thread_id=thread_id, added=change.added, removed=change.removed
        ),
    )


def change_message(calls: GoogleCalls, message_id: str, change: StatusChange, *, gmail: Gmail) -> MessageStatus:
    """Change one message in one request; the same change twice is the same as once."""
    return calls.repeatable(
        Purpose.CHANGE_MESSAGE_STATUS,
        lambda token, deadline: gmail.change_message(
            token, deadline, message_id=message_id, added=change.added, removed=change.removed
        ),
    )
