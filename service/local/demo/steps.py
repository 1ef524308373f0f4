"""The steps of the demo in order."""

from service.local.demo.beginning import connect, sealed, sign_up, stranger
from service.local.demo.ending import disconnect, end_at_google, nothing_left, reconnect
from service.local.demo.google_work import message_status, write_event
from service.local.demo.story import Step
from service.local.demo.using import events, refresh, rotate_keys, send

STEPS: tuple[Step, ...] = (
    sign_up,
    connect,
    sealed,
    stranger,
    send,
    events,
    message_status,
    write_event,
    refresh,
    end_at_google,
    reconnect,
    rotate_keys,
    disconnect,
    nothing_left,
)
