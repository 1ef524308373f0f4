"""What destroys data looks for the scratch marker first; no option overrides that."""

from __future__ import annotations

from service.local.bootstrap import is_scratch


class NotScratch(Exception):
    """This database does not carry the scratch marker of the local platform: nothing is done to it."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


def refuse_unless_scratch(database_url: str) -> None:
    """Look for the marker.

    Raises:
        NotScratch: it is not there.
    """
    if not is_scratch(database_url):
        raise NotScratch
