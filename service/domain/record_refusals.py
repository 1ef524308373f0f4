"""Errors of naming records of the CRM in a call at Google; none tells which records there are beside one's own."""

from service.errors import ServiceError


class ActivityNotFound(ServiceError):
    """No such activity that this user may edit: it is in the trash, somebody else's, or never was."""

    error_code = "activity_not_found"
    status = 404


class ActivityHasAnEvent(ServiceError):
    """This activity belongs to another event already; take that one away from it first. Nothing was changed."""

    error_code = "activity_has_an_event"
    status = 409


class EventHasAnActivity(ServiceError):
    """Another activity of the workspace has the event with this id. Nothing was changed."""

    error_code = "event_has_an_activity"
    status = 409


class WorkspaceNotFound(ServiceError):
    """No such workspace that this user may write in, whether or not it exists."""

    error_code = "workspace_not_found"
    status = 404


class RecipientRefused(ServiceError):
    """A contact among the recipients may not be written to: their permission for e-mail is withdrawn or over.

    details is {"addresses": [...]}. Nothing was sent.
    """

    error_code = "recipient_refused"
    status = 403


BY_OUTCOME: dict[str, type[ServiceError]] = {
    "activity_not_found": ActivityNotFound,
    "activity_has_an_event": ActivityHasAnEvent,
    "event_has_an_activity": EventHasAnActivity,
    "workspace_not_found": WorkspaceNotFound,
}
