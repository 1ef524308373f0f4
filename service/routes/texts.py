"""Texts that come in: what may stand in a header or a line, and what in a body."""

import re

# CR, LF or NUL in a header would let the text of one field become another field; email.policy builds no header of
# anything that str.splitlines splits, which is more: U+0085, U+2028 and U+2029.
_NOT_IN_A_LINE = re.compile("[\\x00-\\x1f\\x7f\\x85\\u2028\\u2029]")
# A body may have lines and tabs, but nothing that ends a text or steers a terminal.
_NOT_IN_A_TEXT = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f]")


def plain_line(value: str) -> str:
    """Check a text of one line."""
    if _NOT_IN_A_LINE.search(value):
        raise ValueError("control characters and line separators are not allowed")
    return value


def plain_text(value: str) -> str:
    """Check a text of several lines."""
    if _NOT_IN_A_TEXT.search(value):
        raise ValueError("control characters are not allowed, except line breaks and tabs")
    return value
