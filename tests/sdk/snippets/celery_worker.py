import json
import os
import re
from uuid import uuid4

import httpx
from celery import Celery
from shop import fulfil  # your own work

app = Celery(broker=os.environ["REDIS_URL"])
MONITOR = os.environ["MONITOR_URL"]  # https://status.acme.example
RECEIPT = re.compile(re.escape(MONITOR) + r"/r/([\w-]+\.[\w-]+)", re.ASCII)


@app.task(acks_late=True)
def process(event_id, event):  # verified before it was queued
    run = str(uuid4())  # the name of this run
    receipt = RECEIPT.search(json.dumps(event))
    if fulfil(event_id, event) and receipt:
        report.delay(receipt[1], run)


@app.task(acks_late=True, autoretry_for=(httpx.HTTPError,), retry_backoff=True, max_retries=10)
def report(token, run):
    answer = httpx.post(f"{MONITOR}/r/{token}", headers={"Idempotency-Key": run}, timeout=5)
    if answer.is_server_error:
        answer.raise_for_status()
