"""What went wrong in one call of Gmail or Calendar, in the words in which the table of answers looks it up."""

# A call that never began or a connection that was never made: no byte of the request reached Google.
NOT_BEGUN = "not_begun"
UNREACHABLE = "unreachable"
TIMEOUT = "timeout"
DROPPED = "dropped"
UNREADABLE = "unreadable"


class GoogleFault(Exception):
    """Google refused, failed, or gave no answer that can be read."""

    def __init__(self, status: int | None, reason: str, *, retry_after: int | None = None) -> None:
        """Make the fault.

        Args:
            status: the HTTP status; None without an HTTP answer.
            reason: Google's own reason in snake case, or one of the words above. Safe to log and to answer with.
            retry_after: the seconds that Google asks to wait.
        """
        super().__init__(status, reason)
        self.status = status
        self.reason = reason
        self.retry_after = retry_after

    @property
    def has_certainly_not_acted(self) -> bool:
        """Whether Google did nothing: it refused with a 4xx, or the request never left."""
        if self.status is None:
            return self.reason in (NOT_BEGUN, UNREACHABLE)
        return 400 <= self.status < 500
