"""Waiting for something to happen, never for time to pass: every wait has a condition and a deadline."""

import http.client
import socket
import time
from typing import Any, Callable

PATIENCE = 20.0  # seconds that a step may take on a busy machine; what is right is seen much sooner
PAUSE = 0.02  # between two looks


class TookTooLong(AssertionError):
    """The awaited did not happen."""


def wait_until(what: str, condition: Callable[[], Any], patience: float = PATIENCE) -> Any:
    """Returns what the condition yields once that is true. A server that does not answer counts as not yet."""
    deadline = time.monotonic() + patience
    last: Any = None
    while True:
        try:
            last = condition()
            if last:
                return last
        except (OSError, ValueError, KeyError, IndexError, http.client.HTTPException) as problem:
            last = problem
        if time.monotonic() > deadline:
            raise TookTooLong(f"not within {patience:.0f} s: {what}; the last look gave {last!r}")
        time.sleep(PAUSE)


def free_ports(count: int) -> list[int]:
    """Loopback ports that nobody listens on now; all are held until the last is found, so they differ."""
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports
