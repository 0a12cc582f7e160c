import Redis from "ioredis";

const SYNTHETIC = "msg_probe_"; // what the ids of the monitor's events begin with, at this provider
const redis = new Redis(process.env.REDIS_URL);

// Do the work of an event, once. False: it was done before.
export async function fulfil(id, event) {
  const inserted = await redis.hsetnx("fulfilled", id, "1");
  if (inserted && !id.startsWith(SYNTHETIC)) console.log("shipping", event.data); // the last step
  return inserted === 1;
}
