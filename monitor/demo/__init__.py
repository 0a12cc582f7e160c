"""The demo: listeners that really verify, to break and to heal, and an inbox to see the alerts arrive.

A process of its own (``python -m monitor.demo``), so that it can die without the monitor. It shares no code
with ``core.sign``: what it accepts is a second opinion. ``port`` is the control and inbox port (7100);
the listeners have the ports after it, one each, because a port that refuses has to be really closed.

``places``   the listeners, the ways to break them, their ports and secrets
``verify``   how each listener tells a true event from a forged one
``answers``  what each listener answers, well or broken
``http``     just enough HTTP/1.1
``queue``    what one of them accepted, until it is worked off
``worker``   who does that, in a process of its own
``foreman``  who starts and stops the worker
``inbox``    the alerts received
``server``   the process
``client``   break, heal and look, for the command line
``show``     the inbox as a person would see it
"""

from monitor.demo.client import break_, heal, inbox, state
from monitor.demo.inbox import Received
from monitor.demo.places import PORT, Fault, Listener, State, prepare
from monitor.demo.server import serve
from monitor.demo.show import show

__all__ = [
    "PORT",
    "Fault",
    "Listener",
    "Received",
    "State",
    "break_",
    "heal",
    "inbox",
    "prepare",
    "serve",
    "show",
    "state",
]
