import os

from celery_worker import process
from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from standardwebhooks import Webhook, WebhookVerificationError

webhook = Webhook(os.environ["WEBHOOK_SECRET"])


@csrf_exempt  # the signature proves who sent it
@require_POST
def receive(request):
    try:
        event = webhook.verify(request.body, request.headers)
    except (WebhookVerificationError, ValueError):
        return HttpResponse(status=401)
    process.delay(request.headers["webhook-id"], event)
    return HttpResponse(status=202)
