import { randomUUID } from "node:crypto";
import { Queue, Worker } from "bullmq";
import { fulfil } from "./shop.mjs"; // your own work

const connection = { url: process.env.REDIS_URL };
const MONITOR = process.env.MONITOR_URL; // https://status.acme.example
const patient = { attempts: 10, backoff: { type: "exponential", delay: 1000 } };
const reports = new Queue("reports", { connection, defaultJobOptions: patient });

async function work({ data: { id, event } }) { // verified before it was queued
  const run = randomUUID(); // the name of this run
  const [, rest] = JSON.stringify(event).split(`${MONITOR}/r/`);
  const [token] = rest?.match(/^[\w-]+\.[\w-]+/) ?? [];
  if ((await fulfil(id, event)) && token) await reports.add("report", { token, run });
}

async function report({ data: { token, run } }) {
  const answer = await fetch(`${MONITOR}/r/${token}`, {
    method: "POST",
    headers: { "Idempotency-Key": run },
    redirect: "error",
    signal: AbortSignal.timeout(5000),
  });
  if (answer.status >= 500) throw new Error(`the monitor answered ${answer.status}`);
}

new Worker("events", work, { connection });
new Worker("reports", report, { connection });
