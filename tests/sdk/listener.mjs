// The program of listener.py once more, for the libraries that Python does not have: the same first lines, the
// same requests, the same answers. `node listener.mjs`

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';

import { VERIFIERS } from './verifiers.mjs';

const RealDate = Date;

function freeze(seconds) {
  globalThis.Date = class extends RealDate {
    constructor(...given) {
      super(...(given.length ? given : [seconds * 1000]));
    }
    static now() {
      return seconds * 1000;
    }
  };
}

// One at a time: a frozen clock is frozen for all that wait as well.
let last = Promise.resolve();
const inTurn = (work) => (last = last.then(work, work));

async function judge({ now }, { ask, refuses }, request) {
  if (now !== undefined) freeze(now);
  try {
    return [(await ask(request)) ? 200 : 401, ''];
  } catch (error) {
    return refuses(error) ? [401, ''] : [500, `${error.name}: ${error.message}`];
  } finally {
    globalThis.Date = RealDate;
  }
}

function version(library) {
  return JSON.parse(readFileSync(new URL(`node_modules/${library}/package.json`, import.meta.url))).version;
}

function list(settings) {
  return Object.entries(settings).flatMap(([name, { scheme }]) =>
    Object.keys(VERIFIERS[scheme] ?? {}).map((library) => ({ name, scheme, library, version: version(library) })),
  );
}

async function answer(settings, origin, incoming) {
  if (incoming.method === 'GET') return [200, JSON.stringify(list(settings))];
  const chunks = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const [, name, library] = /^\/([^/]*)\/([^?]*)/.exec(incoming.url) ?? [];
  const setting = settings[name];
  const verifier = VERIFIERS[setting?.scheme]?.[library];
  if (!verifier) return [404, ''];
  const request = {
    method: incoming.method,
    url: setting.url || origin + incoming.url,
    headers: incoming.headers,
    body: Buffer.concat(chunks),
    secret: setting.secret,
  };
  return inTurn(() => judge(setting, verifier, request));
}

const input = createInterface({ input: process.stdin });
input.once('close', () => process.exit());
input.once('line', (line) => {
  const settings = JSON.parse(line);
  const server = createServer(async (incoming, outgoing) => {
    const [status, text] = await answer(settings, `http://127.0.0.1:${server.address().port}`, incoming);
    outgoing.writeHead(status, { 'Content-Length': Buffer.byteLength(text) }).end(text);
  });
  server.keepAliveTimeout = 0; // the client keeps its connection between tests
  server.listen(0, '127.0.0.1', () => {
    console.log(server.address().port);
    console.log = console.error;
  });
});
