"""The scopes that CxTrack asks Google for, and what each opens for the user."""

from collections.abc import Iterable

OPENID = "openid"
PROFILE_EMAIL = "https://www.googleapis.com/auth/userinfo.email"
PROFILE_NAME = "https://www.googleapis.com/auth/userinfo.profile"
GMAIL_SEND = "https://www.googleapis.com/auth/gmail.send"
GMAIL_MODIFY = "https://www.googleapis.com/auth/gmail.modify"
CALENDAR_READ = "https://www.googleapis.com/auth/calendar.readonly"
CALENDAR_EVENTS = "https://www.googleapis.com/auth/calendar.events"

# Long forms, as Google's token response gives them back: asked and granted can then be compared as sets.
SIGN_IN_SCOPES = (OPENID, PROFILE_EMAIL, PROFILE_NAME)
FEATURE_SCOPES = (GMAIL_SEND, GMAIL_MODIFY, CALENDAR_READ, CALENDAR_EVENTS)
# Always the whole set: a grant replaces the one before it, so a partial request would take away what was granted.
REQUESTED_SCOPES = SIGN_IN_SCOPES + FEATURE_SCOPES


def missing_scopes(granted: Iterable[str]) -> list[str]:
    """Name the feature scopes that the user left unticked, in the order in which they are asked for."""
    held = set(granted)
    return [scope for scope in FEATURE_SCOPES if scope not in held]
