"""Ports for programs that tests start: theirs alone, though many tests run side by side."""

import secrets
import socket
from contextlib import ExitStack

# Below those that a system gives away by itself: nobody comes upon one of these by chance.
FIRST, LAST = 20_000, 32_000


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that no other test on this machine gets."""
    return free_ports(1)


def free_ports(count: int) -> int:
    """Return the first of that many neighbouring ports, none of which another test gets.

    The sign that one is taken is the UDP port of the same number, held until this process ends.
    """
    for _ in range(100):
        base = FIRST + secrets.randbelow(LAST - FIRST)
        with ExitStack() as stack:
            held = [stack.enter_context(socket.socket(type=socket.SOCK_DGRAM)) for _ in range(count)]
            try:
                for port, sign in enumerate(held, base):
                    sign.bind(("127.0.0.1", port))
                    with socket.socket() as wanted:
                        wanted.bind(("127.0.0.1", port))
            except OSError:
                continue
            for sign in held:
                sign.detach()
            return base
    raise AssertionError("no free ports")
