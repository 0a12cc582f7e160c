"""systemd's end of the line: ready, reloading, stopping, and the watchdog. Silent where there is none."""

import os
import socket


def notify(state: str) -> None:
    """Tell the service manager, if there is one: "READY=1", "WATCHDOG=1", … (sd_notify(3))."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
        try:
            line.sendto(state.encode(), address)
        except OSError:
            return  # the manager went away: nobody is left to tell
