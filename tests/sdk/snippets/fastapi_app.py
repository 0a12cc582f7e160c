import asyncio
import os

from celery_worker import process
from fastapi import FastAPI, Request, Response
from standardwebhooks import Webhook, WebhookVerificationError

app = FastAPI()
webhook = Webhook(os.environ["WEBHOOK_SECRET"])


@app.post("/webhooks")
async def receive(request: Request):
    try:
        event = webhook.verify(await request.body(), request.headers)
    except (WebhookVerificationError, ValueError):
        return Response(status_code=401)
    await asyncio.to_thread(process.delay, request.headers["webhook-id"], event)
    return Response(status_code=202)
