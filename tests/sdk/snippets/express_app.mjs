import { Queue } from "bullmq";
import express from "express";
import { Webhook } from "standardwebhooks";

const webhook = new Webhook(process.env.WEBHOOK_SECRET);
const events = new Queue("events", { connection: { url: process.env.REDIS_URL } });
const app = express();

app.post("/webhooks", express.raw({ type: "*/*" }), async (request, response) => {
  let event;
  try {
    event = webhook.verify(request.body, request.headers);
  } catch {
    return response.sendStatus(401);
  }
  await events.add("event", { id: request.get("webhook-id"), event });
  response.sendStatus(202);
});

app.listen(process.env.PORT);
