"""What a mail needs to be looked up at Gmail before it can be sent: headers for a reply, whether an alias is theirs."""

from service.domain.calling import GoogleCalls
from service.domain.google_answers import translate
from service.domain.google_faults import GoogleFault
from service.domain.google_values import ReplyHeaders
from service.domain.messages import Message
from service.domain.ports import Gmail
from service.domain.purposes import Purpose
from service.domain.send_refusals import AliasNotAccepted

_NOT_FOUND = 404


def prepare(calls: GoogleCalls, message: Message, *, gmail: Gmail) -> ReplyHeaders | None:
    """Look up what the message needs; most need nothing, and Gmail is not asked.

    Raises:
        AliasNotAccepted: Gmail does not let the account send as that address; it would silently put another one there.
        The refusals of opening a token, and what the table of answers says.
    """
    purpose = Purpose.PREPARE_MESSAGE
    if (address := message.from_address) is not None and not _is_alias(calls, address, gmail):
        raise AliasNotAccepted
    if (thread_id := message.thread_id) is None:
        return None
    return calls.repeatable(purpose, lambda token, deadline: gmail.reply_headers(token, deadline, thread_id=thread_id))


def _is_alias(calls: GoogleCalls, address: str, gmail: Gmail) -> bool:
    purpose = Purpose.PREPARE_MESSAGE
    try:
        return calls.attempt(purpose, lambda token, deadline: gmail.is_alias(token, deadline, address=address))
    except GoogleFault as fault:
        if fault.status == _NOT_FOUND:
            return False
        raise translate(fault, scope=purpose.scope) from None
