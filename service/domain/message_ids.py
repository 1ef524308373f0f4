"""Message ids of mails that strangers wrote: only what has their form gets into a header of ours."""

import re

# RFC 5322, section 3.6.4, as mails in the wild have it: angle brackets, an @ somewhere, no white space, ASCII.
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,400}@[!-;=?-~]{1,400}>")
# A thread of years would fill the header: its first id and the latest ones keep it together.
_MOST = 50


def message_ids(text: str) -> tuple[str, ...]:
    """Find the message ids in a header, in their order; whatever else stands there is left out."""
    found = tuple(_MESSAGE_ID.findall(text))
    return found if len(found) <= _MOST else (found[0], *found[1 - _MOST :])
