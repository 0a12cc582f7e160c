"""``python -m monitor.demo.worker DIRECTORY [twice]``: the worker behind the orders listener.

A process of its own, as in life: the web side goes on answering when it is gone. It takes one event after
the other from the queue, places the order once, and reports that to the receipt address in the event. It
ends when its input does. ``twice``: it forgets what it has placed, and places it again.
"""

import http.client
import re
import select
import signal
import sys
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

from monitor.demo.places import queue_of
from monitor.demo.queue import Job, Order, Queue

LOOK = 0.1  # seconds between two looks into an empty queue
AGAIN = 1.0  # seconds until a report is tried again that nobody took
TIMEOUT = 5  # seconds; the monitor is on this machine
# Whoever wrote the event wrote the address: it must be our monitor's, and nothing else.
RECEIPT = re.compile(r"http://127\.0\.0\.1:\d{1,5}/r/[\w-]+\.[\w-]+", re.ASCII)


def main(arguments: list[str]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the demo, which then ends us
    queue, pause = Queue(queue_of(Path(arguments[0]))), 0.0
    while not select.select([sys.stdin], [], [], pause)[0]:  # nobody writes: what there is to read is the end
        job = queue.first()
        pause = LOOK if job is None else _advance(queue, job, twice="twice" in arguments[1:])


def _advance(queue: Queue, job: Job, *, twice: bool) -> float:
    """Bring a job one step on: its work, then its report. Return how long to wait, in seconds."""
    order = Order.read(job.event)
    if order is not None and job.run is None and queue.place(order, job, run=str(uuid4()), twice=twice):
        return 0
    if order is not None and job.run is not None and not reported(order.receipt, job.run):
        return AGAIN
    queue.done(job)
    return 0


def reported(address: str, run: str) -> bool:
    """Say that a run has done its work. False: nobody took it, come again. A refusal is an answer, too."""
    if not RECEIPT.fullmatch(address):
        return True
    place = urlsplit(address)
    connection = http.client.HTTPConnection(place.netloc, timeout=TIMEOUT)
    try:
        connection.request("POST", place.path, headers={"Idempotency-Key": run})
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    main(sys.argv[1:])
