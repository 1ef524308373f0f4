"""A process that dies leaves no image of its memory on the disk: it may hold tokens."""

import resource


def switch_off() -> None:
    """Let the kernel write no core dump of this process, whatever the machine's own setting is."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
