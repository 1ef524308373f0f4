"""Time zones by their IANA names."""

from functools import cache
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator


@cache
def _zones() -> frozenset[str]:
    # available_timezones reads the file system each time.
    return frozenset(available_timezones())


def _known_zone(value: str) -> str:
    if value not in _zones():
        raise ValueError("not a time zone of the IANA database")
    return value


TimeZone = Annotated[str, AfterValidator(_known_zone)]
