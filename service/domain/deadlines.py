"""How long a caller waits: one deadline per request, within which every try and every pause has to fit."""

import time
from dataclasses import dataclass

# What a call may take if the caller does not say; a browser or a proxy gives up soon after.
DEFAULT_SECONDS = 25


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment of the monotonic clock."""

    at: float

    @classmethod
    def within(cls, seconds: float) -> "Deadline":
        """Make the deadline that is so many seconds away."""
        return cls(time.monotonic() + seconds)

    def seconds_left(self) -> float:
        """Give the seconds until then, 0 once it is over."""
        return max(0.0, self.at - time.monotonic())
